//! What somebody needs (docs/aid.md, section 2), and nothing about who they are.

use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What the affected entity does: the sectors of Directive (EU) 2022/2555 (NIS2), annexes I and II, and those that law leaves out.
    Sector, "sector";
    /// NIS2 annex I.
    Energy = "energy",
    /// NIS2 annex I.
    Transport = "transport",
    /// NIS2 annex I.
    Banking = "banking",
    /// NIS2 annex I.
    FinancialMarket = "financial-market",
    /// NIS2 annex I.
    Health = "health",
    /// NIS2 annex I.
    DrinkingWater = "drinking-water",
    /// NIS2 annex I.
    WasteWater = "waste-water",
    /// NIS2 annex I.
    DigitalInfrastructure = "digital-infrastructure",
    /// NIS2 annex I.
    IctServices = "ict-services",
    /// NIS2 annex I.
    PublicAdministration = "public-administration",
    /// NIS2 annex I.
    Space = "space",
    /// Help for people in need, impartial.
    Humanitarian = "humanitarian",
    /// Ambulance, fire brigade, rescue, crisis lines.
    EmergencyServices = "emergency-services",
    /// NIS2 annex II.
    Post = "post",
    /// NIS2 annex II.
    Waste = "waste",
    /// NIS2 annex II.
    Chemicals = "chemicals",
    /// NIS2 annex II.
    Food = "food",
    /// NIS2 annex II.
    Manufacturing = "manufacturing",
    /// NIS2 annex II.
    DigitalProviders = "digital-providers",
    /// NIS2 annex II.
    Research = "research",
    /// Schools and universities.
    Education = "education",
    /// Newsrooms and journalists.
    Media = "media",
    /// Associations, defenders of human rights, unions.
    CivilSociety = "civil-society",
    /// Campaigns, parties, bodies that run elections.
    Elections = "elections",
    /// Courts and lawyers.
    Justice = "justice",
    /// A private person.
    Person = "person",
    /// None of these.
    Other = "other",
}

impl Sector {
    /// Whether people's lives or basic supply hang on it at once: NIS2 annex I, humanitarian organisations, emergency services.
    #[must_use]
    pub fn is_essential(self) -> bool {
        self <= Self::EmergencyServices
    }
}

words! {
    /// What happened: the classes of the Reference Security Incident Taxonomy (RSIT).
    Incident, "incident";
    /// Spam, harassment, doxing.
    AbusiveContent = "abusive-content",
    /// Ransomware, wipers, spyware.
    MaliciousCode = "malicious-code",
    /// Scanning, sniffing, phishing for knowledge.
    InformationGathering = "information-gathering",
    /// Tried and not succeeded as far as is known.
    IntrusionAttempt = "intrusion-attempt",
    /// Somebody is in.
    Intrusion = "intrusion",
    /// Denial of service, sabotage.
    Availability = "availability",
    /// Contents read, changed or leaked.
    InformationSecurity = "information-security",
    /// Phishing of credentials, impersonation.
    Fraud = "fraud",
    /// A weakness open to abuse.
    Vulnerable = "vulnerable",
    /// None of these, or not known yet.
    Other = "other",
}

words! {
    /// Whether life or limb is in danger.
    LifeSafety, "life safety";
    /// No.
    None = "none",
    /// Not asked or not known.
    Unknown = "unknown",
    /// It may come to that.
    Possible = "possible",
    /// People are in danger now.
    Now = "now",
}

words! {
    /// What still works.
    Function, "function";
    /// Everything.
    None = "none",
    /// Not asked or not known.
    Unknown = "unknown",
    /// Slower or clumsier.
    Degraded = "degraded",
    /// Parts stand still.
    Partly = "partly",
    /// It stands still.
    Stopped = "stopped",
}

words! {
    /// The most delicate data that others have, or will have.
    Data, "data";
    /// No data.
    None = "none",
    /// Not asked or not known.
    Unknown = "unknown",
    /// Data that name nobody.
    Ordinary = "ordinary",
    /// Personal data.
    Personal = "personal",
    /// Special categories (health, belief, opinion, sources).
    Special = "special",
    /// Data that put people in danger once known.
    LifeEndangering = "life-endangering",
}

words! {
    /// Yes, no, or not known.
    Answer, "answer";
    /// No.
    No = "no",
    /// Not asked or not known.
    Unknown = "unknown",
    /// Yes.
    Yes = "yes",
}

words! {
    /// What the user has done about it already.
    Mitigation, "mitigation";
    /// It is contained.
    Contained = "contained",
    /// Not asked or not known.
    Unknown = "unknown",
    /// Tried without success.
    Tried = "tried",
    /// Nothing yet.
    None = "none",
}

words! {
    /// Other help the user can call on: contracts, insurance, a CSIRT.
    Support, "support";
    /// Enough of it.
    Sufficient = "sufficient",
    /// Not asked or not known.
    Unknown = "unknown",
    /// Some, not enough.
    Insufficient = "insufficient",
    /// None.
    None = "none",
}

/// What triage sees. There is no field for country, nationality, politics, organisation or donor, so no rule can ask for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// What the affected entity does.
    pub sector: Sector,
    /// What happened. It suggests skills; the class does not hang on it.
    pub incident: Incident,
    /// Whether life or limb is in danger.
    pub life_safety: LifeSafety,
    /// How many people are affected; nothing if not known.
    pub people: Option<u32>,
    /// What still works.
    pub function: Function,
    /// The most delicate data others have or will have.
    pub data: Data,
    /// Whether it goes on.
    pub ongoing: Answer,
    /// Whether it may spread to others.
    pub spill_over: Answer,
    /// Whole hours from receipt to a moment after which help is too late; nothing if there is none.
    pub deadline_hours: Option<u32>,
    /// What was done already.
    pub mitigation: Mitigation,
    /// Other help at hand.
    pub support: Support,
}
