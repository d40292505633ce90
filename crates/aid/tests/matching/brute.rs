//! The best outcome by looking at every outcome there is. Written from section 6 of the page, apart from the crate's code.

use sha2::{Digest as _, Sha256};
use solferino_aid::matching::{Ask, Helper, Outcome, Round};
use solferino_aid::{Class, Slot, Tlp};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Units by (ask, slot, helper).
pub(crate) type Units = BTreeMap<(usize, usize, usize), u16>;

/// An outcome as the enumeration sees it.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) units: Units,
    pub(crate) served: Vec<bool>,
    /// Of each rank who is left without a team: longest waiting first, then lower lot.
    left: [Vec<(u64, u64)>; 4],
    pub(crate) overload: u64,
    kept: Vec<u16>,
    drawn: Vec<u16>,
}

impl Found {
    /// Which of the four parts of the goal decides between two outcomes, and how: `Less` is better.
    pub(crate) fn against(&self, other: &Self) -> (usize, Ordering) {
        for (mine, theirs) in self.left.iter().zip(&other.left) {
            for (one, two) in mine.iter().zip(theirs) {
                // Who has waited longer comes first; at equal waiting the lower lot. To leave the first one is worse.
                match one.0.cmp(&two.0).then(two.1.cmp(&one.1)) {
                    Ordering::Equal => {}
                    order => return (1, order),
                }
            }
            if mine.len() != theirs.len() {
                return (1, mine.len().cmp(&theirs.len()));
            }
        }
        let parts = [
            self.overload.cmp(&other.overload),
            other.kept.cmp(&self.kept),
            other.drawn.cmp(&self.drawn),
        ];
        let decides = parts.iter().position(|order| order.is_ne());
        decides.map_or((5, Ordering::Equal), |part| (part + 2, parts[part]))
    }
}

pub(crate) struct Brute<'a> {
    round: &'a Round,
    seed: [u8; 32],
    /// Slots of each ask, joined and in order.
    pub(crate) slots: Vec<Vec<Slot>>,
    pub(crate) line: Vec<usize>,
    must: Option<(usize, usize, usize)>,
    best: Option<Found>,
    pub(crate) looked_at: u64,
    /// The most asks that any outcome serves.
    pub(crate) most_served: usize,
}

pub(crate) fn half(seed: &[u8; 32], name: &str) -> u64 {
    let bytes = [&b"solferino aid lot 1\n"[..], seed, name.as_bytes()].concat();
    let hash = Sha256::digest(bytes);
    u64::from_be_bytes(hash[..8].try_into().unwrap())
}

pub(crate) fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

pub(crate) fn could(round: &Round, ask: &Ask, slot: &Slot, helper: &Helper) -> bool {
    let speaks = ask.languages.iter().any(|language| {
        helper.languages.contains(language) || round.interpreted.contains(language)
    });
    let meets = ask.hours.is_none_or(|hours| {
        (0..168)
            .filter(|hour| hours.has(*hour) && helper.hours.has(*hour))
            .count()
            >= 4
    });
    let order = |tlp| {
        [
            Tlp::Clear,
            Tlp::Green,
            Tlp::Amber,
            Tlp::AmberStrict,
            Tlp::Red,
        ]
        .iter()
        .position(|one| *one == tlp)
    };
    helper
        .skills
        .get(&slot.skill)
        .is_some_and(|level| *level >= slot.level)
        && speaks
        && order(ask.tlp) <= order(helper.tlp)
        && ask.share_with_helpers
        && !ask
            .jurisdiction
            .as_ref()
            .is_some_and(|place| helper.excludes.contains(place))
        && !ask
            .parties
            .iter()
            .any(|party| helper.interests.contains(party))
        && !ask.refused.contains(&helper.id)
        && meets
        && helper.unfit.is_empty()
}

fn waited(round: &Round, ask: usize) -> u64 {
    (round.at_s - round.asks[ask].received_s) as u64
}

fn rank(round: &Round, ask: usize) -> usize {
    let (waited, climb) = (waited(round, ask), round.climb);
    match round.asks[ask].class {
        Class::P1 => 0,
        Class::P2 => 1,
        Class::P3 => {
            if waited >= climb.p3_s {
                1
            } else {
                2
            }
        }
        Class::P4 if waited >= climb.p4_s + climb.p3_s => 1,
        Class::P4 if waited >= climb.p4_s => 2,
        Class::P4 => 3,
    }
}

impl<'a> Brute<'a> {
    /// Slots joined and the line; nothing enumerated yet.
    pub(crate) fn new(
        round: &'a Round,
        seed: [u8; 32],
        must: Option<(usize, usize, usize)>,
    ) -> Self {
        let slots = round.asks.iter().map(|ask| {
            let mut joined: BTreeMap<_, u8> = BTreeMap::new();
            for slot in &ask.team {
                *joined.entry((slot.skill, slot.level)).or_default() += slot.units;
            }
            let slots = joined.into_iter();
            slots
                .map(|((skill, level), units)| Slot {
                    skill,
                    level,
                    units,
                })
                .collect()
        });
        let mut line: Vec<usize> = (0..round.asks.len()).collect();
        let lot = |ask: usize| mix(half(&seed, round.asks[ask].id.as_str()));
        line.sort_by_key(|&ask| (rank(round, ask), u64::MAX - waited(round, ask), lot(ask)));
        Self {
            round,
            seed,
            slots: slots.collect(),
            line,
            must,
            best: None,
            looked_at: 0,
            most_served: 0,
        }
    }

    /// The best of all outcomes; of those with a unit of this slot at this helper, if `must` names one.
    pub(crate) fn solve(
        round: &'a Round,
        seed: [u8; 32],
        must: Option<(usize, usize, usize)>,
    ) -> (Option<Found>, Self) {
        let mut brute = Self::new(round, seed, must);
        let mut room: Vec<u16> = round
            .helpers
            .iter()
            .map(|helper| helper.units.into())
            .collect();
        brute.ask(
            0,
            &mut room,
            &mut Units::new(),
            &mut vec![false; round.asks.len()],
        );
        (brute.best.clone(), brute)
    }

    fn ask(&mut self, ask: usize, room: &mut [u16], units: &mut Units, served: &mut Vec<bool>) {
        if ask == self.round.asks.len() {
            self.look_at(units, served);
            return;
        }
        self.ask(ask + 1, room, units, served);
        served[ask] = true;
        let first = self.slots[ask][0].units.into();
        self.slot((ask, 0, 0), first, room, units, served);
        served[ask] = false;
    }

    /// Every way to put so many units of a slot on this helper and those after it.
    fn slot(
        &mut self,
        (ask, slot, helper): (usize, usize, usize),
        left: u16,
        room: &mut [u16],
        units: &mut Units,
        served: &mut Vec<bool>,
    ) {
        if left == 0 {
            match self.slots[ask].get(slot + 1) {
                Some(next) => {
                    let next = next.units.into();
                    self.slot((ask, slot + 1, 0), next, room, units, served);
                }
                None => self.ask(ask + 1, room, units, served),
            }
            return;
        }
        if helper == room.len() {
            return;
        }
        let (asks, helpers) = (&self.round.asks[ask], &self.round.helpers[helper]);
        let most = if could(self.round, asks, &self.slots[ask][slot], helpers) {
            left.min(room[helper])
        } else {
            0
        };
        for given in 0..=most {
            room[helper] -= given;
            if given > 0 {
                units.insert((ask, slot, helper), given);
            }
            self.slot((ask, slot, helper + 1), left - given, room, units, served);
            units.remove(&(ask, slot, helper));
            room[helper] += given;
        }
    }

    fn look_at(&mut self, units: &Units, served: &[bool]) {
        self.looked_at += 1;
        if self.must.is_some_and(|must| !units.contains_key(&must)) {
            return;
        }
        self.most_served = self
            .most_served
            .max(served.iter().filter(|one| **one).count());
        let mut left: [Vec<(u64, u64)>; 4] = Default::default();
        for (ask, _) in served.iter().enumerate().filter(|(_, served)| !**served) {
            let lot = mix(half(&self.seed, self.round.asks[ask].id.as_str()));
            left[rank(self.round, ask)].push((waited(self.round, ask), lot));
        }
        for left in &mut left {
            left.sort_by_key(|(waited, lot)| (u64::MAX - waited, *lot));
        }
        let mut overload = 0;
        for (number, helper) in self.round.helpers.iter().enumerate() {
            let given: u16 = units
                .iter()
                .filter(|(key, _)| key.2 == number)
                .map(|(_, units)| units)
                .sum();
            overload += (1..=given)
                .map(|unit| u64::from(unit) + u64::from(helper.load))
                .sum::<u64>();
        }
        let mut found = Found {
            units: units.clone(),
            served: served.to_vec(),
            left,
            overload,
            kept: Vec::new(),
            drawn: Vec::new(),
        };
        if let Some(best) = &self.best {
            let (part, order) = found.against(best);
            if part < 3 && order.is_gt() {
                return;
            }
        }
        self.vectors(&mut found);
        if self
            .best
            .as_ref()
            .is_none_or(|best| found.against(best).1.is_lt())
        {
            self.best = Some(found);
        }
    }

    /// What stays with whom, and on whom the lots fell.
    fn vectors(&self, found: &mut Found) {
        let helpers = &self.round.helpers;
        let lot = |ask: usize, helper: usize| {
            let ask = half(&self.seed, self.round.asks[ask].id.as_str());
            mix(ask ^ half(&self.seed, helpers[helper].id.as_str()).rotate_left(32))
        };
        let units = |key| found.units.get(&key).copied().unwrap_or(0);
        for &ask in self.line.iter().filter(|ask| found.served[**ask]) {
            let mut all: Vec<usize> = (0..helpers.len()).collect();
            all.sort_by_key(|helper| lot(ask, *helper));
            let before =
                |helper: &&usize| self.round.asks[ask].before.contains(&helpers[**helper].id);
            for &helper in all.iter().filter(before) {
                found
                    .kept
                    .extend((0..self.slots[ask].len()).map(|slot| units((ask, slot, helper))));
            }
            for slot in 0..self.slots[ask].len() {
                found
                    .drawn
                    .extend(all.iter().map(|&helper| units((ask, slot, helper))));
            }
        }
    }

    /// An outcome of the crate in the terms of the enumeration.
    pub(crate) fn units_of(&self, outcome: &Outcome) -> Units {
        let mut units = Units::new();
        for team in &outcome.teams {
            let ask = self
                .round
                .asks
                .iter()
                .position(|ask| ask.id == team.ask)
                .unwrap();
            for part in &team.parts {
                let wanted = (part.skill, part.level);
                let slot = self.slots[ask]
                    .iter()
                    .position(|slot| (slot.skill, slot.level) == wanted);
                let helper = self
                    .round
                    .helpers
                    .iter()
                    .position(|helper| helper.id == part.helper);
                units.insert((ask, slot.unwrap(), helper.unwrap()), part.units);
            }
        }
        units
    }
}
