//! What the other format cannot say: the difference between a thing and what comes back of it (docs/misp.md).

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::jcs;

/// The fields of a thing that do not come back by themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Kept {
    /// The first 16 hexadecimal digits of SHA-256 over the canonical JSON of what comes back by itself.
    pub(super) native: String,
    /// Fields with the values they had.
    pub(super) set: Map<String, Value>,
    /// Fields that come back and were not there.
    pub(super) unset: Vec<String>,
}

/// The first 16 hexadecimal digits of SHA-256 over canonical JSON.
pub(super) fn digest(map: &Map<String, Value>) -> String {
    let hash = Sha256::digest(jcs::canonical_map(map).as_bytes());
    hex::encode(hash.get(..8).unwrap_or_default())
}

impl Kept {
    /// What has to be kept so that `native` becomes `original`; `None` if nothing has.
    pub(super) fn of(native: &Map<String, Value>, original: &Map<String, Value>) -> Option<Self> {
        let differs = |(name, value): &(&String, &Value)| native.get(*name) != Some(*value);
        let set: Map<_, _> = original
            .iter()
            .filter(differs)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let gone = native.keys().filter(|name| !original.contains_key(*name));
        let unset: Vec<_> = gone.cloned().collect();
        if set.is_empty() && unset.is_empty() {
            return None;
        }
        Some(Self {
            native: digest(native),
            set,
            unset,
        })
    }

    /// Makes the original of what came back. If that is not what it was when this was kept, it was edited since: then
    /// its own fields stand, and only missing ones are filled in. Gives whether it was edited.
    pub(super) fn apply(&self, native: &mut Map<String, Value>) -> bool {
        let edited = digest(native) != self.native;
        for (name, value) in &self.set {
            if !edited || !native.contains_key(name) {
                native.insert(name.clone(), value.clone());
            }
        }
        if !edited {
            for name in &self.unset {
                native.remove(name);
            }
        }
        edited
    }
}
