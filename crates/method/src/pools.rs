//! Dissent among reviewers: two pools, their range and how far they disagree (method.md section 7).
//!
//! Weights are equal; weights from calibration records need thirty resolved questions first.

use crate::input::{PPM, ReviewerPosterior};
use crate::params::Params;
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
    /// Arithmetic mean.
    pub linear: Vec<f64>,
    /// Normalised geometric mean, each probability raised to the floor ε first.
    pub log: Vec<f64>,
    /// Jensen-Shannon divergence, bits: `H(mean) - mean H`.
    pub jsd_bits: f64,
    /// Least and greatest per actor.
    pub range: Vec<Range>,
}

/// Entropy in bits; `0 log 0` is 0.
fn entropy(distribution: &[f64]) -> f64 {
    let term = |p: &f64| if *p > 0.0 { *p * libm::log2(*p) } else { 0.0 };
    -distribution.iter().map(term).fold(0.0, |sum, t| sum + t)
}

/// Pools reviews with equal weights; all must speak of the same actors.
///
/// Without a review, or with reviews of different length, the pools are empty.
#[must_use]
pub fn pools(reviews: &[ReviewerPosterior], params: &Params) -> Pools {
    let actors = reviews.first().map_or(0, |r| r.posterior_ppm.len());
    let rows: Vec<Vec<f64>> = reviews.iter().map(probabilities).collect();
    if actors == 0 || rows.iter().any(|row| row.len() != actors) {
        return Pools {
            reviewers: 0,
            linear: vec![],
            log: vec![],
            jsd_bits: 0.0,
            range: vec![],
        };
    }
    let weight = 1.0 / rows.len() as f64;
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
        for row in &rows {
            let p = row[actor];
            sum += p;
            log_sum += libm::log(p.max(floor));
            seen = Range {
                min: seen.min.min(p),
                max: seen.max.max(p),
            };
        }
        linear.push(sum * weight);
        logs.push(libm::exp(log_sum * weight));
        range.push(seen);
    }
    let total = logs.iter().fold(0.0, |sum, p| sum + p);
    let within = rows.iter().fold(0.0, |sum, row| sum + entropy(row)) * weight;
    let jsd_bits = (entropy(&linear) - within).max(0.0);
    let log = logs.iter().map(|p| p / total).collect();
    Pools {
        reviewers: rows.len() as u32,
        linear,
        log,
        jsd_bits,
        range,
    }
}

fn probabilities(review: &ReviewerPosterior) -> Vec<f64> {
    review
        .posterior_ppm
        .iter()
        .map(|v| f64::from(*v) / f64::from(PPM))
        .collect()
}
