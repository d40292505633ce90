//! Closed forms of the method: what the arithmetic must give, worked out by hand.

use crate::support::{all_stages, close, item, params, stage, strand, three, two};
use proptest::prelude::*;
use solferino_method::{
    Case, Credibility, Evaluation, Reliability, ReviewerPosterior, default_r, evaluate_as_given,
    pools,
};

fn run(case: &Case) -> Evaluation {
    evaluate_as_given(case, &params()).unwrap()
}

fn odds(result: &Evaluation, above: usize, below: usize) -> f64 {
    result.actors[above].p / result.actors[below].p
}

/// `(1-c)x + c`, the strand's factor for a hypothesis whose items give it `x` of the best.
fn strand_factor(c: f64, x: f64) -> f64 {
    (1.0 - c) * x + c
}

#[test]
fn one_enormous_item_gives_odds_of_one_over_one_minus_r() {
    let mut case = two([500_000, 500_000], 0);
    case.strands.push(strand("s", 0, 1));
    case.items.push(item("i", "s", 950_000, 0, &[("a", 9_000)]));
    let x = 0.95e-9 + 0.05;
    let got = odds(&run(&case), 0, 1);
    close(got, 1.0 / strand_factor(1e-6, x), 1e-9, "with the least c");
    close(got, 20.0, 1e-3, "the cap");
}

#[test]
fn ten_copies_with_full_correlation_are_one_item() {
    let mut case = two([500_000, 500_000], 0);
    case.strands.push(strand("s", 1_000_000, 50_000));
    for i in 0..10 {
        case.items
            .push(item(&format!("i{i}"), "s", 950_000, 0, &[("a", 1_000)]));
    }
    let ten = odds(&run(&case), 0, 1);
    case.items.truncate(1);
    let one = odds(&run(&case), 0, 1);
    let x = 0.1 * 0.95 + 1.0 - 0.95;
    close(ten, 5.326_232, 1e-6, "the printed value");
    close(ten, 1.0 / strand_factor(0.05, x), 1e-12, "the closed form");
    close(ten, one, 1e-12, "one item");
}

#[test]
fn without_correlation_copies_multiply() {
    let mut case = two([500_000, 500_000], 0);
    case.strands.push(strand("s", 0, 1));
    for i in 0..3 {
        case.items
            .push(item(&format!("i{i}"), "s", 950_000, 0, &[("a", 1_000)]));
    }
    let x = 0.145_f64;
    close(
        odds(&run(&case), 0, 1),
        1.0 / strand_factor(1e-6, x * x * x),
        1e-8,
        "x cubed",
    );
}

#[test]
fn no_reliability_leaves_the_prior() {
    let mut case = three([200_000, 300_000, 500_000], 50_000);
    case.strands.push(strand("s", 500_000, 50_000));
    case.items
        .push(item("i", "s", 1, 500_000, &[("a", 10_000)]));
    let nearly = run(&case);
    case.items[0].r_ppm = Some([0; 3]);
    let none = run(&case);
    for (actor, want) in [0.2, 0.3, 0.5].into_iter().enumerate() {
        close(
            nearly.actors[actor].p,
            want,
            1e-5,
            "r of one part per million",
        );
        close(none.actors[actor].p, want, 1e-15, "r of zero");
    }
}

#[test]
fn an_item_that_cannot_be_judged_moves_no_bit() {
    for (reliability, credibility) in [(Reliability::F, 1), (Reliability::A, 6)] {
        let case = stage("dnc2016", "T1");
        let mut with = case.clone();
        let mut unknown = item("unknown", "CROWD", 0, 0, &[("GRU", 10_000)]);
        unknown.r_ppm = None;
        unknown.reliability = reliability;
        unknown.credibility = Credibility::try_from(credibility).unwrap();
        with.items.push(unknown);
        let (before, after) = (run(&case), run(&with));
        assert_eq!(before.actors, after.actors);
        assert_eq!(before.states, after.states);
        assert_eq!(before.supporting, after.supporting);
    }
}

#[test]
fn the_grade_table_has_its_reference_values() {
    let grade = |letter, digit| default_r(letter, Credibility::try_from(digit).unwrap());
    let rows = [
        (Reliability::A, 1, 0.970),
        (Reliability::A, 2, 0.932),
        (Reliability::B, 2, 0.900),
        (Reliability::B, 3, 0.812),
        (Reliability::C, 3, 0.750),
        (Reliability::D, 4, 0.500),
        (Reliability::E, 5, 0.250),
    ];
    for (letter, digit, want) in rows {
        close(grade(letter, digit), want, 5e-4, "grade");
    }
    assert_eq!(grade(Reliability::F, 1).to_bits(), 0);
    assert_eq!(grade(Reliability::A, 6).to_bits(), 0);
}

#[test]
fn without_a_prior_for_imitation_nobody_is_framed() {
    for (name, mut case) in all_stages() {
        case.hypotheses.delta_ppm = 0;
        let result = run(&case);
        assert!(result.actors.iter().all(|a| a.framed == 0.0), "{name}");
    }
}

/// φ = 1: the item gives `y` and every `a→y` the same likelihood, so their odds stay the prior's.
#[test]
fn a_perfectly_planted_item_cannot_separate_the_framed_from_the_framer() {
    let mut case = three([200_000, 200_000, 600_000], 100_000);
    case.strands.push(strand("s", 0, 50_000));
    let prior = run(&case);
    case.items
        .push(item("i", "s", 950_000, 1_000_000, &[("a", 3_000)]));
    let after = run(&case);
    // P(some x→a) against P(a undisguised): both mean "the item points at a"
    let ratio = |r: &Evaluation| r.actors[0].framed / (r.actors[0].p - framed_by_a(r));
    let (before_ratio, after_ratio) = (ratio(&prior), ratio(&after));
    close(
        after_ratio,
        before_ratio,
        1e-9,
        "odds of framed against framer",
    );
}

/// P(a→b): of all who imitate b, `a` and `u` look alike to an item with φ = 1.
fn framed_by_a(result: &Evaluation) -> f64 {
    // priors of a→b and u→b are .2·.1 and .6·.05
    result.actors[1].framed * (0.2 * 0.1) / (0.2 * 0.1 + 0.6 * 0.05)
}

#[test]
fn the_pools_have_their_reference_values() {
    let row = |reviewer: &str, posterior_ppm: [u32; 3]| ReviewerPosterior {
        reviewer: reviewer.to_owned(),
        posterior_ppm: posterior_ppm.to_vec(),
        weight_ppm: 1_000_000,
    };
    let reviews = [
        row("r1", [900_000, 50_000, 50_000]),
        row("r2", [700_000, 100_000, 200_000]),
        row("r3", [300_000, 500_000, 200_000]),
    ];
    let got = pools(&reviews, &params());
    for (i, (linear, log)) in [(0.6333, 0.6868), (0.2167, 0.1624), (0.1500, 0.1508)]
        .into_iter()
        .enumerate()
    {
        close(got.linear[i], linear, 5e-5, "linear pool");
        close(got.log[i], log, 5e-5, "logarithmic pool");
    }
    close(got.jsd_bits, 0.2355, 5e-5, "divergence");
    assert_eq!((got.range[0].min, got.range[0].max), (0.3, 0.9));
    assert_eq!(pools(&[], &params()).reviewers, 0);
    let veto = [
        row("r1", [0, 500_000, 500_000]),
        row("r2", [900_000, 50_000, 50_000]),
    ];
    assert!(pools(&veto, &params()).log[0] > 0.01, "no veto by zero");
}

/// An actor whose items say nothing about it against "none of these" takes its share of the prior
/// and changes no odds among the others.
#[test]
fn a_hypothesis_without_any_difference_only_rescales() {
    let mut before = two([400_000, 600_000], 0);
    before.strands = vec![strand("s", 300_000, 50_000), strand("t", 0, 100_000)];
    before.items = vec![
        item("i", "s", 930_000, 0, &[("a", 1_500)]),
        item("j", "s", 900_000, 0, &[("a", -300)]),
        item("k", "t", 800_000, 0, &[("a", 700)]),
    ];
    let mut after = three([200_000, 500_000, 300_000], 0);
    after.strands.clone_from(&before.strands);
    after.items.clone_from(&before.items);
    let (before, after) = (run(&before), run(&after));
    close(
        odds(&after, 0, 2),
        odds(&before, 0, 1),
        1e-12,
        "odds of a against none of these",
    );
    close(
        odds(&after, 1, 2),
        5.0 / 3.0,
        1e-12,
        "odds of b against none of these",
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// No strand moves the odds of any pair by more than 1/c, no item by more than 1/(1-r).
    #[test]
    fn strands_and_items_are_bounded(
        c in 1_000_u32..1_000_000,
        rho in 0_u32..=1_000_000,
        r in 0_u32..=1_000_000,
        lr in prop::collection::vec(-10_000_i32..=10_000, 1..12),
    ) {
        let mut case = two([500_000, 500_000], 0);
        case.strands.push(strand("s", rho, c));
        for (i, mban) in lr.iter().enumerate() {
            case.items.push(item(&format!("i{i}"), "s", r, 0, &[("a", *mban)]));
        }
        let got = odds(&evaluate_as_given(&case, &params()).unwrap(), 0, 1);
        let cap = 1e6 / f64::from(c) * (1.0 + 1e-12);
        prop_assert!(got <= cap && got >= 1.0 / cap, "odds {got}, cap {cap}");
        case.items.truncate(1);
        let one = odds(&evaluate_as_given(&case, &params()).unwrap(), 0, 1);
        let cap = 1.0 / (1.0 - f64::from(r) / 1e6) * (1.0 + 1e-9);
        prop_assert!(one <= cap && one >= 1.0 / cap, "odds {one}, cap {cap}");
    }

    /// Two hypotheses, no correlation: removing an item that favours h never raises P(h).
    #[test]
    fn removing_support_never_helps_with_two_hypotheses(
        c in 1_u32..1_000_000,
        r in 1_u32..1_000_000,
        lr in prop::collection::vec(-4_000_i32..=4_000, 1..10),
    ) {
        let mut case = two([300_000, 700_000], 0);
        case.strands.push(strand("s", 0, c));
        for (i, mban) in lr.iter().enumerate() {
            case.items.push(item(&format!("i{i}"), "s", r, 0, &[("a", *mban)]));
        }
        let result = evaluate_as_given(&case, &params()).unwrap();
        let p = result.actors[0].p;
        for (removal, mban) in result.without_item.iter().zip(&lr) {
            if *mban >= 0 {
                prop_assert!(removal.p <= p + 1e-12);
            } else {
                prop_assert!(removal.p >= p - 1e-12);
            }
        }
    }

    /// The ratio may be stated against any hypothesis: a common factor changes no bit.
    #[test]
    fn a_common_factor_on_all_ratios_changes_no_bit(
        a in -3_000_i32..=3_000,
        b in -3_000_i32..=3_000,
        width in 0_i32..=1_000,
        shift in -5_000_i32..=5_000,
    ) {
        let mut case = three([200_000, 300_000, 500_000], 50_000);
        case.strands.push(strand("s", 400_000, 60_000));
        case.items.push(item("i", "s", 930_000, 300_000, &[("a", a), ("b", b), ("u", 0)]));
        case.items.push(item("j", "s", 900_000, 600_000, &[("b", 800)]));
        case.items[0].lr[0].mban = [a - width, a, a + width];
        let before = evaluate_as_given(&case, &params()).unwrap();
        for ratio in &mut case.items[0].lr {
            ratio.mban = ratio.mban.map(|v| v + shift);
        }
        let mut after = evaluate_as_given(&case, &params()).unwrap();
        // the stated ratio itself is printed, and is of course the shifted one
        after.tipping.clone_from(&before.tipping);
        prop_assert_eq!(before, after);
    }
}
