//! Analytic confidence: how well founded the likelihood is, never multiplied with it.
//!
//! The level is a rule on figures (all must hold); the three grounds put them in words, apart.

use crate::evaluation::{ConfidenceData, Evaluation, Grounds, Removal};
use crate::input::{Case, ItemKind};
use crate::params::{ConfidenceThresholds, Params};
use crate::standing::ppm;
use serde::{Deserialize, Serialize};

/// Analytic confidence, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Few or fragile grounds.
    Low,
    /// Plausible, not corroborated enough for a higher rating.
    Moderate,
    /// Several independent, re-checkable grounds that survive each other's loss.
    High,
}

impl Confidence {
    /// The word as printed.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}

/// The figures the level rests on.
pub(crate) struct Figures<'a> {
    pub(crate) supporting: u32,
    pub(crate) worst: Option<f64>,
    pub(crate) width: f64,
    pub(crate) jsd_bits: Option<f64>,
    pub(crate) without_item: &'a [Removal],
    pub(crate) break_even_delta_ppm: Option<u32>,
    pub(crate) linchpins: usize,
}

/// Share of the absolute weight of all items that comes from re-checkable ones; 0 without weight.
/// A machine's suggestion is no observation, so it is not among these.
fn recheckable_share(case: &Case, without_item: &[Removal]) -> f64 {
    let (mut all, mut ours) = (0.0, 0.0);
    for (item, removal) in case.items.iter().zip(without_item) {
        let weight = removal.weight_nats.abs();
        all += weight;
        if item.recheckable && item.kind != ItemKind::Suggestion {
            ours += weight;
        }
    }
    if all > 0.0 { ours / all } else { 0.0 }
}

/// Judges the level and words the grounds.
pub(crate) fn judge(case: &Case, params: &Params, figures: &Figures<'_>) -> ConfidenceData {
    let share = recheckable_share(case, figures.without_item);
    let holds = |need: &ConfidenceThresholds| {
        let reviews = case.reviews.len() >= need.reviews as usize;
        let agree = figures
            .jsd_bits
            .is_none_or(|b| b <= f64::from(need.jsd_millibits) / 1000.0);
        figures.supporting >= need.strands
            && figures.worst.is_some_and(|p| p >= ppm(need.worst_ppm))
            && figures.width <= ppm(need.width_ppm)
            && share >= ppm(need.recheckable_ppm)
            && reviews
            && agree
    };
    let level = match (holds(&params.moderate), holds(&params.high)) {
        (true, true) => Confidence::High,
        (true, false) => Confidence::Moderate,
        _ => Confidence::Low,
    };
    ConfidenceData {
        level,
        supporting: figures.supporting,
        worst: figures.worst,
        width: figures.width,
        recheckable_share: share,
        jsd_bits: figures.jsd_bits,
        grounds: Grounds {
            key_assumptions: key_assumptions(case, figures),
            sourcing: sourcing(case, figures, share),
            argument: argument(figures),
        },
    }
}

fn percent(p: f64) -> String {
    format!("{:.1} %", p * 100.0)
}

fn key_assumptions(case: &Case, figures: &Figures<'_>) -> String {
    let none = case
        .hypotheses
        .actors
        .iter()
        .find(|a| a.state.is_none() && is_none(a));
    let none = percent(ppm(none.map_or(0, |a| a.prior_ppm)));
    let delta = percent(ppm(case.hypotheses.delta_ppm));
    let turning = match figures.break_even_delta_ppm {
        Some(v) => format!(
            "the result would no longer hold from {} on",
            percent(ppm(v))
        ),
        None => "no larger chance up to one half changes whether the threshold is met".to_owned(),
    };
    format!(
        "Beforehand, none of the listed actors had {none} and imitation of another actor {delta}; \
         for imitation, {turning}."
    )
}

fn is_none(actor: &crate::input::Actor) -> bool {
    actor.kind == crate::input::ActorKind::NoneOfThese
}

fn sourcing(case: &Case, figures: &Figures<'_>, share: f64) -> String {
    let distinct = |names: Vec<&str>| {
        let mut seen: Vec<&str> = Vec::new();
        for name in names {
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
        seen.len()
    };
    let sources = || case.items.iter().map(|i| &i.source);
    let organisations = distinct(sources().map(|s| s.organisation.as_str()).collect());
    let states = distinct(sources().filter_map(|s| s.state.as_deref()).collect());
    format!(
        "{} items from {organisations} organisations in {states} jurisdictions; {} supporting \
         strands; {} of the weight can be re-checked from disclosed exhibits.",
        case.items.len(),
        figures.supporting,
        percent(share)
    )
}

fn argument(figures: &Figures<'_>) -> String {
    let worst = match figures.worst {
        Some(p) => format!("without its most important strand the figure is {p:.3}"),
        None => "no strand carries it".to_owned(),
    };
    let reviewers = match figures.jsd_bits {
        Some(bits) => format!("reviewers differ by {bits:.3} bits"),
        None => "no review has been opened".to_owned(),
    };
    format!(
        "The interval is {:.3} wide; {worst}; it hangs on {} single items, strands or sources; {reviewers}.",
        figures.width, figures.linchpins
    )
}

/// The confidence sentence, then its three grounds; likelihood words never stand in it.
#[must_use]
pub fn confidence_sentence(evaluation: &Evaluation) -> String {
    let data = &evaluation.confidence;
    format!(
        "Analytic confidence is {}. Key assumptions: {} Sourcing: {} Argument: {}",
        data.level.text(),
        data.grounds.key_assumptions,
        data.grounds.sourcing,
        data.grounds.argument
    )
}
