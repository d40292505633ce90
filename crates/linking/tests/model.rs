//! The index against a map of sets, and what must not change an answer.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use solferino_linking::{KEPT_PPM, Policy, Scratch, weight_mbits};

use crate::support::{Told, ask, built, everything, index, key, sought, told};

fn any_told() -> impl Strategy<Value = Told> {
    let pair =
        (0..12_u32, 0..60_u32).prop_map(|(case, observable)| (format!("c{case}"), observable));
    prop::collection::vec(pair, 0..150)
}

fn any_question() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0..80_u32, 0..60)
}

/// Who holds each observable.
fn holders(told: &Told, except: Option<&str>) -> BTreeMap<u32, BTreeSet<String>> {
    let mut map: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for (case, observable) in told
        .iter()
        .filter(|(case, _)| Some(case.as_str()) != except)
    {
        map.entry(*observable).or_default().insert(case.clone());
    }
    map
}

/// What two cases share: `(observable, cases, counted)`, and the sum, by the rule of docs/linking.md.
type Expected = BTreeMap<String, (Vec<(u32, u32, u32)>, u64)>;

fn expected(told: &Told, question: &[u32], except: Option<&str>) -> Expected {
    let map = holders(told, except);
    let all: BTreeSet<&String> = told.iter().map(|(case, _)| case).collect();
    let earlier = all
        .iter()
        .filter(|case| Some(case.as_str()) != except)
        .count() as u32;
    let asked: BTreeSet<u32> = question.iter().copied().collect();
    let mut links = Expected::new();
    for case in all {
        let mut shared: Vec<(u32, _, u32)> = Vec::new();
        for observable in &asked {
            if let Some(cases) = map.get(observable).filter(|cases| cases.contains(case)) {
                shared.push((cases.len() as u32, key(*observable), *observable));
            }
        }
        shared.sort();
        let mut ranks = BTreeMap::new();
        let mut rows = Vec::new();
        for (cases, _, observable) in shared {
            let rank: &mut u32 = ranks.entry(observable % 4).or_default();
            let factor = (0..*rank).fold(1_000_000_u64, |f, _| f * KEPT_PPM / 1_000_000);
            let counted = u64::from(weight_mbits(earlier, cases)) * factor / 1_000_000;
            *rank += 1;
            rows.push((observable, cases, counted as u32));
        }
        if !rows.is_empty() {
            let sum = rows.iter().map(|row| u64::from(row.2)).sum();
            links.insert(case.clone(), (rows, sum));
        }
    }
    links
}

proptest! {
    #[test]
    fn an_answer_is_what_going_through_everything_gives(
        told in any_told(), question in any_question(), except in 0..15_u32,
    ) {
        let index = index(&told);
        let name = format!("c{except}");
        let excepted = index.case_named(&name);
        prop_assert_eq!(excepted.is_some(), told.iter().any(|(case, _)| *case == name));
        let policy = Policy { except: excepted, ..everything() };
        let links = ask(&index, &question, &policy);
        let want = expected(&told, &question, excepted.map(|_| name.as_str()));
        prop_assert_eq!(links.cases, want.len());
        prop_assert!(links.links.windows(2).all(|two| two[0].score_mbits >= two[1].score_mbits));
        let got: Expected = links.links.iter().map(|link| {
            let row = |s: &solferino_linking::Shared| (question[s.sought], s.cases, s.counted_mbits);
            let rows = link.shared.iter().map(row).collect();
            (index.case(link.case).name.to_owned(), (rows, link.score_mbits))
        }).collect();
        prop_assert_eq!(got, want);
        for shared in links.links.iter().flat_map(|link| &link.shared) {
            let observable = question[shared.sought];
            prop_assert_eq!(shared.first_day, Some((observable % 1000) as u16));
        }
    }

    #[test]
    fn the_order_of_telling_changes_no_byte(
        told in any_told(), seed in any::<u64>(),
    ) {
        let mut shuffled = told.clone();
        // Any order will do; telling something twice is no order either.
        shuffled.sort_by_key(|(case, o)| (u64::from(*o) ^ case.len() as u64).wrapping_mul(seed | 1));
        shuffled.extend(told.iter().take(3).cloned());
        prop_assert_eq!(built(&told), built(&shuffled));
    }

    #[test]
    fn the_order_of_asking_changes_nothing_but_the_places(
        told in any_told(), question in any_question(),
    ) {
        let index = index(&told);
        let backwards: Vec<u32> = question.iter().rev().copied().collect();
        let (one, other) = (ask(&index, &question, &everything()), ask(&index, &backwards, &everything()));
        prop_assert_eq!(one.links.len(), other.links.len());
        for (a, b) in one.links.iter().zip(&other.links) {
            prop_assert_eq!((a.case, a.score_mbits), (b.case, b.score_mbits));
            let named: Vec<u32> = a.shared.iter().map(|s| question[s.sought]).collect();
            let same: Vec<u32> = b.shared.iter().map(|s| backwards[s.sought]).collect();
            prop_assert_eq!(named, same);
        }
    }

    #[test]
    fn a_case_that_shares_nothing_changes_no_order_and_adds_no_link(
        told in any_told(), question in any_question(),
    ) {
        let mut more = told.clone();
        more.push(("unrelated".to_owned(), 1_000_000));
        let (before, after) = (index(&told), index(&more));
        let (a, b) = (ask(&before, &question, &everything()), ask(&after, &question, &everything()));
        prop_assert_eq!(a.cases, b.cases);
        for link in &a.links {
            let name = before.case(link.case).name;
            let same = b.links.iter().find(|l| after.case(l.case).name == name).unwrap();
            let places = |l: &solferino_linking::Link| {
                l.shared.iter().map(|s| (s.sought, s.cases)).collect::<Vec<_>>()
            };
            prop_assert_eq!(places(link), places(same));
        }
    }

    #[test]
    fn one_more_case_that_holds_it_never_raises_a_score(
        told in any_told(), question in any_question(),
    ) {
        // A copy of everything that is asked for.
        let mut more = told.clone();
        more.extend(question.iter().map(|o| ("copy".to_owned(), *o)));
        let (before, after) = (index(&told), index(&more));
        let (a, b) = (ask(&before, &question, &everything()), ask(&after, &question, &everything()));
        for link in &a.links {
            let name = before.case(link.case).name;
            let same = b.links.iter().find(|l| after.case(l.case).name == name).unwrap();
            prop_assert!(same.score_mbits <= link.score_mbits);
        }
    }
}

#[test]
fn scratch_memory_carries_nothing_over() {
    let index = index(&told(&[("a", &[1, 2]), ("b", &[2, 3]), ("c", &[9])]));
    let other = crate::support::index(&told(&[("x", &[1])]));
    let mut scratch = Scratch::default();
    let policy = everything();
    let first = index.link(&sought(&[1, 2, 3]), &policy, &mut scratch);
    assert_eq!(other.link(&sought(&[1]), &policy, &mut scratch).cases, 1);
    assert_eq!(
        index.link(&sought(&[1, 2, 3]), &policy, &mut scratch),
        first
    );
    let top = Policy {
        max_links: 1,
        ..policy
    };
    let strongest = index.link(&sought(&[1, 2, 3]), &top, &mut scratch);
    assert_eq!(
        (strongest.cases, &strongest.links[..]),
        (2, &first.links[..1])
    );
    assert_eq!(
        index.link(&sought(&[1, 2, 3]), &policy, &mut scratch),
        first
    );
}

#[test]
fn undated_observables_have_their_cases_day() {
    let mut builder = solferino_linking::Builder::default();
    let (one, two) = (builder.case("one").unwrap(), builder.case("two").unwrap());
    builder.add(one, key(1), None).unwrap();
    builder.add(one, key(2), Some(50)).unwrap();
    builder.add(two, key(1), None).unwrap();
    builder.add(two, key(3), None).unwrap();
    builder.date(one, 40).unwrap();
    builder.date(one, 60).unwrap();
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    let index = solferino_linking::Index::open(bytes).unwrap();
    assert_eq!(index.case(0).day, Some(40));
    assert_eq!(index.case(1).day, None);
    let day = |observable: u32| {
        let links = ask(&index, &[observable], &everything());
        links.links[0].shared[0].first_day
    };
    assert_eq!((day(1), day(2), day(3)), (Some(40), Some(50), None));
}
