//! The draft of the one strand through which a suggestion may enter a case.

use serde::Serialize;

use crate::dirichlet::{Ratios, Weighting};
use crate::knowledge::{Kind, Knowledge};
use crate::rankers::guarded::ITEM_CAP;
use crate::shipped::Weights;

/// Corruption of the strand, parts per million: its ratios stay within 1/.3, like context and motive.
pub const STRAND_CORRUPTION: u32 = 300_000;
/// Reliability of one analyst's technique coding, parts per million: a second confirms it 85 % of the time.
pub const R_TECHNIQUE_CODING: [u32; 3] = [750_000, 850_000, 900_000];

/// Millibans per nat.
const MBAN_PER_NAT: f64 = 1_000.0 / std::f64::consts::LN_10;

/// The log10 likelihood ratios of the item, relative to "none of these".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DraftItem {
    /// The group, by its place among the candidates.
    pub group: usize,
    /// Low, middle, high, thousandths of a ban, not decreasing.
    pub mban: [i32; 3],
}

/// Ratios of some groups against "none of these", whose features are drawn from the background.
///
/// The middle is the weighted sum of technique and software ratios, without how much is known of the group (that is
/// a prior, not evidence), within 1/(1 − r). Low and high are the same with half and one and a half times the weight.
#[must_use]
pub fn draft(
    knowledge: &Knowledge,
    case: &[usize],
    weights: &Weights,
    groups: &[usize],
) -> Vec<DraftItem> {
    let ratios = Ratios::new(knowledge, Weighting::Presence, ITEM_CAP);
    let case = knowledge.known(case);
    let reliability = f64::from(R_TECHNIQUE_CODING[1]) / 1e6;
    let bound = -libm::log(1.0 - reliability);
    let weight = |feature| match knowledge.kind(feature) {
        Kind::Technique => weights.weights[0],
        Kind::Software => weights.weights[1],
    };
    let of = |group: &usize| {
        let sum: f64 = case
            .iter()
            .map(|f| weight(*f) * ratios.of(*group, *f))
            .sum();
        // Rounding to the nearest thousandth is meant.
        let mut mban = [0.5, 1.0, 1.5]
            .map(|k| libm::round((k * sum).clamp(-bound, bound) * MBAN_PER_NAT) as i32);
        mban.sort_unstable();
        DraftItem {
            group: *group,
            mban,
        }
    };
    groups.iter().map(of).collect()
}
