//! The closed vocabularies that forms ask from, as the bodies write them.

pub(super) const INCIDENTS: &[&str] = &[
    "data-theft",
    "data-theft-and-doxing",
    "disruption",
    "hijacking",
    "ransomware",
];
pub(super) const REGIONS: &[&str] = &[
    "africa",
    "americas",
    "eastern-mediterranean",
    "europe",
    "south-east-asia",
    "western-pacific",
];
pub(super) const HOW: &[&str] = &[
    "victim-system",
    "handed-over",
    "open-source",
    "own-telemetry",
    "public-record",
];
pub(super) const TLP: &[&str] = &["clear", "green", "amber", "amber-strict", "red"];
pub(super) const ITEM_KINDS: &[&str] = &[
    "infrastructure",
    "territory",
    "malware",
    "tradecraft",
    "victimology",
    "motive",
    "metadata",
    "judicial",
    "official",
    "forensic",
];
pub(super) const ACTOR_KINDS: &[&str] = &["state", "non-state", "none-of-these"];
pub(super) const RELIABILITY: &[&str] = &["A", "B", "C", "D", "E", "F"];
pub(super) const CREDIBILITY: &[&str] = &["1", "2", "3", "4", "5", "6"];
pub(super) const LEVELS: &[&str] = &["private", "selective", "public"];
pub(super) const REFUSALS: &[&str] = &[
    "out-of-scope",
    "below-threshold",
    "duplicate",
    "insufficient-material",
    "no-consent",
];
pub(super) const CLOSINGS: &[&str] = &["concluded", "consent-withdrawn", "exhausted"];
pub(super) const HANDLING: &[&str] = &[
    "analysis",
    "return",
    "destruction",
    "transfer",
    "copy",
    "redaction",
];
pub(super) const RECUSALS: &[&str] = &["interest", "prior-involvement", "unavailable"];
pub(super) const UNMASKINGS: &[&str] = &["shown", "recognised", "leaked"];
pub(super) const CHOICES: &[&str] = &["publish", "object", "abstain"];
pub(super) const WITHDRAWALS: &[&str] = &["evidence-unsound", "procedure"];
pub(super) const BASES: &[&str] = &["own-evidence", "shared-evidence", "political"];
pub(super) const COMPLAINTS: &[&str] = &["conduct", "procedure", "privacy", "selection"];
pub(super) const ANSWERS: &[&str] = &[
    "upheld",
    "partly-upheld",
    "not-upheld",
    "outside-remit",
    "repeated",
];
pub(super) const REVOCATIONS: &[&str] = &["compromised", "ended"];
pub(super) const ENROLLED: &[&str] = &["investigator", "laboratory", "state", "company"];
pub(super) const FUNDING: &[&str] = &["received", "returned", "corrected"];
pub(super) const SAYS: &[&str] = &[
    "state-responsible",
    "unit-responsible",
    "state-not-responsible",
    "observed",
];
