//! Calibration: questions with known answers to come, by which reviewers' stated probabilities are
//! measured. They belong to no case and say nothing about a running one.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Slug, StatementId};
use crate::time::Timestamp;

/// Asks a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Identifier of the question.
    pub question: Slug,
    /// From when on nobody answers any more.
    pub closes: Timestamp,
    /// The possible outcomes, of which exactly one comes true.
    pub outcomes: Vec<Slug>,
    /// SHA-256 of the question's text in the vault.
    pub text_sha256: Hash,
}

/// A reviewer's probabilities, in the order of the question's outcomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// Parts per million, one per outcome, summing to one million.
    pub ppm: Vec<u32>,
}

/// Answers a question. Content: [`Forecast`], sealed until the question closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The question.
    pub question: Slug,
}

/// Opens an answer after the close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAnswer {
    /// The answer.
    pub answer: StatementId,
    /// Salt of its content.
    pub salt: Hash,
    /// The content.
    pub value: serde_json::Value,
}

/// Says which outcome came true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// The question.
    pub question: Slug,
    /// What came true.
    pub outcome: Slug,
    /// SHA-256 of the public evidence.
    pub evidence_sha256: Hash,
}
