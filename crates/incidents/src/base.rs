//! The four record types.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::date::CodedDate;

/// Format of an incident base as a file.
pub const BASE_FORMAT: &str = "solferino-incidents/1";
/// Largest incident base read, in bytes (256 MiB).
pub const MAX_BASE_BYTES: u64 = 256 << 20;

/// Why a file is no incident base.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// Not of the documented form.
    #[error("not an incident base as docs/incidents.md describes it: {0}")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("its format is {0:?}, this program reads {BASE_FORMAT:?}")]
    Format(String),
    /// Two incidents of one identifier.
    #[error("incident {0} stands twice")]
    Twice(String),
    /// A record of an incident that is not there.
    #[error("a record speaks of incident {0}, which is not in the base")]
    Unknown(String),
}

/// When an incident began, as coded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Start {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Whether it is 1 January, which publishers also write for "some time that year".
    pub maybe_year_only: bool,
}

/// Somebody the publisher codes as an initiator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Initiator {
    /// Country as written; absent where blank, unknown or not available.
    pub country: Option<String>,
    /// Category as written (`State`, `Non-state-group`, …); absent where blank.
    pub category: Option<String>,
    /// Name as written; absent where blank or not available.
    pub name: Option<String>,
}

/// What was coded as an answer to the incident. `false` means "none coded", not "none".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responses {
    /// A political response.
    pub political: bool,
    /// A legal response.
    pub legal: bool,
    /// Any response.
    pub any: bool,
}

/// Which kind of attribution a delay belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LagKind {
    /// A company of the security industry.
    Industry,
    /// A government.
    Political,
    /// The attacker itself.
    Attacker,
    /// A third party.
    ThirdParty,
    /// Any other.
    Other,
}

impl LagKind {
    /// All kinds, in the order they are shown.
    pub const ALL: [Self; 5] = [
        Self::Industry,
        Self::Political,
        Self::Attacker,
        Self::ThirdParty,
        Self::Other,
    ];

    /// The word a table shows.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Industry => "industry",
            Self::Political => "political",
            Self::Attacker => "attacker",
            Self::ThirdParty => "third-party",
            Self::Other => "other",
        }
    }
}

/// Days from the coded start to the first attribution of a kind; may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lag {
    /// The kind.
    pub kind: LagKind,
    /// Days.
    pub days: i64,
}

/// One entry of the publisher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The publisher's identifier.
    pub id: String,
    /// When it began.
    pub start: Option<Start>,
    /// Types, sorted.
    pub types: Vec<String>,
    /// Weighted intensity in thousandths.
    pub intensity_milli: Option<u32>,
    /// Initiators as coded, sorted.
    pub initiators: Vec<Initiator>,
    /// Receiver countries, sorted.
    pub receivers: Vec<String>,
    /// How it was answered.
    pub responses: Responses,
    /// How long until it was attributed, by kind.
    pub lags: Vec<Lag>,
}

impl Incident {
    /// Whether an initiator is coded as a state or as affiliated with one.
    #[must_use]
    pub fn state_linked(&self) -> bool {
        let linked = |i: &Initiator| {
            matches!(
                i.category.as_deref(),
                Some("State" | "Non-state actor, state-affiliation suggested")
            )
        };
        self.initiators.iter().any(linked)
    }
}

/// One receiver hit in one incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Effect {
    /// The incident.
    pub incident: String,
    /// The receiver's country.
    pub country: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// Its sub-category.
    pub subcategory: Option<String>,
}

/// Somebody said who did it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attribution {
    /// The incident.
    pub incident: String,
    /// The publisher's identifier of the attribution.
    pub id: Option<String>,
    /// When, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// On what basis, as written.
    pub basis: Option<String>,
    /// The countries named, sorted; none where the publisher codes them unknown.
    pub countries: Vec<String>,
}

/// What the publisher files under one initiator name. Not a claim that it was one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// The name as written.
    pub name: String,
    /// The incidents, by identifier, in the publisher's order.
    pub incidents: Vec<String>,
}

/// What became of one table's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// The table.
    pub table: String,
    /// Rows read.
    pub rows: usize,
    /// Rows that only repeat, in this table's own columns, what an earlier row of the incident said.
    pub repeats: usize,
}

/// What an import read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Table by table.
    pub tables: Vec<TableReport>,
}

/// Where a dataset comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short name, also the name of the file in a record's folder: `a-z`, `0-9`, `-`.
    pub publisher: String,
    /// The publisher's own name.
    pub title: String,
    /// Where it publishes.
    pub home: String,
    /// The day this edition was published, as the importer states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<CodedDate>,
    /// The licence or terms, as the importer states them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// An imported dataset: claims by others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// [`BASE_FORMAT`].
    pub format: String,
    /// Who published it, when, on what terms.
    pub source: Source,
    /// Incidents in the publisher's order.
    pub incidents: Vec<Incident>,
    /// Victim effects, by incident.
    pub effects: Vec<Effect>,
    /// Attributions, by incident.
    pub attributions: Vec<Attribution>,
    /// Campaigns, in order of first mention.
    pub campaigns: Vec<Campaign>,
    /// What was read.
    pub report: Report,
}

impl Base {
    /// Reads what [`Base::write`] wrote, whole or not at all.
    ///
    /// # Errors
    /// [`BaseError`] names the first fault.
    pub fn read(bytes: &[u8]) -> Result<Self, BaseError> {
        let base: Self = serde_json::from_slice(bytes)?;
        if base.format != BASE_FORMAT {
            return Err(BaseError::Format(base.format));
        }
        let mut ids = BTreeSet::new();
        for incident in &base.incidents {
            if !ids.insert(incident.id.as_str()) {
                return Err(BaseError::Twice(incident.id.clone()));
            }
        }
        let effects = base.effects.iter().map(|e| &e.incident);
        let attributions = base.attributions.iter().map(|a| &a.incident);
        let campaigns = base.campaigns.iter().flat_map(|c| &c.incidents);
        let mut spoken_of = effects.chain(attributions).chain(campaigns);
        match spoken_of.find(|id| !ids.contains(id.as_str())) {
            Some(id) => Err(BaseError::Unknown(id.clone())),
            None => Ok(base),
        }
    }

    /// The base as a file: the same base gives the same bytes.
    ///
    /// # Errors
    /// What the JSON writer says; nothing in these types makes it fail.
    pub fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}
