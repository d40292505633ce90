//! What everybody holds links nothing, one family cannot outweigh, and no question explodes.

use solferino_linking::{
    BuildError, Builder, COMMON_FROM_CASES, Key, MAX_CASES_PER_OBSERVABLE, MAX_NAME_BYTES, Policy,
};

use crate::support::{Told, ask, everything, index, key, told};

/// So many cases of which the first `holding` hold observable 1, and each holds one of its own.
fn crowd(cases: u32, holding: u32) -> Told {
    let mut told = Told::new();
    for case in 0..cases {
        told.push((format!("case-{case:06}"), 1_000 + case));
        if case < holding {
            told.push((format!("case-{case:06}"), 1));
        }
    }
    told
}

#[test]
fn what_half_of_the_cases_hold_still_counts_and_more_does_not() {
    let policy = Policy::default();
    let half = ask(&index(&crowd(20, 10)), &[1], &policy);
    assert_eq!((half.cases, half.common.len()), (10, 0));
    let more = ask(&index(&crowd(20, 11)), &[1], &policy);
    assert_eq!((more.cases, more.links.len(), more.known), (0, 0, 1));
    assert_eq!((more.common[0].sought, more.common[0].cases), (0, 11));
    // Among few cases a part says nothing.
    let few = COMMON_FROM_CASES - 1;
    assert_eq!(
        ask(&index(&crowd(few, few)), &[1], &policy).cases,
        few as usize
    );
    let all = ask(&index(&crowd(few + 1, few + 1)), &[1], &policy);
    assert_eq!(all.cases, 0);
}

#[test]
fn more_than_so_many_cases_never_link() {
    let limit = MAX_CASES_PER_OBSERVABLE;
    let policy = Policy {
        max_links: usize::MAX,
        ..Policy::default()
    };
    let at = ask(&index(&crowd(limit * 3, limit)), &[1], &policy);
    assert_eq!((at.cases, at.links.len()), (limit as usize, limit as usize));
    let over = ask(&index(&crowd(limit * 3, limit + 1)), &[1], &policy);
    assert_eq!((over.cases, over.common.len()), (0, 1));
}

#[test]
fn a_question_looks_at_no_more_than_it_may_and_says_so() {
    let index = index(&told(&[
        ("a", &[1, 2, 3]),
        ("b", &[2, 3]),
        ("c", &[3]),
        ("d", &[4]),
    ]));
    let limited = |max_postings| Policy {
        max_postings,
        ..everything()
    };
    let whole = ask(&index, &[3, 2, 1], &limited(6));
    assert_eq!((whole.cases, whole.cut.len()), (3, 0));
    // The commonest is left first.
    let cut = ask(&index, &[3, 2, 1], &limited(5));
    assert_eq!((cut.cases, cut.known), (2, 3));
    assert_eq!((cut.cut[0].sought, cut.cut[0].cases), (0, 3));
    assert_eq!(ask(&index, &[3, 2, 1], &limited(0)).cut.len(), 3);
}

#[test]
fn five_hundred_hashes_of_one_kit_count_less_than_five() {
    let kit: Vec<u32> = (0..500).map(|n| n * 4).collect();
    let other: Vec<u32> = (0..3)
        .flat_map(|n| [4_001 + n * 4, 4_002 + n * 4])
        .collect();
    let index = index(&told(&[
        ("kit", &kit),
        ("other", &other),
        ("x", &[9_000]),
        ("y", &[9_001]),
    ]));
    let question: Vec<u32> = kit.iter().chain(&other).copied().collect();
    let links = ask(&index, &question, &everything());
    let score = |name: &str| {
        let link = links.links.iter().find(|l| index.case(l.case).name == name);
        link.unwrap().score_mbits
    };
    let rarest = u64::from(solferino_linking::weight_mbits(4, 1));
    assert!(score("kit") < 5 * rarest);
    // Two families of three: 2 · (1 + 0.8 + 0.64).
    assert!(score("other") > 4 * rarest && score("other") > score("kit") * 4 / 5);
}

#[test]
fn the_new_case_itself_is_no_earlier_case() {
    let index = index(&told(&[
        ("new", &[1, 2, 3]),
        ("old", &[2]),
        ("older", &[7]),
    ]));
    let policy = Policy {
        except: index.case_named("new"),
        ..everything()
    };
    let links = ask(&index, &[1, 2, 3], &policy);
    assert_eq!((links.earlier, links.known, links.cases), (2, 1, 1));
    assert_eq!(index.case(links.links[0].case).name, "old");
    assert_eq!(links.links[0].shared[0].cases, 1);
    assert_eq!(
        links.links[0].score_mbits,
        u64::from(solferino_linking::weight_mbits(2, 1))
    );
}

#[test]
fn nothing_known_and_nothing_asked_give_nothing() {
    let empty = index(&Told::new());
    assert_eq!((empty.cases(), empty.observables()), (0, 0));
    assert_eq!(ask(&empty, &[1, 2], &Policy::default()), Default::default());
    let links = ask(&index(&told(&[("a", &[1])])), &[], &Policy::default());
    assert_eq!((links.known, links.cases, links.earlier), (0, 0, 1));
}

#[test]
fn builders_refuse_what_cannot_be() {
    let mut builder = Builder::default();
    assert!(matches!(builder.case(""), Err(BuildError::Name(0))));
    let long = "x".repeat(MAX_NAME_BYTES + 1);
    assert!(matches!(builder.case(&long), Err(BuildError::Name(_))));
    let fits = builder.case(&long[1..]).unwrap();
    assert_eq!(builder.case(&long[1..]).unwrap(), fits);
    let mut other = Builder::default();
    assert!(matches!(
        other.add(fits, key(1), None),
        Err(BuildError::UnknownCase)
    ));
    assert!(matches!(other.date(fits, 1), Err(BuildError::UnknownCase)));
}

#[test]
fn keys_are_the_documented_hash() {
    // printf 'link 1\ndomain-name:example.org' | sha256sum
    let key = Key::of("domain-name:example.org");
    assert_eq!(format!("{key:?}"), "Key(31d27c3de3f663025097bda7ec073d64)");
    assert_eq!(Key::from_bytes(key.to_bytes()), key);
}
