//! The likelihood of method.md section 3, over the table of joint hypotheses.
//!
//! One code path serves the point estimate, every leave-one-out and every Monte Carlo draw. Item
//! likelihoods are divided by the item's greatest, so each factor of a strand's product lies in
//! [1 - r, 1]; within a strand factors are multiplied, and one logarithm per strand and
//! hypothesis is taken. No sum is reordered and no multiply-add is fused.

use crate::model::{ItemModel, Model, StrandModel};
use std::borrow::Cow;

/// Products are turned into logarithms before they could fall below this.
const FLUSH_BELOW: f64 = 1e-250;
/// Below the least factor of an item with r = 1: 40 bans between ratios and 20 of disguise.
const LEAST_FACTOR: f64 = 1e-70;
/// Weights are rescaled when their greatest falls below this.
const RESCALE_BELOW: f64 = 1e-100;

/// The running product of one strand.
pub(crate) struct StrandProduct {
    /// Product of item factors per cell since the last flush.
    product: Vec<f64>,
    /// Logarithms of the flushed products per cell.
    logs: Vec<f64>,
    flushed: bool,
    /// A lower bound of every cell of `product`.
    bound: f64,
    count: u32,
    scratch: Vec<f64>,
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
        for ((cell, product), log) in out.iter_mut().zip(&self.product).zip(&self.logs) {
            *cell = (log + libm::log(*product)) / effect;
        }
        let most = greatest(out);
        for cell in out.iter_mut() {
            *cell = (1.0 - c) * libm::exp(*cell - most) + c;
        }
    }
}

fn greatest(values: &[f64]) -> f64 {
    let mut most = f64::NEG_INFINITY;
    for value in values {
        if *value > most {
            most = *value;
        }
    }
    most
}

/// Section 1: `P(a) = π(1-δ)`, `P(a→y) = π δ / |Y \ a|`; an actor with nobody else to imitate is
/// undisguised.
pub(crate) fn prior_cells(model: &Model, weights: &[f64], delta: f64, out: &mut [f64]) {
    for (actor, row) in out.chunks_exact_mut(model.columns).enumerate() {
        let others = model.frames.iter().filter(|f| **f != actor).count();
        if others == 0 {
            row.fill(0.0);
            row[0] = weights[actor];
            continue;
        }
        row[0] = weights[actor] * (1.0 - delta);
        let each = weights[actor] * delta / others as f64;
        for (cell, frame) in row[1..].iter_mut().zip(&model.frames) {
            *cell = if *frame == actor { 0.0 } else { each };
        }
    }
}

/// Multiplies one strand's factors into the weights, keeping the greatest away from underflow.
pub(crate) fn apply(weights: &mut [f64], factors: &[f64]) {
    for (weight, factor) in weights.iter_mut().zip(factors) {
        *weight *= factor;
    }
    let most = greatest(weights);
    if most < RESCALE_BELOW {
        for weight in weights.iter_mut() {
            *weight /= most;
        }
    }
}

/// Probabilities read off the joint table.
pub(crate) struct Posterior {
    /// Per actor, summed over its disguises.
    pub(crate) actor: Vec<f64>,
    /// Per actor: probability that some other actor imitates it.
    pub(crate) framed: Vec<f64>,
    /// Per state: sum over its units.
    pub(crate) state: Vec<f64>,
    /// Per state: everything that is not one of its units.
    pub(crate) not_state: Vec<f64>,
}

impl Posterior {
    pub(crate) fn empty(model: &Model) -> Self {
        Self {
            actor: vec![0.0; model.actors],
            framed: vec![0.0; model.actors],
            state: vec![0.0; model.states.len()],
            not_state: vec![0.0; model.states.len()],
        }
    }

    pub(crate) fn new(model: &Model, weights: &[f64]) -> Self {
        let mut out = Self::empty(model);
        out.read(model, weights);
        out
    }

    /// Reads the table of weights; sums run row by row, then over rows.
    pub(crate) fn read(&mut self, model: &Model, weights: &[f64]) {
        self.framed.fill(0.0);
        for (row, p) in weights.chunks_exact(model.columns).zip(&mut self.actor) {
            *p = row.iter().fold(0.0, |sum, w| sum + w);
            for (cell, frame) in row[1..].iter().zip(&model.frames) {
                self.framed[*frame] += cell;
            }
        }
        let total = self.actor.iter().fold(0.0, |sum, w| sum + w);
        for value in self.actor.iter_mut().chain(&mut self.framed) {
            *value /= total;
        }
        for index in 0..model.states.len() {
            let (mut own, mut rest) = (0.0, 0.0);
            for (p, of) in self.actor.iter().zip(&model.state_of) {
                if *of == Some(index) {
                    own += p;
                } else {
                    rest += p;
                }
            }
            self.state[index] = own;
            self.not_state[index] = rest;
        }
    }

    /// The likeliest state; the first declared on a tie.
    pub(crate) fn top_state(&self) -> Option<usize> {
        first_greatest(&self.state)
    }

    /// Framed mass of a state: the sum over its units.
    pub(crate) fn framed_state(&self, model: &Model, state: usize) -> f64 {
        let units = self.framed.iter().zip(&model.state_of);
        units
            .filter(|(_, of)| **of == Some(state))
            .fold(0.0, |sum, (p, _)| sum + p)
    }

    /// Natural log-odds of a state, kept finite.
    pub(crate) fn log_odds(&self, state: usize) -> f64 {
        let (p, q) = (
            self.state[state].max(1e-300),
            self.not_state[state].max(1e-300),
        );
        libm::log(p) - libm::log(q)
    }
}

/// Index of the greatest value; the first on a tie.
pub(crate) fn first_greatest(values: &[f64]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (index, value) in values.iter().enumerate() {
        if best.is_none_or(|b| *value > values[b]) {
            best = Some(index);
        }
    }
    best
}

/// The point estimate, with every strand's factors kept so that a removal recomputes little.
pub(crate) struct Exact<'m> {
    pub(crate) model: &'m Model,
    prior: Vec<f64>,
    factors: Vec<Vec<f64>>,
}

/// Factors per strand of the model; nothing where no item is left.
pub(crate) type Factors<'a> = Vec<Option<Cow<'a, [f64]>>>;

impl<'m> Exact<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let mut prior = vec![0.0; model.cells()];
        prior_cells(model, &model.prior, model.delta, &mut prior);
        let nothing = vec![false; model.item_count];
        let factors = model
            .strands
            .iter()
            .filter_map(|s| strand(model, s, &nothing))
            .collect();
        Self {
            model,
            prior,
            factors,
        }
    }

    /// The factors with every item marked in `removed` (by declared index) taken out.
    pub(crate) fn factors(&self, removed: &[bool]) -> Factors<'_> {
        let mut out = Vec::with_capacity(self.factors.len());
        for (s, whole) in self.model.strands.iter().zip(&self.factors) {
            out.push(if s.items.iter().any(|item| removed[item.index]) {
                strand(self.model, s, removed).map(Cow::Owned)
            } else {
                Some(Cow::Borrowed(whole.as_slice()))
            });
        }
        out
    }

    /// The posterior from given factors, one strand (by model index) left out if asked.
    pub(crate) fn combine(&self, factors: &Factors<'_>, without: Option<usize>) -> Posterior {
        self.combine_with(&self.prior, factors, without)
    }

    /// As [`Exact::combine`] with another δ.
    pub(crate) fn combine_delta(&self, factors: &Factors<'_>, delta: f64) -> Posterior {
        let mut prior = vec![0.0; self.model.cells()];
        prior_cells(self.model, &self.model.prior, delta, &mut prior);
        self.combine_with(&prior, factors, None)
    }

    fn combine_with(
        &self,
        prior: &[f64],
        factors: &Factors<'_>,
        without: Option<usize>,
    ) -> Posterior {
        let mut weights = prior.to_vec();
        for (index, factor) in factors.iter().enumerate() {
            if let (Some(factor), true) = (factor, without != Some(index)) {
                apply(&mut weights, factor);
            }
        }
        Posterior::new(self.model, &weights)
    }

    /// The posterior with the marked items taken out.
    pub(crate) fn posterior(&self, removed: &[bool]) -> Posterior {
        self.combine(&self.factors(removed), None)
    }
}

/// One strand's factors at the middle values; nothing if no item is left.
fn strand(model: &Model, strand: &StrandModel, removed: &[bool]) -> Option<Vec<f64>> {
    let mut product = StrandProduct::new(model);
    for item in strand.items.iter().filter(|item| !removed[item.index]) {
        product.multiply(model, item, &item.mid, item.r);
    }
    if product.count == 0 {
        return None;
    }
    let mut out = vec![0.0; model.cells()];
    product.close(model, strand.rho, strand.c, &mut out);
    Some(out)
}
