//! No input makes the method panic, and nothing it prints is anything but a finite number.

use crate::generate::case;
use crate::support::{item, params, strand, three};
use proptest::prelude::*;
use serde_json::Value;
use solferino_method::{
    Actor, ActorKind, Case, InputError, MAX_ACTORS, MAX_ITEMS, MAX_STRANDS, Standard,
    confidence_sentence, evaluate, evaluate_as_given, likelihood_sentence,
};

/// Every number in the output; a NaN or an infinity prints as null, which only options may.
fn check(result: &solferino_method::Evaluation) {
    for row in &result.states {
        for p in [row.p, row.framed, row.mean, row.p5, row.p95, row.top_share] {
            assert!(p.is_finite() && (0.0..=1.0 + 1e-9).contains(&p), "{row:?}");
        }
        assert!(row.p5 <= row.p95);
    }
    let sum: f64 = result.actors.iter().map(|a| a.p).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    let text = serde_json::to_string(result).unwrap();
    let read: solferino_method::Evaluation = serde_json::from_str(&text).unwrap();
    assert_eq!(*result, read);
    assert!(result.standard <= result.standard_numeric);
    assert!(!likelihood_sentence(result).is_empty() && !confidence_sentence(result).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_case_gives_finite_numbers(case in case()) {
        case.validate().unwrap();
        check(&evaluate(&case, &params()).unwrap());
        check(&evaluate_as_given(&case, &params()).unwrap());
    }

    /// Any one number or text of the JSON form replaced by something else: an error or a result.
    #[test]
    fn damaged_cases_give_an_error_or_a_result(case in case(), place in any::<prop::sample::Index>(), with in 0..6_usize) {
        let mut json = serde_json::to_value(&case).unwrap();
        let count = leaves(&mut json, None);
        leaves(&mut json, Some((place.index(count.max(1)), with)));
        if let Ok(damaged) = serde_json::from_value::<Case>(json)
            && let Ok(result) = evaluate(&damaged, &params())
        {
            check(&result);
        }
    }
}

fn replacement(with: usize) -> Value {
    match with {
        0 => Value::from(0),
        1 => Value::from(1_000_000),
        2 => Value::from(-10_000),
        3 => Value::from("s0"),
        4 => Value::from(""),
        _ => Value::from(u32::MAX),
    }
}

/// Counts leaves, or replaces the one at an index.
fn leaves(value: &mut Value, replace: Option<(usize, usize)>) -> usize {
    fn walk(value: &mut Value, seen: &mut usize, replace: Option<(usize, usize)>) {
        match value {
            Value::Array(rows) => rows.iter_mut().for_each(|v| walk(v, seen, replace)),
            Value::Object(fields) => fields.values_mut().for_each(|v| walk(v, seen, replace)),
            leaf => {
                if let Some((_, with)) = replace.filter(|(index, _)| index == seen) {
                    *leaf = replacement(with);
                }
                *seen += 1;
            }
        }
    }
    let mut seen = 0;
    walk(value, &mut seen, replace);
    seen
}

#[test]
fn a_case_without_evidence_gives_the_prior() {
    let case = three([250_000, 250_000, 500_000], 50_000);
    let result = evaluate(&case, &params()).unwrap();
    assert_eq!(
        result.top_state.as_deref(),
        Some("AA"),
        "a tie goes to the first declared"
    );
    assert_eq!(result.standard_numeric, Standard::None);
    check(&result);
}

#[test]
fn a_case_without_a_state_names_none() {
    let mut case = three([250_000, 250_000, 500_000], 50_000);
    for actor in &mut case.hypotheses.actors[..2] {
        *actor = Actor {
            kind: ActorKind::NonState,
            state: None,
            ..actor.clone()
        };
    }
    case.strands.push(strand("s", 0, 50_000));
    case.items.push(item("i", "s", 990_000, 0, &[("a", 3_000)]));
    let result = evaluate(&case, &params()).unwrap();
    assert_eq!(
        (result.top_state.as_deref(), result.standard),
        (None, Standard::None)
    );
    check(&result);
}

/// Opposite extremes in hundreds of strands: products would leave the range of a double.
#[test]
fn contradicting_extremes_stay_finite() {
    let mut case = three([1, 1, 999_998], 0);
    for s in 0..MAX_STRANDS {
        case.strands.push(strand(&format!("s{s}"), 0, 1));
        let ratio = if s % 2 == 0 {
            [("a", 10_000), ("b", -10_000)]
        } else {
            [("a", -10_000), ("b", 10_000)]
        };
        for i in 0..4 {
            case.items.push(item(
                &format!("i{s}-{i}"),
                &format!("s{s}"),
                1_000_000,
                0,
                &ratio,
            ));
        }
    }
    assert_eq!(case.items.len(), MAX_ITEMS);
    check(&evaluate(&case, &params()).unwrap());
    let mut one = case.clone();
    one.items.truncate(4);
    check(&evaluate(&one, &params()).unwrap());
    one.items.clone_from(&case.items);
    for item in &mut one.items {
        item.strand = "s0".to_owned();
    }
    one.items.truncate(300);
    check(&evaluate(&one, &params()).unwrap());
}

#[test]
fn limits_hold_on_both_sides() {
    let mut case = three([1_000, 1_000, 998_000], 500_000);
    assert!(case.validate().is_ok());
    case.hypotheses.delta_ppm += 1;
    assert!(matches!(
        case.validate(),
        Err(InputError::OutOfRange {
            what: "delta_ppm",
            ..
        })
    ));
    case.hypotheses.delta_ppm = 0;
    while case.hypotheses.actors.len() < MAX_ACTORS {
        let id = format!("x{}", case.hypotheses.actors.len());
        let prior_ppm = 1;
        case.hypotheses.actors.push(Actor {
            id,
            kind: ActorKind::NonState,
            state: None,
            prior_ppm,
        });
        case.hypotheses.actors[2].prior_ppm -= 1;
    }
    assert!(case.validate().is_ok());
    case.hypotheses.actors[2].prior_ppm -= 1;
    let last = Actor {
        id: "last".to_owned(),
        kind: ActorKind::NonState,
        state: None,
        prior_ppm: 1,
    };
    case.hypotheses.actors.push(last);
    assert!(matches!(
        case.validate(),
        Err(InputError::Count { what: "actors", .. })
    ));
}
