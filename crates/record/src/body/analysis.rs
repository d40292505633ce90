//! Analysis: hypotheses, laboratory answers, assessments, coded facts.

use method::input::{
    ActorRatio, Credibility, DeceptionRatios, Item, ItemKind, Reliability, Strand,
};
use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Slug, StatementId};
use crate::time::Day;

/// Sets up the competing hypotheses of a round; the last one before review counts.
/// Content: [`method::input::Hypotheses`], sealed until the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HypothesesSet {}

/// What a laboratory found on each exhibit, as short words of its published procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabAnswer {
    /// One answer per examined exhibit.
    pub answers: Vec<ExhibitAnswer>,
    /// SHA-256 of the laboratory's report in the vault.
    pub report_sha256: Hash,
}

/// A laboratory's answer on one exhibit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExhibitAnswer {
    /// The exhibit.
    pub exhibit: Hash,
    /// The answer.
    pub answer: Slug,
    /// What it means for the hypotheses, where it means something for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
}

/// What a laboratory's answer means for the hypotheses: the item it makes once a second
/// laboratory has answered as well. Fields as in [`method::input::Item`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The kind of observation.
    pub kind: ItemKind,
    /// Reliability of the laboratory's procedure (Admiralty letter).
    pub reliability: Reliability,
    /// Credibility of this answer (Admiralty digit).
    pub credibility: Credibility,
    /// How easily it is planted, parts per million.
    pub phi_ppm: u32,
    /// Likelihood ratios relative to "none of these"; `actor` is a place among the hypotheses, `"1"`
    /// for the first, since answers open before anybody may be named.
    pub lr: Vec<ActorRatio>,
    /// Likelihood ratios over the disguise, actors by place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deception: Option<DeceptionRatios>,
    /// Whether a stranger can repeat the measurement from disclosed exhibits.
    pub recheckable: bool,
    /// State the laboratory works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Bloc that state is counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bloc: Option<String>,
}

/// Commits a laboratory to an answer before it sees the other's.
/// Content: [`LabAnswer`], sealed until two laboratories have committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabCommit {
    /// Which comparison this belongs to; laboratories that answer the same question share it.
    pub comparison: Slug,
    /// The exhibits examined.
    pub exhibits: Vec<Hash>,
}

/// Opens a laboratory's committed answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabOpen {
    /// The commitment.
    pub commit: StatementId,
    /// The salt.
    pub salt: Hash,
    /// The answer.
    pub value: serde_json::Value,
}

/// One analyst's strands and items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// Strands this assessment adds to those of earlier ones.
    pub strands: Vec<Strand>,
    /// Items.
    pub items: Vec<Item>,
}

/// An assessment; `replaces` corrects an earlier one of the same author.
/// Content: [`Assessed`], sealed until the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The assessment this one stands in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<StatementId>,
}

/// What one coder says of the act, for the norms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodedFacts {
    /// The day of the act, as this coder has it.
    pub on: Day,
    /// The facts, at most [`MAX_FACTS`].
    pub facts: Vec<Fact>,
}

/// Most facts in one statement.
pub const MAX_FACTS: usize = 256;

/// A coded fact; words as in the norms' vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Which element it speaks of (`target-class`, `effect`, …).
    pub element: norms::Element,
    /// Its value in that element's vocabulary.
    pub value: Slug,
    /// The state or member it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<norms::Party>,
    /// From when it held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// Likelihood that the fact is so, parts per million.
    pub likelihood_ppm: u32,
    /// Exhibits it rests on.
    pub exhibits: Vec<Hash>,
}

/// Coded facts; the last of each coder count. Content: [`CodedFacts`], sealed until the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {}
