//! Norms, who accepted them, and pledges.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Article, Country, InstrumentId};
use crate::time::Day;

/// Proposes a new rule: a corpus file of force `proposal` and binding `affirmation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// The corpus file, verbatim (docs/norms.md).
    pub document: String,
}

/// A state or company affirms a proposed rule, from the day of its statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affirm {
    /// The proposed text.
    pub instrument: InstrumentId,
}

/// Enters the norms of an instrument, or puts a corrected text in the place of the earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The corpus file, verbatim (docs/norms.md).
    pub document: String,
}

/// A state accepts an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accede {
    /// The state.
    pub state: Country,
    /// The instrument.
    pub instrument: InstrumentId,
    /// First day bound.
    pub from: Day,
    /// SHA-256 of the public evidence, where the registrar records it for the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_sha256: Option<Hash>,
}

/// A state excludes articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// The state.
    pub state: Country,
    /// The instrument.
    pub instrument: InstrumentId,
    /// The articles it does not accept.
    pub articles: Vec<Article>,
    /// First day of the reservation.
    pub from: Day,
    /// SHA-256 of the public evidence, where the registrar records it for the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_sha256: Option<Hash>,
}

/// A state leaves an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// The state.
    pub state: Country,
    /// The instrument.
    pub instrument: InstrumentId,
    /// First day no longer bound.
    pub from: Day,
    /// SHA-256 of the public evidence, where the registrar records it for the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_sha256: Option<Hash>,
}

/// A company or responder adheres to an accord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    /// The accord.
    pub accord: InstrumentId,
    /// First day of adherence.
    pub from: Day,
}
