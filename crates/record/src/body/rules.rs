//! Norms, who accepted them, and pledges.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Article, Country, Slug};
use crate::time::Day;

/// Proposes a new rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// Identifier of the proposed norm.
    pub norm: Slug,
    /// SHA-256 of the proposed text.
    pub text_sha256: Hash,
}

/// A state or company affirms a proposed rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affirm {
    /// Identifier of the proposed norm.
    pub norm: Slug,
}

/// Enters a norm of an existing instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Identifier of the norm.
    pub norm: Slug,
    /// The instrument it stands in.
    pub instrument: Slug,
    /// Where in the instrument.
    pub article: Article,
    /// Legal force.
    pub force: norms::Force,
    /// To refrain, to do, or procedural.
    pub polarity: norms::Polarity,
    /// Subject words.
    pub themes: Vec<Slug>,
    /// Whether the row was checked against the primary text.
    pub basis: norms::Basis,
    /// SHA-256 of the paraphrase that pages show.
    pub paraphrase_sha256: Hash,
    /// SHA-256 of the verbatim text, once someone with the primary text registers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_sha256: Option<Hash>,
}

/// A state accepts an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accede {
    /// The state.
    pub state: Country,
    /// The instrument.
    pub instrument: Slug,
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
    pub instrument: Slug,
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
    pub instrument: Slug,
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
    pub accord: Slug,
    /// First day of adherence.
    pub from: Day,
}
