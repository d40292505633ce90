//! Conditional logit (McFadden 1974) with a ridge towards stated weights, by Newton's method.

use crate::columns::{Columns, dot, softmax};

/// Newton steps; the fit of a concave function in a handful of weights settles long before.
const STEPS: usize = 60;
/// Largest move of one weight in one step.
const MAX_MOVE: f64 = 2.0;
/// A step smaller than this ends the fit.
const SETTLED: f64 = 1e-10;

/// One case to learn from: the columns of its candidates and which of them it was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Example<'a> {
    pub(crate) columns: &'a Columns,
    pub(crate) truth: usize,
}

/// Weights that maximise Σ ln P(truth) − ½ Σ ridge·(w − centre)². Without examples: the centre.
pub(crate) fn fit(examples: &[Example<'_>], centre: &[f64], ridge: &[f64]) -> Vec<f64> {
    let width = centre.len();
    let mut weights = centre.to_vec();
    for _ in 0..STEPS {
        let mut slope: Vec<f64> = (0..width)
            .map(|i| ridge[i] * (weights[i] - centre[i]))
            .collect();
        let mut curve = vec![0.0; width * width];
        for i in 0..width {
            curve[i * width + i] = ridge[i];
        }
        for example in examples {
            add(example, &weights, &mut slope, &mut curve);
        }
        let Some(mut step) = solve(curve, slope, width) else {
            return weights;
        };
        let largest = step.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        if largest > MAX_MOVE {
            step.iter_mut().for_each(|x| *x *= MAX_MOVE / largest);
        }
        weights.iter_mut().zip(&step).for_each(|(w, s)| *w -= s);
        if largest < SETTLED {
            break;
        }
    }
    weights
}

/// Adds one example's gradient and curvature of the negative log likelihood.
fn add(example: &Example<'_>, weights: &[f64], slope: &mut [f64], curve: &mut [f64]) {
    let width = weights.len();
    let probabilities = softmax(&example.columns.scores(weights));
    let mut mean = vec![0.0; width];
    for (row, p) in example.columns.rows().zip(&probabilities) {
        for i in 0..width {
            mean[i] += p * row[i];
        }
    }
    for (row, p) in example.columns.rows().zip(&probabilities) {
        for i in 0..width {
            for j in 0..width {
                curve[i * width + j] += p * (row[i] - mean[i]) * (row[j] - mean[j]);
            }
        }
    }
    if let Some(row) = example.columns.rows().nth(example.truth) {
        for i in 0..width {
            slope[i] -= row[i] - mean[i];
        }
    }
}

/// Solves a symmetric positive definite system by elimination; nothing if it is singular.
pub(crate) fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>, width: usize) -> Option<Vec<f64>> {
    for i in 0..width {
        let pivot = matrix[i * width + i];
        if pivot.is_nan() || pivot <= 0.0 {
            return None;
        }
        for row in i + 1..width {
            let factor = matrix[row * width + i] / pivot;
            for column in i..width {
                matrix[row * width + column] -= factor * matrix[i * width + column];
            }
            right[row] -= factor * right[i];
        }
    }
    for i in (0..width).rev() {
        let known = dot(&matrix[i * width + i + 1..(i + 1) * width], &right[i + 1..]);
        right[i] = (right[i] - known) / matrix[i * width + i];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let x = solve(vec![4.0, 1.0, 1.0, 3.0], vec![1.0, 2.0], 2).unwrap_or_default();
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12);
        assert!(solve(vec![0.0], vec![1.0], 1).is_none());
    }

    #[test]
    fn two_candidates_are_logistic_regression() {
        // Score differences 1 and 1, once right and once wrong, and once more right: ln(2) for the closed form.
        let right = Columns::new(1, [vec![1.0], vec![0.0]].into_iter());
        let examples = [0, 0, 1].map(|truth| Example {
            columns: &right,
            truth,
        });
        let weights = fit(&examples, &[0.0], &[1e-12]);
        assert!((weights[0] - libm::log(2.0)).abs() < 1e-9, "{weights:?}");
        assert_eq!(fit(&[], &[0.7], &[1.0]), [0.7]);
    }
}
