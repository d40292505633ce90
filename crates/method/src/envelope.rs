//! How far P(state) can go if every stated value is pushed to an end of its range.
//!
//! Two answers. The *corner* moves the ratios alone, the state's units one way and all others the
//! other way; imitation makes it nearly, not strictly, the extreme. The *bound* is a theorem: it
//! moves everything the Monte Carlo draws, each cell on its own (interval arithmetic), so that no
//! draw can lie outside; docs/method.md, "Envelope", has the proof.

use crate::input::Case;
use crate::model::{ItemModel, Model};
use crate::montecarlo::{Widths, shift_log_odds};
use crate::params::Params;
use crate::posterior::{Exact, prior_cells};

/// Relative slack for rounding: sums of a few hundred terms err by far less.
const ROUNDING: f64 = 1e-9;

/// A lower and an upper bound per cell.
struct Cells {
    low: Vec<f64>,
    high: Vec<f64>,
}

/// P of the state (by index) with its units' ratios at end `own` of their ranges (0 low, 2 high)
/// and all others at end `other`.
pub(crate) fn corner(case: &Case, model: &Model, state: usize, own: usize, other: usize) -> f64 {
    let code = model.states[state].as_str();
    let mut case = case.clone();
    let actors = &case.hypotheses.actors;
    for item in &mut case.items {
        for ratio in &mut item.lr {
            let unit = actors.iter().find(|a| a.id == ratio.actor);
            let ours = unit.is_some_and(|a| a.state.as_deref() == Some(code));
            ratio.mban = [ratio.mban[if ours { own } else { other }]; 3];
        }
    }
    let model = Model::new(&case);
    let nothing = vec![false; case.items.len()];
    Exact::new(&model).posterior(&nothing).state[state]
}

/// Bounds on P of the state over everything the draws can take.
pub(crate) fn bounds(model: &Model, params: &Params, state: usize) -> (f64, f64) {
    let widths = Widths::new(params);
    let mut logs = Cells {
        low: vec![0.0; model.cells()],
        high: vec![0.0; model.cells()],
    };
    for strand in &model.strands {
        let effect = |rho: f64| 1.0 + (strand.items.len() as f64 - 1.0) * rho.clamp(0.0, 1.0);
        let effects = [
            effect(strand.rho - widths.rho),
            effect(strand.rho + widths.rho),
        ];
        let c = [-1.0, 1.0].map(|end| shift_log_odds(strand.c, widths.c * end));
        let mut sums = Cells {
            low: vec![0.0; model.cells()],
            high: vec![0.0; model.cells()],
        };
        for item in &strand.items {
            add_item(model, item, &widths, &mut sums);
        }
        // logarithms of factors are at most 0: a smaller effect takes them further down
        sums.low.iter_mut().for_each(|s| *s /= effects[0]);
        sums.high.iter_mut().for_each(|s| *s /= effects[1]);
        close(model, &sums, c, &mut logs);
    }
    let (mut low, mut high) = (1.0_f64, 0.0_f64);
    for end in [-1.0, 1.0] {
        // P is a ratio of two linear functions of δ, so its extremes lie at the ends of δ
        let delta = shift_log_odds(model.delta, widths.delta * end);
        low = low.min(probability(
            model,
            &logs.low,
            &logs.high,
            -widths.prior,
            delta,
            state,
        ));
        high = high.max(probability(
            model,
            &logs.high,
            &logs.low,
            widths.prior,
            delta,
            state,
        ));
    }
    (low * (1.0 - ROUNDING), 1.0_f64.min(high * (1.0 + ROUNDING)))
}

/// Adds the bounds of ln(r ℓ/M + 1 - r) of one item to the sums.
fn add_item(model: &Model, item: &ItemModel, widths: &Widths, sums: &mut Cells) {
    let [r_low, r_high] = item
        .r_range
        .unwrap_or([-1.0, 1.0].map(|end| shift_log_odds(item.r, widths.r * end)));
    let ratio = |step: &[f64], sign: f64| -> Vec<f64> {
        let bans = item
            .bans
            .iter()
            .zip(step)
            .map(|(mid, step)| mid + sign * step);
        bans.map(crate::model::from_bans).collect()
    };
    let (low, high) = (ratio(&item.down, -1.0), ratio(&item.up, 1.0));
    let likelihood = |ratio: &[f64], actor: usize, column: usize| {
        let plain = match column {
            0 => ratio[actor],
            _ => (1.0 - item.phi) * ratio[actor] + item.phi * ratio[model.frames[column - 1]],
        };
        plain * item.deception.as_ref().map_or(1.0, |dec| dec[column])
    };
    let table = |ratio: &[f64]| -> Vec<f64> {
        let cells = cells(model).map(|(_, actor, column)| likelihood(ratio, actor, column));
        cells.collect()
    };
    let (low, high) = (table(&low), table(&high));
    let (lows, highs) = (TwoGreatest::of(&low), TwoGreatest::of(&high));
    for (position, (place, ..)) in cells(model).enumerate() {
        // the least share of M: this cell low, the others high; and the reverse
        let share_low = low[position] / low[position].max(highs.without(position));
        let share_high = high[position] / high[position].max(lows.without(position));
        sums.low[place] += libm::log((r_high * share_low + (1.0 - r_high)).max(1e-300));
        sums.high[place] += libm::log((r_low * share_high + (1.0 - r_low)).max(1e-300));
    }
}

/// Adds the bounds of a strand's ln((1-c) e^(S - max S) + c).
fn close(model: &Model, sums: &Cells, [c_low, c_high]: [f64; 2], logs: &mut Cells) {
    let existing =
        |values: &[f64]| -> Vec<f64> { cells(model).map(|(at, ..)| values[at]).collect() };
    let lows = TwoGreatest::of(&existing(&sums.low));
    let highs = TwoGreatest::of(&existing(&sums.high));
    let factor = |below: f64, c: f64| libm::log((1.0 - c) * libm::exp(below.min(0.0)) + c);
    for (position, (place, ..)) in cells(model).enumerate() {
        logs.low[place] += factor(sums.low[place] - highs.without(position), c_low);
        logs.high[place] += factor(sums.high[place] - lows.without(position), c_high);
    }
}

/// P(state) with its cells' logarithms from `own` and the others' from `other`; its priors moved
/// by `nats`, the others' by as much the other way.
fn probability(
    model: &Model,
    own: &[f64],
    other: &[f64],
    nats: f64,
    delta: f64,
    state: usize,
) -> f64 {
    let ours = |actor: usize| model.state_of[actor] == Some(state);
    let moved =
        |(actor, prior): (usize, &f64)| prior * libm::exp(if ours(actor) { nats } else { -nats });
    let weights: Vec<f64> = model.prior.iter().enumerate().map(moved).collect();
    let mut prior = vec![0.0; model.cells()];
    prior_cells(model, &weights, delta, &mut prior);
    let log = |actor: usize, place: usize| {
        if ours(actor) {
            own[place]
        } else {
            other[place]
        }
    };
    let greatest = cells(model)
        .map(|(place, actor, _)| log(actor, place))
        .fold(f64::NEG_INFINITY, f64::max);
    let (mut state_sum, mut rest) = (0.0, 0.0);
    for (place, actor, _) in cells(model) {
        let weight = prior[place] * libm::exp(log(actor, place) - greatest);
        if ours(actor) {
            state_sum += weight;
        } else {
            rest += weight;
        }
    }
    state_sum / (state_sum + rest)
}

/// The cells that are hypotheses: place in the table, actor, column.
fn cells(model: &Model) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    let all = (0..model.actors).flat_map(|a| (0..model.columns).map(move |c| (a, c)));
    all.filter(|(a, c)| model.exists(*a, *c))
        .map(|(a, c)| (a * model.columns + c, a, c))
}

/// The greatest of some values, with the greatest of the others.
struct TwoGreatest {
    place: usize,
    first: f64,
    second: f64,
}

impl TwoGreatest {
    fn of(values: &[f64]) -> Self {
        let mut out = Self {
            place: 0,
            first: f64::NEG_INFINITY,
            second: f64::NEG_INFINITY,
        };
        for (place, value) in values.iter().enumerate() {
            if *value > out.first {
                (out.second, out.first, out.place) = (out.first, *value, place);
            } else if *value > out.second {
                out.second = *value;
            }
        }
        out
    }

    /// The greatest of all values but the one at `place`.
    fn without(&self, place: usize) -> f64 {
        if place == self.place {
            self.second
        } else {
            self.first
        }
    }
}
