//! How a state stands on a set of items: its probability, its strands and its exact gates.

use crate::evaluation::Standard;
use crate::input::PPM;
use crate::params::{Params, Thresholds};
use crate::posterior::{Exact, Posterior};

/// A state's figures on the items not removed.
pub(crate) struct Standing {
    pub(crate) posterior: Posterior,
    pub(crate) p: f64,
    pub(crate) framed: f64,
    /// Declared indices of supporting strands, in declared order; a machine's strand is never one.
    pub(crate) supporting: Vec<usize>,
    /// Declared index and P(state) of the worst strand out; the first declared on a tie.
    pub(crate) worst: Option<(usize, f64)>,
    /// Declared index and posterior for each strand left out, in declared order.
    pub(crate) without: Vec<(usize, Posterior)>,
}

/// Compares odds without dividing: whether removal divides them by at least `divisor`.
fn halves(whole: &Posterior, part: &Posterior, state: usize, divisor: f64) -> bool {
    let before = whole.state[state] * part.not_state[state];
    before > 0.0 && part.state[state] * divisor * whole.not_state[state] <= before
}

impl Standing {
    pub(crate) fn new(exact: &Exact<'_>, removed: &[bool], state: usize, params: &Params) -> Self {
        let factors = exact.factors(removed);
        let posterior = exact.combine(&factors, None);
        let mut without = Vec::new();
        let mut machine = None;
        for (model_index, strand) in exact.model.strands.iter().enumerate() {
            if strand.machine {
                machine = Some(strand.index);
            }
            if factors[model_index].is_some() {
                without.push((strand.index, exact.combine(&factors, Some(model_index))));
            }
        }
        without.sort_by_key(|(index, _)| *index);
        let divisor = f64::from(params.support_divisor_milli) / 1000.0;
        let supports = |(index, part): &&(usize, Posterior)| {
            machine != Some(*index) && halves(&posterior, part, state, divisor)
        };
        let supporting = without
            .iter()
            .filter(supports)
            .map(|(index, _)| *index)
            .collect();
        let mut worst: Option<(usize, f64)> = None;
        for (index, part) in &without {
            if worst.is_none_or(|(_, least)| part.state[state] < least) {
                worst = Some((*index, part.state[state]));
            }
        }
        Self {
            p: posterior.state[state],
            framed: posterior.framed_state(exact.model, state),
            posterior,
            supporting,
            worst,
            without,
        }
    }

    /// Highest standard by the gates that need no sampling.
    pub(crate) fn exact_standard(&self, params: &Params, with_framed: bool) -> Standard {
        self.standard(params, with_framed, None)
    }

    /// Highest standard by P, worst strand, strand count and, if asked, framed mass and the 5 %
    /// bound of P.
    pub(crate) fn standard(
        &self,
        params: &Params,
        with_framed: bool,
        bound: Option<f64>,
    ) -> Standard {
        let mut reached = Standard::None;
        for (standard, need) in ladder(params) {
            let worst =
                need.worst_ppm == 0 || self.worst.is_some_and(|(_, p)| p >= ppm(need.worst_ppm));
            let framed = !with_framed || self.framed <= ppm(need.framed_max_ppm);
            let strands = self.supporting.len() >= need.strands as usize;
            let sampled = bound.is_none_or(|p| exceeds(standard, p, need.bound_ppm));
            if exceeds(standard, self.p, need.p_ppm) && worst && framed && strands && sampled {
                reached = standard;
            } else {
                break;
            }
        }
        reached
    }
}

/// The standards with their gates, weakest first.
pub(crate) fn ladder(params: &Params) -> [(Standard, &Thresholds); 3] {
    [
        (Standard::S1, &params.s1),
        (Standard::S2, &params.s2),
        (Standard::S3, &params.s3),
    ]
}

/// S1 asks for more than its threshold, S2 and S3 for at least theirs.
pub(crate) fn exceeds(standard: Standard, have: f64, need_ppm: u32) -> bool {
    if standard == Standard::S1 {
        have > ppm(need_ppm)
    } else {
        have >= ppm(need_ppm)
    }
}

/// Parts per million as a probability.
pub(crate) fn ppm(value: u32) -> f64 {
    f64::from(value) / f64::from(PPM)
}
