//! The space of element lists is small enough to walk whole, which is stronger than sampling it.

use Kleene::{Met, NotMet, Unknown};
use solferino_norms::{Bound, Force, Kleene, Verdict, judge, verdict_words};

/// Longest list of elements walked: 3^7 lists.
const LONGEST: u32 = 7;

const FORCES: [Force; 6] = [
    Force::Treaty,
    Force::Voluntary,
    Force::Pledge,
    Force::Proposal,
    Force::ExpertRestatement,
    Force::LawCodification,
];
const VERDICTS: [Verdict; 3] = [
    Verdict::Inconsistent,
    Verdict::NotEngaged,
    Verdict::CannotTell,
];
const BOUNDS: [Bound; 4] = [
    Bound::AtTheTime,
    Bound::NotThen,
    Bound::Yardstick,
    Bound::Unknown,
];

fn every_list() -> impl Iterator<Item = Vec<Kleene>> {
    (0..=LONGEST).flat_map(|length| {
        (0..3_usize.pow(length)).map(move |code| {
            (0..length)
                .map(|place| Kleene::ALL[code / 3_usize.pow(place) % 3])
                .collect()
        })
    })
}

#[test]
fn kleene_tables() {
    let and = [
        (Met, [Met, NotMet, Unknown]),
        (NotMet, [NotMet; 3]),
        (Unknown, [Unknown, NotMet, Unknown]),
    ];
    let or = [
        (Met, [Met; 3]),
        (NotMet, [Met, NotMet, Unknown]),
        (Unknown, [Met, Unknown, Unknown]),
    ];
    for (a, row) in and {
        assert_eq!(Kleene::ALL.map(|b| a.and(b)), row, "{a:?} and");
    }
    for (a, row) in or {
        assert_eq!(Kleene::ALL.map(|b| a.or(b)), row, "{a:?} or");
    }
    assert_eq!(Kleene::ALL.map(|a| !a), [NotMet, Met, Unknown]);
    for a in Kleene::ALL {
        for b in Kleene::ALL {
            assert_eq!(!(a.and(b)), (!a).or(!b), "De Morgan");
        }
    }
}

#[test]
fn kleene_is_written_in_kebab_case() {
    let json = serde_json::to_string(&Kleene::ALL).unwrap();
    assert_eq!(json, r#"["met","not-met","unknown"]"#);
}

#[test]
fn inconsistent_needs_every_element_and_not_engaged_a_failed_one() {
    for list in every_list() {
        let expected = if list.contains(&NotMet) {
            Verdict::NotEngaged
        } else if list.is_empty() || list.contains(&Unknown) {
            Verdict::CannotTell
        } else {
            Verdict::Inconsistent
        };
        assert_eq!(judge(&list), expected, "{list:?}");
    }
}

#[test]
fn unknown_is_neither_guilt_nor_innocence() {
    for list in every_list().filter(|l| !l.is_empty()) {
        for place in 0..list.len() {
            let mut other = list.clone();
            other[place] = Unknown;
            assert_ne!(judge(&other), Verdict::Inconsistent, "{other:?}");
            let rest_fails = other.contains(&NotMet);
            assert_eq!(
                judge(&other) == Verdict::NotEngaged,
                rest_fails,
                "{other:?}"
            );
        }
    }
}

#[test]
fn order_does_not_matter() {
    for list in every_list() {
        let verdict = judge(&list);
        for place in 1..list.len() {
            let mut swapped = list.clone();
            swapped.swap(place - 1, place); // neighbour swaps generate every permutation
            assert_eq!(judge(&swapped), verdict);
        }
    }
}

/// Learning what was unknown refines `CannotTell` and never overturns a settled verdict.
#[test]
fn learning_is_monotone() {
    for list in every_list() {
        let before = judge(&list);
        for place in (0..list.len()).filter(|&p| list[p] == Unknown) {
            for learned in [Met, NotMet] {
                let mut after = list.clone();
                after[place] = learned;
                if before != Verdict::CannotTell {
                    assert_eq!(judge(&after), before, "{list:?} -> {after:?}");
                }
            }
        }
    }
}

#[test]
fn only_a_binding_treaty_is_breached() {
    for force in FORCES {
        for verdict in VERDICTS {
            for bound in BOUNDS {
                let words = verdict_words(force, verdict, bound);
                let breach = force == Force::Treaty
                    && verdict == Verdict::Inconsistent
                    && bound == Bound::AtTheTime;
                assert_eq!(
                    words == "breach of",
                    breach,
                    "{force:?} {verdict:?} {bound:?}"
                );
                assert_eq!(words == "not bound then", bound == Bound::NotThen);
                if words == "inconsistent with" {
                    assert_eq!(verdict, Verdict::Inconsistent);
                }
            }
        }
    }
    let soft = verdict_words(Force::Voluntary, Verdict::Inconsistent, Bound::AtTheTime);
    assert_eq!(soft, "inconsistent with");
}
