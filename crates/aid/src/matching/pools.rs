//! Pools: slots that the same helpers could fill are one.

use super::barrier::Sides;
use super::round::{Round, RoundError};
use crate::skill::{Level, Skill};
use std::collections::BTreeMap;

/// Pairs of slot and helper that a round looks at, at most. Bounds time and memory.
pub const MAX_PAIRS: usize = 32_000_000;

/// Units of a pool that an ask needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) pool: u32,
    pub(super) units: u16,
}

/// Which helpers could fill which slot.
pub(super) struct Pools {
    /// Of each pool the helpers, ascending.
    pub(super) helpers: Vec<Vec<u32>>,
    /// Of each ask the pools of its slots, in the order of the slots.
    pub(super) needs: Vec<Vec<Need>>,
}

impl Pools {
    /// # Errors
    /// [`RoundError::TooManyPairs`] past [`MAX_PAIRS`].
    pub(super) fn new(round: &Round, sides: &Sides) -> Result<Self, RoundError> {
        let skilled = skilled(round, sides);
        let candidates = |skill, level| skilled.get(&(skill, level)).map_or(&[][..], Vec::as_slice);
        let slots = round.asks.iter().flat_map(|ask| &ask.team);
        let pairs: usize = slots
            .map(|slot| candidates(slot.skill, slot.level).len())
            .sum();
        if pairs > MAX_PAIRS {
            return Err(RoundError::TooManyPairs(MAX_PAIRS));
        }
        let mut known: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        let mut needs = Vec::with_capacity(round.asks.len());
        for (number, ask) in round.asks.iter().enumerate() {
            let mut of_ask = Vec::with_capacity(ask.team.len());
            for slot in &ask.team {
                let candidates = candidates(slot.skill, slot.level).iter().copied();
                let able = |helper: &u32| sides.are_clear(number, *helper as usize);
                let next = known.len() as u32;
                let pool = *known
                    .entry(candidates.filter(able).collect())
                    .or_insert(next);
                of_ask.push(Need {
                    pool,
                    units: slot.units.into(),
                });
            }
            needs.push(of_ask);
        }
        let mut helpers = vec![Vec::new(); known.len()];
        for (able, pool) in known {
            helpers[pool as usize] = able;
        }
        Ok(Self { helpers, needs })
    }
}

/// The fit helpers of each skill and level, ascending.
fn skilled(round: &Round, sides: &Sides) -> BTreeMap<(Skill, Level), Vec<u32>> {
    let mut skilled: BTreeMap<(Skill, Level), Vec<u32>> = BTreeMap::new();
    for (number, helper) in round.helpers.iter().enumerate() {
        if !sides.is_fit(number) {
            continue;
        }
        for (&skill, &has) in &helper.skills {
            for &level in Level::ALL.iter().filter(|level| **level <= has) {
                skilled
                    .entry((skill, level))
                    .or_default()
                    .push(number as u32);
            }
        }
    }
    skilled
}
