//! Planting cost: the cheapest set of plantable items that carries the result.
//!
//! A planted item is worth nothing, so it is removed. The search goes by size and then in declared
//! order, and is exact up to the size it reports. Gates that need sampling (the 5 % bound) are not
//! part of it.

use crate::evaluation::{PlantingCost, Standard};
use crate::params::Params;
use crate::posterior::Exact;
use crate::sensitivity::Whole;
use crate::standing::Standing;

/// What a set of removed items must change to count as a flip.
struct Claim {
    state: usize,
    standard: Standard,
}

impl Claim {
    fn flips(&self, exact: &Exact<'_>, removed: &[bool], params: &Params) -> bool {
        if self.standard == Standard::None {
            return exact.posterior(removed).top_state() != Some(self.state);
        }
        let standing = Standing::new(exact, removed, self.state, params);
        standing.posterior.top_state() != Some(self.state)
            || standing.exact_standard(params, true) < self.standard
    }
}

/// Searches for the fewest plantable items whose removal flips the result: the standard claimed,
/// or, where none is, the likeliest state.
pub(crate) fn planting_cost(whole: &Whole<'_>, claimed: Standard, params: &Params) -> PlantingCost {
    let (case, exact) = (whole.case, whole.exact);
    let claim = Claim {
        state: whole.state,
        standard: claimed.min(whole.standing.exact_standard(params, true)),
    };
    let plantable: Vec<usize> = (0..case.items.len())
        .filter(|i| case.items[*i].phi_ppm >= params.plantable_phi_ppm)
        .collect();
    let count = plantable.len() as u32;
    let mut budget = sets_allowed(exact, params);
    for size in 1..=plantable.len() {
        let needed = combinations(plantable.len() as u64, size as u64, budget);
        if needed > budget {
            return PlantingCost::MoreThan {
                k: size as u32 - 1,
                plantable: count,
            };
        }
        budget -= needed;
        if let Some(set) = first_flip(&claim, exact, &plantable, size, params) {
            let items = set.iter().map(|i| case.items[*i].id.clone()).collect();
            return PlantingCost::Flips {
                cost: size as u32,
                items,
            };
        }
    }
    PlantingCost::None { plantable: count }
}

/// How many sets fit the charter's budget for a case of this size.
fn sets_allowed(exact: &Exact<'_>, params: &Params) -> u64 {
    let strands = exact.model.strands.len().max(1) as u64;
    let per_set = strands * strands * exact.model.cells() as u64;
    let products = u64::from(params.planting_max_mega_products) * 1_000_000;
    (products / per_set).clamp(1, u64::from(params.planting_max_sets))
}

/// `n` choose `k`, or anything above `limit` once it exceeds it.
fn combinations(n: u64, k: u64, limit: u64) -> u64 {
    let mut result: u64 = 1;
    for step in 1..=k.min(n - k) {
        result = result * (n - step + 1) / step;
        if result > limit {
            return result;
        }
    }
    result
}

/// The first set of the given size, in lexicographic order of declared positions, that flips.
fn first_flip(
    claim: &Claim,
    exact: &Exact<'_>,
    plantable: &[usize],
    size: usize,
    params: &Params,
) -> Option<Vec<usize>> {
    let mut chosen: Vec<usize> = (0..size).collect();
    let mut removed = vec![false; exact.model.item_count];
    loop {
        removed.fill(false);
        for position in &chosen {
            removed[plantable[*position]] = true;
        }
        if claim.flips(exact, &removed, params) {
            return Some(chosen.iter().map(|position| plantable[*position]).collect());
        }
        if !advance(&mut chosen, plantable.len()) {
            return None;
        }
    }
}

/// The next combination in lexicographic order; false after the last.
fn advance(chosen: &mut [usize], n: usize) -> bool {
    let size = chosen.len();
    for slot in (0..size).rev() {
        if chosen[slot] < n - (size - slot) {
            chosen[slot] += 1;
            for later in slot + 1..size {
                chosen[later] = chosen[later - 1] + 1;
            }
            return true;
        }
    }
    false
}
