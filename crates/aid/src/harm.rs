//! What an incident did to people, in counts that are never added across units (docs/aid.md, section 10).

use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Harms of one record, at most.
pub const MAX_HARMS: usize = 64;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HarmError {
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
