//! The likelihood of method.md section 3, over the table of joint hypotheses.
//!
//! One code path serves the point estimate, every leave-one-out and every Monte Carlo draw. No sum
//! is reordered and no multiply-add is fused.

use crate::model::{Model, StrandModel};
use crate::product::{StrandProduct, greatest};
use crate::wide::{Wide, wide};
use std::borrow::Cow;

/// Weights are rescaled when their greatest falls below this.
const RESCALE_BELOW: f64 = 1e-100;

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
    wide(Apply { weights, factors });
}

struct Apply<'a> {
    weights: &'a mut [f64],
    factors: &'a [f64],
}

impl Wide for Apply<'_> {
    #[inline(always)]
    fn run(self) {
        for (weight, factor) in self.weights.iter_mut().zip(self.factors) {
            *weight *= factor;
        }
        let most = greatest(self.weights);
        if most < RESCALE_BELOW {
            for weight in self.weights.iter_mut() {
                *weight /= most;
            }
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
    /// The weights before each strand: what a removal in it and later ones starts from.
    before: Vec<Vec<f64>>,
}

/// Factors per strand of the model; nothing where no item is left.
pub(crate) type Factors<'a> = Vec<Option<Cow<'a, [f64]>>>;

impl<'m> Exact<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let mut prior = vec![0.0; model.cells()];
        prior_cells(model, &model.prior, model.delta, &mut prior);
        let nothing = vec![false; model.item_count];
        let factors: Vec<Vec<f64>> = model
            .strands
            .iter()
            .filter_map(|s| strand(model, s, &nothing))
            .collect();
        let mut before = Vec::with_capacity(factors.len());
        let mut weights = prior.clone();
        for factor in &factors {
            before.push(weights.clone());
            apply(&mut weights, factor);
        }
        Self {
            model,
            prior,
            factors,
            before,
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
        let borrowed = |f: &Option<Cow<'_, [f64]>>| matches!(f, Some(Cow::Borrowed(_)));
        let same = factors.iter().take_while(|f| borrowed(f)).count();
        let same = same.min(without.unwrap_or(same));
        match self.before.get(same) {
            // the same products in the same order, taken over up to the first that differs
            Some(weights) => self.combine_with(weights, factors, same, without),
            None => self.combine_with(&self.prior, factors, 0, without),
        }
    }

    /// As [`Exact::combine`] with another δ.
    pub(crate) fn combine_delta(&self, factors: &Factors<'_>, delta: f64) -> Posterior {
        let mut prior = vec![0.0; self.model.cells()];
        prior_cells(self.model, &self.model.prior, delta, &mut prior);
        self.combine_with(&prior, factors, 0, None)
    }

    fn combine_with(
        &self,
        weights: &[f64],
        factors: &Factors<'_>,
        from: usize,
        without: Option<usize>,
    ) -> Posterior {
        let mut weights = weights.to_vec();
        for (index, factor) in factors.iter().enumerate().skip(from) {
            if let (Some(factor), true) = (factor, without != Some(index)) {
                apply(&mut weights, factor);
            }
        }
        Posterior::new(self.model, &weights)
    }

    /// The joint table of the point estimate, normalised: a row per actor, column 0 undisguised.
    pub(crate) fn joint(&self) -> Vec<f64> {
        let mut weights = self.prior.clone();
        for factors in &self.factors {
            apply(&mut weights, factors);
        }
        let total = weights.iter().fold(0.0, |sum, w| sum + w);
        weights.iter().map(|w| w / total).collect()
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
