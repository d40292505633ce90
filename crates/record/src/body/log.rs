//! Statements the log itself signs.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::Slug;
use crate::time::Timestamp;

/// Opens each batch: the governing time, never decreasing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tick {
    /// The time that governs every statement until the next tick.
    pub time: Timestamp,
    /// Number of entries before it; makes every tick a different statement.
    pub size: u64,
}

/// Records that a submission was refused, on the submitter's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Leaf hash of the refused bytes.
    pub submission: Hash,
    /// The refusal code, as docs/rules.md lists them.
    pub code: Slug,
    /// Whether the same bytes might be admitted at another time or rate.
    pub clock_dependent: bool,
}
