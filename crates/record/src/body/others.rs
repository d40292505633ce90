//! What others say of a finding.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::StatementId;

/// What an endorsement or rebuttal rests on; own evidence and politics are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The member's own evidence.
    OwnEvidence,
    /// Evidence shared with it.
    SharedEvidence,
    /// Political support or rejection.
    Political,
}

/// Supports a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endorse {
    /// The finding.
    pub finding: StatementId,
    /// On what basis.
    pub basis: Basis,
}

/// Rejects a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rebut {
    /// The finding.
    pub finding: StatementId,
    /// On what basis.
    pub basis: Basis,
    /// SHA-256 of the reasons in the vault.
    pub text_sha256: Hash,
}

/// A signed re-run of a finding with something changed; admitted only if it recomputes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// The finding.
    pub finding: StatementId,
    /// The changes, in the grammar of `replay --set` and `--without`, in order.
    pub changes: Vec<String>,
    /// SHA-256 of the re-run's result.
    pub result_sha256: Hash,
}

/// What a complaint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComplaintAbout {
    /// How a member acted.
    Conduct,
    /// How the rules were kept.
    Procedure,
    /// How personal data was treated.
    Privacy,
    /// That a case was refused or left lying.
    Selection,
}

impl ComplaintAbout {
    /// Every subject, as docs/format.md orders them.
    pub const ALL: &[ComplaintAbout] = &[
        Self::Conduct,
        Self::Procedure,
        Self::Privacy,
        Self::Selection,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conduct => "conduct",
            Self::Procedure => "procedure",
            Self::Privacy => "privacy",
            Self::Selection => "selection",
        }
    }
}

/// A complaint by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// What about.
    pub about: ComplaintAbout,
    /// The statement complained of.
    pub statement: StatementId,
    /// SHA-256 of the text in the vault.
    pub text_sha256: Hash,
}

/// Most complaints of one key that are open at a time.
pub const MAX_OPEN_COMPLAINTS: u32 = 8;
/// Most complaints that one answer names: who is flooded with the same complaint answers once.
pub const MAX_COMPLAINTS_PER_ANSWER: usize = 64;

/// What came of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerReason {
    /// It is right; the text says what follows.
    Upheld,
    /// It is right in part.
    PartlyUpheld,
    /// It was looked into and is not right.
    NotUpheld,
    /// The body cannot decide it.
    OutsideRemit,
    /// Another complaint says the same, and its answer holds for this one.
    Repeated,
}

impl AnswerReason {
    /// Every reason, as docs/format.md orders them.
    pub const ALL: &[AnswerReason] = &[
        Self::Upheld,
        Self::PartlyUpheld,
        Self::NotUpheld,
        Self::OutsideRemit,
        Self::Repeated,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::PartlyUpheld => "partly-upheld",
            Self::NotUpheld => "not-upheld",
            Self::OutsideRemit => "outside-remit",
            Self::Repeated => "repeated",
        }
    }
}

/// A reviewer answers complaints, each named, with one reason and one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintAnswer {
    /// The complaints: one to [`MAX_COMPLAINTS_PER_ANSWER`].
    pub complaints: Vec<StatementId>,
    /// What came of them.
    pub reason: AnswerReason,
    /// SHA-256 of the text in the vault.
    pub text_sha256: Hash,
}
