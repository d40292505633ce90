//! The demo corpus: five worked cases, a claim that is checked, reports without worked numbers, the panel.
//!
//! Historical cases are told from public sources in our own words; the likelihood ratios are
//! illustrative judgements and no body has decided anything. See `demo/README.md`.

use record::body::charter::Region;
use record::body::members::FundingKind;
use record::ids::{CaseId, Country, InstrumentId, Slug};
use record::time::Day;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::cast::SeatSpec;
use crate::error::RehearsalError;
use crate::script::{CaseScript, ScriptClaim, Stage};

/// What every page and command says beside a number from the demonstration.
pub const NOTICE: &str = "demonstration, illustrative judgements, no body has decided this";

macro_rules! demo_files {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../demo/", $path)))),*] };
}

const PANEL: &[(&str, &str)] = demo_files!["panel.toml"];
const ACCESSIONS: &[(&str, &str)] = demo_files!["accessions.toml"];
const LEDGER: &[(&str, &str)] = demo_files!["funding.toml"];
const CASES: &[(&str, &str)] = demo_files![
    "cases/sony-2014.toml",
    "cases/dnc-2016.toml",
    "cases/olympic-2018.toml",
    "cases/notpetya-2017.toml",
    "cases/solarwinds-2020.toml",
];
const CLAIMS: &[(&str, &str)] = demo_files!["claims/olympic-claim-2018.toml"];
const REPORTS: &[(&str, &str)] = demo_files![
    "reports/campaign-mailbox-2016.toml",
    "reports/party-office-warning-2015.toml",
    "reports/wannacry-hospitals-2017.toml",
    "reports/trade-secrets-2014.toml",
    "reports/parliament-2015.toml",
    "reports/power-grid-2015.toml",
    "reports/estonia-2007.toml",
    "reports/humanitarian-data-2022.toml",
];

const AID: &[(&str, &str)] = demo_files![
    "aid/party-office-call-2015.toml",
    "aid/campaign-messages-2016.toml",
];

/// A request for help, as its requester would seal it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidScript {
    /// Short name.
    pub id: Slug,
    /// Title for people.
    pub title: String,
    /// Day on which help is asked for.
    pub happened: Day,
    /// Whether somebody comes.
    pub helped: bool,
    /// Public sources.
    pub sources: Vec<String>,
    /// What kind of text this is.
    pub label: String,
    /// What is told.
    pub form: aid::Request,
    /// What harm is told, once it is over.
    #[serde(default)]
    pub harm: Option<aid::HarmRecord>,
}

/// A report without worked numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportScript {
    /// Short name.
    pub id: Slug,
    /// Title for people.
    pub title: String,
    /// Incident type.
    pub kind: String,
    /// Sector of the victim.
    pub sector: Slug,
    /// Region of the victim, where one can be given.
    #[serde(default)]
    pub region: Option<Region>,
    /// Day of the incident.
    pub happened: Day,
    /// What happened, in our own words.
    pub summary: String,
    /// Public sources.
    pub sources: Vec<String>,
    /// What kind of text this is.
    pub label: String,
}

/// A state's accession, as a public list has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessionScript {
    /// The state.
    pub state: Country,
    /// What it took on.
    pub instrument: InstrumentId,
    /// From when.
    pub from: Day,
    /// The public list, by name.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accessions {
    accessions: Vec<AccessionScript>,
}

/// A claim checked with the evidence of a worked case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimCase {
    id: CaseId,
    of: CaseId,
    title: String,
    summary: String,
    label: String,
    cutoff: Day,
    note: String,
    claim: ScriptClaim,
}

impl ClaimCase {
    /// One stage, with everything known by its cutoff.
    fn script(self, mut of: CaseScript) -> CaseScript {
        of.items.retain(|item| item.known <= self.cutoff);
        for item in &mut of.items {
            item.stage = 0;
        }
        CaseScript {
            id: self.id,
            title: self.title,
            summary: self.summary,
            claim: Some(self.claim),
            stages: vec![Stage {
                label: self.label,
                cutoff: self.cutoff,
                note: self.note,
                naive: None,
            }],
            ..of
        }
    }
}

/// Money that a fictional giver gives, or is given back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// What happens.
    pub kind: FundingKind,
    /// Who gives.
    pub source: Slug,
    /// Its jurisdiction.
    pub jurisdiction: Country,
    /// Whole units of the currency.
    pub amount: u64,
    /// The currency.
    pub currency: Slug,
    /// The year it happens in; every year without it.
    #[serde(default)]
    pub year: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gifts {
    gifts: Vec<Gift>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Panel {
    seats: Vec<SeatSpec>,
}

/// The five worked cases.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn cases() -> Result<Vec<CaseScript>, RehearsalError> {
    read_all(CASES)
}

/// The claims that are checked, each with the evidence of one of the worked cases.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn claims() -> Result<Vec<CaseScript>, RehearsalError> {
    let cases = cases()?;
    let whole = |(claim, (file, _)): (ClaimCase, &(&'static str, &str))| {
        let of = cases.iter().find(|c| c.id == claim.of).cloned();
        of.map(|of| claim.script(of)).ok_or(RehearsalError::Corpus {
            file,
            problem: "it names no worked case".to_owned(),
        })
    };
    read_all(CLAIMS)?
        .into_iter()
        .zip(CLAIMS)
        .map(whole)
        .collect()
}

/// Everything that is played: the worked cases, then the claims.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn scripts() -> Result<Vec<CaseScript>, RehearsalError> {
    let mut all = cases()?;
    all.extend(claims()?);
    Ok(all)
}

/// The reports.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn reports() -> Result<Vec<ReportScript>, RehearsalError> {
    read_all(REPORTS)
}

/// The requests for help.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn requests_for_help() -> Result<Vec<AidScript>, RehearsalError> {
    read_all(AID)
}

/// The accessions.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn accessions() -> Result<Vec<AccessionScript>, RehearsalError> {
    Ok(read_all::<Accessions>(ACCESSIONS)?
        .into_iter()
        .flat_map(|a| a.accessions)
        .collect())
}

/// The fictional seats.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn panel() -> Result<Vec<SeatSpec>, RehearsalError> {
    Ok(read_all::<Panel>(PANEL)?
        .into_iter()
        .flat_map(|p| p.seats)
        .collect())
}

/// The fictional funding ledger, in the order of booking.
///
/// # Errors
/// [`RehearsalError::Corpus`] naming the file.
pub fn ledger() -> Result<Vec<Gift>, RehearsalError> {
    Ok(read_all::<Gifts>(LEDGER)?
        .into_iter()
        .flat_map(|g| g.gifts)
        .collect())
}

fn read_all<T: DeserializeOwned>(files: &[(&'static str, &str)]) -> Result<Vec<T>, RehearsalError> {
    let read = |(file, text): &(&'static str, &str)| {
        toml::from_str(text).map_err(|e| RehearsalError::Corpus {
            file,
            problem: e.to_string(),
        })
    };
    files.iter().map(read).collect()
}
