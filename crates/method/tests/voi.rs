//! What to look for next: design figures, ranking, and what must hold for any check.

use crate::generate::case as any_case;
use crate::support::{close, params, stage, strand, three};
use proptest::prelude::*;
use solferino_method::{
    Candidate, Case, Chance, Check, CheckOutcome, CheckValue, Credibility, Decision, EVSI_FLOOR,
    InputError, NextChecks, Params, Reliability, next_checks, next_checks_as_given,
};

/// The example of the documentation, without its comment lines.
fn olympic_checks() -> Vec<Check> {
    #[derive(serde::Deserialize)]
    struct File {
        checks: Vec<Check>,
    }
    let text = include_str!("../../../docs/examples/olympic-2018.checks.jsonc");
    let plain = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    serde_json::from_str::<File>(&plain.collect::<String>())
        .unwrap()
        .checks
}

fn given(next: &NextChecks) -> Vec<&CheckValue> {
    let all = next.checks.iter();
    all.filter(|c| c.candidate == Candidate::Given).collect()
}

fn ids(values: &[&CheckValue]) -> Vec<String> {
    values.iter().map(|c| c.id.clone()).collect()
}

const RANKING: [&str; 4] = [
    "infrastructure-pivot",
    "rich-header",
    "code-similarity",
    "motive-essay",
];

#[test]
fn olympic_t0_has_the_reference_entropies() {
    let next = next_checks_as_given(&stage("olympic2018", "T0"), &[], &params()).unwrap();
    close(next.joint_bits, 2.711, 5e-4, "joint");
    close(next.actor_bits, 2.085, 5e-4, "actors alone");
}

#[test]
fn olympic_t0_ranks_the_check_for_forgery_above_another_likeness() {
    let case = stage("olympic2018", "T0");
    let as_given = next_checks_as_given(&case, &olympic_checks(), &params()).unwrap();
    assert_eq!(ids(&given(&as_given)), RANKING);
    // the design's figures are .488, .128, .092 and .011; its check parameters are not published
    for (value, want) in given(&as_given).iter().zip([0.488, 0.128, 0.092, 0.011]) {
        close(value.joint_bits, want, 0.006, &value.id);
    }
    // and with strands of one origin merged
    let merged = next_checks(&case, &olympic_checks(), &params()).unwrap();
    assert_eq!(ids(&given(&merged)), RANKING);
}

#[test]
fn on_actors_alone_the_check_for_forgery_ranks_last() {
    let case = stage("olympic2018", "T0");
    let next = next_checks_as_given(&case, &olympic_checks(), &params()).unwrap();
    let mut by_actor = given(&next);
    by_actor.sort_by(|a, b| b.actor_bits.total_cmp(&a.actor_bits));
    assert_eq!(by_actor.last().unwrap().id, "rich-header");
    close(by_actor.last().unwrap().actor_bits, 0.008, 0.002, "actors");
}

#[test]
fn no_single_check_justifies_publication_at_k_20() {
    let next = next_checks_as_given(&stage("olympic2018", "T0"), &olympic_checks(), &params());
    let next = next.unwrap();
    assert_eq!(next.decision, Decision::Silent);
    assert_eq!(next.risk, 1.0);
    for check in given(&next) {
        assert_eq!(check.evsi, 0.0, "{}", check.id);
        assert!(
            check
                .outcomes
                .iter()
                .all(|o| o.decision == Decision::Silent)
        );
    }
}

/// A lower K makes a check worth something: the loss is used, not printed.
#[test]
fn a_cheaper_mistake_gives_a_check_value() {
    let mut params = params();
    params.loss_false_milli = 2_000;
    let case = stage("olympic2018", "T0");
    let next = next_checks_as_given(&case, &olympic_checks(), &params).unwrap();
    assert!(next.some_check_could_decide());
    let pivot = given(&next)[0].clone();
    // by hand: silence costs 1; after a hit on an actor of a state, 2(1-P)
    let saved = |p: f64, actor_p: f64| p * (1.0 - 2.0 * (1.0 - actor_p));
    assert!(pivot.evsi > 0.0 && pivot.evsi < saved(1.0, 1.0));
    assert!(
        pivot
            .outcomes
            .iter()
            .any(|o| matches!(&o.decision, Decision::Name { state } if state == "RU"))
    );
}

/// One bit, by hand: two actors at one half each, a check that tells them apart for certain.
#[test]
fn a_perfect_check_of_a_coin_is_worth_one_bit() {
    let case = crate::support::two([500_000, 500_000], 0);
    let check = two_way("coin", &[("a", 1_000_000)], 0, 1);
    let next = next_checks(&case, &[sound(check)], &params()).unwrap();
    close(next.joint_bits, 1.0, 1e-12, "entropy");
    // sound = r(1-c): A1 is .97, c is one millionth
    let k = 0.97 * (1.0 - 1e-6);
    let f = |x: f64| 0.5 * x * x.log2();
    let want = f(1.0 + k) + f(1.0 - k);
    close(next.checks[0].joint_bits, want, 1e-12, "gain");
    close(next.checks[0].actor_bits, want, 1e-12, "gain about who");
}

/// Re-examining an item: by hand for one item, `a` and `u`, no disguise possible.
#[test]
fn a_re_examination_is_the_mixture_of_the_model() {
    let mut case = crate::support::two([500_000, 500_000], 0);
    case.strands = vec![strand("s", 0, 10_000)];
    case.items = vec![crate::support::item("i", "s", 900_000, 0, &[("a", 1_000)])];
    let next = next_checks_as_given(&case, &[], &params()).unwrap();
    let [value] = next.checks.as_slice() else {
        panic!("one item, one candidate")
    };
    assert_eq!(value.candidate, Candidate::ReExamination);
    close(value.sound, 0.99, 1e-15, "soundness");
    // l'(a) = 1, l'(u) = .9·.1 + .1 = .19; strand: .99·.19 + .01
    let p_u = (0.99 * 0.19 + 0.01) / (1.0 + 0.99 * 0.19 + 0.01);
    let wrong = (1.0 - p_u) * 0.1 + p_u * 0.1 / 0.19;
    close(value.outcomes[2].p, wrong, 1e-12, "wrong");
    assert_eq!(value.outcomes[1].p, 0.0, "nobody to imitate");
}

fn sound(mut check: Check) -> Check {
    check.c_ppm = Some(1);
    check
}

/// A check with outcomes `yes` and `no`.
fn two_way(id: &str, yes: &[(&str, u32)], other: u32, c_ppm: u32) -> Check {
    let chances = |flip: bool| {
        let chance = |(actor, ppm): &(&str, u32)| Chance {
            actor: (*actor).to_owned(),
            ppm: if flip { 1_000_000 - ppm } else { *ppm },
        };
        yes.iter().map(chance).collect()
    };
    let outcome = |id: &str, ppm, actors| CheckOutcome {
        id: id.to_owned(),
        ppm,
        actors,
        imitating: Vec::new(),
    };
    Check {
        id: id.to_owned(),
        what: "look".to_owned(),
        days: None,
        reliability: Reliability::A,
        credibility: Credibility::try_from(1).unwrap(),
        strand: None,
        c_ppm: Some(c_ppm),
        phi_ppm: 300_000,
        outcomes: vec![
            outcome("yes", other, chances(false)),
            outcome("no", 1_000_000 - other, chances(true)),
        ],
    }
}

#[test]
fn what_is_not_a_distribution_is_refused() {
    let case = three([300_000, 300_000, 400_000], 50_000);
    let fine = || two_way("x", &[("a", 900_000)], 100_000, 50_000);
    let refused = |change: &dyn Fn(&mut Check)| {
        let mut check = fine();
        change(&mut check);
        next_checks(&case, &[check], &params()).unwrap_err()
    };
    assert!(next_checks(&case, &[fine()], &params()).is_ok());
    let sum = |c: &mut Check| c.outcomes[0].ppm += 1;
    assert!(matches!(refused(&sum), InputError::Sum { .. }));
    let of_a = |c: &mut Check| c.outcomes[0].actors[0].ppm += 1;
    assert!(matches!(refused(&of_a), InputError::Sum { .. }));
    let imitating = |c: &mut Check| {
        let actor = "b".to_owned();
        c.outcomes[0].imitating = vec![Chance { actor, ppm: 7 }];
    };
    assert!(matches!(refused(&imitating), InputError::Sum { .. }));
    let nobody = |c: &mut Check| c.outcomes[0].actors[0].actor = "z".to_owned();
    assert!(matches!(refused(&nobody), InputError::Unknown { .. }));
    let none = |c: &mut Check| {
        let actor = "u".to_owned();
        c.outcomes[0].imitating = vec![Chance { actor, ppm: 0 }];
    };
    assert!(matches!(refused(&none), InputError::Unknown { .. }));
    let both = |c: &mut Check| c.strand = Some("s".to_owned());
    assert!(matches!(refused(&both), InputError::StrandOrCap { .. }));
    let neither = |c: &mut Check| c.c_ppm = None;
    assert!(matches!(refused(&neither), InputError::StrandOrCap { .. }));
    let twice = next_checks(&case, &[fine(), fine()], &params()).unwrap_err();
    assert!(matches!(twice, InputError::Duplicate { .. }));
    let cheap = Params {
        loss_false_milli: 999,
        ..params()
    };
    assert!(next_checks(&case, &[fine()], &cheap).is_err());
}

/// A check for any case: per actor and per frame a split of one million.
fn check_for(case: &Case, seeds: &[u32], phi_ppm: u32, outcomes: usize) -> Check {
    let mut next = {
        let mut at = 0;
        move || {
            at += 1;
            seeds[at % seeds.len()] % 997 + 1
        }
    };
    let mut split = || -> Vec<u32> {
        let parts: Vec<u32> = (0..outcomes).map(|_| next()).collect();
        let all: u32 = parts.iter().sum();
        let mut ppm: Vec<u32> = parts
            .iter()
            .map(|p| (u64::from(*p) * 1_000_000 / u64::from(all)) as u32)
            .collect();
        ppm[0] += 1_000_000 - ppm.iter().sum::<u32>();
        ppm
    };
    let plain = split();
    let ids: Vec<&str> = case
        .hypotheses
        .actors
        .iter()
        .map(|a| a.id.as_str())
        .collect();
    let own: Vec<Vec<u32>> = ids.iter().map(|_| split()).collect();
    let framed = split();
    let frame = case
        .hypotheses
        .actors
        .iter()
        .find(|a| a.kind != solferino_method::ActorKind::NoneOfThese)
        .unwrap();
    let outcome = |o: usize| CheckOutcome {
        id: format!("o{o}"),
        ppm: plain[o],
        actors: ids
            .iter()
            .zip(&own)
            .map(|(id, row)| Chance {
                actor: (*id).to_owned(),
                ppm: row[o],
            })
            .collect(),
        imitating: vec![Chance {
            actor: frame.id.clone(),
            ppm: framed[o],
        }],
    };
    Check {
        outcomes: (0..outcomes).map(outcome).collect(),
        phi_ppm,
        ..two_way("any", &[], 0, 40_000)
    }
}

/// The first two outcomes of a check as one.
fn merged(check: &Check) -> Check {
    let mut out = check.clone();
    let gone = out.outcomes.remove(1);
    let into = &mut out.outcomes[0];
    into.ppm += gone.ppm;
    for (mine, its) in [
        (&mut into.actors, &gone.actors),
        (&mut into.imitating, &gone.imitating),
    ] {
        for (m, i) in mine.iter_mut().zip(its) {
            m.ppm += i.ppm;
        }
    }
    out
}

fn one(case: &Case, check: Check) -> CheckValue {
    let next = next_checks(case, &[check], &params()).unwrap();
    given(&next)[0].clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn information_is_never_negative_and_never_less_on_the_joint(
        case in any_case(), seeds in prop::collection::vec(any::<u32>(), 5..40), phi in 0_u32..=1_000_000, outcomes in 2_usize..6,
    ) {
        let check = check_for(&case, &seeds, phi, outcomes);
        let next = next_checks(&case, std::slice::from_ref(&check), &params()).unwrap();
        for value in &next.checks {
            prop_assert!(value.joint_bits >= 0.0 && value.actor_bits >= 0.0 && value.evsi >= 0.0);
            prop_assert!(value.joint_bits >= value.actor_bits - 1e-12, "{value:?}");
            prop_assert!(value.joint_bits <= next.joint_bits + 1e-9);
            prop_assert!(value.evsi <= next.risk + 1e-12);
            let sum: f64 = value.outcomes.iter().map(|o| o.p).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9, "{value:?}");
        }
        // telling two answers apart is never worth less than not
        let (whole, joined) = (one(&case, check.clone()), one(&case, merged(&check)));
        prop_assert!(joined.joint_bits <= whole.joint_bits + 1e-12);
        prop_assert!(joined.evsi <= whole.evsi + 1e-12);
    }

    #[test]
    fn an_answer_that_does_not_depend_on_anything_is_worth_nothing(
        case in any_case(), seeds in prop::collection::vec(any::<u32>(), 5..40), phi in 0_u32..=1_000_000,
    ) {
        let mut check = check_for(&case, &seeds, phi, 3);
        for outcome in &mut check.outcomes {
            outcome.actors.clear();
            outcome.imitating.clear();
        }
        let value = one(&case, check);
        prop_assert!(value.joint_bits < 1e-12 && value.actor_bits < 1e-12, "{value:?}");
        prop_assert!(value.evsi <= EVSI_FLOOR);
    }

    #[test]
    fn renaming_the_actors_changes_no_bit(
        case in any_case(), seeds in prop::collection::vec(any::<u32>(), 5..40), phi in 0_u32..=1_000_000,
    ) {
        let check = check_for(&case, &seeds, phi, 3);
        let rename = |text: &str| format!("z{text}");
        let text = serde_json::to_string(&check).unwrap();
        let mut renamed: Check = serde_json::from_str(&text).unwrap();
        for chance in renamed.outcomes.iter_mut().flat_map(|o| o.actors.iter_mut().chain(&mut o.imitating)) {
            chance.actor = rename(&chance.actor);
        }
        let mut other = case.clone();
        for actor in &mut other.hypotheses.actors {
            actor.id = rename(&actor.id);
        }
        for item in &mut other.items {
            item.lr.iter_mut().for_each(|r| r.actor = rename(&r.actor));
            for d in item.deception.iter_mut().flat_map(|d| &mut d.imitating) {
                d.actor = rename(&d.actor);
            }
        }
        let before = next_checks(&case, &[check], &params()).unwrap();
        let after = next_checks(&other, &[renamed], &params()).unwrap();
        prop_assert_eq!(before, after);
    }
}
