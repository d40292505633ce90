//! Who of the units that are placed best ends up where: walks of cost zero.

use super::flow::Flow;
use super::walk::{Step, Walk};

/// Levels a unit can have: what somebody carries already, and what is given.
pub(super) const MAX_LEVELS: usize = 512;

/// Helpers by level, each at one level at most.
struct ByLevel {
    levels: Vec<Vec<u32>>,
    /// Of each helper its level and its place there.
    places: Vec<Option<(u16, usize)>>,
}

impl ByLevel {
    fn new(helpers: usize) -> Self {
        Self {
            levels: vec![Vec::new(); MAX_LEVELS],
            places: vec![None; helpers],
        }
    }

    /// Puts a helper at a level, or at none.
    fn put(&mut self, helper: usize, level: Option<u16>) {
        if self.places[helper].map(|(level, _)| level) == level {
            return;
        }
        if let Some((level, place)) = self.places[helper].take() {
            let level = &mut self.levels[usize::from(level)];
            level.swap_remove(place);
            if let Some(&moved) = level.get(place)
                && let Some((_, moved)) = &mut self.places[moved as usize]
            {
                *moved = place;
            }
        }
        if let Some(level) = level {
            let helpers = &mut self.levels[usize::from(level)];
            self.places[helper] = Some((level, helpers.len()));
            helpers.push(helper as u32);
        }
    }
}

/// Placed units that may still move, and everything a walk asks about them.
pub(super) struct Units<'a> {
    pub(super) pools: &'a [Vec<u32>],
    /// Of each helper the pools whose free units they have, with how many.
    free: Vec<Vec<(u32, u16)>>,
    /// Of each pool the helpers with free units of it.
    holders: Vec<Vec<u32>>,
    /// Of each helper the pools that they could take units of, and that have free units.
    takes: Vec<Vec<u32>>,
    /// Of each helper how many pools were without free units when that list was last looked through.
    looked: Vec<usize>,
    /// How many pools are without free units.
    fixed_pools: usize,
    used: Vec<u16>,
    room: Vec<u16>,
    load: Vec<u16>,
    /// Helpers with free units by the level of their last unit.
    giving: ByLevel,
    /// Helpers with room by the level of their next unit.
    taking: ByLevel,
}

impl<'a> Units<'a> {
    fn new(flow: Flow<'a>, room: Vec<u16>, load: Vec<u16>) -> Self {
        let pools = flow.pools;
        let (free, used) = flow.into_units();
        let len = used.len();
        let mut holders = vec![Vec::new(); pools.len()];
        for (helper, free) in free.iter().enumerate() {
            for (pool, _) in free {
                holders[*pool as usize].push(helper as u32);
            }
        }
        let mut takes = vec![Vec::new(); len];
        for (pool, helpers) in pools.iter().enumerate() {
            for helper in helpers {
                takes[*helper as usize].push(pool as u32);
            }
        }
        let (giving, taking) = (ByLevel::new(len), ByLevel::new(len));
        let mut units = Self {
            pools,
            free,
            holders,
            takes,
            looked: vec![0; len],
            fixed_pools: 0,
            used,
            room,
            load,
            giving,
            taking,
        };
        units.fixed_pools = units
            .holders
            .iter()
            .filter(|holders| holders.is_empty())
            .count();
        (0..len).for_each(|helper| units.note_levels(helper));
        units
    }

    pub(super) fn helpers(&self) -> usize {
        self.used.len()
    }

    pub(super) fn free(&self, helper: u32) -> &[(u32, u16)] {
        &self.free[helper as usize]
    }

    pub(super) fn holders(&self, pool: u32) -> &[u32] {
        &self.holders[pool as usize]
    }

    /// The pools that a helper could take units of; all that have free units are among them.
    pub(super) fn takes(&self, helper: u32) -> &[u32] {
        &self.takes[helper as usize]
    }

    /// Drops pools without free units from what a helper could take: they never have any again. Looks only when many more than
    /// last time are without.
    pub(super) fn forget_fixed(&mut self, helper: u32) {
        let (takes, holders) = (&mut self.takes[helper as usize], &self.holders);
        let looked = &mut self.looked[helper as usize];
        if (self.fixed_pools - *looked) * 8 > self.pools.len() - *looked {
            takes.retain(|pool| !holders[*pool as usize].is_empty());
            *looked = self.fixed_pools;
        }
    }

    /// The level of the next unit of a helper; nothing if there is no room.
    pub(super) fn next_level(&self, helper: u32) -> Option<u16> {
        let helper = helper as usize;
        let has_room = self.used[helper] < self.room[helper];
        has_room.then(|| self.load[helper] + self.used[helper] + 1)
    }

    /// The level of the last unit of a helper; nothing if none of theirs is free.
    pub(super) fn last_level(&self, helper: u32) -> Option<u16> {
        let helper = helper as usize;
        let gives = !self.free[helper].is_empty();
        gives.then(|| self.load[helper] + self.used[helper])
    }

    /// Helpers with free units whose last unit is at this level.
    pub(super) fn giving(&self, level: u16) -> &[u32] {
        &self.giving.levels[usize::from(level)]
    }

    /// Helpers with room whose next unit is at this level.
    pub(super) fn taking(&self, level: u16) -> &[u32] {
        &self.taking.levels[usize::from(level)]
    }

    /// To be called after a helper's units have changed.
    fn note_levels(&mut self, helper: usize) {
        let (last, next) = (
            self.last_level(helper as u32),
            self.next_level(helper as u32),
        );
        self.giving.put(helper, last);
        self.taking.put(helper, next);
    }

    /// Takes a free unit away; says whether there was one.
    fn remove(&mut self, helper: u32, pool: u32) -> bool {
        let free = &mut self.free[helper as usize];
        let Some(at) = free.iter().position(|(held, _)| *held == pool) else {
            return false;
        };
        free[at].1 -= 1;
        if free[at].1 == 0 {
            free.swap_remove(at);
            let holders = &mut self.holders[pool as usize];
            holders.retain(|holder| *holder != helper);
            self.fixed_pools += usize::from(holders.is_empty());
            self.note_levels(helper as usize);
        }
        true
    }

    fn put(&mut self, helper: u32, pool: u32) {
        let free = &mut self.free[helper as usize];
        match free.iter_mut().find(|(held, _)| *held == pool) {
            Some((_, units)) => *units += 1,
            None => {
                free.push((pool, 1));
                let holders = &mut self.holders[pool as usize];
                self.fixed_pools -= usize::from(holders.is_empty());
                holders.push(helper);
                self.note_levels(helper as usize);
            }
        }
    }

    fn take(&mut self, step: &Step) {
        let Step { from, to, by } = *step;
        match by {
            Some(pool) => {
                self.remove(from, pool);
                self.put(to, pool);
            }
            None => {
                self.used[from as usize] += 1;
                self.used[to as usize] -= 1;
                self.note_levels(from as usize);
                self.note_levels(to as usize);
            }
        }
    }
}

/// Units that are placed best, while they are fixed one by one.
pub(super) struct Settling<'a> {
    units: Units<'a>,
    walk: Walk,
    /// For which pool the walk knows what is out of reach.
    pool: Option<u32>,
}

impl<'a> Settling<'a> {
    pub(super) fn new(flow: Flow<'a>, room: Vec<u16>, load: Vec<u16>) -> Self {
        let units = Units::new(flow, room, load);
        let walk = Walk::new(&units);
        Self {
            units,
            walk,
            pool: None,
        }
    }

    /// Fixes a unit of a pool on a helper, if that makes nothing worse; says whether it did.
    pub(super) fn fix(&mut self, pool: u32, helper: u32) -> bool {
        if self.units.remove(helper, pool) {
            // They may have been the holder that the walk aimed at.
            self.pool = None;
            return true;
        }
        if self.pool != Some(pool) {
            self.pool = Some(pool);
            self.walk.begin(&self.units, pool);
        }
        let Some(steps) = self.walk.find(&mut self.units, helper) else {
            return false;
        };
        let last = steps.last().map_or(helper, |step| step.to);
        self.units.remove(last, pool);
        for step in &steps {
            self.units.take(step);
        }
        self.pool = None;
        true
    }
}
