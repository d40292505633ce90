//! Measures of one list of answers: ranks, logarithmic loss, calibration.

use crate::columns::top;

/// Groups of equal width in which calibration is measured.
pub(crate) const DECILES: usize = 10;

/// What a ranker said of one case whose author is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// Rank of the truth from 1; ties go to the first declared.
    pub(crate) rank: usize,
    /// Probability of the truth.
    pub(crate) truth: f64,
    /// Probability of the first suggestion.
    pub(crate) confidence: f64,
}

impl Answer {
    pub(crate) fn of(probabilities: &[f64], truth: usize) -> Self {
        let p = probabilities[truth];
        let ahead = |(i, q): (usize, &f64)| *q > p || (*q == p && i < truth);
        let rank = 1 + probabilities
            .iter()
            .enumerate()
            .filter(|x| ahead(*x))
            .count();
        Self {
            rank,
            truth: p,
            confidence: probabilities[top(probabilities)],
        }
    }

    pub(crate) fn right(&self) -> bool {
        self.rank == 1
    }
}

/// Measures over a list of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Measures {
    pub(crate) top1: f64,
    pub(crate) top3: f64,
    pub(crate) top10: f64,
    pub(crate) mrr: f64,
    /// Mean −ln P(truth), nats.
    pub(crate) log_loss: f64,
    /// Mean (confidence − right)².
    pub(crate) brier: f64,
    /// Expected calibration error over ten bins of equal width.
    pub(crate) ece: f64,
    /// The same over ten bins of equal count.
    pub(crate) ece_equal_count: f64,
}

impl Measures {
    pub(crate) fn of(answers: &[&Answer]) -> Self {
        let n = answers.len().max(1) as f64;
        let mean = |f: &dyn Fn(&Answer) -> f64| answers.iter().map(|a| f(a)).sum::<f64>() / n;
        let within = |k: usize| mean(&|a| f64::from(u8::from(a.rank <= k)));
        Self {
            top1: within(1),
            top3: within(3),
            top10: within(10),
            mrr: mean(&|a| 1.0 / a.rank as f64),
            log_loss: mean(&|a| -libm::log(a.truth.max(f64::MIN_POSITIVE))),
            brier: mean(&|a| {
                let miss = a.confidence - f64::from(u8::from(a.right()));
                miss * miss
            }),
            ece: equal_width(answers),
            ece_equal_count: equal_count(answers),
        }
    }
}

/// Σ over bins |Σ (confidence − right)| / n.
fn equal_width(answers: &[&Answer]) -> f64 {
    let mut gaps = [0.0; DECILES];
    for answer in answers {
        // Truncation is meant: the bin of a probability.
        let bin = ((answer.confidence * DECILES as f64) as usize).min(DECILES - 1);
        gaps[bin] += answer.confidence - f64::from(u8::from(answer.right()));
    }
    gaps.iter().map(|g| g.abs()).sum::<f64>() / answers.len().max(1) as f64
}

fn equal_count(answers: &[&Answer]) -> f64 {
    let ordered = by_confidence(answers);
    let n = ordered.len();
    let gap = |bin: usize| {
        let part = &ordered[bin * n / DECILES..(bin + 1) * n / DECILES];
        let gaps = part
            .iter()
            .map(|a| a.confidence - f64::from(u8::from(a.right())));
        gaps.sum::<f64>().abs()
    };
    (0..DECILES).map(gap).sum::<f64>() / n.max(1) as f64
}

/// Most confident first; equals in their order.
pub(crate) fn by_confidence<'a>(answers: &[&'a Answer]) -> Vec<&'a Answer> {
    let mut ordered = answers.to_vec();
    ordered.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    ordered
}

/// How often the most confident share of the answers was right, and how many they are.
pub(crate) fn precision_at(answers: &[&Answer], share: f64) -> (usize, f64) {
    let ordered = by_confidence(answers);
    // Rounding to the nearest count is meant.
    let n = (libm::round(share * ordered.len() as f64) as usize)
        .max(1)
        .min(ordered.len());
    let right = ordered[..n].iter().filter(|a| a.right()).count();
    (n, right as f64 / n.max(1) as f64)
}

/// Area under the curve of telling `yes` from `no` by a greater value; ties count half. None without both.
pub(crate) fn auroc(yes: &[f64], no: &[f64]) -> Option<f64> {
    if yes.is_empty() || no.is_empty() {
        return None;
    }
    let mut wins = 0.0;
    for y in yes {
        for n in no {
            wins += if y > n {
                1.0
            } else {
                f64::from(u8::from(y == n)) / 2.0
            };
        }
    }
    Some(wins / (yes.len() * no.len()) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_losses_and_calibration_by_hand() {
        let first = Answer::of(&[0.5, 0.3, 0.2], 0);
        let tied = Answer::of(&[0.4, 0.2, 0.4], 2);
        assert_eq!((first.rank, tied.rank), (1, 2));
        let m = Measures::of(&[&first, &tied]);
        assert_eq!((m.top1, m.top3, m.mrr), (0.5, 1.0, 0.75));
        assert!((m.log_loss + (libm::log(0.5) + libm::log(0.4)) / 2.0).abs() < 1e-15);
        assert!((m.brier - (0.25 + 0.16) / 2.0).abs() < 1e-15);
        assert!((m.ece - (0.5 + 0.4) / 2.0).abs() < 1e-15);
        assert_eq!(precision_at(&[&first, &tied], 0.5), (1, 1.0));
    }

    #[test]
    fn area_counts_ties_half() {
        assert_eq!(auroc(&[2.0, 1.0], &[1.0, 0.0]), Some(0.875));
        assert_eq!(auroc(&[], &[1.0]), None);
    }
}
