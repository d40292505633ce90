//! Calibration records, the weights they earn, and what weights do to the pools.

use crate::support::{close, params};
use proptest::prelude::*;
use solferino_method::{
    EQUAL_WEIGHT_PPM, MAX_WEIGHT_PPM, MIN_WEIGHT_PPM, ReviewerPosterior, Scored, calibration, pools,
};

fn scored(answer: &[u32], came_true: usize) -> Scored<'_> {
    Scored {
        answer_ppm: Some(answer),
        outcomes: answer.len(),
        came_true,
    }
}

const UNOPENED: Scored<'_> = Scored {
    answer_ppm: None,
    outcomes: 2,
    came_true: 0,
};

#[test]
fn nobody_with_a_record_of_nothing_is_above_another() {
    let record = calibration([], 30);
    assert_eq!((record.n, record.weight_ppm), (0, EQUAL_WEIGHT_PPM));
    assert_eq!(
        (record.brier, record.log_bits, record.skill),
        (0.0, 0.0, 0.0)
    );
}

/// By hand: .8 and .3 for what came true of two outcomes.
#[test]
fn two_answers_by_hand() {
    let answers = [
        scored(&[800_000, 200_000], 0),
        scored(&[700_000, 300_000], 1),
    ];
    let record = calibration(answers, 30);
    // (.2² + .2²) and (.7² + .7²)
    close(record.brier, (0.08 + 0.98) / 2.0, 1e-12, "Brier");
    close(record.brier_even, 0.5, 1e-12, "guessing evenly");
    close(
        record.log_bits,
        -(0.8_f64.log2() + 0.3_f64.log2()) / 2.0,
        1e-12,
        "log",
    );
    close(record.skill, 1.0 - 0.53 / 0.5, 1e-12, "skill");
    // 1 + 2/30 · (-.06)/3
    assert_eq!(record.weight_ppm, 998_667);
}

#[test]
fn thirty_questions_count_in_full_and_no_more_than_in_full() {
    let right = [1_000_000, 0];
    let weight = |n| calibration((0..n).map(|_| scored(&right, 0)), 30).weight_ppm;
    assert_eq!(weight(1), 1_011_111);
    assert_eq!(weight(15), 1_166_667);
    assert_eq!((weight(30), weight(300)), (MAX_WEIGHT_PPM, MAX_WEIGHT_PPM));
    let even = [500_000, 500_000];
    let guessing = calibration((0..60).map(|_| scored(&even, 1)), 30);
    assert_eq!(
        (guessing.skill, guessing.weight_ppm),
        (0.0, EQUAL_WEIGHT_PPM)
    );
}

#[test]
fn an_answer_never_opened_is_the_worst_one() {
    let wrong = calibration([scored(&[0, 1_000_000], 0)], 30);
    let hidden = calibration([UNOPENED], 30);
    assert_eq!((hidden.n, hidden.unopened), (1, 1));
    assert_eq!(
        (hidden.brier, hidden.log_bits),
        (wrong.brier, wrong.log_bits)
    );
    assert_eq!(hidden.weight_ppm, wrong.weight_ppm);
    close(hidden.brier, 2.0, 0.0, "worst Brier");
    close(hidden.log_bits, 13.287_712, 1e-6, "worst log score");
    let silent = calibration((0..40).map(|_| UNOPENED), 30);
    assert_eq!(silent.weight_ppm, MIN_WEIGHT_PPM);
}

fn review(reviewer: &str, posterior_ppm: [u32; 2], weight_ppm: u32) -> ReviewerPosterior {
    ReviewerPosterior {
        reviewer: reviewer.to_owned(),
        posterior_ppm: posterior_ppm.to_vec(),
        weight_ppm,
    }
}

/// Two reviewers at 2:1, by hand.
#[test]
fn weights_move_both_pools() {
    let got = pools(
        &[
            review("r1", [900_000, 100_000], 1_333_332),
            review("r2", [300_000, 700_000], 666_666),
        ],
        &params(),
    );
    close(got.weights[0], 2.0 / 3.0, 1e-12, "share");
    close(got.linear[0], (2.0 * 0.9 + 0.3) / 3.0, 1e-12, "linear");
    let (a, b) = (
        (0.9_f64.powi(2) * 0.3).cbrt(),
        (0.1_f64.powi(2) * 0.7).cbrt(),
    );
    close(got.log[0], a / (a + b), 1e-12, "logarithmic");
    let mean: f64 = got
        .weights
        .iter()
        .zip(&got.divergence_bits)
        .map(|(w, d)| w * d)
        .sum();
    close(
        got.jsd_bits,
        mean,
        1e-12,
        "divergence is the mean of the reviewers' own",
    );
}

proptest! {
    #[test]
    fn no_weight_leaves_its_bounds_and_order_moves_no_bit(
        answers in prop::collection::vec((0_u32..=1_000_000, 0_usize..2, any::<bool>()), 0..80),
    ) {
        let rows: Vec<[u32; 2]> = answers.iter().map(|(p, _, _)| [*p, 1_000_000 - p]).collect();
        let all: Vec<Scored<'_>> = answers.iter().zip(&rows).map(|((_, truth, open), row)| Scored {
            answer_ppm: open.then_some(row.as_slice()), outcomes: 2, came_true: *truth,
        }).collect();
        let record = calibration(all.iter().copied(), 30);
        prop_assert!((MIN_WEIGHT_PPM..=MAX_WEIGHT_PPM).contains(&record.weight_ppm));
        prop_assert!(record.weight_ppm <= 2 * MIN_WEIGHT_PPM);
        prop_assert!((0.0..=2.0).contains(&record.brier) && record.log_bits <= 13.3);
        // shrunk: before thirty questions a record moves a weight in proportion to their number
        let most = 333_334_u64 * all.len().min(30) as u64 / 30 + 1;
        prop_assert!(u64::from(record.weight_ppm.abs_diff(EQUAL_WEIGHT_PPM)) <= most);
        let back = calibration(all.iter().rev().copied(), 30);
        prop_assert_eq!(record, back);
    }

    #[test]
    fn nobody_holds_more_than_twice_the_equal_share(weights in prop::collection::vec(MIN_WEIGHT_PPM..=MAX_WEIGHT_PPM, 1..20)) {
        let reviews: Vec<_> = weights.iter().enumerate()
            .map(|(n, w)| review(&format!("r{n}"), [600_000, 400_000], *w)).collect();
        let got = pools(&reviews, &params());
        let equal = 1.0 / weights.len() as f64;
        for share in &got.weights {
            prop_assert!(*share <= 2.0 * equal + 1e-12 && *share >= equal / 2.0 - 1e-12);
        }
        prop_assert!(got.jsd_bits < 1e-12);
        prop_assert!((got.linear[0] - 0.6).abs() < 1e-12);
    }
}
