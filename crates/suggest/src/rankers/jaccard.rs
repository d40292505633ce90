//! Jaccard: features in common over features of either.

use crate::columns::Columns;
use crate::knowledge::Knowledge;
use crate::ranker::{Prepared, Ranker};

/// Features in common over features of either.
#[derive(Debug)]
pub(crate) struct Jaccard;

struct Over<'k>(&'k Knowledge);

impl Ranker for Jaccard {
    fn name(&self) -> &'static str {
        "jaccard"
    }
    fn about(&self) -> &'static str {
        "features in common over features of either"
    }
    fn weight_names(&self) -> &'static [&'static str] {
        &["jaccard"]
    }
    fn centre(&self) -> &'static [f64] {
        &[10.0]
    }
    fn ridge(&self) -> &'static [f64] {
        &[0.01]
    }
    fn prepare<'k>(&self, knowledge: &'k Knowledge) -> Box<dyn Prepared + 'k> {
        Box::new(Over(knowledge))
    }
}

impl Prepared for Over<'_> {
    fn columns(&self, case: &[usize]) -> Columns {
        let case = self.0.known(case);
        let rows = (0..self.0.groups()).map(|group| {
            let row = self.0.row(group);
            let shared = case.iter().filter(|f| row[**f] > 0).count() as f64;
            let either = self.0.size(group) + case.len() as f64 - shared;
            vec![if either > 0.0 { shared / either } else { 0.0 }]
        });
        Columns::new(1, rows)
    }
}
