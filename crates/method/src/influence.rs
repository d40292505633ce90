//! How much the removal of an item can move any odds, at most: the bound that lets the planting
//! search leave out sets that cannot flip the result. Proof: docs/method.md, "Planting cost".

use crate::elementary::ln;
use crate::evaluation::Standard;
use crate::input::PPM;
use crate::model::{Model, StrandModel};
use crate::params::Params;
use crate::posterior::Exact;
use crate::product::{StrandProduct, greatest};
use crate::standing::{Standing, ladder, ppm};

/// Taken off every slack, nats: rounding is far below it.
const MARGIN_NATS: f64 = 1e-6;
/// Where a probability is nearer to 0 or 1 than this, its logarithm says little.
const LEAST: f64 = 1e-290;

/// Per declared item: the most its removal, with any others of `plantable`, adds to the span of
/// the logarithms of the cells' weights, in nats. Removing a set moves no odds by more than the sum.
pub(crate) fn influence(exact: &Exact<'_>, plantable: &[usize]) -> Vec<f64> {
    let model = exact.model;
    let mut out = vec![0.0; model.item_count];
    for strand in &model.strands {
        let ours = |index: usize| plantable.contains(&index);
        let count = strand.items.iter().filter(|i| ours(i.index)).count();
        if count == 0 {
            continue;
        }
        let (spans, whole) = spans(model, strand);
        let effect = |left: usize| 1.0 + (left.max(1) - 1) as f64 * strand.rho;
        let all = effect(strand.items.len());
        let share = |removed: usize| {
            let rest = effect(strand.items.len() - removed);
            whole * (1.0 / rest - 1.0 / all) / removed as f64
        };
        let share = (1..=count).map(share).fold(0.0, f64::max);
        let least = effect(strand.items.len() - count);
        for (item, span) in strand.items.iter().zip(spans) {
            out[item.index] = span / least + share;
        }
    }
    out
}

/// Per item the span of ln ℓ' over the cells, and the span of their sum.
fn spans(model: &Model, strand: &StrandModel) -> (Vec<f64>, f64) {
    let mut product = StrandProduct::new(model);
    let mut sum = vec![0.0; model.cells()];
    let mut spans = Vec::with_capacity(strand.items.len());
    for item in &strand.items {
        product.reset();
        product.multiply(model, item, &item.mid, item.r);
        let logs: Vec<f64> = product.settled(model).iter().map(|p| ln(*p)).collect();
        for (sum, log) in sum.iter_mut().zip(&logs) {
            *sum += log;
        }
        spans.push(span(&logs));
    }
    let whole = span(&sum);
    (spans, whole)
}

fn span(values: &[f64]) -> f64 {
    let negated: Vec<f64> = values.iter().map(|v| -v).collect();
    greatest(values) + greatest(&negated)
}

fn logit(p: f64) -> f64 {
    libm::log(p) - libm::log((1.0 - p).max(f64::MIN_POSITIVE))
}

/// How far the span must move before the claim can fail: below it no set of items flips the
/// result. Never negative; infinite where nothing can.
pub(crate) fn slack(
    standing: &Standing,
    exact: &Exact<'_>,
    state: usize,
    claimed: Standard,
    params: &Params,
) -> f64 {
    let posterior = &standing.posterior;
    let parts = standing.without.iter().map(|(_, part)| part);
    for p in parts.chain([posterior]) {
        if p.state[state] < LEAST || p.not_state[state] < LEAST {
            return 0.0;
        }
    }
    let mut least = f64::INFINITY;
    for (other, p) in posterior.state.iter().enumerate() {
        if other != state {
            least = least.min(libm::log(posterior.state[state]) - libm::log(p.max(LEAST)));
        }
    }
    let odds = posterior.log_odds(state);
    let divisor = libm::log(f64::from(params.support_divisor_milli) / 1000.0);
    let mut supports: Vec<f64> = Vec::new();
    for (index, part) in &standing.without {
        if standing.supporting.contains(index) {
            // others change the weights above and below the line, hence twice
            supports.push((odds - part.log_odds(state) - divisor) / 2.0);
        }
    }
    supports.sort_by(f64::total_cmp);
    for (standard, need) in ladder(params) {
        if standard > claimed {
            break;
        }
        least = least.min(odds - logit(ppm(need.p_ppm)));
        if need.worst_ppm > 0 {
            for (_, part) in &standing.without {
                least = least.min(part.log_odds(state) - logit(ppm(need.worst_ppm)));
            }
        }
        // the count falls short once this many and one more no longer support
        let spare = supports.len().saturating_sub(need.strands as usize);
        least = least.min(supports.get(spare).copied().unwrap_or(0.0));
        if need.framed_max_ppm < PPM {
            let framed = posterior.framed_state(exact.model, state);
            let most = ppm(need.framed_max_ppm);
            if framed > 0.0 {
                least = least.min(logit(most.max(LEAST)) - logit(framed));
            }
        }
    }
    (least - MARGIN_NATS).max(0.0)
}
