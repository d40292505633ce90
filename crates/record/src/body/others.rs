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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
