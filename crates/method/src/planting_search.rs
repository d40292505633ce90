//! The two searches of the planting cost, over abstract items: branch and bound in a fixed order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Sets looked at, without a recomputation, for each one the budget allows to be recomputed.
const LOOKS_PER_SET: u64 = 64;

/// Plantable items with what is known of them before any set is tried.
pub(crate) struct Search<'a> {
    /// The items, in declared order.
    pub(crate) items: Vec<usize>,
    /// Per item: most it can add to the movement of any odds, nats.
    pub(crate) influence: Vec<f64>,
    /// Per item: effort of planting it, millibans.
    pub(crate) effort: Vec<u32>,
    /// A set whose influences sum to less flips nothing.
    pub(crate) slack: f64,
    /// Sets that may be recomputed in each search.
    pub(crate) budget: u64,
    /// Whether removing a set of items flips the result.
    pub(crate) flips: &'a dyn Fn(&[usize]) -> bool,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tried {
    /// The first set in the search's order.
    Found(Vec<usize>),
    /// That there is none.
    Nothing,
    /// That there is none up to here (size), or before here (effort); the budget ended.
    UpTo(u32),
}

/// What is left of the budget of one search.
struct Left {
    sets: u64,
    looks: u64,
}

impl Left {
    fn take(what: &mut u64) -> Option<()> {
        *what = what.checked_sub(1)?;
        Some(())
    }
}

impl Search<'_> {
    fn left(&self) -> Left {
        Left {
            sets: self.budget,
            looks: self.budget.saturating_mul(LOOKS_PER_SET),
        }
    }

    fn set(&self, positions: &[usize]) -> Vec<usize> {
        let mut set: Vec<usize> = positions.iter().map(|p| self.items[*p]).collect();
        set.sort_unstable();
        set
    }

    /// Sum of the items' efforts, millibans.
    pub(crate) fn effort_of(&self, set: &[usize]) -> u32 {
        let efforts = self.items.iter().zip(&self.effort);
        let ours = efforts.filter(|(item, _)| set.contains(item));
        ours.map(|(_, effort)| *effort).sum()
    }

    /// The smallest set that flips the result; of several the first in declared order.
    pub(crate) fn fewest(&self) -> Tried {
        let most = Suffixes::new(&self.influence);
        let mut left = self.left();
        for size in 1..=self.items.len() {
            let mut chosen = Vec::with_capacity(size);
            match self.of_size(size, 0.0, &mut chosen, &most, &mut left) {
                None => return Tried::UpTo(size as u32 - 1),
                Some(true) => return Tried::Found(self.set(&chosen)),
                Some(false) => {}
            }
        }
        Tried::Nothing
    }

    /// Whether a completion of `chosen` to `size` items flips; nothing when the budget ends.
    fn of_size(
        &self,
        size: usize,
        influence: f64,
        chosen: &mut Vec<usize>,
        most: &Suffixes,
        left: &mut Left,
    ) -> Option<bool> {
        let missing = size - chosen.len();
        if missing == 0 {
            Left::take(&mut left.sets)?;
            return Some((self.flips)(&self.set(chosen)));
        }
        let begin = chosen.last().map_or(0, |p| p + 1);
        for position in begin..=self.items.len() - missing {
            // all later positions have still fewer items to choose from
            if influence + most.sum(position, missing) < self.slack {
                break;
            }
            Left::take(&mut left.looks)?;
            chosen.push(position);
            let own = influence + self.influence[position];
            if self.of_size(size, own, chosen, most, left)? {
                return Some(true);
            }
            chosen.pop();
        }
        Some(false)
    }

    /// The set of least effort that flips the result; of several the one with fewer items, then
    /// the first in the order of effort and declaration.
    pub(crate) fn easiest(&self) -> Tried {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|p| (self.effort[*p], *p));
        let mut rest = vec![0.0; order.len() + 1];
        for (place, position) in order.iter().enumerate().rev() {
            rest[place] = rest[place + 1] + self.influence[*position];
        }
        let effort = |place: usize| self.effort[order[place]];
        let mut left = self.left();
        // effort, size, places in `order`: the least is taken first, and every set comes once
        let mut open = BinaryHeap::new();
        if !order.is_empty() {
            open.push(Reverse((effort(0), 1_usize, vec![0_usize])));
        }
        while let Some(Reverse((sum, size, places))) = open.pop() {
            let last = places[size - 1];
            let before: f64 = places[..size - 1]
                .iter()
                .map(|place| self.influence[order[*place]])
                .sum();
            if before + rest[last] < self.slack {
                continue;
            }
            if Left::take(&mut left.looks).is_none() {
                return Tried::UpTo(sum.max(self.effort_needed()));
            }
            if before + self.influence[order[last]] >= self.slack {
                if Left::take(&mut left.sets).is_none() {
                    return Tried::UpTo(sum.max(self.effort_needed()));
                }
                let positions: Vec<usize> = places.iter().map(|place| order[*place]).collect();
                let set = self.set(&positions);
                if (self.flips)(&set) {
                    return Tried::Found(set);
                }
            }
            if last + 1 < order.len() {
                let mut longer = places.clone();
                longer.push(last + 1);
                open.push(Reverse((sum + effort(last + 1), size + 1, longer)));
                let mut other = places;
                other[size - 1] = last + 1;
                open.push(Reverse((
                    sum - effort(last) + effort(last + 1),
                    size,
                    other,
                )));
            }
        }
        Tried::Nothing
    }

    /// Least effort, in whole millibans, with which influences can reach the slack at all, if
    /// items could be taken in part (the linear relaxation of the knapsack).
    fn effort_needed(&self) -> u32 {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.retain(|p| self.influence[*p] > 0.0);
        let price = |p: usize| f64::from(self.effort[p]) / self.influence[p];
        order.sort_by(|a, b| price(*a).total_cmp(&price(*b)).then(a.cmp(b)));
        let (mut missing, mut effort) = (self.slack, 0.0);
        for position in order {
            let part = (missing / self.influence[position]).clamp(0.0, 1.0);
            effort += part * f64::from(self.effort[position]);
            missing -= self.influence[position];
        }
        (effort * (1.0 - 1e-9)).floor() as u32
    }

    /// Some flipping set from which nothing can be left out, or nothing if none is met.
    ///
    /// Items are added by falling influence until the result flips, then dropped, the least
    /// influential first, wherever it still does. At most two recomputations per item.
    pub(crate) fn some_set(&self) -> Option<Vec<usize>> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by(|a, b| {
            let fall = self.influence[*b].total_cmp(&self.influence[*a]);
            fall.then(a.cmp(b))
        });
        let enough = (1..=order.len()).find(|n| (self.flips)(&self.set(&order[..*n])))?;
        order.truncate(enough);
        for place in (0..order.len()).rev() {
            let mut fewer = order.clone();
            fewer.remove(place);
            if !fewer.is_empty() && (self.flips)(&self.set(&fewer)) {
                order = fewer;
            }
        }
        Some(self.set(&order))
    }
}

/// Sums of the greatest values of every suffix.
struct Suffixes {
    /// Per begin: sums of its 0, 1, 2, … greatest.
    sums: Vec<Vec<f64>>,
}

impl Suffixes {
    fn new(values: &[f64]) -> Self {
        let sums = (0..=values.len()).map(|begin| {
            let mut suffix = values[begin..].to_vec();
            suffix.sort_by(|a, b| b.total_cmp(a));
            let mut sums = vec![0.0];
            let mut sum = 0.0;
            for value in suffix {
                sum += value;
                sums.push(sum);
            }
            sums
        });
        Self {
            sums: sums.collect(),
        }
    }

    fn sum(&self, begin: usize, count: usize) -> f64 {
        self.sums[begin].get(count).copied().unwrap_or(0.0)
    }
}
