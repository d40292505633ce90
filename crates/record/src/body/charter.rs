//! The charter: who decides, by which thresholds, with which parameters.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tlog::Hash;

use crate::ids::{Country, MemberId, Slug, Vkey};
use crate::json;
use crate::succession::Predecessor;

/// Regions a panel is spread over: the six of the World Health Organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names are the regions
pub enum Region {
    Africa,
    Americas,
    EasternMediterranean,
    Europe,
    SouthEastAsia,
    WesternPacific,
}

impl Region {
    /// Every region, by name.
    pub const ALL: &[Region] = &[
        Region::Africa,
        Region::Americas,
        Region::EasternMediterranean,
        Region::Europe,
        Region::SouthEastAsia,
        Region::WesternPacific,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Region::Africa => "africa",
            Region::Americas => "americas",
            Region::EasternMediterranean => "eastern-mediterranean",
            Region::Europe => "europe",
            Region::SouthEastAsia => "south-east-asia",
            Region::WesternPacific => "western-pacific",
        }
    }
}

/// A governing role held by charter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeatRole {
    /// Keeps the case files moving: opens, notifies, publishes. Never decides.
    Registrar,
    /// Sits on the panel.
    Reviewer,
}

/// A member that the charter itself seats. Adding one is an amendment, so nobody can pack the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// The member's identifier.
    pub member: MemberId,
    /// What the seat is.
    pub role: SeatRole,
    /// Jurisdiction it belongs to.
    pub jurisdiction: Country,
    /// Region it counts for.
    pub region: Region,
    /// Its public key.
    pub key: Vkey,
    /// SHA-256 of its next vkey (pre-rotation).
    pub next_key_sha256: Hash,
}

/// k votes out of the panel, from at least so many regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// Fewest votes in favour.
    pub votes: u32,
    /// Fewest distinct regions among them.
    pub regions: u32,
}

/// From whom the body's money may come: how much of it one giver may have given before the body
/// publishes no new finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundingCaps {
    /// The one currency of the ledger, an ISO 4217 code in lower case. It never changes.
    pub currency: Slug,
    /// Largest share of one source, parts per million.
    pub source_ppm: u32,
    /// Largest share of all sources of one jurisdiction, parts per million.
    pub jurisdiction_ppm: u32,
    /// How many calendar years count: the governing tick's and those before it.
    pub years: u32,
}

/// Where ticks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The log's own clock, compared by auditors with cosignature times.
    System,
    /// Times given by a script: a demonstration or a test.
    Injected,
}

/// How norms are judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormsPolicy {
    /// Thresholds of coded facts, standard of proof and control test: choices, not law.
    pub policy: norms::Policy,
    /// SHA-256 over vocabulary, themes, states and successions (docs/norms.md, In the record).
    pub reference_sha256: Hash,
}

/// The charter's text: every number the rules use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterText {
    /// 1 at genesis; each amendment counts one up.
    pub version: u32,
    /// The body's short name.
    pub name: Slug,
    /// Whether the record is a demonstration that no body has decided anything in.
    pub demonstration: bool,
    /// The log's public key; its name is the record's origin.
    pub log: Vkey,
    /// The log's ML-DSA-44 key, of the same name: where there is one, it signs every checkpoint as
    /// well; never amended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_mldsa: Option<Vkey>,
    /// The founders' keys; all must sign `charter.found` before anything else is admitted.
    pub founders: Vec<Vkey>,
    /// The seated members.
    pub seats: Vec<Seat>,
    /// Where time comes from.
    pub clock: Clock,
    /// Most seconds between a statement's `issued` and the governing tick, either way.
    pub issued_tolerance_s: u32,
    /// Seconds a notified party has to reply.
    pub reply_window_s: u32,
    /// Seconds the rest of the panel has to review after its assignment, and to vote after the
    /// first vote, before what was said opens.
    pub panel_window_s: u32,
    /// Seconds after the last vote in which an objecting reviewer may still file a dissent.
    pub dissent_window_s: u32,
    /// Seconds in which a complaint is to be answered.
    pub complaint_window_s: u32,
    /// Caps on where the body's money comes from.
    pub funding: FundingCaps,
    /// Votes that publish a finding.
    pub finding_quorum: Quorum,
    /// Votes that put an amendment in force.
    pub amendment_quorum: Quorum,
    /// Fewest reviews a finding rests on.
    pub min_reviews: u32,
    /// Lines of a tlog-policy text without its `log` line; empty for `quorum none`.
    pub witness_policy: Vec<String>,
    /// Policy parameters of the method.
    pub method: method::Params,
    /// Parameters of the evaluation of norms, and the data it rests on.
    pub norms: NormsPolicy,
    /// Digest of the rule by which cases are chosen, fixed before intake.
    pub selection_rule_sha256: Hash,
    /// Digest of the log key that a successor of this record will have; never amended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_log_key_sha256: Option<Hash>,
    /// The record that this one succeeds; never amended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<Box<Predecessor>>,
}

impl CharterText {
    /// SHA-256 of the RFC 8785 form: what founders and voters sign.
    #[must_use]
    pub fn digest(&self) -> Hash {
        let value = serde_json::to_value(self).unwrap_or(Value::Null);
        tlog::sha256(json::canonical(&value).as_bytes())
    }

    /// The record's origin: the name of the log key.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.log.name()
    }
}

/// Genesis: entry 0, signed by the log key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    /// The text in force from the last founder's signature on.
    pub text: CharterText,
}

/// A founder's signature over the charter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Digest of the charter text.
    pub charter: Hash,
}

/// Proposes a new text; in force once the quorum's votes on its digest are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amend {
    /// The whole new text.
    pub text: CharterText,
}

/// A vote on an amendment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterVote {
    /// Digest of the amendment's text.
    pub amendment: Hash,
    /// In favour or not.
    pub approve: bool,
}
