//! What a conversion kept beside the native form, and what it could not tell.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kept::Kept;

/// The loss report of a conversion. Nothing in it is lost: it says where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What each kind of thing became, such as `attribute ip-src` to `observed-data`, with its count.
    pub became: BTreeMap<String, u64>,
    /// Fields kept beside the native form, such as `attribute.comment`, with their count. From MISP they are in the
    /// extension of the object they belong to, from STIX in the object `original-imported-file` of the event.
    pub kept: BTreeMap<String, u64>,
    /// Objects that nothing native stands for, by type: kept whole.
    pub whole: BTreeMap<String, u64>,
    /// Things that were edited since their fields were kept: what they say now goes before.
    pub edited: u64,
    /// Objects of the original that are not restored, since what they had become was taken out.
    pub withheld: u64,
}

impl Report {
    pub(super) fn became(&mut self, what: &str) {
        *self.became.entry(what.to_owned()).or_default() += 1;
    }

    pub(super) fn kept(&mut self, kind: &str, kept: &Kept) {
        for name in kept.set.keys() {
            *self.kept.entry(format!("{kind}.{name}")).or_default() += 1;
        }
    }

    pub(super) fn whole(&mut self, kind: &str) {
        *self.whole.entry(kind.to_owned()).or_default() += 1;
    }
}
