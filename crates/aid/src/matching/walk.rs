//! Walks: how a unit too much on one helper is passed on, at no cost, to one that has a unit of the wanted pool to give away.
//!
//! From both ends at once, always where less was looked at so far: often nothing leads to those who have the unit, or
//! nothing leads away from the helper, and then the walk that came to nothing cost little.

use super::marks::Marks;
use super::settling::{MAX_LEVELS, Units};

/// A unit is passed on: one of this pool, or (no pool) `from` takes one more and `to`, at the same level, gives one away.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) by: Option<u32>,
}

/// One end of a walk.
struct End {
    helpers: Marks,
    pools: Marks,
    levels: Marks,
    /// Of each helper that was reached the step by which it was.
    steps: Vec<Step>,
    waiting: Vec<u32>,
    next: usize,
    looked_at: usize,
}

impl End {
    fn new(units: &Units<'_>) -> Self {
        let step = Step {
            from: 0,
            to: 0,
            by: None,
        };
        Self {
            helpers: Marks::new(units.helpers()),
            pools: Marks::new(units.pools.len()),
            levels: Marks::new(MAX_LEVELS),
            steps: vec![step; units.helpers()],
            waiting: Vec::new(),
            next: 0,
            looked_at: 0,
        }
    }

    fn begin(&mut self) {
        self.helpers.clear();
        self.pools.clear();
        self.levels.clear();
        self.waiting.clear();
        self.next = 0;
        self.looked_at = 0;
    }

    /// Notes a helper that was not reached before.
    fn reach(&mut self, helper: u32, step: Step) {
        self.looked_at += 1;
        if self.helpers.mark(helper as usize) {
            self.steps[helper as usize] = step;
            self.waiting.push(helper);
        }
    }

    fn next(&mut self) -> Option<u32> {
        let next = self.waiting.get(self.next).copied();
        self.next += usize::from(next.is_some());
        self.looked_at += 1;
        next
    }

    fn is_done(&self) -> bool {
        self.next == self.waiting.len()
    }
}

/// What is known of the ways to the holders of one pool's free units.
pub(super) struct Walk {
    /// From the helpers that were tried. Those it has exhausted lead nowhere.
    ahead: End,
    /// Back from the holders.
    back: End,
}

impl Walk {
    pub(super) fn new(units: &Units<'_>) -> Self {
        Self {
            ahead: End::new(units),
            back: End::new(units),
        }
    }

    /// Forgets everything, and aims at the holders of this pool's free units.
    pub(super) fn begin(&mut self, units: &Units<'_>, pool: u32) {
        self.ahead.begin();
        self.back.begin();
        for &holder in units.holders(pool) {
            self.back.reach(
                holder,
                Step {
                    from: holder,
                    to: holder,
                    by: None,
                },
            );
        }
    }

    /// The steps from a helper to a holder; nothing if there are none.
    pub(super) fn find(&mut self, units: &mut Units<'_>, start: u32) -> Option<Vec<Step>> {
        if self.back.helpers.has(start as usize) {
            return Some(self.steps(start, start));
        }
        if self.ahead.helpers.has(start as usize) {
            return None;
        }
        self.ahead.looked_at = 0;
        self.back.looked_at = 0;
        self.ahead.reach(
            start,
            Step {
                from: start,
                to: start,
                by: None,
            },
        );
        loop {
            if self.ahead.is_done() || self.back.is_done() {
                return None;
            }
            let met = if self.ahead.looked_at <= self.back.looked_at {
                self.go_ahead(units)
            } else {
                self.go_back(units)
            };
            if let Some(met) = met {
                return Some(self.steps(start, met));
            }
        }
    }

    /// Looks one helper further from the start; says where it met the other end.
    fn go_ahead(&mut self, units: &Units<'_>) -> Option<u32> {
        let from = self.ahead.next()?;
        for &(pool, _) in units.free(from) {
            if self.ahead.pools.mark(pool as usize) {
                let by = Some(pool);
                for &to in &units.pools[pool as usize] {
                    self.ahead.reach(to, Step { from, to, by });
                    if self.back.helpers.has(to as usize) {
                        return Some(to);
                    }
                }
            }
        }
        let level = units.next_level(from)?;
        if self.ahead.levels.mark(level.into()) {
            for &to in units.giving(level) {
                self.ahead.reach(to, Step { from, to, by: None });
                if self.back.helpers.has(to as usize) {
                    return Some(to);
                }
            }
        }
        None
    }

    /// Looks one helper further back from the holders; says where it met the other end.
    fn go_back(&mut self, units: &mut Units<'_>) -> Option<u32> {
        let to = self.back.next()?;
        units.forget_fixed(to);
        for &pool in units.takes(to) {
            self.back.looked_at += 1;
            if self.back.pools.mark(pool as usize) {
                let by = Some(pool);
                for &from in units.holders(pool) {
                    self.back.reach(from, Step { from, to, by });
                    if self.ahead.helpers.has(from as usize) {
                        return Some(from);
                    }
                }
            }
        }
        let level = units.last_level(to)?;
        if self.back.levels.mark(level.into()) {
            for &from in units.taking(level) {
                self.back.reach(from, Step { from, to, by: None });
                if self.ahead.helpers.has(from as usize) {
                    return Some(from);
                }
            }
        }
        None
    }

    /// The steps from the start to where the ends met, and on to a holder.
    fn steps(&self, start: u32, met: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = met;
        while at != start {
            let step = self.ahead.steps[at as usize];
            steps.push(step);
            at = step.from;
        }
        steps.reverse();
        at = met;
        loop {
            let step = self.back.steps[at as usize];
            if step.to == at {
                return steps;
            }
            steps.push(step);
            at = step.to;
        }
    }
}
