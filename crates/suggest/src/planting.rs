//! What it costs to plant another answer: a greedy upper bound.

use crate::columns::top;
use crate::knowledge::Knowledge;
use crate::ranker::Prepared;
use serde::Serialize;

/// Most planted artefacts that are tried.
pub const MAX_PLANTING_COST: usize = 10;

/// Fewest planted artefacts found that change an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlantingCost {
    /// So many are enough; fewer may be, since the search is greedy.
    AtMost(usize),
    /// No set of up to so many that was tried is enough.
    MoreThan(usize),
}

/// A group's artefacts that the case does not have, those that raise its score most first.
///
/// `against`: order by the gain over what the same artefact gives that group.
pub(crate) fn artefacts(
    prepared: &dyn Prepared,
    knowledge: &Knowledge,
    case: &[usize],
    group: usize,
    weights: &[f64],
    against: Option<usize>,
) -> Vec<usize> {
    let row = knowledge.row(group);
    let known = row
        .iter()
        .enumerate()
        .filter(|(f, n)| **n > 0 && !case.contains(f));
    let mut order: Vec<(f64, usize)> = known
        .map(|(feature, _)| {
            let gain = prepared.gain(group, feature, case, weights);
            let other = against.map_or(0.0, |g| prepared.gain(g, feature, case, weights));
            (gain - other, feature)
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    order.into_iter().map(|(_, feature)| feature).collect()
}

/// Fewest planted artefacts of `group` found that put it first.
pub(crate) fn to_put_first(
    prepared: &dyn Prepared,
    knowledge: &Knowledge,
    case: &[usize],
    group: usize,
    weights: &[f64],
) -> PlantingCost {
    let now = top(&prepared.probabilities(case, weights));
    if now == group {
        return PlantingCost::AtMost(0);
    }
    let orders = [None, Some(now)]
        .map(|against| artefacts(prepared, knowledge, case, group, weights, against));
    for count in 1..=MAX_PLANTING_COST {
        for order in orders.iter().filter(|o| o.len() >= count) {
            let mut longer = case.to_vec();
            longer.extend(&order[..count]);
            if top(&prepared.probabilities(&longer, weights)) == group {
                return PlantingCost::AtMost(count);
            }
        }
    }
    PlantingCost::MoreThan(MAX_PLANTING_COST)
}

/// Fewest planted artefacts of any one other group found that take the first place from `first`.
pub(crate) fn to_topple(
    prepared: &dyn Prepared,
    knowledge: &Knowledge,
    case: &[usize],
    first: usize,
    weights: &[f64],
) -> PlantingCost {
    let others = (0..knowledge.groups()).filter(|g| *g != first);
    let orders: Vec<Vec<usize>> = others
        .map(|g| artefacts(prepared, knowledge, case, g, weights, None))
        .collect();
    for count in 1..=MAX_PLANTING_COST {
        for order in orders.iter().filter(|o| o.len() >= count) {
            let mut longer = case.to_vec();
            longer.extend(&order[..count]);
            if top(&prepared.probabilities(&longer, weights)) != first {
                return PlantingCost::AtMost(count);
            }
        }
    }
    PlantingCost::MoreThan(MAX_PLANTING_COST)
}
