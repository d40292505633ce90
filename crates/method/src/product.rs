//! One strand's evidence over the table of joint hypotheses (method.md section 3, steps 1 to 4).
//!
//! Item likelihoods are divided by the item's greatest, so each factor of the product lies in
//! [1 - r, 1]; factors are multiplied, and one logarithm per cell is taken at the end.

use crate::model::{ItemModel, Model};

/// Products are turned into logarithms before they could fall below this.
const FLUSH_BELOW: f64 = 1e-250;
/// Below the least factor of an item with r = 1: 40 bans between ratios and 20 of disguise.
const LEAST_FACTOR: f64 = 1e-70;
/// The running product of one strand.
pub(crate) struct StrandProduct {
    /// Product of item factors per cell since the last flush.
    product: Vec<f64>,
    /// Logarithms of the flushed products per cell.
    logs: Vec<f64>,
    flushed: bool,
    /// A lower bound of every cell of `product`.
    bound: f64,
    pub(crate) count: u32,
    scratch: Vec<f64>,
    scores: Vec<f64>,
}

impl StrandProduct {
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            product: vec![1.0; model.cells()],
            logs: vec![0.0; model.cells()],
            flushed: false,
            bound: 1.0,
            count: 0,
            scratch: vec![0.0; model.columns],
            scores: vec![0.0; model.cells()],
        }
    }

    pub(crate) fn reset(&mut self) {
        self.product.fill(1.0);
        if self.flushed {
            self.logs.fill(0.0);
        }
        self.flushed = false;
        self.bound = 1.0;
        self.count = 0;
    }

    /// Multiplies in one item with ratios `ratio` per actor and reliability `r`.
    ///
    /// Steps 1 and 2 of section 3: `ℓ(a→y) = ((1-φ) L(a) + φ L(y))·dec`, then
    /// `(r ℓ + (1-r) M) / M` with M the greatest ℓ.
    pub(crate) fn multiply(&mut self, model: &Model, item: &ItemModel, ratio: &[f64], r: f64) {
        let slack = 1.0 - r;
        let factor = if slack > LEAST_FACTOR {
            slack
        } else {
            LEAST_FACTOR
        };
        if self.bound * factor < FLUSH_BELOW {
            self.flush();
        }
        self.bound *= factor;
        self.count += 1;
        match &item.deception {
            None => self.multiply_plain(model, item.phi, ratio, r, slack),
            Some(dec) => self.multiply_deception(model, item.phi, ratio, r, slack, dec),
        }
    }

    fn multiply_plain(&mut self, model: &Model, phi: f64, ratio: &[f64], r: f64, slack: f64) {
        // mixtures of two ratios never exceed the greater, so M is the greatest ratio itself
        let k = r / greatest(ratio);
        for (column, frame) in model.frames.iter().enumerate() {
            self.scratch[column + 1] = k * phi * ratio[*frame];
        }
        let rows = self.product.chunks_exact_mut(model.columns);
        for (row, own) in rows.zip(ratio) {
            let base = k * (1.0 - phi) * own + slack;
            row[0] *= k * own + slack;
            for (cell, framed) in row[1..].iter_mut().zip(&self.scratch[1..]) {
                *cell *= base + framed;
            }
        }
    }

    fn multiply_deception(
        &mut self,
        model: &Model,
        phi: f64,
        ratio: &[f64],
        r: f64,
        slack: f64,
        dec: &[f64],
    ) {
        let likelihood = |actor: usize, column: usize| {
            let plain = match column {
                0 => ratio[actor],
                _ => (1.0 - phi) * ratio[actor] + phi * ratio[model.frames[column - 1]],
            };
            plain * dec[column]
        };
        let mut most = 0.0;
        for actor in 0..model.actors {
            for column in 0..model.columns {
                let value = likelihood(actor, column);
                if model.exists(actor, column) && value > most {
                    most = value;
                }
            }
        }
        let k = r / most;
        for actor in 0..model.actors {
            for column in 0..model.columns {
                let cell = &mut self.product[actor * model.columns + column];
                if model.exists(actor, column) {
                    *cell *= k * likelihood(actor, column) + slack;
                }
            }
        }
    }

    fn flush(&mut self) {
        for (log, cell) in self.logs.iter_mut().zip(&mut self.product) {
            *log += libm::log(*cell);
            *cell = 1.0;
        }
        self.flushed = true;
        self.bound = 1.0;
    }

    /// Steps 3 and 4 of section 3: the strand's factor `(1-c) e^{S - max S} + c` per cell.
    pub(crate) fn close(&mut self, model: &Model, rho: f64, c: f64, out: &mut [f64]) {
        for (column, frame) in model.frames.iter().enumerate() {
            // the cell that does not exist must not be the greatest
            let row = frame * model.columns;
            self.product[row + column + 1] = self.product[row];
            self.logs[row + column + 1] = self.logs[row];
        }
        let effect = 1.0 + (f64::from(self.count) - 1.0) * rho;
        if effect == 1.0 && !self.flushed {
            let scale = (1.0 - c) / greatest(&self.product);
            for (cell, product) in out.iter_mut().zip(&self.product) {
                *cell = scale * product + c;
            }
            return;
        }
        // Cells of actors an item does not tell apart are equal; equal arguments give equal bits,
        // so a logarithm or exponential just taken is used again.
        let columns = model.columns;
        for i in 0..self.product.len() {
            let same = |j: usize| {
                self.product[j] == self.product[i]
                    && (!self.flushed || self.logs[j] == self.logs[i])
            };
            self.scores[i] = match equal_before(i, columns, same) {
                Some(j) => self.scores[j],
                None => (self.logs[i] + libm::log(self.product[i])) / effect,
            };
        }
        let most = greatest(&self.scores);
        for i in 0..out.len() {
            out[i] = match equal_before(i, columns, |j| self.scores[j] == self.scores[i]) {
                Some(j) => out[j],
                None => (1.0 - c) * libm::exp(self.scores[i] - most) + c,
            };
        }
    }
}

/// The cell to the left or the one above, if it is the same.
fn equal_before(i: usize, columns: usize, same: impl Fn(usize) -> bool) -> Option<usize> {
    if i >= 1 && same(i - 1) {
        Some(i - 1)
    } else if i >= columns && same(i - columns) {
        Some(i - columns)
    } else {
        None
    }
}

pub(crate) fn greatest(values: &[f64]) -> f64 {
    let mut most = f64::NEG_INFINITY;
    for value in values {
        if *value > most {
            most = *value;
        }
    }
    most
}
