//! TF-IDF cosine between a case and a profile; also a column of the shipped ranker.

use crate::columns::Columns;
use crate::knowledge::Knowledge;
use crate::ranker::{Prepared, Ranker};

/// TF-IDF cosine (Salton and Buckley 1988), presence only.
#[derive(Debug)]
pub(crate) struct Cosine;

/// Weights of features and lengths of profiles.
#[derive(Debug)]
pub(crate) struct Angles<'k> {
    pub(crate) knowledge: &'k Knowledge,
    /// idf² per feature: ln²((G + 1)/(groups that use it + ½)), 0 for features nobody is known to use.
    pub(crate) squares: Vec<f64>,
    /// Length of each group's profile.
    pub(crate) lengths: Vec<f64>,
}

impl<'k> Angles<'k> {
    pub(crate) fn new(knowledge: &'k Knowledge) -> Self {
        let groups = knowledge.groups() as f64;
        let square = |feature| match knowledge.spread(feature) {
            0 => 0.0,
            spread => {
                let idf = libm::log((groups + 1.0) / (f64::from(spread) + 0.5));
                idf * idf
            }
        };
        let squares: Vec<f64> = (0..knowledge.features()).map(square).collect();
        let length = |group| {
            let used = knowledge.row(group).iter().zip(&squares);
            libm::sqrt(used.filter(|(n, _)| **n > 0).map(|(_, s)| s).sum())
        };
        let lengths = (0..knowledge.groups()).map(length).collect();
        Self {
            knowledge,
            squares,
            lengths,
        }
    }

    /// What a feature of the case adds to the inner product with a group.
    pub(crate) fn shared(&self, group: usize, feature: usize) -> f64 {
        let used = self
            .knowledge
            .row(group)
            .get(feature)
            .is_some_and(|n| *n > 0);
        if used { self.squares[feature] } else { 0.0 }
    }
}

impl Ranker for Cosine {
    fn name(&self) -> &'static str {
        "cosine"
    }
    fn about(&self) -> &'static str {
        "TF-IDF cosine of case and profile"
    }
    fn weight_names(&self) -> &'static [&'static str] {
        &["cosine"]
    }
    fn centre(&self) -> &'static [f64] {
        &[10.0]
    }
    fn ridge(&self) -> &'static [f64] {
        &[0.01]
    }
    fn prepare<'k>(&self, knowledge: &'k Knowledge) -> Box<dyn Prepared + 'k> {
        Box::new(Angles::new(knowledge))
    }
}

impl Prepared for Angles<'_> {
    fn columns(&self, case: &[usize]) -> Columns {
        let case = self.knowledge.known(case);
        let length: f64 = libm::sqrt(case.iter().map(|f| self.squares[*f]).sum());
        let rows = (0..self.knowledge.groups()).map(|group| {
            let inner: f64 = case.iter().map(|f| self.shared(group, *f)).sum();
            let lengths = length * self.lengths[group];
            vec![if lengths > 0.0 { inner / lengths } else { 0.0 }]
        });
        Columns::new(1, rows)
    }
}
