//! BM25 (Robertson and Zaragoza 2009) with the profile as document and citing sources as term frequency.

use crate::columns::Columns;
use crate::knowledge::Knowledge;
use crate::ranker::{Prepared, Ranker};

/// Saturation of the number of sources.
const K1: f64 = 1.5;
/// Share of length normalisation.
const B: f64 = 0.75;

/// BM25.
#[derive(Debug)]
pub(crate) struct Bm25;

struct Over<'k> {
    knowledge: &'k Knowledge,
    mean_size: f64,
}

impl Ranker for Bm25 {
    fn name(&self) -> &'static str {
        "bm25"
    }
    fn about(&self) -> &'static str {
        "BM25, the profile as document"
    }
    fn weight_names(&self) -> &'static [&'static str] {
        &["bm25"]
    }
    fn centre(&self) -> &'static [f64] {
        &[0.3]
    }
    fn ridge(&self) -> &'static [f64] {
        &[10.0]
    }
    fn prepare<'k>(&self, knowledge: &'k Knowledge) -> Box<dyn Prepared + 'k> {
        let total: f64 = (0..knowledge.groups()).map(|g| knowledge.size(g)).sum();
        let mean_size = (total / knowledge.groups().max(1) as f64).max(1.0);
        Box::new(Over {
            knowledge,
            mean_size,
        })
    }
}

impl Prepared for Over<'_> {
    fn columns(&self, case: &[usize]) -> Columns {
        let groups = self.knowledge.groups() as f64;
        let case: Vec<(usize, f64)> = self
            .knowledge
            .known(case)
            .into_iter()
            .map(|f| {
                let spread = f64::from(self.knowledge.spread(f));
                (f, libm::log(1.0 + (groups - spread + 0.5) / (spread + 0.5)))
            })
            .collect();
        let rows = (0..self.knowledge.groups()).map(|group| {
            let row = self.knowledge.row(group);
            let length = 1.0 - B + B * self.knowledge.size(group) / self.mean_size;
            let score = case.iter().map(|(feature, idf)| {
                let n = f64::from(row[*feature]);
                idf * n * (K1 + 1.0) / (n + K1 * length)
            });
            vec![score.sum()]
        });
        Columns::new(1, rows)
    }
}
