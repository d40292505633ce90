//! Suggestions for one case.

use serde::Serialize;

use crate::FileError;
use crate::knowledge::Knowledge;
use crate::planting::{PlantingCost, to_put_first, to_topple};
use crate::ranker::ranker;
use crate::shipped::{ReliabilityBin, SHIPPED, Weights};

/// A first suggestion below this open-world probability is no answer: it is more likely wrong than right.
pub const ABSTAIN_BELOW: f64 = 0.5;

/// One group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// Its place among the candidates.
    pub group: usize,
    /// Probability that it is the author, "none of these" taken into account.
    pub probability: f64,
    /// Probability if the author is one of the known groups.
    pub closed: f64,
    /// Of the first: fewest planted artefacts found that topple it. Of the others: that put it first.
    pub planting_cost: PlantingCost,
}

/// All suggestions for a case.
#[derive(Clone, Debug, Serialize)]
pub struct Suggestions {
    /// The most likely groups, best first.
    pub ranked: Vec<Suggestion>,
    /// Probability that it is none of the known groups.
    pub none: f64,
    /// Open-world probability of every candidate, in their order.
    pub probabilities: Vec<f64>,
    /// Features of the case that some group is known to use.
    pub known_features: usize,
    /// Whether the first suggestion is too unlikely to be an answer.
    pub abstains: bool,
    /// How often first suggestions of such a probability were right.
    pub reliability: Option<ReliabilityBin>,
}

/// Ranks the groups of a knowledge for a case (feature indices) and costs the first `count`.
///
/// # Errors
///
/// Never for shipped weights.
pub fn suggest(
    knowledge: &Knowledge,
    case: &[usize],
    weights: &Weights,
    count: usize,
) -> Result<Suggestions, FileError> {
    let prepared = ranker(SHIPPED)?.prepare(knowledge);
    let prepared = prepared.as_ref();
    let closed = prepared.probabilities(case, &weights.weights);
    let mut order: Vec<usize> = (0..closed.len()).collect();
    order.sort_by(|a, b| closed[*b].total_cmp(&closed[*a]));
    let none = order
        .first()
        .map_or(1.0, |first| weights.none.none(closed[*first]));
    let known_features = knowledge.known(case).len();
    let cost = |place: usize, group: usize| {
        if place == 0 {
            to_topple(prepared, knowledge, case, group, &weights.weights)
        } else {
            to_put_first(prepared, knowledge, case, group, &weights.weights)
        }
    };
    let ranked: Vec<Suggestion> = order
        .iter()
        .take(count)
        .enumerate()
        .map(|(place, group)| Suggestion {
            group: *group,
            probability: (1.0 - none) * closed[*group],
            closed: closed[*group],
            planting_cost: cost(place, *group),
        })
        .collect();
    let first = ranked.first().map_or(0.0, |s| s.probability);
    Ok(Suggestions {
        abstains: first < ABSTAIN_BELOW || known_features == 0,
        reliability: weights.bin(first).copied(),
        probabilities: closed.iter().map(|p| (1.0 - none) * p).collect(),
        ranked,
        none,
        known_features,
    })
}
