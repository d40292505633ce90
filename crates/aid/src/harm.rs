//! What an incident did to people, in counts that are never added across units (docs/aid.md, section 10).

use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Harms of one record, at most.
pub const MAX_HARMS: usize = 64;
/// Bytes of a harm record as JSON.
pub const MAX_HARM_BYTES: usize = 16_384;
/// Records that a published row rests on, at least: fewer could point to somebody.
pub const MIN_HARM_RECORDS: u64 = 5;

words! {
    /// What kind of harm.
    HarmKind, "harm";
    /// Somebody died, in the view of those who say so. The basis says whose view it is.
    Death = "death",
    /// Bodily harm.
    Injury = "injury",
    /// Care that came late or not at all.
    CareDelayed = "care-delayed",
    /// A service people rely on was not there.
    ServiceLost = "service-lost",
    /// Personal data in wrong hands.
    DataExposed = "data-exposed",
    /// Data that are gone.
    DataLost = "data-lost",
    /// Money that is gone or had to be spent.
    MoneyLost = "money-lost",
    /// Work that was lost or done again.
    WorkLost = "work-lost",
    /// People who had to move, hide or fall silent.
    Displaced = "displaced",
    /// Fear, threats, harassment.
    Threatened = "threatened",
    /// Trust in a vote, an institution or a source.
    TrustLost = "trust-lost",
}

words! {
    /// In what a harm is counted.
    HarmUnit, "unit";
    /// People.
    People = "people",
    /// Hours.
    Hours = "hours",
    /// Appointments, operations, deliveries and the like.
    Cases = "cases",
    /// Records of data.
    Records = "records",
    /// Euro.
    Euro = "euro",
}

words! {
    /// On what a harm rests.
    HarmBasis, "basis";
    /// The requester says so.
    Told = "told",
    /// Responders saw it.
    Seen = "seen",
    /// There is a document.
    Documented = "documented",
}

/// One harm. It names nobody, and says nothing about who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harm {
    /// What.
    pub kind: HarmKind,
    /// In what it is counted.
    pub unit: HarmUnit,
    /// How many; nothing if not known.
    pub count: Option<u64>,
    /// On what it rests.
    pub basis: HarmBasis,
    /// When it began.
    pub from_s: i64,
    /// When it ended; nothing if it goes on.
    pub until_s: Option<i64>,
}

/// The harms of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarmRecord {
    /// The harms.
    pub harms: Vec<Harm>,
}

/// Why a harm record was refused.
#[derive(Debug, Error)]
pub enum HarmError {
    /// Too many bytes.
    #[error("the harm record has {0} bytes, more than {MAX_HARM_BYTES}")]
    TooLarge(usize),
    /// Not of the documented form.
    #[error("not a harm record as docs/aid.md, section 10, describes: {0}")]
    Shape(#[from] serde_json::Error),
    /// Too many.
    #[error("{0} harms; a record has at most {MAX_HARMS}")]
    TooMany(usize),
    /// Ends before it begins.
    #[error("harm {0} ends before it begins")]
    Time(usize),
    /// Counted in something that it is not counted in.
    #[error("harm {0}: {1} is not counted in {2}")]
    Unit(usize, HarmKind, HarmUnit),
    /// The same kind and unit twice: it would be counted twice.
    #[error("harm {0}: {1} in {2} is there already; give one count")]
    Twice(usize, HarmKind, HarmUnit),
}

impl HarmError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-harm"
    }
}

impl HarmKind {
    /// In what this harm is counted.
    #[must_use]
    pub fn units(self) -> &'static [HarmUnit] {
        match self {
            Self::Death | Self::Injury | Self::Displaced | Self::Threatened | Self::TrustLost => {
                &[HarmUnit::People]
            }
            Self::CareDelayed => &[HarmUnit::People, HarmUnit::Cases, HarmUnit::Hours],
            Self::ServiceLost => &[HarmUnit::People, HarmUnit::Hours],
            Self::DataExposed | Self::DataLost => &[HarmUnit::People, HarmUnit::Records],
            Self::MoneyLost => &[HarmUnit::Euro],
            Self::WorkLost => &[HarmUnit::Hours],
        }
    }
}

impl HarmRecord {
    /// Reads and checks a record.
    ///
    /// # Errors
    /// [`HarmError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, HarmError> {
        if bytes.len() > MAX_HARM_BYTES {
            return Err(HarmError::TooLarge(bytes.len()));
        }
        let record: Self = serde_json::from_slice(bytes)?;
        record.check()?;
        Ok(record)
    }

    /// Checks what the type alone does not.
    ///
    /// # Errors
    /// [`HarmError`] for the first thing that has no sense.
    pub fn check(&self) -> Result<(), HarmError> {
        if self.harms.len() > MAX_HARMS {
            return Err(HarmError::TooMany(self.harms.len()));
        }
        for (number, harm) in self.harms.iter().enumerate() {
            let (kind, unit) = (harm.kind, harm.unit);
            if harm.until_s.is_some_and(|until_s| until_s < harm.from_s) {
                return Err(HarmError::Time(number));
            }
            if !kind.units().contains(&unit) {
                return Err(HarmError::Unit(number, kind, unit));
            }
            let earlier = self.harms[..number].iter();
            if earlier
                .clone()
                .any(|other| (other.kind, other.unit) == (kind, unit))
            {
                return Err(HarmError::Twice(number, kind, unit));
            }
        }
        Ok(())
    }
}

/// Harm of one kind in one unit over several records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarmSum {
    /// Sum of the counts that are known.
    pub known: u64,
    /// Records that give a count.
    pub records_known: u64,
    /// Records that have this harm and give no count: the sum is too low by what they would say.
    pub records_unknown: u64,
    /// Records whose count rests on the requester's word alone.
    pub told_only: u64,
}

/// Sums by kind and unit. There is no sum over units, and none over kinds.
#[must_use]
pub fn sums(records: &[HarmRecord]) -> BTreeMap<(HarmKind, HarmUnit), HarmSum> {
    let mut sums: BTreeMap<(HarmKind, HarmUnit), HarmSum> = BTreeMap::new();
    for harm in records.iter().flat_map(|record| &record.harms) {
        let sum = sums.entry((harm.kind, harm.unit)).or_default();
        match harm.count {
            Some(count) => {
                sum.known = sum.known.saturating_add(count);
                sum.records_known += 1;
            }
            None => sum.records_unknown += 1,
        }
        sum.told_only += u64::from(harm.basis == HarmBasis::Told);
    }
    sums
}

/// Harm of one kind in one unit as it is published: over several records, rounded, and of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarmRow {
    /// What.
    pub kind: HarmKind,
    /// In what it is counted.
    pub unit: HarmUnit,
    /// At least so many, by [`rounded_down`]; nothing if fewer than [`MIN_HARM_RECORDS`] records give a count.
    pub known: Option<u64>,
    /// Records that give a count.
    pub records_known: u64,
    /// Records that have this harm and give no count.
    pub records_unknown: u64,
    /// Of both, those that rest on the requester's word alone.
    pub told_only: u64,
}

/// Why rows were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HarmRowError {
    /// Not ascending by kind and unit, or one twice.
    #[error("row {0}: rows ascend by kind and unit, each once")]
    Order(usize),
    /// Counted in something that it is not counted in.
    #[error("row {0}: {1} is not counted in {2}")]
    Unit(usize, HarmKind, HarmUnit),
    /// It rests on too few.
    #[error(
        "row {0}: it rests on {1} records; a row rests on at least {MIN_HARM_RECORDS}, and so does its count"
    )]
    Few(usize, u64),
    /// More records than there are.
    #[error("row {0}: it rests on more records than were counted, or on more words than records")]
    Many(usize),
    /// A count that says too much.
    #[error("row {0}: a count is rounded down to two digits")]
    Exact(usize),
}

impl HarmRow {
    fn records(&self) -> u64 {
        self.records_known.saturating_add(self.records_unknown)
    }
}

/// A count with all but its first two digits zero: what is published says how much, not exactly what one victim told.
#[must_use]
pub const fn rounded_down(count: u64) -> u64 {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    count / unit * unit
}

/// What may be published of records, and how many kinds and units are withheld because they rest on too few.
#[must_use]
pub fn publishable(records: &[HarmRecord]) -> (Vec<HarmRow>, u32) {
    let row = |((kind, unit), sum): ((HarmKind, HarmUnit), HarmSum)| {
        let enough = sum.records_known >= MIN_HARM_RECORDS;
        HarmRow {
            kind,
            unit,
            known: enough.then(|| rounded_down(sum.known)),
            records_known: sum.records_known,
            records_unknown: sum.records_unknown,
            told_only: sum.told_only,
        }
    };
    let rows = sums(records).into_iter().map(row);
    let (shown, withheld): (Vec<_>, Vec<_>) =
        rows.partition(|row| row.records() >= MIN_HARM_RECORDS);
    (shown, u32::try_from(withheld.len()).unwrap_or(u32::MAX))
}

/// Checks rows over so many records.
///
/// # Errors
/// [`HarmRowError`] for the first row that says too much, or cannot be.
pub fn check_rows(rows: &[HarmRow], records: u64) -> Result<(), HarmRowError> {
    for (number, row) in rows.iter().enumerate() {
        let earlier = number.checked_sub(1).and_then(|before| rows.get(before));
        if earlier.is_some_and(|before| (before.kind, before.unit) >= (row.kind, row.unit)) {
            return Err(HarmRowError::Order(number));
        }
        if !row.kind.units().contains(&row.unit) {
            return Err(HarmRowError::Unit(number, row.kind, row.unit));
        }
        let counted = row.known.map_or(row.records(), |_| row.records_known);
        if row.records() < MIN_HARM_RECORDS || counted < MIN_HARM_RECORDS {
            return Err(HarmRowError::Few(number, counted.min(row.records())));
        }
        if row.records() > records || row.told_only > row.records() {
            return Err(HarmRowError::Many(number));
        }
        if row.known.is_some_and(|known| rounded_down(known) != known) {
            return Err(HarmRowError::Exact(number));
        }
    }
    Ok(())
}
