//! What a ranker says of each candidate before its weights: one row per group.

/// Scores of all candidates, groups × columns, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    width: usize,
    values: Vec<f64>,
}

impl Columns {
    /// Rows one after another; all have `width` values.
    #[must_use]
    pub fn new(width: usize, rows: impl Iterator<Item = Vec<f64>>) -> Self {
        let values = rows.flat_map(|row| row.into_iter().take(width)).collect();
        Self { width, values }
    }

    /// Values per group.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// One row per group.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks(self.width.max(1))
    }

    /// The weighted sum of each row.
    #[must_use]
    pub fn scores(&self, weights: &[f64]) -> Vec<f64> {
        self.rows().map(|row| dot(row, weights)).collect()
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Probabilities proportional to e^score; they sum to 1 up to rounding.
pub(crate) fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> = scores.iter().map(|s| libm::exp(s - top)).collect();
    let total: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= total;
    }
    weights
}

/// The place of the greatest value; the first of equals.
pub(crate) fn top(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}
