//! Clustered bootstrap: groups are drawn with replacement, and all cases of a drawn group come with it.

use std::collections::BTreeMap;

use crate::metrics::{Answer, Measures};
use crate::random::SplitMix64;
use crate::report::Interval;

/// Draws of the bootstrap.
pub(crate) const DRAWS: usize = 2_000;
/// The seed: a constant, so that everyone gets the same intervals.
const SEED: u64 = 18_590_624;

/// The cases of each cluster, in the order of their first case.
pub(crate) fn clusters(of: &[usize]) -> Vec<Vec<usize>> {
    let mut place = BTreeMap::new();
    let mut clusters: Vec<Vec<usize>> = Vec::new();
    for (case, group) in of.iter().enumerate() {
        let at = *place.entry(*group).or_insert_with(|| {
            clusters.push(Vec::new());
            clusters.len() - 1
        });
        clusters[at].push(case);
    }
    clusters
}

/// Measures of every draw, of one or more rankers on the same draws.
pub(crate) fn draws(clusters: &[Vec<usize>], rankers: &[&[Answer]]) -> Vec<Vec<Measures>> {
    let mut rng = SplitMix64::new(SEED);
    let mut out = vec![Vec::with_capacity(DRAWS); rankers.len()];
    for _ in 0..DRAWS {
        let mut cases: Vec<usize> = Vec::new();
        for _ in 0..clusters.len() {
            cases.extend(&clusters[rng.below(clusters.len())]);
        }
        for (answers, measures) in rankers.iter().zip(&mut out) {
            let drawn: Vec<&Answer> = cases.iter().map(|c| &answers[*c]).collect();
            measures.push(Measures::of(&drawn));
        }
    }
    out
}

/// The middle 95 % of values, by nearest rank, with the value itself.
pub(crate) fn interval(value: f64, mut drawn: Vec<f64>) -> Interval {
    drawn.sort_by(f64::total_cmp);
    let at = |per_mille: usize| {
        let rank = (drawn.len() * per_mille).div_ceil(1_000).max(1);
        drawn.get(rank - 1).copied().unwrap_or(value)
    };
    Interval {
        value,
        low: at(25),
        high: at(975),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_of_a_group_stay_together() {
        assert_eq!(clusters(&[7, 3, 7]), [vec![0, 2], vec![1]]);
        let right = Answer {
            rank: 1,
            truth: 1.0,
            confidence: 1.0,
        };
        let wrong = Answer {
            rank: 2,
            truth: 0.1,
            confidence: 0.9,
        };
        // One cluster: every draw is the sample itself.
        let all = draws(&[vec![0, 1]], &[&[right, wrong]]);
        assert!(all[0].iter().all(|m| m.top1 == 0.5));
    }

    #[test]
    fn the_interval_is_by_nearest_rank() {
        let drawn: Vec<f64> = (1..=1_000).rev().map(f64::from).collect();
        assert_eq!(
            interval(500.0, drawn),
            Interval {
                value: 500.0,
                low: 25.0,
                high: 975.0
            }
        );
    }
}
