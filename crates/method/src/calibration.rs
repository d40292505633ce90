//! How well a reviewer's stated probabilities have turned out, and what weight that earns
//! (method.md section 7; Brier 1950; Good 1952 for the logarithmic score).
//!
//! A weight depends on the reviewer's own record alone, is 1 for everybody at first, moves towards
//! what the record earns as questions are resolved, and stays within [2/3, 4/3]: no reviewer ever
//! counts more than twice another.

use crate::input::PPM;
use serde::{Deserialize, Serialize};

/// Weight of a reviewer without a record, parts per million.
pub const EQUAL_WEIGHT_PPM: u32 = PPM;
/// Least weight a record can lead to (2/3), parts per million.
pub const MIN_WEIGHT_PPM: u32 = 666_667;
/// Greatest weight a record can lead to (4/3), parts per million; at most twice the least.
pub const MAX_WEIGHT_PPM: u32 = 1_333_333;
/// How far a record can move a weight from 1.
const SPAN: f64 = 1.0 / 3.0;
/// Floor under the probability of what came true in the log score: 1e-4, so at most 13.3 bits.
pub const LOG_FLOOR_PPM: u32 = 100;
/// Fewest outcomes of a question.
pub const MIN_QUESTION_OUTCOMES: usize = 2;
/// Most outcomes of a question.
pub const MAX_QUESTION_OUTCOMES: usize = 16;

/// One answer to a question that is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scored<'a> {
    /// Probability per outcome, parts per million, summing to one million; nothing where the
    /// reviewer sealed an answer and it was never opened.
    pub answer_ppm: Option<&'a [u32]>,
    /// Number of outcomes.
    pub outcomes: usize,
    /// Index of the one that came true.
    pub came_true: usize,
}

/// A reviewer's record over resolved questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Resolved questions answered.
    pub n: u32,
    /// Of these, answers that were not opened: each counts as the worst possible.
    pub unopened: u32,
    /// Mean Brier score over all outcomes of a question: 0 perfect, 2 worst.
    pub brier: f64,
    /// Mean Brier score of guessing evenly on the same questions.
    pub brier_even: f64,
    /// Mean logarithmic score, bits: 0 perfect.
    pub log_bits: f64,
    /// 1 - brier/brier_even: 1 perfect, 0 as good as guessing evenly, below that worse.
    pub skill: f64,
    /// Weight in both pools, parts per million; 1,000,000 without a record.
    pub weight_ppm: u32,
}

/// Scores a record; `full_n` resolved questions make it count in full.
///
/// Sums are of integers, so the order of questions moves no bit. An answer whose length does not
/// fit its question counts as unopened.
#[must_use]
pub fn calibration<'a>(answers: impl IntoIterator<Item = Scored<'a>>, full_n: u32) -> Calibration {
    let one = u64::from(PPM);
    let (mut n, mut unopened) = (0_u32, 0_u32);
    // in units of 1e-12: exact, and u128 cannot overflow
    let (mut brier, mut even) = (0_u128, 0_u128);
    let mut logs: Vec<u32> = Vec::new();
    for scored in answers {
        n += 1;
        let fits = |p: &&[u32]| p.len() == scored.outcomes && scored.came_true < p.len();
        match scored.answer_ppm.filter(fits) {
            Some(answer) => {
                for (outcome, p) in answer.iter().enumerate() {
                    let truth = if outcome == scored.came_true { one } else { 0 };
                    brier += u128::from(u64::from(*p).abs_diff(truth)).pow(2);
                }
                logs.push(answer[scored.came_true].max(LOG_FLOOR_PPM));
            }
            None => {
                unopened += 1;
                brier += 2 * u128::from(one).pow(2);
                logs.push(LOG_FLOOR_PPM);
            }
        }
        let outcomes = scored.outcomes.max(MIN_QUESTION_OUTCOMES) as u128;
        even += u128::from(one).pow(2) * (outcomes - 1) / outcomes;
    }
    logs.sort_unstable(); // a fixed order of the sum, whatever the order of questions
    let bits = |p: &u32| -libm::log2(f64::from(*p) / f64::from(PPM));
    let log_sum = logs.iter().map(bits).fold(0.0, |sum, b| sum + b);
    let scale = f64::from(PPM) * f64::from(PPM);
    let mean = |sum: u128| {
        if n == 0 {
            0.0
        } else {
            sum as f64 / scale / f64::from(n)
        }
    };
    let skill = if n == 0 {
        0.0
    } else {
        1.0 - brier as f64 / even as f64
    };
    Calibration {
        n,
        unopened,
        brier: mean(brier),
        brier_even: mean(even),
        log_bits: if n == 0 { 0.0 } else { log_sum / f64::from(n) },
        skill,
        weight_ppm: weight_ppm(n, skill, full_n),
    }
}

/// `1 + min(1, n/full_n) · clamp(skill, -1, 1)/3`, in parts per million, rounded half up.
fn weight_ppm(n: u32, skill: f64, full_n: u32) -> u32 {
    let share = (f64::from(n) / f64::from(full_n.max(1))).min(1.0);
    let weight = 1.0 + share * skill.clamp(-1.0, 1.0) * SPAN;
    let ppm = (weight * f64::from(PPM) + 0.5) as u32;
    ppm.clamp(MIN_WEIGHT_PPM, MAX_WEIGHT_PPM)
}
