//! How independent the body itself is, computed by anyone from the log alone (docs/independence.md).
//!
//! Whom it takes up and whom it refuses, whom it names and clears and how fast, by region of the
//! accused and of the victim; who pays for it; how its panels are spread and who objects; which
//! complaints it left unanswered. The index names no state: accused and victims are counted by
//! region, and a case counts for a region only once a public claim or finding has named a state.

mod complaints;
mod ledger;
mod panels;
mod place;
mod rate;
mod tables;

use serde::Serialize;

pub use complaints::{ComplaintRow, Complaints, MAX_OVERDUE_LISTED, Overdue};
pub use ledger::{BrokenCap, Capped, Ledger};
pub use panels::{PanelRow, Panels};
pub use place::{Place, region_of};
pub use rate::{Quartiles, Rate};
pub use tables::{Measure, Row, Table};

use crate::ids::Slug;
use crate::state::{SelectionRule, State};
use crate::time::Timestamp;

/// The independence index of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// The governing time it is as of.
    pub as_of: Option<Timestamp>,
    /// The rules by which cases were chosen, since when each.
    pub selection_rules: Vec<SelectionRule>,
    /// By region of whom the public knows a case to accuse.
    pub accused: Table,
    /// By region of the victim, as reporters gave it.
    pub victim: Table,
    /// Cases by accused and victim together; pairs without a case left out.
    pub pairs: Vec<Pair>,
    /// How panels were spread and who objected.
    pub panels: Panels,
    /// Where the money comes from; absent before there is a charter.
    pub funding: Option<Money>,
    /// Complaints and their deadlines.
    pub complaints: Complaints,
}

/// Cases of one accused and one victim place; unit: case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// Place of the accused.
    pub accused: Place,
    /// Place of the victims.
    pub victim: Place,
    /// Cases opened.
    pub cases: u64,
}

/// The funding ledger in figures; unit of sums: whole units of the currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    /// The one currency of the ledger.
    pub currency: Slug,
    /// First and last calendar year that count.
    pub years: [u32; 2],
    /// Entries of those years.
    pub entries: u64,
    /// Received.
    pub received: u64,
    /// Given back.
    pub returned: u64,
    /// Taken off as wrongly booked.
    pub corrected: u64,
    /// Different sources of what is left.
    pub sources: u64,
    /// Different jurisdictions of what is left.
    pub jurisdictions: u64,
    /// Who gave most, if anybody gave.
    pub largest_source: Option<Slug>,
    /// Its share, parts per million.
    pub source_ppm: u32,
    /// The charter's cap on it.
    pub source_cap_ppm: u32,
    /// Share of the jurisdiction that gave most, parts per million.
    pub jurisdiction_ppm: u32,
    /// The charter's cap on it.
    pub jurisdiction_cap_ppm: u32,
    /// Concentration of sources (Herfindahl-Hirschman), parts per million.
    pub source_concentration_ppm: u32,
    /// Concentration of jurisdictions, parts per million.
    pub jurisdiction_concentration_ppm: u32,
    /// Which cap is broken, if one is: no new finding then.
    pub broken: Option<Capped>,
}

/// The index of a record: the same from any copy of its log.
#[must_use]
pub fn index(state: &State) -> Index {
    Index {
        as_of: state.global.time,
        selection_rules: state.global.selection_rules.clone(),
        accused: tables::table(state, tables::By::Accused),
        victim: tables::table(state, tables::By::Victim),
        pairs: pairs(state),
        panels: panels::panels(state),
        funding: money(state),
        complaints: complaints::complaints(state),
    }
}

fn pairs(state: &State) -> Vec<Pair> {
    let mut counts = std::collections::BTreeMap::<(Place, Place), u64>::new();
    for case in state.cases.values() {
        let pair = (Place::accused(case), Place::victims(&state.global, case));
        *counts.entry(pair).or_default() += 1;
    }
    let pair = |((accused, victim), cases)| Pair {
        accused,
        victim,
        cases,
    };
    counts.into_iter().map(pair).collect()
}

fn money(state: &State) -> Option<Money> {
    let caps = &state.global.charter.as_ref()?.funding;
    let ledger = Ledger::of(&state.global.funding, caps, state.global.time?.year());
    let whole = |sum: u128| u64::try_from(sum).unwrap_or(u64::MAX);
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let source = ledger::largest(&ledger.sources);
    let jurisdiction = ledger::largest(&ledger.jurisdictions);
    let [received, returned, corrected] = ledger.sums.map(whole);
    Some(Money {
        currency: caps.currency.clone(),
        years: ledger.years,
        entries: count(ledger.entries),
        received,
        returned,
        corrected,
        sources: count(ledger.sources.len()),
        jurisdictions: count(ledger.jurisdictions.len()),
        largest_source: source.map(|(name, _)| name.clone()),
        source_ppm: source.map_or(0, |(_, amount)| ledger.share_ppm(amount)),
        source_cap_ppm: caps.source_ppm,
        jurisdiction_ppm: jurisdiction.map_or(0, |(_, amount)| ledger.share_ppm(amount)),
        jurisdiction_cap_ppm: caps.jurisdiction_ppm,
        source_concentration_ppm: ledger::concentration_ppm(&ledger.sources),
        jurisdiction_concentration_ppm: ledger::concentration_ppm(&ledger.jurisdictions),
        broken: ledger.broken().map(|b| b.what),
    })
}
