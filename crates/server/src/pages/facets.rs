//! What the register can be chosen by: the values that the cases have, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use store::Record;
use store::views::{Tag, tags};

use super::names;
use crate::text::Texts;

/// The values of each tag.
pub(crate) type Facets = BTreeMap<Tag, BTreeSet<String>>;

/// The values as of a size of the log, made again when it has grown.
#[derive(Default)]
pub(crate) struct KeptFacets(Mutex<Option<(u64, Arc<Facets>)>>);

impl KeptFacets {
    /// The values of all cases of a record.
    pub(crate) fn of(&self, record: &Record) -> Arc<Facets> {
        let size = record.size();
        // The lock is held while they are made, so that a crowd makes them once.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, facets)) = kept.as_ref().filter(|(at, _)| *at == size) {
            return Arc::clone(facets);
        }
        let mut facets = Facets::new();
        let state = record.state();
        for (tag, value) in state.cases.values().flat_map(|case| tags(&state, case)) {
            facets.entry(tag).or_default().insert(value);
        }
        let facets = Arc::new(facets);
        *kept = Some((size, Arc::clone(&facets)));
        facets
    }
}

/// One field of the form.
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) any: &'static str,
    pub(super) options: Vec<Value>,
}

/// A value to choose.
pub(super) struct Value {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

impl Choice {
    /// The values there are; one that was asked for and does not exist is among them.
    pub(super) fn of(
        t: Texts,
        facets: &Facets,
        tag: Tag,
        name: &'static str,
        key: &'static str,
        asked: &str,
    ) -> Self {
        let mut values = facets.get(&tag).cloned().unwrap_or_default();
        if !asked.is_empty() {
            values.insert(asked.to_owned());
        }
        let option = |v: String| Value {
            text: value(t, tag, &v),
            chosen: v == asked,
            value: v,
        };
        Self {
            name,
            label: t.s(key),
            any: t.s("register.any"),
            options: values.into_iter().map(option).collect(),
        }
    }
}

/// A value in words.
pub(super) fn value(t: Texts, tag: Tag, value: &str) -> String {
    match tag {
        Tag::Sector => t.of("sector", value),
        Tag::Accused => names::state(t, value),
        Tag::Standard => t.of("standard", value),
        Tag::Norm | Tag::Year => value.to_owned(),
    }
}
