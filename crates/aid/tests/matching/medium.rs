//! Rounds too large to enumerate, against the definition followed word for word: each unit is fixed by solving everything again.

use super::brute::{Brute, Units, could, half, mix};
use super::generate::{Numbers, small};
use solferino_aid::matching::{Round, solve};

/// One unit of a slot of an ask.
#[derive(Clone, Copy)]
struct Unit {
    ask: usize,
    slot: usize,
}

struct Slow<'a> {
    round: &'a Round,
    brute: Brute<'a>,
    seed: [u8; 32],
}

impl Slow<'_> {
    fn could(&self, unit: Unit, helper: usize) -> bool {
        let slot = &self.brute.slots[unit.ask][unit.slot];
        could(
            self.round,
            &self.round.asks[unit.ask],
            slot,
            &self.round.helpers[helper],
        )
    }

    fn units(&self, asks: &[usize]) -> Vec<Unit> {
        let mut units = Vec::new();
        for &ask in asks {
            for (slot, wanted) in self.brute.slots[ask].iter().enumerate() {
                units.extend(vec![Unit { ask, slot }; wanted.units.into()]);
            }
        }
        units
    }

    /// The least overload at which all these units are placed, some where they have to be; nothing if they cannot be.
    fn least(&self, fixed: &[(Unit, usize)], open: &[Unit]) -> Option<u64> {
        let helpers = &self.round.helpers;
        let mut carried = vec![0_u64; helpers.len()];
        for (_, helper) in fixed {
            carried[*helper] += 1;
        }
        let most = |helper: usize| u64::from(helpers[helper].units);
        if (0..helpers.len()).any(|helper| carried[helper] > most(helper)) {
            return None;
        }
        let mut at: Vec<Option<usize>> = vec![None; open.len()];
        for new in 0..open.len() {
            // Helpers that are reached from the new unit by moving others on, and by which unit.
            let mut by: Vec<Option<usize>> = vec![None; helpers.len()];
            let mut waiting = vec![new];
            while let Some(unit) = waiting.pop() {
                for helper in (0..helpers.len()).filter(|helper| self.could(open[unit], *helper)) {
                    if by[helper].is_none() {
                        by[helper] = Some(unit);
                        waiting.extend((0..new).filter(|other| at[*other] == Some(helper)));
                    }
                }
            }
            let reached = (0..helpers.len())
                .filter(|helper| by[*helper].is_some() && carried[*helper] < most(*helper));
            let mut helper =
                reached.min_by_key(|helper| carried[*helper] + u64::from(helpers[*helper].load))?;
            carried[helper] += 1;
            while let Some(before) = at[by[helper].unwrap()].replace(helper) {
                helper = before;
            }
        }
        let cost = |(helper, carried): (usize, &u64)| {
            (1..=*carried)
                .map(|unit| unit + u64::from(helpers[helper].load))
                .sum::<u64>()
        };
        Some(carried.iter().enumerate().map(cost).sum())
    }

    fn lots(&self, ask: usize) -> Vec<usize> {
        let helpers = &self.round.helpers;
        let half = |name: &str| half(&self.seed, name);
        let of_ask = half(self.round.asks[ask].id.as_str());
        let mut all: Vec<usize> = (0..helpers.len()).collect();
        all.sort_by_key(|helper| mix(of_ask ^ half(helpers[*helper].id.as_str()).rotate_left(32)));
        all
    }

    /// First continuity, helper by helper; then the lots, slot by slot.
    fn wishes(&self, served: &[usize]) -> Vec<(Unit, usize)> {
        let mut wishes = Vec::new();
        let slots =
            |ask: usize| (0..self.brute.slots[ask].len()).map(move |slot| Unit { ask, slot });
        for &ask in served {
            let before = &self.round.asks[ask].before;
            for helper in self.lots(ask) {
                if before.contains(&self.round.helpers[helper].id) {
                    wishes.extend(slots(ask).map(|unit| (unit, helper)));
                }
            }
        }
        for &ask in served {
            for unit in slots(ask) {
                wishes.extend(self.lots(ask).into_iter().map(|helper| (unit, helper)));
            }
        }
        wishes
    }

    fn solve(&self) -> Units {
        let mut served: Vec<usize> = Vec::new();
        for &ask in &self.brute.line {
            let with = [served.clone(), vec![ask]].concat();
            if self.least(&[], &self.units(&with)).is_some() {
                served = with;
            }
        }
        let mut open = self.units(&served);
        let mut fixed: Vec<(Unit, usize)> = Vec::new();
        let best = self.least(&[], &open).unwrap();
        for (unit, helper) in self.wishes(&served) {
            let is_it = |other: &Unit| (other.ask, other.slot) == (unit.ask, unit.slot);
            while let Some(place) = open.iter().position(is_it) {
                let taken = open.remove(place);
                fixed.push((taken, helper));
                if self.could(unit, helper) && self.least(&fixed, &open) == Some(best) {
                    continue;
                }
                fixed.pop();
                open.insert(place, taken);
                break;
            }
        }
        assert!(open.is_empty());
        let mut units = Units::new();
        for (unit, helper) in fixed {
            *units.entry((unit.ask, unit.slot, helper)).or_default() += 1;
        }
        units
    }
}

#[test]
fn equal_to_the_definition_followed_word_for_word() {
    let mut numbers = Numbers(9);
    let (mut units, mut largest, mut unserved) = (0, (0, 0), 0);
    for seed in 0..60_u8 {
        let round = small(&mut numbers, 24);
        let seed = [seed; 32];
        let slow = Slow {
            round: &round,
            brute: Brute::new(&round, seed, None),
            seed,
        };
        let outcome = solve(round.clone(), &seed).unwrap();
        let found = slow.brute.units_of(&outcome);
        assert_eq!(
            found,
            slow.solve(),
            "{}",
            serde_json::to_string(&round).unwrap()
        );
        units += found.values().sum::<u16>();
        unserved += outcome.unserved.len();
        largest = largest.max((round.asks.len(), round.helpers.len()));
    }
    println!(
        "60 rounds up to {largest:?}: {units} units, each where the definition puts it; {unserved} asks unserved"
    );
    assert!(units > 300 && unserved > 100 && largest.0 > 20);
}
