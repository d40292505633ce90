//! Deciding: who reviews, what they think, notice, reply, votes, dissent.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Country, MemberId, Slug, StatementId, Vkey};

/// Calls reviewers to a round and freezes its analysis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// The reviewers.
    pub reviewers: Vec<MemberId>,
}

/// Why a reviewer steps aside; kept coarse so that it does not name the accused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecuseReason {
    /// A tie to a party.
    Interest,
    /// Took part in an earlier stage.
    PriorInvolvement,
    /// Not able to take part in time.
    Unavailable,
}

/// Steps aside from the round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recuse {
    /// Why.
    pub reason: RecuseReason,
}

/// A reviewer's own posterior, over the actors in the declared order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// Parts per million, one per actor, summing to one million.
    pub posterior_ppm: Vec<u32>,
    /// Whether states and tell-tale names were masked for this reviewer.
    pub blind: bool,
}

/// A review. Content: [`Reviewed`], sealed until every reviewer of the round has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {}

/// Who is told that a finding against them is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addressee {
    /// The state.
    pub state: Country,
}

/// Notifies the party a finding would name; opens the reply window.
/// Content: [`Addressee`], sealed until the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// A fresh key of the addressee: a reply signed by it does not name the addressee early.
    pub reply_key: Vkey,
}

/// The accused's reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The notice it answers.
    pub notice: StatementId,
    /// SHA-256 of the reply in the vault.
    pub text_sha256: Hash,
}

/// Records that the window closed without a reply. Silence is not admission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyNone {
    /// The notice.
    pub notice: StatementId,
}

/// A reviewer's choice on a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Publish it.
    Publish,
    /// Do not.
    Object,
    /// Neither.
    Abstain,
}

/// What a vote says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voted {
    /// Digest of the proposal: the finding's exact content.
    pub proposal: Hash,
    /// The choice.
    pub choice: Choice,
}

/// A vote. Content: [`Voted`], sealed until the panel has voted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {}

/// A reviewer disagrees, in the finding itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    /// What it turns on.
    pub ground: Slug,
    /// SHA-256 of the text in the vault.
    pub text_sha256: Hash,
}
