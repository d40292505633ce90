//! The smallest set of classes that reaches a goal: exact branch and bound.
//!
//! Counted in witnesses, the cheapest way is read off the tree. Counted in classes that cut across
//! the groups it is a covering problem, so sets are tried, smallest first. A branch ends where a
//! lower bound shows that it cannot reach the goal: each witness costs one over the size of its
//! class, so the cost of any set of witnesses is at most the number of classes they come from.

use std::collections::BTreeMap;

use serde::Serialize;

use super::goal::{Goal, NEVER};

/// Branches looked at for one answer, at most. Beyond it the answer is a range.
pub const MAX_STEPS: u64 = 200_000;
/// Sets of the smallest size that are listed, at most.
pub const MAX_SETS: usize = 8;

/// The cost of a class of one witness; one over the size of a class is a whole part of it.
const ONE: u64 = 1 << 32;

/// How many it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Smallest {
    /// No fewer suffice.
    pub at_least: usize,
    /// So many suffice, as the first set shows. Equal to `at_least` unless the policy is so large
    /// that [`MAX_STEPS`] ended the search.
    pub at_most: usize,
    /// Sets that suffice, of the size `at_most`; at most [`MAX_SETS`].
    pub sets: Vec<Vec<String>>,
    /// Whether there may be further sets of that size.
    pub more: bool,
}

impl Smallest {
    /// Whether the number is exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.at_least == self.at_most
    }
}

/// Finds the smallest sets of classes whose witnesses together reach the goal.
pub(super) fn smallest(goal: &Goal, classes: &BTreeMap<String, Vec<usize>>) -> Smallest {
    let mut classes: Vec<(&String, &Vec<usize>)> = classes.iter().collect();
    // Large classes first: they reach the goal soonest. Equal ones keep the order of their names.
    classes.sort_by_key(|(_, witnesses)| std::cmp::Reverse(witnesses.len()));
    let witnesses = classes.iter().map(|(_, w)| w.len()).sum();
    let mut search = Search {
        goal,
        classes: &classes,
        costs: vec![0; witnesses],
        chosen: Vec::new(),
        found: Vec::new(),
        more: false,
        steps: 0,
    };
    for (_, members) in &classes {
        let share = ONE / members.len().max(1) as u64;
        search.set(members, share);
    }
    let spare = search.spare();
    let mut size = classes_for(goal.cost(&search.costs));
    while size < spare.len() {
        if !search.try_size(0, size) {
            return Smallest {
                at_least: size,
                at_most: spare.len(),
                sets: vec![names(&classes, &spare)],
                more: true,
            };
        }
        if !search.found.is_empty() {
            break;
        }
        size += 1;
    }
    if search.found.is_empty() {
        search.try_size(0, size);
    }
    if search.found.is_empty() {
        // The search ran out of steps while it looked for more sets of a size already settled.
        search.found.push(spare);
        search.more = true;
    }
    let mut sets: Vec<_> = search
        .found
        .iter()
        .map(|set| names(&classes, set))
        .collect();
    sets.sort();
    Smallest {
        at_least: size,
        at_most: size,
        sets,
        more: search.more,
    }
}

fn names(classes: &[(&String, &Vec<usize>)], set: &[usize]) -> Vec<String> {
    let named = set.iter().filter_map(|at| classes.get(*at));
    let mut names: Vec<String> = named.map(|(name, _)| (*name).clone()).collect();
    names.sort();
    names
}

/// The fewest classes that a cost can come from.
fn classes_for(cost: u64) -> usize {
    usize::try_from(cost.div_ceil(ONE)).unwrap_or(usize::MAX)
}

struct Search<'a> {
    goal: &'a Goal,
    classes: &'a [(&'a String, &'a Vec<usize>)],
    /// Of each witness: 0 if its class is chosen, [`NEVER`] if it is left out.
    costs: Vec<u64>,
    chosen: Vec<usize>,
    found: Vec<Vec<usize>>,
    more: bool,
    steps: u64,
}

impl Search<'_> {
    fn set(&mut self, witnesses: &[usize], cost: u64) {
        for place in witnesses {
            if let Some(held) = self.costs.get_mut(*place) {
                *held = cost;
            }
        }
    }

    /// A set that suffices and from which none can be spared: all classes, less every one that is
    /// not needed, the small ones tried first.
    fn spare(&mut self) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..self.classes.len()).collect();
        let mut costs = vec![0; self.costs.len()];
        for at in (0..self.classes.len()).rev() {
            let members = self.classes.get(at).map_or(&[][..], |(_, w)| w.as_slice());
            let mut without = costs.clone();
            for place in members {
                if let Some(cost) = without.get_mut(*place) {
                    *cost = NEVER;
                }
            }
            if self.goal.cost(&without) == 0 {
                costs = without;
                kept.retain(|kept| *kept != at);
            }
        }
        kept
    }

    /// Looks for sets with at most `left` more classes from number `next` on. `false` if the steps
    /// ran out before any set was found.
    fn try_size(&mut self, next: usize, left: usize) -> bool {
        if self.found.len() == MAX_SETS {
            self.more = true;
            return true;
        }
        self.steps += 1;
        if self.steps > MAX_STEPS {
            self.more = true;
            return !self.found.is_empty();
        }
        let cost = self.goal.cost(&self.costs);
        if cost == 0 {
            self.found.push(self.chosen.clone());
            return true;
        }
        // A cost of `NEVER` asks for more classes than there are.
        if classes_for(cost) > left {
            return true;
        }
        let Some((_, members)) = self.classes.get(next) else {
            return true;
        };
        let share = ONE / members.len().max(1) as u64;
        let mut complete = true;
        if left > 0 {
            self.set(members, 0);
            self.chosen.push(next);
            complete = self.try_size(next + 1, left - 1);
            self.chosen.pop();
        }
        if complete {
            self.set(members, NEVER);
            complete = self.try_size(next + 1, left);
        }
        self.set(members, share);
        complete
    }
}
