//! What every ranker does, and the list of them.

use crate::columns::{Columns, softmax};
use crate::error::FileError;
use crate::knowledge::Knowledge;
use crate::rankers::{bm25, cosine, dirichlet, guarded, jaccard, logit};

/// A way to rank the known groups for a case. It has no state: what it learns are a few weights.
pub trait Ranker: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// What it does, in a line.
    fn about(&self) -> &'static str;
    /// What each weight multiplies.
    fn weight_names(&self) -> &'static [&'static str];
    /// The weights without any experience, and towards which a fit is drawn.
    fn centre(&self) -> &'static [f64];
    /// How strongly a fit is drawn there: the inverse variance of each weight.
    fn ridge(&self) -> &'static [f64];
    /// Works out what does not depend on the case.
    fn prepare<'k>(&self, knowledge: &'k Knowledge) -> Box<dyn Prepared + 'k>;
}

/// A ranker over one knowledge.
pub trait Prepared {
    /// What it says of each group before its weights.
    fn columns(&self, case: &[usize]) -> Columns;

    /// One probability per group, summing to 1: as if the author were among the groups.
    fn probabilities(&self, case: &[usize], weights: &[f64]) -> Vec<f64> {
        softmax(&self.columns(case).scores(weights))
    }

    /// How much one more artefact of a group raises that group's score, to first order, nats.
    fn gain(&self, group: usize, feature: usize, case: &[usize], weights: &[f64]) -> f64 {
        let score = |case: &[usize]| {
            let columns = self.columns(case);
            columns
                .rows()
                .nth(group)
                .map_or(0.0, |row| crate::columns::dot(row, weights))
        };
        let mut longer = case.to_vec();
        longer.push(feature);
        score(&longer) - score(case)
    }
}

/// All rankers, simplest first; the last is the one that ships.
#[must_use]
pub fn rankers() -> [&'static dyn Ranker; 6] {
    [
        &jaccard::Jaccard,
        &cosine::Cosine,
        &bm25::Bm25,
        &dirichlet::Dirichlet,
        &logit::ConditionalLogit,
        &guarded::Guarded,
    ]
}

/// A ranker by name.
///
/// # Errors
///
/// [`FileError::Ranker`] with the names there are.
pub fn ranker(name: &str) -> Result<&'static dyn Ranker, FileError> {
    let all = rankers();
    let found = all.iter().find(|r| r.name() == name).copied();
    found.ok_or_else(|| FileError::Ranker {
        wanted: name.to_owned(),
        known: all.map(Ranker::name).join(", "),
    })
}
