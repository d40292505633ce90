//! Who of the units that are placed best ends up where: walks of cost zero.

use super::flow::Flow;
use super::marks::Marks;

/// Units that are placed best, and walks of cost zero among them.
pub(super) struct Settling<'a> {
    pools: &'a [Vec<u32>],
    /// Units that may still move.
    free: Vec<Vec<(u32, u16)>>,
    used: Vec<u16>,
    room: Vec<u16>,
    load: Vec<u16>,
    helpers: Marks,
    reached_pools: Marks,
    levels: Marks,
    /// From which helper a helper was reached, and by which pool's unit; no pool if the one takes a unit more and the other one less.
    by: Vec<(u32, Option<u32>)>,
    /// For which pool the marks say what is out of reach.
    pool: Option<u32>,
}

/// Levels a unit can have: what somebody carries already, and what is given.
const MAX_LEVELS: usize = 512;

impl<'a> Settling<'a> {
    pub(super) fn new(flow: Flow<'a>, room: Vec<u16>, load: Vec<u16>) -> Self {
        let pools = flow.pools;
        let (free, used) = flow.into_units();
        let len = used.len();
        Self {
            pools,
            free,
            used,
            room,
            load,
            helpers: Marks::new(len),
            reached_pools: Marks::new(pools.len()),
            levels: Marks::new(MAX_LEVELS),
            by: vec![(0, None); len],
            pool: None,
        }
    }

    /// Forgets what was found out of reach.
    fn forget(&mut self, pool: u32) {
        self.pool = Some(pool);
        self.helpers.clear();
        self.reached_pools.clear();
        self.levels.clear();
    }

    /// Fixes a unit of a pool on a helper, if that makes nothing worse; says whether it did.
    pub(super) fn fix(&mut self, pool: u32, helper: u32) -> bool {
        if self.pool != Some(pool) {
            self.forget(pool);
        }
        if self.remove(helper, pool) {
            return true;
        }
        if !self.helpers.mark(helper as usize) {
            return false;
        }
        let Some(last) = self.walk(pool, helper) else {
            return false;
        };
        self.remove(last, pool);
        let mut at = last;
        while at != helper {
            let (from, by) = self.by[at as usize];
            if let Some(pool) = by {
                self.remove(from, pool);
                self.put(at, pool);
            } else {
                self.used[from as usize] += 1;
                self.used[at as usize] -= 1;
            }
            at = from;
        }
        self.forget(pool);
        true
    }

    /// Looks for a helper with a free unit of this pool to which a unit too much on `start` can be passed on at no cost.
    fn walk(&mut self, pool: u32, start: u32) -> Option<u32> {
        let mut waiting = vec![start];
        let mut next = 0;
        while let Some(&from) = waiting.get(next) {
            next += 1;
            for index in 0..self.free[from as usize].len() {
                let (held, _) = self.free[from as usize][index];
                if !self.reached_pools.mark(held as usize) {
                    continue;
                }
                let pools = self.pools;
                for &to in &pools[held as usize] {
                    if self.reach(from, Some(held), to, &mut waiting, pool) {
                        return Some(to);
                    }
                }
            }
            let number = from as usize;
            let level = self.load[number] + self.used[number] + 1;
            if self.used[number] < self.room[number] && self.levels.mark(level.into()) {
                for to in 0..self.used.len() {
                    let last = self.load[to] + self.used[to];
                    let gives = last == level && !self.free[to].is_empty();
                    if gives && self.reach(from, None, to as u32, &mut waiting, pool) {
                        return Some(to as u32);
                    }
                }
            }
        }
        None
    }

    /// Notes that a helper was reached; says whether the walk ends there.
    fn reach(
        &mut self,
        from: u32,
        by: Option<u32>,
        to: u32,
        waiting: &mut Vec<u32>,
        pool: u32,
    ) -> bool {
        if !self.helpers.mark(to as usize) {
            return false;
        }
        self.by[to as usize] = (from, by);
        waiting.push(to);
        self.free[to as usize].iter().any(|(held, _)| *held == pool)
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
        }
        true
    }

    fn put(&mut self, helper: u32, pool: u32) {
        let free = &mut self.free[helper as usize];
        match free.iter_mut().find(|(held, _)| *held == pool) {
            Some((_, units)) => *units += 1,
            None => free.push((pool, 1)),
        }
    }
}
