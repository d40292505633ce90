//! What naive reasoning says: priors times middle ratios, with no grade, cap, strand or disguise.
//!
//! Printed beside the result because it is what a reader would compute by hand, and because it
//! names the framed party in Olympic Destroyer with near certainty.

use crate::evaluation::Naive;
use crate::input::{Case, PPM};
use crate::model::from_bans;
use crate::posterior::first_greatest;

/// The naive posterior's likeliest actor, "none of these" included.
pub(crate) fn naive(case: &Case) -> Naive {
    let actors = &case.hypotheses.actors;
    let mut mban = vec![0_i64; actors.len()];
    for item in &case.items {
        for (sum, actor) in mban.iter_mut().zip(actors) {
            let ratio = item.lr.iter().find(|r| r.actor == actor.id);
            *sum += ratio.map_or(0, |r| i64::from(r.mban[1]));
        }
    }
    let most = mban.iter().copied().max().unwrap_or(0);
    let weight = |(sum, actor): (&i64, &crate::input::Actor)| {
        from_bans((sum - most) as f64 / 1000.0) * f64::from(actor.prior_ppm) / f64::from(PPM)
    };
    let weights: Vec<f64> = mban.iter().zip(actors).map(weight).collect();
    let total = weights.iter().fold(0.0, |sum, w| sum + w);
    let top = first_greatest(&weights).unwrap_or(0);
    Naive {
        actor: actors[top].id.clone(),
        p: weights[top] / total,
    }
}
