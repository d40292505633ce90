//! The best outcome of a round, step by step (docs/aid.md, section 6).

use super::barrier::Sides;
use super::flow::Flow;
use super::line::{Lots, Seed, line};
use super::pools::{Need, Pools};
use super::round::{Round, RoundError};
use super::settling::Settling;
use std::collections::{BTreeMap, BTreeSet};

/// Why an ask has no team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Not even if nobody else asked.
    NobodyAble,
    /// Those before it in the line need whom it needs.
    Taken,
}

/// A round made ready: numbers instead of names.
pub(super) struct Solver {
    pub(super) round: Round,
    pub(super) sides: Sides,
    pub(super) pools: Pools,
    pub(super) lots: Lots,
    /// All asks, first of the line first.
    pub(super) line: Vec<usize>,
    room: Vec<u16>,
    load: Vec<u16>,
}

/// One unit of a slot given to a helper beforehand, to see what would become of the rest.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) ask: usize,
    pub(super) slot: usize,
    pub(super) helper: u32,
}

/// Units of each slot of an ask on helpers: (slot, helper) to units.
pub(super) type Team = BTreeMap<(usize, u32), u16>;

/// Units that are not fixed yet, of each ask and slot.
pub(super) type Open = BTreeMap<(usize, usize), u16>;

/// How the served asks are shared among helpers.
pub(super) struct Shared {
    /// Sum of the costs of all units.
    pub(super) overload: u64,
    /// Units that stay with helpers they were with, in the order in which they were decided.
    pub(super) kept: Vec<u16>,
    /// Of each served ask its team.
    pub(super) teams: BTreeMap<usize, Team>,
}

impl Solver {
    pub(super) fn new(round: Round, seed: &Seed) -> Result<Self, RoundError> {
        let round = round.canonical()?;
        let sides = Sides::new(&round);
        let pools = Pools::new(&round, &sides)?;
        let lots = Lots::new(&round, seed);
        let line = line(&round, &lots);
        let room = round
            .helpers
            .iter()
            .map(|helper| helper.units.into())
            .collect();
        let load = round
            .helpers
            .iter()
            .map(|helper| helper.load.into())
            .collect();
        Ok(Self {
            round,
            sides,
            pools,
            lots,
            line,
            room,
            load,
        })
    }

    /// Who of the line is served, and why the others are not.
    pub(super) fn serve(&self) -> (Vec<usize>, BTreeMap<usize, Left>) {
        let mut flow = self.flow();
        let mut alone = self.flow();
        let mut served = Vec::new();
        let mut left = BTreeMap::new();
        let mut hopeless: BTreeSet<Vec<Need>> = BTreeSet::new();
        for &ask in &self.line {
            let mut wanted = self.pools.needs[ask].clone();
            wanted.sort_unstable();
            // What found no room finds none later: more is placed by then, not less.
            if !hopeless.contains(&wanted) {
                if self.place(&mut flow, &wanted) {
                    flow.keep();
                    served.push(ask);
                    continue;
                }
                flow.leave_out();
                flow.take_back();
            }
            let could = self.place(&mut alone, &wanted);
            alone.take_back();
            left.insert(ask, if could { Left::Taken } else { Left::NobodyAble });
            hopeless.insert(wanted);
        }
        (served, left)
    }

    /// The asks that hold what an unserved one needs: all of them before it in the line.
    pub(super) fn holders(&self, ask: usize, served: &[usize]) -> Vec<usize> {
        let mut flow = self.flow();
        let before = self.line.iter().take_while(|other| **other != ask);
        let served: BTreeSet<usize> = served.iter().copied().collect();
        let before: Vec<usize> = before
            .copied()
            .filter(|other| served.contains(other))
            .collect();
        for &other in &before {
            self.place(&mut flow, &self.pools.needs[other]);
        }
        flow.keep();
        self.place(&mut flow, &self.pools.needs[ask]);
        flow.take_back();
        let pools = flow.holders();
        let holds = |other: &usize| {
            let needs = &self.pools.needs[*other];
            needs
                .iter()
                .any(|need| pools.binary_search(&need.pool).is_ok())
        };
        before.into_iter().filter(holds).collect()
    }

    fn flow(&self) -> Flow<'_> {
        Flow::new(&self.pools.helpers, self.room.len())
    }

    /// Places all units of a team; says whether there was room for all.
    fn place(&self, flow: &mut Flow<'_>, team: &[Need]) -> bool {
        let units = team
            .iter()
            .flat_map(|need| (0..need.units).map(|_| need.pool));
        let mut units = units;
        units.all(|pool| flow.add(pool, |helper, used| used < self.room[helper]))
    }

    /// The best way to share these asks among the helpers; nothing if there is no room for all of them.
    pub(super) fn share(&self, served: &[usize]) -> Option<Shared> {
        let (mut shared, mut settling, mut open) = self.keep(served, None)?;
        self.draw(served, &mut settling, &mut open, &mut shared);
        Some(shared)
    }

    /// The same with lots not drawn yet; nothing if a unit given beforehand leaves no room for one of the asks.
    pub(super) fn keep(
        &self,
        served: &[usize],
        given: Option<Given>,
    ) -> Option<(Shared, Settling<'_>, Open)> {
        let (mut room, mut load) = (self.room.clone(), self.load.clone());
        let mut open = Open::new();
        for &ask in served {
            let needs = self.pools.needs[ask].iter().enumerate();
            open.extend(needs.map(|(slot, need)| ((ask, slot), need.units)));
        }
        let mut teams: BTreeMap<usize, Team> =
            served.iter().map(|ask| (*ask, Team::new())).collect();
        let mut overload = 0;
        if let Some(given) = given {
            let helper = given.helper as usize;
            room[helper] = room[helper].checked_sub(1)?;
            load[helper] += 1;
            overload += u64::from(load[helper]);
            let units = open.get_mut(&(given.ask, given.slot))?;
            *units = units.checked_sub(1)?;
            teams
                .entry(given.ask)
                .or_default()
                .insert((given.slot, given.helper), 1);
        }
        let flow = self.fill(&open, &room, &load)?;
        let costs = (0..room.len()).map(|helper| {
            let (load, used) = (u64::from(load[helper]), u64::from(flow.used(helper)));
            used * load + used * (used + 1) / 2
        });
        overload += costs.sum::<u64>();
        let mut shared = Shared {
            overload,
            kept: Vec::new(),
            teams,
        };
        let mut settling = Settling::new(flow, room, load);
        self.keep_helpers(served, &mut settling, &mut open, &mut shared, given);
        Some((shared, settling, open))
    }

    /// Places all open units level by level: the cheapest that a path reaches come first.
    fn fill(&self, open: &Open, room: &[u16], load: &[u16]) -> Option<Flow<'_>> {
        let mut demand = vec![0_u32; self.pools.helpers.len()];
        for (&(ask, slot), &units) in open {
            demand[self.pools.needs[ask][slot].pool as usize] += u32::from(units);
        }
        let mut waiting: Vec<usize> = (0..demand.len()).filter(|pool| demand[*pool] > 0).collect();
        let mut flow = self.flow();
        let highest = room
            .iter()
            .zip(load)
            .map(|(room, load)| room + load)
            .max()
            .unwrap_or(0);
        for level in 1..=highest {
            flow.look_at_all();
            waiting.retain(|&pool| {
                let has_room =
                    |helper: usize, used| used < room[helper] && load[helper] + used < level;
                while demand[pool] > 0 {
                    if !flow.add(pool as u32, has_room) {
                        flow.keep();
                        flow.leave_out();
                        return true;
                    }
                    demand[pool] -= 1;
                }
                false
            });
            flow.keep();
        }
        waiting.is_empty().then_some(flow)
    }

    /// Continuity: in the order of the line, as many units as possible with the helpers they were with.
    fn keep_helpers(
        &self,
        served: &[usize],
        settling: &mut Settling<'_>,
        open: &mut Open,
        shared: &mut Shared,
        given: Option<Given>,
    ) {
        let number = |id| {
            self.round
                .helpers
                .binary_search_by(|helper| helper.id.cmp(id))
                .ok()
        };
        for &ask in served {
            let before = self.round.asks[ask].before.iter().filter_map(number);
            let mut before: Vec<usize> = before.collect();
            before.sort_by_key(|&helper| (self.lots.of_pair(ask, helper), helper));
            for helper in before {
                for (slot, need) in self.pools.needs[ask].iter().enumerate() {
                    let able = &self.pools.helpers[need.pool as usize];
                    let mut kept = given.map_or(0, |given| {
                        let same = (given.ask, given.slot, given.helper as usize);
                        u16::from(same == (ask, slot, helper))
                    });
                    if able.binary_search(&(helper as u32)).is_ok() {
                        kept += self.fix(settling, open, shared, (ask, slot, helper as u32));
                    }
                    shared.kept.push(kept);
                }
            }
        }
    }

    /// Lot: in the order of the line, as many units as possible to the helper with the lowest lot, then to the next.
    fn draw(
        &self,
        served: &[usize],
        settling: &mut Settling<'_>,
        open: &mut Open,
        shared: &mut Shared,
    ) {
        for &ask in served {
            for (slot, need) in self.pools.needs[ask].iter().enumerate() {
                if open.get(&(ask, slot)).is_none_or(|units| *units == 0) {
                    continue;
                }
                let able = self.pools.helpers[need.pool as usize].iter().copied();
                let lot = |helper: u32| (self.lots.of_pair(ask, helper as usize), helper);
                let mut able: Vec<(u64, u32)> = able.map(lot).collect();
                able.sort_unstable();
                for (_, helper) in able {
                    self.fix(settling, open, shared, (ask, slot, helper));
                    if open.get(&(ask, slot)).is_none_or(|units| *units == 0) {
                        break;
                    }
                }
            }
        }
    }

    /// Fixes as many open units of a slot on a helper as possible; says how many.
    fn fix(
        &self,
        settling: &mut Settling<'_>,
        open: &mut Open,
        shared: &mut Shared,
        (ask, slot, helper): (usize, usize, u32),
    ) -> u16 {
        let pool = self.pools.needs[ask][slot].pool;
        let Some(units) = open.get_mut(&(ask, slot)) else {
            return 0;
        };
        let mut fixed = 0;
        while *units > 0 && settling.fix(pool, helper) {
            *units -= 1;
            fixed += 1;
        }
        if fixed > 0 {
            let team = shared.teams.entry(ask).or_default();
            *team.entry((slot, helper)).or_insert(0) += fixed;
        }
        fixed
    }
}
