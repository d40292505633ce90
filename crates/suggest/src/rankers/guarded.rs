//! The ranker that ships: a conditional logit that counts the possibility that up to five artefacts were planted.
//!
//! Columns: the Dirichlet ratios of techniques and of software with presence only and no item above [`ITEM_CAP`],
//! ln(1 + sources), and ln(0.05 + TF-IDF cosine). On top of them stand the hypotheses "a imitates y" of the method:
//! with prior [`GUARD_DELTA`], shared evenly among the frames y, the artefacts of the case that point most at y
//! (at most [`GUARD_ITEMS`]) were put there by a. They are explained by y's profile then, and only the rest of the
//! case speaks for a.

use crate::columns::{Columns, top};
use crate::dirichlet::{Ratios, Weighting};
use crate::knowledge::{Kind, Knowledge};
use crate::ranker::{Prepared, Ranker};
use crate::rankers::cosine::Angles;

/// Most that one artefact may say for or against a group before its weight, as a likelihood ratio: 1/(1 − r), r = .95.
pub const ITEM_CAP: f64 = 20.0;
/// Prior probability that artefacts were planted: δ of the method's default.
pub const GUARD_DELTA: f64 = 0.05;
/// How many artefacts may have been planted.
pub const GUARD_ITEMS: usize = 5;
/// Keeps the logarithm of a cosine of 0 finite.
const COSINE_FLOOR: f64 = 0.05;

/// The shipped ranker.
#[derive(Debug)]
pub(crate) struct Guarded;

struct Over<'k> {
    knowledge: &'k Knowledge,
    ratios: Ratios,
    angles: Angles<'k>,
}

impl Ranker for Guarded {
    fn name(&self) -> &'static str {
        "guarded"
    }
    fn about(&self) -> &'static str {
        "shipped: capped conditional logit with cosine, allowing for up to five planted artefacts"
    }
    fn weight_names(&self) -> &'static [&'static str] {
        &["techniques", "software", "sources", "ln-cosine"]
    }
    fn centre(&self) -> &'static [f64] {
        &[0.5, 1.0, 1.0, 1.0]
    }
    fn ridge(&self) -> &'static [f64] {
        &[3.0, 3.0, 3.0, 3.0]
    }
    fn prepare<'k>(&self, knowledge: &'k Knowledge) -> Box<dyn Prepared + 'k> {
        let ratios = Ratios::new(knowledge, Weighting::Presence, ITEM_CAP);
        Box::new(Over {
            knowledge,
            ratios,
            angles: Angles::new(knowledge),
        })
    }
}

/// A case against all groups, feature by feature.
struct Table {
    /// Weighted log ratios, groups × features of the case, nats.
    ratios: Vec<f64>,
    /// Additions to the inner product, groups × features of the case.
    shared: Vec<f64>,
    /// idf² of the features.
    squares: Vec<f64>,
    /// Weighted ln(1 + sources) per group, nats.
    known: Vec<f64>,
}

impl Over<'_> {
    fn table(&self, case: &[usize], weights: &[f64]) -> Table {
        let groups = self.knowledge.groups();
        let kinds: Vec<f64> = case.iter().map(|f| self.weight(*f, weights)).collect();
        let mut ratios = Vec::with_capacity(groups * case.len());
        let mut shared = Vec::with_capacity(groups * case.len());
        for group in 0..groups {
            for (feature, weight) in case.iter().zip(&kinds) {
                ratios.push(weight * self.ratios.of(group, *feature));
                shared.push(self.angles.shared(group, *feature));
            }
        }
        let squares = case.iter().map(|f| self.angles.squares[*f]).collect();
        let known = (0..groups).map(|g| weights[2] * libm::log1p(self.knowledge.sources(g)));
        Table {
            ratios,
            shared,
            squares,
            known: known.collect(),
        }
    }

    fn weight(&self, feature: usize, weights: &[f64]) -> f64 {
        match self.knowledge.kind(feature) {
            Kind::Technique => weights[0],
            Kind::Software => weights[1],
        }
    }

    fn cosine(&self, group: usize, inner: f64, square: f64) -> f64 {
        let lengths = self.angles.lengths[group] * libm::sqrt(square);
        let cosine = if lengths > 0.0 { inner / lengths } else { 0.0 };
        libm::log(COSINE_FLOOR + cosine.max(0.0))
    }

    /// Scores of all groups without the features at `left_out`, nats.
    fn scores(
        &self,
        table: &Table,
        totals: &Totals,
        left_out: &[usize],
        weight: f64,
        scores: &mut Vec<f64>,
    ) {
        let n = table.squares.len();
        let square = totals.square - left_out.iter().map(|i| table.squares[*i]).sum::<f64>();
        scores.clear();
        scores.extend((0..table.known.len()).map(|group| {
            let (ratios, shared) = (&table.ratios[group * n..], &table.shared[group * n..]);
            let mut ratio = totals.ratios[group];
            let mut inner = totals.shared[group];
            for &i in left_out {
                ratio -= ratios[i];
                inner -= shared[i];
            }
            table.known[group] + ratio + weight * self.cosine(group, inner, square.max(0.0))
        }));
    }

    /// The features of the case that point most at a group: at most [`GUARD_ITEMS`], none that points away from it.
    fn planted(&self, table: &Table, totals: &Totals, group: usize, weight: f64) -> Vec<usize> {
        let n = table.squares.len();
        let lengths = self.angles.lengths[group] * libm::sqrt(totals.square);
        let pull = |i: usize| {
            let angle = if lengths > 0.0 {
                table.shared[group * n + i] / lengths
            } else {
                0.0
            };
            table.ratios[group * n + i] + weight * angle
        };
        let mut order: Vec<(f64, usize)> = (0..n)
            .filter(|i| table.ratios[group * n + i] > 0.0)
            .map(|i| (pull(i), i))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        order.truncate(GUARD_ITEMS);
        order.into_iter().map(|(_, i)| i).collect()
    }
}

/// Sums over the whole case.
struct Totals {
    ratios: Vec<f64>,
    shared: Vec<f64>,
    square: f64,
}

impl Totals {
    fn of(table: &Table) -> Self {
        let n = table.squares.len();
        let sums = |values: &[f64]| -> Vec<f64> {
            (0..table.known.len())
                .map(|g| values[g * n..(g + 1) * n].iter().sum())
                .collect()
        };
        Self {
            ratios: sums(&table.ratios),
            shared: sums(&table.shared),
            square: table.squares.iter().sum(),
        }
    }
}

impl Prepared for Over<'_> {
    fn columns(&self, case: &[usize]) -> Columns {
        let case = self.knowledge.known(case);
        let square: f64 = case.iter().map(|f| self.angles.squares[*f]).sum();
        let rows = (0..self.knowledge.groups()).map(|group| {
            let (techniques, software) = self.ratios.sums(self.knowledge, group, &case);
            let inner: f64 = case.iter().map(|f| self.angles.shared(group, *f)).sum();
            let sources = libm::log1p(self.knowledge.sources(group));
            vec![
                techniques,
                software,
                sources,
                self.cosine(group, inner, square),
            ]
        });
        Columns::new(4, rows)
    }

    fn probabilities(&self, case: &[usize], weights: &[f64]) -> Vec<f64> {
        let case = self.knowledge.known(case);
        let table = self.table(&case, weights);
        let totals = Totals::of(&table);
        let groups = table.known.len();
        let mut plain = Vec::new();
        self.scores(&table, &totals, &[], weights[3], &mut plain);
        if groups < 2 {
            return vec![1.0; groups];
        }
        // ln weights of (a imitates y), row by row of y; the planted part counts for a as it does for y.
        let share = libm::log(GUARD_DELTA / (groups - 1) as f64);
        let mut framed = Vec::with_capacity(groups * groups);
        let mut rest = Vec::with_capacity(groups);
        for frame in 0..groups {
            let planted = self.planted(&table, &totals, frame, weights[3]);
            self.scores(&table, &totals, &planted, weights[3], &mut rest);
            let explained = plain[frame] - rest[frame];
            framed.extend(rest.iter().map(|score| score + explained + share));
        }
        let highest = framed
            .iter()
            .chain(&plain)
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let mut out: Vec<f64> = plain
            .iter()
            .map(|score| (1.0 - GUARD_DELTA) * libm::exp(score - highest))
            .collect();
        for (frame, row) in framed.chunks(groups).enumerate() {
            for (actor, weight) in row.iter().enumerate() {
                if actor != frame {
                    out[actor] += libm::exp(weight - highest);
                }
            }
        }
        let total: f64 = out.iter().sum();
        out.iter_mut().for_each(|p| *p /= total);
        debug_assert!(out[top(&out)] <= 1.0 + 1e-9);
        out
    }

    fn gain(&self, group: usize, feature: usize, case: &[usize], weights: &[f64]) -> f64 {
        let mut case = self.knowledge.known(case);
        let ratio = self.weight(feature, weights) * self.ratios.of(group, feature);
        let angle = |case: &[usize]| {
            let square: f64 = case.iter().map(|f| self.angles.squares[*f]).sum();
            let inner: f64 = case.iter().map(|f| self.angles.shared(group, *f)).sum();
            self.cosine(group, inner, square)
        };
        let before = angle(&case);
        case.push(feature);
        ratio + weights[3] * (angle(&case) - before)
    }
}
