//! From a report to an open case.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::body::charter::Region;
use crate::body::claim::Claim;
use crate::ids::{Slug, StatementId};
use crate::time::Day;

/// What kind of incident is reported (EuRepoC's types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names are the types
pub enum IncidentType {
    DataTheft,
    DataTheftAndDoxing,
    Disruption,
    Hijacking,
    Ransomware,
}

/// Anyone reports an incident, under a key that stays the same and may stay nameless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Kind of incident.
    pub incident: IncidentType,
    /// Sector of the victim.
    pub sector: Slug,
    /// When it began or was noticed.
    pub happened: Day,
    /// Where the victim is, as coarsely as that, if the reporter says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// SHA-256 of the account in the vault.
    pub account_sha256: Hash,
    /// The pledge whose breach is reported, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_pledge: Option<StatementId>,
}

/// How far the reporter lets a report or exhibit go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentLevel {
    /// Kept for the investigators; carries no finding. Also how consent is taken back.
    Private,
    /// A finding may rest on it; the content stays with those entitled.
    Selective,
    /// May be published with the finding.
    Public,
}

/// The reporter's consent; the latest one counts, until publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The report it speaks of.
    pub report: StatementId,
    /// How far it goes.
    pub level: ConsentLevel,
    /// Exhibits it speaks of; empty for the report itself.
    pub exhibits: Vec<Hash>,
}

/// What the case is to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// Who did it?
    Who,
    /// Is a public claim by others supported? What it says is public already, by its publisher.
    Claim(Claim),
}

impl Question {
    /// The claim to be checked, if that is the question.
    #[must_use]
    pub fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Who => None,
            Self::Claim(claim) => Some(claim),
        }
    }
}

/// Opens the case named in the statement's `case`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The reports it starts from.
    pub reports: Vec<StatementId>,
    /// What it is to answer.
    pub question: Question,
    /// Digest of the selection rule applied: the one in force when the reports came in.
    pub selection_rule_sha256: Hash,
}

/// Why a case is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefuseReason {
    /// Not the kind of incident the rule covers.
    OutOfScope,
    /// Below the harm the rule asks for.
    BelowThreshold,
    /// Another case covers it.
    Duplicate,
    /// Not enough to begin with.
    InsufficientMaterial,
    /// The reporter does not wish a case.
    NoConsent,
}

impl RefuseReason {
    /// Every reason, as docs/format.md orders them.
    pub const ALL: &[RefuseReason] = &[
        Self::OutOfScope,
        Self::BelowThreshold,
        Self::Duplicate,
        Self::InsufficientMaterial,
        Self::NoConsent,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutOfScope => "out-of-scope",
            Self::BelowThreshold => "below-threshold",
            Self::Duplicate => "duplicate",
            Self::InsufficientMaterial => "insufficient-material",
            Self::NoConsent => "no-consent",
        }
    }
}

/// Declines reports, with a reason under the selection rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// The reports.
    pub reports: Vec<StatementId>,
    /// Why.
    pub reason: RefuseReason,
    /// Digest of the selection rule applied: the one in force when the reports came in.
    pub selection_rule_sha256: Hash,
}

/// Why a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseReason {
    /// Nothing more to decide.
    Concluded,
    /// The reporter took consent back before publication.
    ConsentWithdrawn,
    /// Nothing further can be learned.
    Exhausted,
}

/// Ends a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Why.
    pub reason: CloseReason,
}
