//! How panels were spread, and how often the reviewers of each region objected.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::rate::{Quartiles, Rate};
use crate::body::charter::{Region, SeatRole};
use crate::body::deciding::Choice;
use crate::ids::MemberId;
use crate::state::{MemberRole, State};

/// The panels of all rounds of all cases, lost rounds included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Panels {
    /// How many panels were assigned; unit: panel.
    pub assigned: u64,
    /// How many regions a panel had; absent without a panel.
    pub regions_per_panel: Option<Quartiles>,
    /// One row per region, all of them, by the region the reviewer's seat counts for now.
    pub rows: Vec<PanelRow>,
}

/// The reviewers of one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PanelRow {
    /// The region.
    pub region: &'static str,
    /// Reviewers seated now and not revoked; unit: reviewer.
    pub seats: u64,
    /// Places on panels; unit: reviewer in a round.
    pub places: u64,
    /// Votes cast; unit: vote.
    pub votes: u64,
    /// Votes never opened, so unknown, out of those cast.
    pub sealed: Rate,
    /// Votes to object out of those opened.
    pub objected: Rate,
    /// Votes to abstain out of those opened.
    pub abstained: Rate,
}

#[derive(Default)]
struct Tally {
    seats: u64,
    places: u64,
    opened: BTreeMap<&'static str, u64>,
    sealed: u64,
}

pub(super) fn panels(state: &State) -> Panels {
    let region = |id: &MemberId| state.global.members.get(id).and_then(|m| m.region);
    let mut tallies: BTreeMap<Region, Tally> = BTreeMap::new();
    for member in state.global.members.values() {
        let seated = member.seated && !member.revoked;
        if let (true, MemberRole::Seated(SeatRole::Reviewer), Some(r)) =
            (seated, member.role, member.region)
        {
            tallies.entry(r).or_default().seats += 1;
        }
    }
    let mut spread = Vec::new();
    for case in state.cases.values() {
        for panel in &case.panels {
            let regions: Vec<Region> = panel.iter().filter_map(region).collect();
            for r in &regions {
                tallies.entry(*r).or_default().places += 1;
            }
            let distinct: BTreeSet<Region> = regions.into_iter().collect();
            spread.push(u64::try_from(distinct.len()).unwrap_or(u64::MAX));
        }
        for (member, vote) in &case.ballots {
            let Some(r) = region(member) else { continue };
            let tally = tallies.entry(r).or_default();
            match case.opened_vote(vote).map(|v| v.choice) {
                None => tally.sealed += 1,
                Some(choice) => *tally.opened.entry(word(choice)).or_default() += 1,
            }
        }
    }
    let row = |r: &Region| tallies.remove(r).unwrap_or_default().row(r.as_str());
    Panels {
        assigned: u64::try_from(spread.len()).unwrap_or(u64::MAX),
        regions_per_panel: Quartiles::of(spread),
        rows: Region::ALL.iter().map(row).collect(),
    }
}

fn word(choice: Choice) -> &'static str {
    match choice {
        Choice::Publish => "publish",
        Choice::Object => "object",
        Choice::Abstain => "abstain",
    }
}

impl Tally {
    fn row(self, region: &'static str) -> PanelRow {
        let opened: u64 = self.opened.values().sum();
        let of = |c: Choice| self.opened.get(word(c)).copied().unwrap_or(0);
        let votes = opened + self.sealed;
        PanelRow {
            region,
            seats: self.seats,
            places: self.places,
            votes,
            sealed: Rate::of(self.sealed, votes),
            objected: Rate::of(of(Choice::Object), opened),
            abstained: Rate::of(of(Choice::Abstain), opened),
        }
    }
}
