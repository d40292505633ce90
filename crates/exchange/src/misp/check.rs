//! What breaks a rule of the MISP core format. Reported, never repaired; nothing here refuses.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::json::{Object, is_uuid, list, seconds, text, texted};
use super::read::{Document, Kind};

/// Most problems that are kept of one document; all are counted.
pub const MAX_PROBLEMS: usize = 100;

/// A problem and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its kind, as docs/misp.md names it.
    pub code: &'static str,
    /// JSON pointer to what has it.
    pub pointer: String,
}

/// What was found wrong with a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// How many, by kind.
    pub count: BTreeMap<&'static str, u64>,
    /// The first of them, at most [`MAX_PROBLEMS`].
    pub first: Vec<Problem>,
}

impl Problems {
    fn add(&mut self, code: &'static str, pointer: impl FnOnce() -> String) {
        *self.count.entry(code).or_default() += 1;
        if self.first.len() < MAX_PROBLEMS {
            self.first.push(Problem {
                code,
                pointer: pointer(),
            });
        }
    }
}

/// Checks a document.
#[must_use]
pub fn check(document: &Document) -> Problems {
    let mut found = Problems::default();
    match document.kind {
        Kind::Event => event(&document.fields, &mut found),
        Kind::Galaxy => {
            for (n, entry) in list(&document.fields, "values").iter().enumerate() {
                let named = entry.get("value").is_some_and(Value::is_string);
                if !named {
                    found.add("type", || format!("/values/{n}"));
                }
            }
        }
        Kind::Taxonomy => {}
    }
    found
}

/// What is known of an event's things while it is read through.
#[derive(Default)]
struct Seen<'a> {
    uuids: HashSet<&'a str>,
    /// Objects by their UUID, and those they refer to.
    references: HashMap<&'a str, Vec<&'a str>>,
}

fn event(event: &Object, found: &mut Problems) {
    let mut seen = Seen::default();
    common(event, String::new, found);
    seen.uuids.extend(text(event, "uuid"));
    for (n, item) in list(event, "Attribute").iter().enumerate() {
        let Some(item) = item.as_object() else {
            found.add("type", || format!("/Attribute/{n}"));
            continue;
        };
        attribute(item, || format!("/Attribute/{n}"), &mut seen, found);
    }
    for (n, item) in list(event, "Object").iter().enumerate() {
        let Some(item) = item.as_object() else {
            found.add("type", || format!("/Object/{n}"));
            continue;
        };
        let at = || format!("/Object/{n}");
        common(item, at, found);
        unique(item, at, &mut seen, found);
        for (m, inner) in list(item, "Attribute").iter().enumerate() {
            if let Some(inner) = inner.as_object() {
                attribute(
                    inner,
                    || format!("/Object/{n}/Attribute/{m}"),
                    &mut seen,
                    found,
                );
            }
        }
        let targets = list(item, "ObjectReference")
            .iter()
            .filter_map(|r| r.get("referenced_uuid")?.as_str());
        if let Some(uuid) = text(item, "uuid") {
            seen.references.entry(uuid).or_default().extend(targets);
        }
    }
    references(&seen, found);
}

fn common(thing: &Object, at: impl Fn() -> String, found: &mut Problems) {
    if text(thing, "uuid").is_some_and(|uuid| !is_uuid(uuid)) {
        found.add("uuid", || format!("{}/uuid", at()));
    }
    if thing.contains_key("timestamp") && seconds(thing, "timestamp").is_none() {
        found.add("timestamp", || format!("{}/timestamp", at()));
    }
    let distribution = texted(thing, "distribution");
    if let Some(level) = &distribution
        && !matches!(level.as_str(), "0" | "1" | "2" | "3" | "4" | "5")
    {
        found.add("distribution", || format!("{}/distribution", at()));
    }
    if distribution.as_deref() == Some("4") && !shares(thing) {
        found.add("sharing-group", || format!("{}/SharingGroup", at()));
    }
}

/// Whether a thing names a sharing group that somebody is in. One that is only referred to by number is known elsewhere.
fn shares(thing: &Object) -> bool {
    match thing.get("SharingGroup") {
        Some(Value::Object(group)) => {
            let members = !list(group, "SharingGroupOrg").is_empty()
                || !list(group, "SharingGroupServer").is_empty();
            members || group.get("roaming") == Some(&Value::Bool(true))
        }
        Some(_) => false,
        None => {
            texted(thing, "sharing_group_id").is_some_and(|id| !matches!(id.as_str(), "" | "0"))
        }
    }
}

fn unique<'a>(
    thing: &'a Object,
    at: impl Fn() -> String,
    seen: &mut Seen<'a>,
    found: &mut Problems,
) {
    if let Some(uuid) = text(thing, "uuid")
        && !seen.uuids.insert(uuid)
    {
        found.add("duplicate-uuid", || format!("{}/uuid", at()));
    }
}

fn attribute<'a>(
    thing: &'a Object,
    at: impl Fn() -> String,
    seen: &mut Seen<'a>,
    found: &mut Problems,
) {
    common(thing, &at, found);
    unique(thing, &at, seen, found);
    if text(thing, "type").is_none_or(str::is_empty) || texted(thing, "value").is_none() {
        found.add("type", at);
    }
}

/// Reports references to nothing, and objects that are in a ring of references. Takes time and memory linear in their
/// number: objects nobody refers to are taken away until only rings, and what hangs on them, are left.
fn references(seen: &Seen<'_>, found: &mut Problems) {
    let mut referred: HashMap<&str, usize> = HashMap::new();
    for (from, targets) in &seen.references {
        for target in targets {
            if !seen.uuids.contains(target) {
                found.add("dangling-reference", || format!("object {from}"));
            }
            if seen.references.contains_key(target) {
                *referred.entry(target).or_default() += 1;
            }
        }
    }
    let mut free: Vec<&str> = seen
        .references
        .keys()
        .filter(|uuid| !referred.contains_key(*uuid))
        .copied()
        .collect();
    let mut left = seen.references.len();
    while let Some(uuid) = free.pop() {
        left -= 1;
        for target in seen.references.get(uuid).into_iter().flatten() {
            if let Some(count) = referred.get_mut(target) {
                *count -= 1;
                if *count == 0 {
                    free.push(target);
                }
            }
        }
    }
    if left > 0 {
        let in_ring = seen
            .references
            .keys()
            .filter(|uuid| referred.get(*uuid).is_some_and(|count| *count > 0));
        let first = in_ring.min().copied().unwrap_or_default();
        found.add("reference-cycle", || format!("object {first}"));
    }
}
