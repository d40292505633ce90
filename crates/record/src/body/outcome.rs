//! Outcomes: findings and what can happen to them later.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tlog::Hash;

use crate::body::claim::AssertionOutcome;
use crate::ids::{CaseId, Country, Slug, StatementId};
use crate::json;

/// What a finding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A state is named.
    Attributed,
    /// The evidence does not reach the lowest standard.
    NotAttributed,
    /// A claim by others speaks of a state that the evidence clears.
    Exonerated,
    /// A claim by others was checked; nobody is named and nobody cleared.
    ClaimChecked,
}

/// Where a name may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// In the text, as "assessed" (S1).
    Text,
    /// In the title (S2 and above).
    Title,
}

/// Who is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The state.
    pub state: Country,
    /// The unit, where the evidence reaches that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Where the name may stand.
    pub placement: Placement,
}

/// The exact content of a finding: what the panel votes on. A pure function of the opened case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The case.
    pub case: CaseId,
    /// Its round, from 1.
    pub round: u32,
    /// What is found.
    pub outcome: Outcome,
    /// Who is named, if anyone; in the check of a claim only a state the claim speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Named>,
    /// What was found of each assertion of the claim that was checked, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assertions: Vec<AssertionOutcome>,
    /// States the claim speaks of that the evidence clears, whatever else is found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exonerated: Vec<Country>,
    /// The standard reached by all gates; none where a claim was checked and nobody is named.
    pub standard: method::Standard,
    /// P of the leading state, parts per million, rounded; the exact value is in the result. In
    /// the check of a claim: of the named state, else of the first the claim speaks of.
    pub likelihood_ppm: u32,
    /// Its 5-95 % interval, parts per million, rounded.
    pub interval_ppm: [u32; 2],
    /// Fewest plantable items that would change the outcome; absent if none can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planting_cost: Option<u32>,
    /// How many reviews were blind to the names.
    pub blind: BlindReviews,
    /// Statements the inputs come from, in record order.
    pub basis: Vec<StatementId>,
    /// SHA-256 of the result's bytes: every number, bit for bit.
    pub result_sha256: Hash,
    /// What the norms say of the conduct; absent where nothing was coded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norms: Option<NormsSummary>,
    /// Digest of the charter whose parameters were used.
    pub charter: Hash,
}

/// The verdicts over all norms of the record, in short (docs/norms.md, In the record). Unit: a
/// norm. Unknown share: `cannot_tell` of `judged`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormsSummary {
    /// How many norms were judged.
    pub judged: u32,
    /// Those the conduct is inconsistent with, in words by the force of their text.
    pub inconsistent: Vec<Inconsistent>,
    /// An element, or whether the party was bound, is unknown.
    pub cannot_tell: u32,
    /// No conduct can be measured by it: a definition, a rule of attribution.
    pub not_measured: u32,
    /// An element is not met.
    pub not_engaged: u32,
    /// The party was not bound at the time.
    pub not_bound_then: u32,
}

/// A norm the conduct is inconsistent with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inconsistent {
    /// The norm.
    pub norm: String,
    /// `breach of` or `inconsistent with`.
    pub words: String,
    /// Whether the party was bound at the time, or the text is a yardstick, or that is unknown.
    pub bound: norms::Bound,
    /// How many coders the element with fewest rests on: 1 is one person's word.
    pub coders: u32,
}

/// How many of a round's reviews were written without knowing the names. Fixed before the vote;
/// whether the map was opened since is for the reader to see on the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlindReviews {
    /// Reviews that state they were blind.
    pub stated: u32,
    /// Those of them that count: a mask stood before the assignment, and the reviewer is not on
    /// record as having known what it hides.
    pub counted: u32,
    /// The mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<StatementId>,
}

impl Proposal {
    /// SHA-256 of the RFC 8785 form: what votes carry.
    #[must_use]
    pub fn digest(&self) -> Hash {
        let value = serde_json::to_value(self).unwrap_or(Value::Null);
        tlog::sha256(json::canonical(&value).as_bytes())
    }
}

/// Commits to an ordered list of statements, however long it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseStatements {
    /// How many there are.
    pub count: u64,
    /// SHA-256 of their 32-byte identities, one after the other.
    pub sha256: Hash,
}

impl CaseStatements {
    /// Of a list in record order.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a StatementId>) -> Self {
        let (mut count, mut bytes) = (0, Vec::new());
        for id in ids {
            count += 1;
            bytes.extend_from_slice(id.0.as_bytes());
        }
        Self {
            count,
            sha256: tlog::sha256(&bytes),
        }
    }
}

/// A published outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The content voted on.
    pub proposal: Proposal,
    /// The votes it rests on, in record order.
    pub votes: Vec<StatementId>,
    /// Every statement of the case so far, in record order: what is left out shows.
    pub case_statements: CaseStatements,
    /// Digest of members, keys, recusals and charter at this point.
    pub state_sha256: Hash,
}

/// A finding that takes the place of an earlier one of the same case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supersede {
    /// The finding it replaces.
    pub supersedes: StatementId,
    /// The new one.
    pub finding: Finding,
}

/// Why a finding is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithdrawReason {
    /// Evidence proved unsound.
    EvidenceUnsound,
    /// The procedure was not kept.
    Procedure,
}

/// Takes a finding back; it stays readable, marked as withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// The finding.
    pub finding: StatementId,
    /// Why.
    pub reason: WithdrawReason,
    /// SHA-256 of the explanation in the vault.
    pub text_sha256: Hash,
}

/// The fast path: warns those at risk and has no field that could name an author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warn {
    /// Sectors at risk.
    pub sectors: Vec<Slug>,
    /// SHA-256 of the advisory in the vault.
    pub advisory_sha256: Hash,
}
