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
    /// The index over the entries before, where the log has it (docs/suppression.md, section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<StatedIndex>,
}

/// What a tick says of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedIndex {
    /// Number of entries indexed, from the first on.
    pub size: u64,
    /// The time that governs after them.
    pub time: Timestamp,
    /// Root of the index.
    pub sha256: Hash,
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
