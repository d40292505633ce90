//! Forgery stress: what planted artefacts do to answers that were right and confident.

use crate::columns::top;
use crate::knowledge::Knowledge;
use crate::planting::artefacts;
use crate::ranker::Prepared;

/// Artefacts the adversary plants.
pub const PLANTED: usize = 5;
/// Most artefacts any search here plants.
pub const MAX_PLANTED: usize = PLANTED;

/// What planting did to one answer that was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Attack {
    /// Closed-world probability of the answer before.
    pub(crate) confidence: f64,
    /// Share of the other groups whose artefacts flip it.
    pub(crate) flipped_by: f64,
    /// Whether the runner-up's artefacts flip it.
    pub(crate) by_runner_up: bool,
}

/// Plants the artefacts of each other group in turn. The adversary knows the ranker and its weights, and takes the better
/// of two choices: the artefacts that raise the framed group most, and those that raise it most over the truth.
pub(crate) fn attack(
    prepared: &dyn Prepared,
    knowledge: &Knowledge,
    case: &[usize],
    truth: usize,
    weights: &[f64],
) -> Attack {
    let before = prepared.probabilities(case, weights);
    let mut others = before.clone();
    others[truth] = -1.0;
    let runner_up = top(&others);
    let mut flipped = 0_usize;
    let mut by_runner_up = false;
    for frame in (0..knowledge.groups()).filter(|g| *g != truth) {
        if flips(prepared, knowledge, case, truth, frame, weights) {
            flipped += 1;
            by_runner_up |= frame == runner_up;
        }
    }
    Attack {
        confidence: before[truth],
        flipped_by: flipped as f64 / knowledge.groups().saturating_sub(1).max(1) as f64,
        by_runner_up,
    }
}

fn flips(
    prepared: &dyn Prepared,
    knowledge: &Knowledge,
    case: &[usize],
    truth: usize,
    frame: usize,
    weights: &[f64],
) -> bool {
    [None, Some(truth)].into_iter().any(|against| {
        let order = artefacts(prepared, knowledge, case, frame, weights, against);
        let mut planted = case.to_vec();
        planted.extend(order.iter().take(PLANTED));
        !order.is_empty() && top(&prepared.probabilities(&planted, weights)) != truth
    })
}
