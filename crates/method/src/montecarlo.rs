//! Uncertainty of the judgements themselves (method.md section 4), by Monte Carlo.
//!
//! The draw order is part of the format (docs/method.md, "Draw order"): per draw, one triangular
//! per actor's prior in declared order; one for δ; then per strand in canonical order one for ρ
//! and one for c; then per item of it in canonical order one for r and, if any of its ratios has
//! a range, one position for all of them. An item of point ratios consumes no position.

use crate::model::{ItemModel, Model, from_bans};
use crate::params::Params;
use crate::posterior::{Posterior, apply, first_greatest, prior_cells};
use crate::product::StrandProduct;
use crate::random::SplitMix64;

/// Mean and interval of one probability over the draws.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) mean: f64,
    pub(crate) p5: f64,
    pub(crate) p95: f64,
}

/// What the draws say.
pub(crate) struct Draws {
    /// Per actor.
    pub(crate) actors: Vec<Spread>,
    /// Per state.
    pub(crate) states: Vec<Spread>,
    /// Per state: share of the draws in which it is the likeliest state.
    pub(crate) top_share: Vec<f64>,
}

/// Widths of the perturbations, in nats or probability.
struct Widths {
    r: f64,
    c: f64,
    rho: f64,
    delta: f64,
    prior: f64,
}

impl Widths {
    fn new(params: &Params) -> Self {
        let millionths = |v: u32| f64::from(v) / 1_000_000.0;
        Self {
            r: millionths(params.r_width_unat),
            c: millionths(params.c_width_unat),
            rho: millionths(params.rho_width_ppm),
            delta: millionths(params.delta_width_unat),
            prior: millionths(params.prior_width_unat),
        }
    }
}

/// Moves a probability by `nats` in log-odds; 0 and 1 stay where they are.
fn shift_log_odds(p: f64, nats: f64) -> f64 {
    let odds = p * libm::exp(nats);
    odds / (1.0 - p + odds)
}

/// A point at `position` in [-1, 1] of a range around its middle.
fn place([low, mid, high]: [f64; 3], position: f64) -> f64 {
    if position < 0.0 {
        mid + position * (mid - low)
    } else {
        mid + position * (high - mid)
    }
}

/// Runs all draws.
pub(crate) fn run(model: &Model, params: &Params) -> Draws {
    let mut rng = SplitMix64::new(params.seed);
    let widths = Widths::new(params);
    let draws = params.draws as usize;
    let mut actors = vec![Vec::with_capacity(draws); model.actors];
    let mut states = vec![Vec::with_capacity(draws); model.states.len()];
    let mut tops = vec![0_u32; model.states.len()];
    let mut bench = Bench::new(model);
    for _ in 0..draws {
        bench.draw(model, &widths, &mut rng);
        let posterior = &bench.posterior;
        for (column, p) in actors.iter_mut().zip(&posterior.actor) {
            column.push(*p);
        }
        for (column, p) in states.iter_mut().zip(&posterior.state) {
            column.push(*p);
        }
        if let Some(top) = first_greatest(&posterior.state) {
            tops[top] += 1;
        }
    }
    Draws {
        actors: actors.iter_mut().map(|column| spread(column)).collect(),
        states: states.iter_mut().map(|column| spread(column)).collect(),
        top_share: tops
            .iter()
            .map(|n| f64::from(*n) / f64::from(params.draws))
            .collect(),
    }
}

/// Mean in draw order; percentiles by nearest rank.
fn spread(values: &mut [f64]) -> Spread {
    let count = values.len();
    let mean = values.iter().fold(0.0, |sum, v| sum + v) / count as f64;
    let mut rank = |percent: usize| {
        let rank = (percent * count).div_ceil(100).clamp(1, count);
        let (_, value, _) = values.select_nth_unstable_by(rank - 1, f64::total_cmp);
        *value
    };
    Spread {
        mean,
        p5: rank(5),
        p95: rank(95),
    }
}

/// Buffers reused from draw to draw.
struct Bench {
    weights: Vec<f64>,
    factors: Vec<f64>,
    product: StrandProduct,
    prior: Vec<f64>,
    ratio: Vec<f64>,
    posterior: Posterior,
}

impl Bench {
    fn new(model: &Model) -> Self {
        Self {
            weights: vec![0.0; model.cells()],
            factors: vec![0.0; model.cells()],
            product: StrandProduct::new(model),
            prior: vec![0.0; model.actors],
            ratio: vec![0.0; model.actors],
            posterior: Posterior::empty(model),
        }
    }

    fn draw(&mut self, model: &Model, widths: &Widths, rng: &mut SplitMix64) {
        for (drawn, prior) in self.prior.iter_mut().zip(&model.prior) {
            *drawn = prior * libm::exp(widths.prior * rng.triangular());
        }
        let delta = shift_log_odds(model.delta, widths.delta * rng.triangular());
        prior_cells(model, &self.prior, delta, &mut self.weights);
        for strand in &model.strands {
            let rho = (strand.rho + widths.rho * rng.triangular()).clamp(0.0, 1.0);
            let c = shift_log_odds(strand.c, widths.c * rng.triangular());
            self.product.reset();
            for item in &strand.items {
                let r = self.draw_item(item, widths, rng);
                self.product.multiply(model, item, &self.ratio, r);
            }
            self.product.close(model, rho, c, &mut self.factors);
            apply(&mut self.weights, &self.factors);
        }
        self.posterior.read(model, &self.weights);
    }

    /// Draws the ratios into `self.ratio` and gives the drawn reliability.
    fn draw_item(&mut self, item: &ItemModel, widths: &Widths, rng: &mut SplitMix64) -> f64 {
        let position = rng.triangular();
        let r = match item.r_range {
            Some([low, high]) => place([low, item.r, high], position),
            None => shift_log_odds(item.r, widths.r * position),
        };
        if item.ranged {
            // one position per item: an analyst who leans high leans high on all its ratios
            let position = rng.triangular();
            let rows = self.ratio.iter_mut().zip(item.bans.iter().zip(&item.mid));
            for (ratio, (bans, mid)) in rows {
                let point = bans[0] == bans[2];
                *ratio = if point {
                    *mid
                } else {
                    from_bans(place(*bans, position))
                };
            }
        } else {
            self.ratio.copy_from_slice(&item.mid);
        }
        r
    }
}
