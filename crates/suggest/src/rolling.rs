//! Weights and answers that know earlier releases only.

use std::collections::BTreeMap;

use crate::bootstrap;
use crate::columns::Columns;
use crate::file::{Benchmark, Case};
use crate::knowledge::Knowledge;
use crate::logit::{Example, fit};
use crate::metrics::Answer;
use crate::ranker::Ranker;

/// Weights of a ranker for each release that has a case, fitted on the temporal cases of earlier releases.
///
/// A case of release r stands for a source first seen in release r + 1, so when release r is all one has, the cases
/// of earlier releases are known and its own are not.
#[must_use]
pub fn rolling_weights(ranker: &dyn Ranker, file: &Benchmark) -> Vec<Vec<f64>> {
    Learned::new(ranker, file, &knowledges(file)).weights
}

/// What each release that is needed knows.
pub(crate) fn knowledges(file: &Benchmark) -> BTreeMap<usize, Knowledge> {
    let cases = file
        .temporal
        .iter()
        .chain(&file.open_set)
        .map(|c| c.release);
    let needed: std::collections::BTreeSet<usize> = cases
        .chain(file.campaigns.iter().map(|c| c.release))
        .collect();
    needed.into_iter().map(|r| (r, file.knowledge(r))).collect()
}

/// A ranker's weights per release, and its answers to all cases with the weights of their release.
pub(crate) struct Learned {
    /// Per release of the file, and one more for after the last.
    pub(crate) weights: Vec<Vec<f64>>,
    /// In the order of [`Benchmark::temporal`].
    pub(crate) temporal: Vec<Answer>,
    /// Confidence of the first suggestion, in the order of [`Benchmark::open_set`].
    pub(crate) open: Vec<f64>,
}

impl Learned {
    pub(crate) fn new(
        ranker: &dyn Ranker,
        file: &Benchmark,
        knowledges: &BTreeMap<usize, Knowledge>,
    ) -> Self {
        let prepared: BTreeMap<_, _> = knowledges
            .iter()
            .map(|(r, k)| (*r, ranker.prepare(k)))
            .collect();
        let columns: Vec<Columns> = file
            .temporal
            .iter()
            .map(|c| prepared[&c.release].columns(&c.features))
            .collect();
        let truths: Vec<usize> = file
            .temporal
            .iter()
            .map(|c| file.candidate(c.release, c.group).unwrap_or(0))
            .collect();
        let weights: Vec<Vec<f64>> = (0..=file.releases.len())
            .map(|release| {
                let earlier = file
                    .temporal
                    .iter()
                    .enumerate()
                    .filter(|(_, c)| c.release < release);
                let examples: Vec<Example<'_>> = earlier
                    .map(|(i, _)| Example {
                        columns: &columns[i],
                        truth: truths[i],
                    })
                    .collect();
                weights(ranker, &examples)
            })
            .collect();
        let say = |c: &Case| prepared[&c.release].probabilities(&c.features, &weights[c.release]);
        let temporal = file
            .temporal
            .iter()
            .zip(&truths)
            .map(|(c, t)| Answer::of(&say(c), *t))
            .collect();
        let open = file
            .open_set
            .iter()
            .map(|c| say(c).into_iter().fold(0.0, f64::max))
            .collect();
        Self {
            weights,
            temporal,
            open,
        }
    }
}

/// A fit, with no weight below zero: a clue that points at a group never counts against it.
fn weights(ranker: &dyn Ranker, examples: &[Example<'_>]) -> Vec<f64> {
    let mut weights = fit(examples, ranker.centre(), ranker.ridge());
    for (weight, centre) in weights.iter_mut().zip(ranker.centre()) {
        *weight = weight.max(centre * LEAST_SHARE);
    }
    weights
}

/// Least weight as a share of its centre; a single column keeps its order even if it was misleading so far.
const LEAST_SHARE: f64 = 0.01;

/// Clusters of cases by group.
pub(crate) fn clusters(cases: &[&Case]) -> Vec<Vec<usize>> {
    let groups: Vec<usize> = cases.iter().map(|c| c.group).collect();
    bootstrap::clusters(&groups)
}
