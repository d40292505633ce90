//! The desk that helps: requests, steps, responders, rounds, consent (docs/aid-statements.md).
//!
//! Nothing here says anything of whoever asks: commitments, digests of ciphertexts, times, states,
//! reason codes, a class, flags. What is told lies in sealed items beside the log.

use aid::{Class, Clocks, HarmRow, Reason, Stage};
use serde::{Deserialize, Serialize};
use tlog::Hash;

use crate::ids::{AgeRecipient, CaseId, Slug, StatementId, Vkey};
use crate::time::Timestamp;

/// Most sealed items that one statement names.
pub const MAX_ITEMS: usize = 8;
/// Most officers of a desk.
pub const MAX_OFFICERS: usize = 32;
/// Most requests of one key that are open at a time.
pub const MAX_OPEN_REQUESTS: u32 = 4;
/// Most responders of one offer.
pub const MAX_TEAM: usize = 8;

/// One who reads what is asked and takes the desk's steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Signs the desk's steps.
    pub key: Vkey,
    /// What is told is sealed to it.
    pub recipient: AgeRecipient,
    /// Whether overdue requests escalate to this officer.
    pub lead: bool,
}

/// A code of conduct, by version and text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeOfConduct {
    /// Its version.
    pub version: Slug,
    /// SHA-256 of its text.
    pub sha256: Hash,
}

/// The policy of the desk; a later version takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// One more than the version before; the first is 1.
    pub version: u32,
    /// Who reads and decides.
    pub officers: Vec<Officer>,
    /// What responders sign.
    pub code: CodeOfConduct,
    /// The clocks.
    pub clocks: Clocks,
    /// After how many seconds of silence a paused or resolved request is closed without a word.
    pub quiet_s: u32,
    /// Seconds from the end of a request to the destruction of what was told.
    pub retention_s: u32,
    /// Seconds for which a consent to cross is fresh.
    pub consent_s: u32,
    /// Most hours a responder helps in a week.
    pub weekly_hours: u8,
    /// Hours of rest a responder has between two engagements.
    pub rest_hours: u8,
}

/// A sealed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Opens to one content; tells nothing without the salt.
    pub commitment: Hash,
    /// SHA-256 of the age file.
    pub sealed_sha256: Hash,
}

/// What the requester allows from the start. Storing is asked by asking; each is taken back by
/// [`Consent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentFlags {
    /// Officers may show it to the responders matched.
    pub share_with_helpers: bool,
    /// Lessons without a trace of whoever asked may be published.
    pub publish_anonymised: bool,
}

/// Asks for help, under a key that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What is told; the first is the form.
    pub items: Vec<Item>,
    /// Version of the desk whose officers it is sealed to.
    pub desk: u32,
    /// What is allowed.
    pub consent: ConsentFlags,
    /// What is answered is sealed to it: without it nobody could answer.
    pub recipient: AgeRecipient,
    /// A second one who may speak for the requester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
}

/// Who may speak for a requester.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// Signs what the proxy says.
    pub key: Vkey,
    /// What is told and answered is sealed to it too.
    pub recipient: AgeRecipient,
}

/// What an item added later is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Between requester, desk and responder.
    Message,
    /// What triage found the request to need.
    Need,
    /// What a responder did.
    Report,
    /// What harm was done, as the requester tells it, or as an officer found it.
    Harm,
    /// What the team may do, as the requester allows it; [`Scope`] signs it.
    Scope,
}

/// Adds sealed items to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddItems {
    /// The request.
    pub request: StatementId,
    /// What they are.
    pub kind: ItemKind,
    /// The items.
    pub items: Vec<Item>,
}

/// An offer that a round computed, shown to be one of its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The match whose outcome holds it.
    #[serde(rename = "match")]
    pub matched: StatementId,
    /// The responders, by their enlistments, ascending.
    pub responders: Vec<StatementId>,
    /// The leaf's salt.
    pub salt: Hash,
    /// Its place in the outcome.
    pub index: u64,
    /// Its inclusion path (RFC 6962).
    pub path: Vec<Hash>,
}

/// A request goes from one stage to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The request.
    pub request: StatementId,
    /// The stage it goes to.
    pub to: Stage,
    /// Why, as a code.
    pub reason: Reason,
    /// To `triaged`: how urgent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// To `matching`: the round whose closed inputs hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<StatementId>,
    /// To `offered`: what the round computed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
}

/// A responder offers to help and signs the code of conduct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enlist {
    /// Its profile: skills, hours, languages, interests.
    pub profile: Item,
    /// What the requester tells the team is sealed to it.
    pub recipient: AgeRecipient,
    /// The code it signs by signing this.
    pub code: CodeOfConduct,
}

/// An officer has looked into a responder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vet {
    /// Its enlistment.
    pub responder: StatementId,
    /// Until when that holds.
    pub until: Timestamp,
}

/// Why a responder helps no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DismissReason {
    /// It ends its offer.
    Ended,
    /// It broke the code of conduct.
    Conduct,
    /// Its key is in other hands.
    Compromised,
    /// What it declared was not so.
    Declaration,
}

/// A responder helps no more, at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dismiss {
    /// Its enlistment.
    pub responder: StatementId,
    /// Why.
    pub reason: DismissReason,
}

/// Closes the inputs of a round of matching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Commitment of the inputs file.
    pub inputs: Hash,
    /// Requests in it.
    pub requests: u32,
    /// Responders in it.
    pub responders: u32,
}

/// The outcome of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The round.
    pub round: StatementId,
    /// Root of the tree of its offers.
    pub outcome_root: Hash,
    /// Offers in it.
    pub offers: u32,
    /// Requests that got none.
    pub unserved: u32,
}

/// The requester authorises actions on its own systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The request.
    pub request: StatementId,
    /// Commitment of the list of systems and actions.
    pub scope: Hash,
    /// Until when.
    pub until: Timestamp,
}

/// What a consent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// As [`ConsentFlags::share_with_helpers`].
    ShareWithHelpers,
    /// As [`ConsentFlags::publish_anonymised`].
    PublishAnonymised,
    /// The items named may be copied into the case named, and nothing else.
    Case,
}

/// The requester allows something, or takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The request.
    pub request: StatementId,
    /// What for.
    pub purpose: Purpose,
    /// Whether it is given or taken back.
    pub granted: bool,
    /// For purpose `case`: the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into_case: Option<CaseId>,
    /// For purpose `case`: the items, by commitment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Hash>,
}

/// Most rows of a count of harm: every kind in each of its units.
pub const MAX_HARM_ROWS: usize = 32;

/// How much harm requesters told, over all of them together: never of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarmCount {
    /// Harm told from then,
    pub from: Timestamp,
    /// and before then. Times of two counts have no moment in common, so that no difference of two tells of one.
    pub until: Timestamp,
    /// Commitment of the list of items that were counted, for whoever is entitled to count again.
    pub inputs: Hash,
    /// Requests counted, each once.
    pub records: u32,
    /// By kind and unit, ascending.
    pub rows: Vec<HarmRow>,
    /// Kinds and units left out because they rest on too few.
    pub withheld: u32,
}

/// What a notice between states is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeTemplate {
    /// Help is asked for.
    AssistanceSought,
    /// Activity was seen; no author is stated.
    ActivityObserved,
    /// A weakness that concerns the addressee.
    Vulnerability,
    /// What was noticed before is over.
    AllClear,
}

/// A notice; its addressee stands in the sealed text alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What about.
    pub template: NoticeTemplate,
    /// Commitment of the text.
    pub text: Hash,
    /// Key that the addressee chose for its receipt.
    pub answer_key: Vkey,
    /// By when a receipt is asked for.
    pub due: Timestamp,
}

/// A vulnerability is handed to who can mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// Commitment of the report.
    pub report: Hash,
    /// Key that whoever mends it chose.
    pub answer_key: Vkey,
    /// Until when nobody else is told.
    pub embargo_until: Timestamp,
}

/// A notice or relay arrived. Nothing else is said, and nothing admitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The notice or relay.
    pub of: StatementId,
}

/// Why an embargo ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenReason {
    /// Its time has come.
    EmbargoEnded,
    /// Whoever mends it agrees: it signs this itself.
    VendorAgreed,
    /// It is being used against people now.
    Exploited,
}

/// Ends an embargo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayOpen {
    /// The relay.
    pub relay: StatementId,
    /// Why.
    pub reason: OpenReason,
    /// SHA-256 of the advisory.
    pub advisory_sha256: Hash,
}
