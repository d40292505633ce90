//! Units of pools on helpers, and augmenting paths that make room for one more.

use super::marks::Marks;

/// One change: a unit of a pool comes to a helper or leaves.
#[derive(Clone, Copy)]
struct Change {
    helper: u32,
    pool: u32,
    comes: bool,
}

/// Units of pools on helpers.
pub(super) struct Flow<'a> {
    pub(super) pools: &'a [Vec<u32>],
    /// Of each helper the pools whose units it carries, with how many.
    held: Vec<Vec<(u32, u16)>>,
    /// Of each helper the units it carries.
    used: Vec<u16>,
    /// Helpers that no search has to look at: none that is reached from them has room.
    dead: Vec<bool>,
    helpers: Marks,
    reached_pools: Marks,
    /// From which pool a helper was reached.
    by_pool: Vec<u32>,
    /// From which helper a pool was reached.
    by_helper: Vec<u32>,
    reached: Vec<u32>,
    waiting: Vec<u32>,
    trail: Vec<Change>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(pools: &'a [Vec<u32>], helpers: usize) -> Self {
        Self {
            pools,
            held: vec![Vec::new(); helpers],
            used: vec![0; helpers],
            dead: vec![false; helpers],
            helpers: Marks::new(helpers),
            reached_pools: Marks::new(pools.len()),
            by_pool: vec![0; helpers],
            by_helper: vec![0; pools.len()],
            reached: Vec::new(),
            waiting: Vec::new(),
            trail: Vec::new(),
        }
    }

    pub(super) fn used(&self, helper: usize) -> u16 {
        self.used[helper]
    }

    pub(super) fn into_units(self) -> (Vec<Vec<(u32, u16)>>, Vec<u16>) {
        (self.held, self.used)
    }

    /// Places one unit more of a pool, on a helper that has room (`has_room` of its number and the units it carries), moving
    /// units of other pools where that is needed. Says whether it could.
    pub(super) fn add(&mut self, pool: u32, has_room: impl Fn(usize, u16) -> bool) -> bool {
        self.helpers.clear();
        self.reached_pools.clear();
        self.reached.clear();
        self.waiting.clear();
        self.reached_pools.mark(pool as usize);
        self.waiting.push(pool);
        let mut next = 0;
        while let Some(&from) = self.waiting.get(next) {
            next += 1;
            let pools = self.pools;
            for &helper in &pools[from as usize] {
                let number = helper as usize;
                if self.dead[number] || !self.helpers.mark(number) {
                    continue;
                }
                self.by_pool[number] = from;
                if has_room(number, self.used[number]) {
                    self.used[number] += 1;
                    self.move_along(pool, helper);
                    return true;
                }
                self.reached.push(helper);
                for index in 0..self.held[number].len() {
                    let (held, _) = self.held[number][index];
                    if self.reached_pools.mark(held as usize) {
                        self.by_helper[held as usize] = helper;
                        self.waiting.push(held);
                    }
                }
            }
        }
        false
    }

    /// Moves units along the path just found, back from the helper that has room to the pool it began with.
    fn move_along(&mut self, first: u32, last: u32) {
        let mut helper = last;
        loop {
            let pool = self.by_pool[helper as usize];
            self.change(Change {
                helper,
                pool,
                comes: true,
            });
            if pool == first {
                return;
            }
            helper = self.by_helper[pool as usize];
            self.change(Change {
                helper,
                pool,
                comes: false,
            });
        }
    }

    fn change(&mut self, change: Change) {
        self.trail.push(change);
        self.apply(change);
    }

    fn apply(
        &mut self,
        Change {
            helper,
            pool,
            comes,
        }: Change,
    ) {
        let held = &mut self.held[helper as usize];
        let at = held.iter().position(|(held, _)| *held == pool);
        match (at, comes) {
            (Some(at), true) => held[at].1 += 1,
            (Some(at), false) if held[at].1 > 1 => held[at].1 -= 1,
            (Some(at), false) => {
                held.swap_remove(at);
            }
            (None, true) => held.push((pool, 1)),
            (None, false) => debug_assert!(false, "only what is there is taken away"),
        }
    }

    /// Keeps what was added since the last call, and forgets how.
    pub(super) fn keep(&mut self) {
        self.trail.clear();
    }

    /// Takes back what was added since the last [`Flow::keep`].
    pub(super) fn take_back(&mut self) {
        while let Some(change) = self.trail.pop() {
            let comes = !change.comes;
            let helper = change.helper as usize;
            self.apply(Change { comes, ..change });
            self.used[helper] = self.held[helper].iter().map(|(_, units)| *units).sum();
        }
    }

    /// After [`Flow::add`] could not: leaves the helpers it reached out of later searches, if nothing that will be taken
    /// back is among them.
    ///
    /// All that units on these helpers could move to is among them, and none has room. Later searches change nothing in
    /// there, since none that comes in gets out.
    pub(super) fn leave_out(&mut self) {
        let touched = |change: &Change| self.helpers.has(change.helper as usize);
        if !self.trail.iter().any(touched) {
            for &helper in &self.reached {
                self.dead[helper as usize] = true;
            }
        }
    }

    /// Looks at all helpers again.
    pub(super) fn look_at_all(&mut self) {
        self.dead.fill(false);
    }

    /// The pools whose units lie on the helpers the last search reached.
    pub(super) fn holders(&self) -> Vec<u32> {
        let held = self
            .reached
            .iter()
            .flat_map(|helper| &self.held[*helper as usize]);
        let mut pools: Vec<u32> = held.map(|(pool, _)| *pool).collect();
        pools.sort_unstable();
        pools.dedup();
        pools
    }
}
