//! One's own coding of an incident: the fields of EuRepoC's codebook, closed word lists, ranges with sources.

use serde::{Deserialize, Serialize};

use crate::date::CodedDate;

/// Format of a coding file.
pub const CODING_FORMAT: &str = "solferino-incident/1";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentType {
    /// Data were taken.
    DataTheft,
    /// Data were taken and published.
    DataTheftAndDoxing,
    /// A service was disturbed.
    Disruption,
    /// A system was entered and used.
    HijackingWithMisuse,
    /// A system was entered; use is not known.
    HijackingWithoutMisuse,
    /// Data were locked for ransom, or as if for ransom.
    Ransomware,
}

/// Who is said to have begun it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitiatorCategory {
    /// An organ of a state.
    State,
    /// Not a state; affiliation with one is suggested.
    StateAffiliationSuggested,
    /// A group that is no state's.
    NonStateGroup,
    /// One person.
    Individual,
    /// None of these.
    Other,
    /// Not known.
    Unknown,
}

/// What kind of body was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiverCategory {
    /// Government, parliament, courts, armed forces, parties.
    StateInstitutions,
    /// An international or supranational organisation.
    InternationalOrganisation,
    /// Critical infrastructure; the sub-code says which.
    CriticalInfrastructure,
    /// Minorities, activists, religious and other groups.
    SocialGroups,
    /// A company that is not critical infrastructure.
    Corporate,
    /// Media and journalists.
    Media,
    /// Research that is not critical infrastructure.
    Science,
    /// Schools and universities.
    Education,
    /// People at large.
    EndUsers,
    /// None of these.
    Other,
    /// Not known.
    Unknown,
}

/// Which critical infrastructure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubCode {
    /// Hospitals, laboratories, public health.
    Health,
    /// Electricity, gas, oil, heat.
    Energy,
    /// Banks, payments, markets.
    Finance,
    /// Networks for telephone and data.
    Telecommunications,
    /// Rail, air, road, shipping, logistics.
    Transport,
    /// Makers of arms and military equipment.
    DefenceIndustry,
    /// Research that others depend on.
    Research,
    /// Makers of what other infrastructure needs.
    CriticalManufacturing,
    /// Growing, making and delivering food.
    Food,
    /// Drinking water.
    Water,
    /// Waste water.
    WasteWater,
    /// Chemical industry.
    Chemicals,
    /// Cloud, hosting, names, certificates, managed services.
    DigitalProvider,
    /// Satellites and their ground stations.
    Space,
}

/// On what an attribution rests: who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The attacker says so.
    AttackerConfirms,
    /// A company of the security industry.
    Industry,
    /// A government.
    Government,
    /// Media.
    Media,
    /// Somebody else.
    ThirdParty,
    /// The one that was hit.
    Receiver,
}

/// How a state answered: the classes of the European Union's cyber diplomacy toolbox (Council document 13007/17), and law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseKind {
    /// Dialogue, capacity building, confidence building.
    Preventive,
    /// Help or démarches towards another state.
    Cooperative,
    /// Statements, conclusions, protests.
    Stabilising,
    /// Sanctions.
    Restrictive,
    /// Charges, arrests, judgments.
    Legal,
    /// Claimed as lawful countermeasures or self-defence.
    LawfulResponse,
    /// None of these.
    Other,
}

/// Somebody said to have begun it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodedInitiator {
    /// What kind.
    pub category: InitiatorCategory,
    /// ISO 3166-1 alpha-2; absent: not known, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A name, as the sources have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Somebody hit: one victim effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodedReceiver {
    /// ISO 3166-1 alpha-2; absent: not known, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What kind.
    pub category: ReceiverCategory,
    /// Which critical infrastructure; exactly with that category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_code: Option<SubCode>,
    /// What it suffered, as estimates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harm: Vec<Harm>,
}

/// What is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HarmUnit {
    /// Persons affected.
    Persons,
    /// Days without the service.
    DaysWithoutService,
}

/// Whether the harm came at once or through something else that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// At the one that was struck.
    Direct,
    /// At others that depend on it.
    KnockOn,
}

/// Whether something could stand in for what failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Substitutes {
    /// Nothing.
    None,
    /// In part.
    Partial,
    /// In full.
    Full,
    /// Not known.
    Unknown,
}

/// An estimate of harm: a range, where in it, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harm {
    /// What is estimated.
    pub unit: HarmUnit,
    /// Direct or knock-on.
    pub reach: Reach,
    /// Lower end, in the unit.
    pub low: u64,
    /// The estimate, in the unit; absent: the source gives a range only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<u64>,
    /// Upper end, in the unit.
    pub high: u64,
    /// Whether something could stand in.
    pub substitutes: Substitutes,
    /// Who estimated it, where.
    pub source: String,
}

/// Somebody said who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodedAttribution {
    /// When.
    pub date: CodedDate,
    /// Who said it, by kind.
    pub basis: Basis,
    /// Who said it, by name.
    pub by: String,
    /// Whom it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Which country, ISO 3166-1 alpha-2; absent: it names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Where that is to be read.
    pub source: String,
}

/// How the incident was answered, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// When.
    pub date: CodedDate,
    /// Who answered, ISO 3166-1 alpha-2, or the name of an organisation.
    pub by: String,
    /// How.
    pub kind: ResponseKind,
    /// Where that is to be read.
    pub source: String,
}

/// The coding of one incident. Its attributions are what others said; it decides nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coding {
    /// [`CODING_FORMAT`].
    pub format: String,
    /// Identifier, kept for good.
    pub id: String,
    /// In words.
    pub title: String,
    /// Who coded it.
    pub coder: String,
    /// By which rule it was taken up: the rule's identifier.
    pub inclusion_rule: String,
    /// What the coder files it under, if under something: says nothing of one operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// What was done; at least one.
    pub types: Vec<IncidentType>,
    /// When it began; absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<CodedDate>,
    /// When it ended; absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<CodedDate>,
    /// Who is said to have begun it; at least one, category `unknown` where nobody knows.
    pub initiators: Vec<CodedInitiator>,
    /// Who was hit; at least one.
    pub receivers: Vec<CodedReceiver>,
    /// Who said who did it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributions: Vec<CodedAttribution>,
    /// How it was answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<Response>,
}
