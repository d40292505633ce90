//! The Dirichlet likelihood ratio: Σ L + ln(1 + sources).

use crate::columns::Columns;
use crate::dirichlet::{Ratios, Weighting};
use crate::knowledge::Knowledge;
use crate::ranker::{Prepared, Ranker};

/// The Dirichlet likelihood ratio with a = 100, γ = ½, β = 1.
#[derive(Debug)]
pub(crate) struct Dirichlet;

struct Over<'k> {
    knowledge: &'k Knowledge,
    ratios: Ratios,
}

impl Ranker for Dirichlet {
    fn name(&self) -> &'static str {
        "dirichlet"
    }
    fn about(&self) -> &'static str {
        "smoothed likelihood ratio of all features, and how much is known of the group"
    }
    fn weight_names(&self) -> &'static [&'static str] {
        &["score"]
    }
    fn centre(&self) -> &'static [f64] {
        &[1.0]
    }
    fn ridge(&self) -> &'static [f64] {
        &[1.0]
    }
    fn prepare<'k>(&self, knowledge: &'k Knowledge) -> Box<dyn Prepared + 'k> {
        let ratios = Ratios::new(knowledge, Weighting::SquareRoot, f64::INFINITY);
        Box::new(Over { knowledge, ratios })
    }
}

impl Prepared for Over<'_> {
    fn columns(&self, case: &[usize]) -> Columns {
        let case = self.knowledge.known(case);
        let rows = (0..self.knowledge.groups()).map(|group| {
            let sum: f64 = case.iter().map(|f| self.ratios.of(group, *f)).sum();
            vec![sum + libm::log1p(self.knowledge.sources(group))]
        });
        Columns::new(1, rows)
    }

    fn gain(&self, group: usize, feature: usize, _: &[usize], weights: &[f64]) -> f64 {
        weights[0] * self.ratios.of(group, feature)
    }
}
