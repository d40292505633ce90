//! Members: keys with roles, their rotation and what they declare.

use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{Country, MemberId, Slug, Vkey};

/// Roles that the registrar enrols (seats come by charter, [`super::charter::SeatRole`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnrolledRole {
    /// Keeps evidence, sets up hypotheses.
    Investigator,
    /// Commits answers before seeing another laboratory's.
    Laboratory,
    /// A state's contact key: accedes, endorses, rebuts. Never votes.
    State,
    /// A company or responder that adheres to pledges.
    Company,
}

/// Enrols a key. The member proves possession by signing [`possession_text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// New identifier.
    pub member: MemberId,
    /// What the key may do.
    pub role: EnrolledRole,
    /// Jurisdiction it belongs to.
    pub jurisdiction: Country,
    /// The key.
    pub key: Vkey,
    /// SHA-256 of the next vkey (pre-rotation).
    pub next_key_sha256: Hash,
    /// Base64 Ed25519 signature of [`possession_text`] by the key.
    pub possession: String,
}

/// What a new member signs to show that it holds the key it is enrolled with.
#[must_use]
pub fn possession_text(origin: &str, enrol: &Enrol) -> String {
    format!(
        "solferino.org/possession@v1\n{origin}\n{}\n{}\n{}\n{}\n",
        enrol.member, enrol.jurisdiction, enrol.key, enrol.next_key_sha256
    )
}

/// Moves a member to its pre-committed next key; signed by that next key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// The member.
    pub member: MemberId,
    /// SHA-256 of the vkey after this one.
    pub next_key_sha256: Hash,
}

/// Why a key is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevokeReason {
    /// Lost or stolen.
    Compromised,
    /// The member left or its mandate ended.
    Ended,
}

/// Revokes a member's key for all later statements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The member.
    pub member: MemberId,
    /// Why.
    pub reason: RevokeReason,
}

/// What can make a member step aside; replaces what it declared before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declare {
    /// Nationalities and other ties to states.
    pub states: Vec<Country>,
    /// Employer.
    pub employer: Slug,
    /// Who pays for the member's work.
    pub funders: Vec<Slug>,
}

/// What an entry of the funding ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FundingKind {
    /// Money came in and was kept.
    Received,
    /// Money received in that year was given back.
    Returned,
    /// An entry of that year was wrong and is taken off; no money moved.
    Corrected,
}

impl FundingKind {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Returned => "returned",
            Self::Corrected => "corrected",
        }
    }
}

/// Money received by the body, given back, or booked wrongly before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// What happened.
    pub kind: FundingKind,
    /// Who gave; always of the same jurisdiction.
    pub source: Slug,
    /// Jurisdiction of the giver.
    pub jurisdiction: Country,
    /// Whole units of the currency, at least one.
    pub amount: u64,
    /// The charter's currency; what came in another one is booked at its value on the day.
    pub currency: Slug,
    /// Calendar year in which the money was received.
    pub year: u32,
}
