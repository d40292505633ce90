//! Conditional logit over the Dirichlet ratio of techniques, that of software, and how much is known of the group.

use crate::columns::Columns;
use crate::dirichlet::{Ratios, Weighting};
use crate::knowledge::Knowledge;
use crate::ranker::{Prepared, Ranker};

/// The conditional logit to beat.
#[derive(Debug)]
pub(crate) struct ConditionalLogit;

struct Over<'k> {
    knowledge: &'k Knowledge,
    ratios: Ratios,
}

impl Ranker for ConditionalLogit {
    fn name(&self) -> &'static str {
        "conditional-logit"
    }
    fn about(&self) -> &'static str {
        "the same with fitted weights for techniques, software and sources"
    }
    fn weight_names(&self) -> &'static [&'static str] {
        &["techniques", "software", "sources"]
    }
    fn centre(&self) -> &'static [f64] {
        &[1.0, 1.0, 1.0]
    }
    fn ridge(&self) -> &'static [f64] {
        &[1.0, 1.0, 1.0]
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
            let (techniques, software) = self.ratios.sums(self.knowledge, group, &case);
            vec![
                techniques,
                software,
                libm::log1p(self.knowledge.sources(group)),
            ]
        });
        Columns::new(3, rows)
    }

    fn gain(&self, group: usize, feature: usize, _: &[usize], weights: &[f64]) -> f64 {
        let (techniques, software) = self.ratios.sums(self.knowledge, group, &[feature]);
        techniques * weights[0] + software * weights[1]
    }
}
