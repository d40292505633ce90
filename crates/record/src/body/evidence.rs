//! Exhibits, their handling, and the opening of seals.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tlog::Hash;

use crate::ids::{MediaType, MemberId, Slug, StatementId};
use crate::time::Day;

/// Traffic Light Protocol 2.0 labels, least to most restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names are the labels
pub enum Tlp {
    Clear,
    Green,
    Amber,
    AmberStrict,
    Red,
}

/// How an exhibit was acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acquisition {
    /// Image or copy taken from a victim's system, with consent.
    VictimSystem,
    /// Given by a responder or vendor.
    HandedOver,
    /// Openly published.
    OpenSource,
    /// Recorded by sensors of the member itself.
    OwnTelemetry,
    /// Released by a court or authority.
    PublicRecord,
}

/// Declares a piece of evidence, named by the hash of its content in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exhibit {
    /// SHA-256 of the content.
    pub sha256: Hash,
    /// SHA-256 of the stored ciphertext, so that an audit without keys still finds damage.
    pub ciphertext_sha256: Hash,
    /// Bytes of content.
    pub size: u64,
    /// Media type of the content; never executed, never rendered.
    pub media_type: MediaType,
    /// Day of acquisition.
    pub acquired: Day,
    /// How.
    pub how: Acquisition,
    /// By whom or where from.
    pub source: Slug,
    /// Where the observation originates.
    pub upstream: Vec<Slug>,
    /// Handling label.
    pub tlp: Tlp,
}

/// What happened to an exhibit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CustodyEvent {
    /// Handed to another member.
    Transfer {
        /// Who has it now.
        to: MemberId,
    },
    /// Copied.
    Copy {
        /// Who has the copy.
        to: MemberId,
    },
    /// Examined.
    Analysis,
    /// Given back to its owner.
    Return,
    /// Content destroyed, at the end of retention.
    Destruction,
    /// Content and seed destroyed under a legal duty; proofs stay valid.
    Redaction {
        /// The legal basis, as a short word (`gdpr-17`).
        basis: Slug,
    },
}

/// A signed handling of an exhibit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// The exhibit.
    pub exhibit: Hash,
    /// What happened.
    pub event: CustodyEvent,
}

/// Opens a sealed field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclose {
    /// The statement that sealed it.
    pub statement: StatementId,
    /// JSON pointer of the field.
    pub pointer: String,
    /// The salt.
    pub salt: Hash,
    /// The value.
    pub value: Value,
}
