//! Dissent among reviewers: two pools, their range and how far they disagree (method.md section 7).
//!
//! Weights come from the reviewers' calibration records and are equal until there is one.

use crate::input::{PPM, ReviewerPosterior};
use crate::params::Params;
use crate::voi::entropy_bits;
use serde::{Deserialize, Serialize};

/// Least and greatest of the reviewers' probabilities for one actor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Least.
    pub min: f64,
    /// Greatest.
    pub max: f64,
}

/// The reviewers' posteriors taken together, per actor in declared order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pools {
    /// Number of reviewers.
    pub reviewers: u32,
    /// Weight of each reviewer, in the order of the reviews; they sum to 1.
    pub weights: Vec<f64>,
    /// Weighted arithmetic mean.
    pub linear: Vec<f64>,
    /// Normalised weighted geometric mean, each probability raised to the floor ε first.
    pub log: Vec<f64>,
    /// Jensen-Shannon divergence, bits: `H(Σ w p) - Σ w H(p)`.
    pub jsd_bits: f64,
    /// Per reviewer: divergence of the own posterior from the linear pool (Kullback-Leibler),
    /// bits. Their weighted mean is `jsd_bits`.
    pub divergence_bits: Vec<f64>,
    /// Least and greatest per actor.
    pub range: Vec<Range>,
}

/// Pools reviews under their weights; all must speak of the same actors.
///
/// Without a review, or with reviews of different length, the pools are empty.
#[must_use]
pub fn pools(reviews: &[ReviewerPosterior], params: &Params) -> Pools {
    let actors = reviews.first().map_or(0, |r| r.posterior_ppm.len());
    let rows: Vec<Vec<f64>> = reviews.iter().map(probabilities).collect();
    if actors == 0 || rows.iter().any(|row| row.len() != actors) {
        return Pools {
            reviewers: 0,
            weights: vec![],
            linear: vec![],
            log: vec![],
            jsd_bits: 0.0,
            divergence_bits: vec![],
            range: vec![],
        };
    }
    // integers first: equal weights give exactly the same number each
    let all: u64 = reviews.iter().map(|r| u64::from(r.weight_ppm.max(1))).sum();
    let share = |r: &ReviewerPosterior| f64::from(r.weight_ppm.max(1)) / all as f64;
    let weights: Vec<f64> = reviews.iter().map(share).collect();
    let floor = f64::from(params.pool_floor_ppm.max(1)) / f64::from(PPM);
    let mut linear = Vec::with_capacity(actors);
    let mut logs = Vec::with_capacity(actors);
    let mut range = Vec::with_capacity(actors);
    for actor in 0..actors {
        let mut seen = Range {
            min: f64::INFINITY,
            max: 0.0,
        };
        let (mut sum, mut log_sum) = (0.0, 0.0);
        for (row, weight) in rows.iter().zip(&weights) {
            let p = row[actor];
            sum += weight * p;
            log_sum += weight * libm::log(p.max(floor));
            seen = Range {
                min: seen.min.min(p),
                max: seen.max.max(p),
            };
        }
        linear.push(sum);
        logs.push(libm::exp(log_sum));
        range.push(seen);
    }
    let total = logs.iter().fold(0.0, |sum, p| sum + p);
    let within = rows.iter().zip(&weights);
    let within = within.fold(0.0, |sum, (row, w)| sum + w * entropy_bits(row));
    Pools {
        reviewers: rows.len() as u32,
        jsd_bits: (entropy_bits(&linear) - within).max(0.0),
        divergence_bits: rows.iter().map(|row| divergence(row, &linear)).collect(),
        weights,
        log: logs.iter().map(|p| p / total).collect(),
        linear,
        range,
    }
}

/// Kullback-Leibler divergence of a reviewer from the linear pool, bits: finite, since the pool is
/// nowhere 0 where a reviewer is not.
fn divergence(row: &[f64], pool: &[f64]) -> f64 {
    let term = |(p, q): (&f64, &f64)| {
        if *p > 0.0 && *q > 0.0 {
            p * libm::log2(p / q)
        } else {
            0.0
        }
    };
    let sum = row.iter().zip(pool).map(term).fold(0.0, |sum, t| sum + t);
    sum.max(0.0)
}

fn probabilities(review: &ReviewerPosterior) -> Vec<f64> {
    review
        .posterior_ppm
        .iter()
        .map(|v| f64::from(*v) / f64::from(PPM))
        .collect()
}
