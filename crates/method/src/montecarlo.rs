//! Uncertainty of the judgements themselves (method.md section 4), by Monte Carlo.
//!
//! The draw order is part of the format (docs/method.md, "Draw order"): per draw, one triangular
//! per actor's prior in declared order; one for δ; then per strand in canonical order one for ρ
//! and one for c; then per item of it in canonical order one for r and, if any of its ratios has
//! a range, one position for all of them. An item of point ratios consumes no position.

use crate::elementary;
use crate::model::{ItemModel, Model};
use crate::params::Params;
use crate::posterior::{Posterior, apply, first_greatest, prior_cells};
use crate::product::StrandProduct;
use crate::random::SplitMix64;
use crate::wide::{Wide, wide};
use core::f64::consts::LN_10;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

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
pub(crate) struct Widths {
    pub(crate) r: f64,
    pub(crate) c: f64,
    pub(crate) rho: f64,
    pub(crate) delta: f64,
    pub(crate) prior: f64,
}

impl Widths {
    pub(crate) fn new(params: &Params) -> Self {
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
pub(crate) fn shift_log_odds(p: f64, nats: f64) -> f64 {
    let odds = p * elementary::exp(nats);
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

/// Draws one worker takes at a time.
const DRAWS_PER_PART: usize = 512;
/// Most workers at once.
const MAX_THREADS: usize = 256;

/// Runs all draws on up to `threads` threads; the number of threads changes no bit.
///
/// A draw takes a number of uniforms that depends on the model alone, so the generator's state
/// before any draw is known, and each draw's figures have their own place in one table.
pub(crate) fn run(model: &Model, params: &Params, threads: NonZeroUsize) -> Draws {
    let widths = Widths::new(params);
    let width = model.actors + model.states.len();
    let mut table = vec![0.0; params.draws as usize * width];
    let per_draw = uniforms_per_draw(model);
    let parts = Mutex::new(table.chunks_mut(DRAWS_PER_PART * width).enumerate());
    let work = || {
        let mut bench = Bench::new(model);
        loop {
            // a worker that panicked would end the whole run when the scope closes
            let next = parts.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((part, rows)) = next else { break };
            let before = (part * DRAWS_PER_PART) as u64 * per_draw;
            let mut rng = SplitMix64::new(params.seed).skip(before);
            for row in rows.chunks_exact_mut(width) {
                bench.draw(model, &widths, &mut rng);
                let (actors, states) = row.split_at_mut(model.actors);
                actors.copy_from_slice(&bench.posterior.actor);
                states.copy_from_slice(&bench.posterior.state);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get().min(MAX_THREADS) {
            // where no thread can be had (as in WebAssembly), this one does the work alone
            if std::thread::Builder::new()
                .spawn_scoped(scope, work)
                .is_err()
            {
                break;
            }
        }
        work();
    });
    summary(model, params, &table)
}

/// Uniforms one draw takes: see "Draw order" in docs/method.md.
fn uniforms_per_draw(model: &Model) -> u64 {
    let items = model.strands.iter().flat_map(|s| &s.items);
    let of_items: u64 = items.map(|i| 1 + u64::from(i.ranged)).sum();
    model.actors as u64 + 1 + 2 * model.strands.len() as u64 + of_items
}

/// Means, percentiles and tops from the table of draws: per draw its actors, then its states.
fn summary(model: &Model, params: &Params, table: &[f64]) -> Draws {
    let width = model.actors + model.states.len();
    let mut tops = vec![0_u32; model.states.len()];
    for row in table.chunks_exact(width) {
        if let Some(top) = first_greatest(&row[model.actors..]) {
            tops[top] += 1;
        }
    }
    let mut column = Vec::with_capacity(params.draws as usize);
    let mut spreads = (0..width).map(|place| {
        column.clear();
        column.extend(table.iter().skip(place).step_by(width));
        spread(&mut column)
    });
    let actors = spreads.by_ref().take(model.actors).collect();
    let share = |n: &u32| f64::from(*n) / f64::from(params.draws);
    Draws {
        actors,
        states: spreads.collect(),
        top_share: tops.iter().map(share).collect(),
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
            *drawn = prior * elementary::exp(widths.prior * rng.triangular());
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
            let step = if position < 0.0 { &item.down } else { &item.up };
            wide(Ratios {
                ratios: &mut self.ratio,
                mid: &item.bans,
                step,
                position,
            });
        } else {
            self.ratio.copy_from_slice(&item.mid);
        }
        r
    }
}

/// Places an item's ratios: `10^(mid + position · step)` each.
struct Ratios<'a> {
    ratios: &'a mut [f64],
    mid: &'a [f64],
    step: &'a [f64],
    position: f64,
}

impl Wide for Ratios<'_> {
    #[inline(always)]
    fn run(self) {
        let rows = self.ratios.iter_mut().zip(self.mid.iter().zip(self.step));
        for (ratio, (mid, step)) in rows {
            *ratio = elementary::exp((mid + self.position * step) * LN_10);
        }
    }
}
