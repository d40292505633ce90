//! The probability that the author is none of the known groups.

use crate::logit::solve;
use serde::{Deserialize, Serialize};

/// Share of new clusters whose author nobody knew, where nothing was learned yet (the method's π_U).
const PRIOR_SHARE: f64 = 0.45;
/// How strongly the fit is drawn to that share and to "similarity says nothing": inverse variance.
const RIDGE: f64 = 1.0;
/// Newton steps; two weights settle long before.
const STEPS: usize = 60;
/// Probabilities of the first suggestion are kept this far from 0 and 1.
const EDGE: f64 = 1e-6;

/// Logistic regression of "none of these" on the log-odds of the first suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoneModel {
    /// Log-odds of "none" where the first suggestion stands at one half.
    pub intercept: f64,
    /// Change per nat of the first suggestion's log-odds.
    pub slope: f64,
}

impl NoneModel {
    /// Fits on first suggestions' closed-world probabilities and whether the author was none of the groups.
    #[must_use]
    pub fn fit(examples: &[(f64, bool)]) -> Self {
        let centre = libm::log(PRIOR_SHARE / (1.0 - PRIOR_SHARE));
        let mut model = Self {
            intercept: centre,
            slope: 0.0,
        };
        for _ in 0..STEPS {
            let mut slope = vec![RIDGE * (model.intercept - centre), RIDGE * model.slope];
            let mut curve = vec![RIDGE, 0.0, 0.0, RIDGE];
            for (confidence, none) in examples {
                let x = log_odds(*confidence);
                let p = model.none(*confidence);
                let (gap, weight) = (p - f64::from(u8::from(*none)), p * (1.0 - p));
                slope[0] += gap;
                slope[1] += gap * x;
                curve[0] += weight;
                curve[1] += weight * x;
                curve[2] += weight * x;
                curve[3] += weight * x * x;
            }
            let Some(step) = solve(curve, slope, 2) else {
                return model;
            };
            model.intercept -= step[0];
            model.slope -= step[1];
        }
        model
    }

    /// P(none of these), from the first suggestion's closed-world probability.
    #[must_use]
    pub fn none(&self, confidence: f64) -> f64 {
        1.0 / (1.0 + libm::exp(-(self.intercept + self.slope * log_odds(confidence))))
    }
}

fn log_odds(p: f64) -> f64 {
    let p = p.clamp(EDGE, 1.0 - EDGE);
    libm::log(p / (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_experience_the_prior_share() {
        assert!((NoneModel::fit(&[]).none(0.9) - PRIOR_SHARE).abs() < 1e-12);
    }

    #[test]
    fn confident_first_suggestions_that_were_right_lower_it() {
        let examples: Vec<(f64, bool)> = (0..200)
            .map(|i| {
                if i % 2 == 0 {
                    (0.95, i % 10 == 0)
                } else {
                    (0.1, i % 3 != 0)
                }
            })
            .collect();
        let model = NoneModel::fit(&examples);
        assert!(model.none(0.95) < 0.3 && model.none(0.1) > 0.5, "{model:?}");
    }
}
