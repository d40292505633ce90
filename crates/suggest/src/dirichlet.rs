//! Log likelihood ratios of a feature under a group's profile against the background (Dirichlet smoothing).

use crate::knowledge::{Kind, Knowledge};

/// Smoothing mass a, in units of weighted features.
pub(crate) const SMOOTHING: f64 = 100.0;
/// What the background of every known feature gets on top.
const BACKGROUND: f64 = 0.5;

/// How the number of citing sources counts: n^γ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weighting {
    /// γ = ½.
    SquareRoot,
    /// γ = 0: used or not.
    Presence,
}

impl Weighting {
    fn of(self, sources: u32) -> f64 {
        match self {
            _ if sources == 0 => 0.0,
            Self::SquareRoot => libm::sqrt(f64::from(sources)),
            Self::Presence => 1.0,
        }
    }
}

/// L of every group and feature, nats: ln[(w + a·q)/(Σw + a)] − ln q, and 0 for features nobody is known to use.
#[derive(Clone, Debug)]
pub(crate) struct Ratios {
    features: usize,
    values: Vec<f64>,
}

impl Ratios {
    /// All ratios, none above `cap` nor below 1/`cap` (infinity: no cap).
    pub(crate) fn new(knowledge: &Knowledge, weighting: Weighting, cap: f64) -> Self {
        let features = knowledge.features();
        let mut background = vec![0.0; features];
        for group in 0..knowledge.groups() {
            for (sum, sources) in background.iter_mut().zip(knowledge.row(group)) {
                *sum += weighting.of(*sources);
            }
        }
        for (feature, sum) in background.iter_mut().enumerate() {
            *sum = if knowledge.spread(feature) > 0 {
                *sum + BACKGROUND
            } else {
                0.0
            };
        }
        let total: f64 = background.iter().sum();
        let bound = libm::log(cap);
        let mut values = Vec::with_capacity(features * knowledge.groups());
        for group in 0..knowledge.groups() {
            let row = knowledge.row(group);
            let mass: f64 = row.iter().map(|n| weighting.of(*n)).sum::<f64>() + SMOOTHING;
            values.extend(row.iter().zip(&background).map(|(sources, b)| {
                if *b == 0.0 {
                    return 0.0;
                }
                let q = b / total;
                let ratio = (weighting.of(*sources) + SMOOTHING * q) / mass / q;
                libm::log(ratio).clamp(-bound, bound)
            }));
        }
        Self { features, values }
    }

    /// L of one group and feature, nats.
    pub(crate) fn of(&self, group: usize, feature: usize) -> f64 {
        let cell = self.values.get(group * self.features + feature);
        cell.copied().unwrap_or(0.0)
    }

    /// Sums over the techniques and over the software of a case, nats.
    pub(crate) fn sums(&self, knowledge: &Knowledge, group: usize, case: &[usize]) -> (f64, f64) {
        let (mut techniques, mut software) = (0.0, 0.0);
        for &feature in case {
            match knowledge.kind(feature) {
                Kind::Technique => techniques += self.of(group, feature),
                Kind::Software => software += self.of(group, feature),
            }
        }
        (techniques, software)
    }
}
