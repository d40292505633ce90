//! Nobody starves: the bound of the page, under streams made to break it.

use super::generate::{Numbers, ask, helper, id, round};
use solferino_aid::matching::{Ask, Helper, Round, Waiting, solve};
use solferino_aid::{Class, Id, Level, Skill, Slot};
use std::collections::BTreeMap;

const DAY_S: i64 = 24 * 3600;

struct Watched {
    /// Other asks received no later that were open when it came to P2.
    before: Option<usize>,
    /// Rounds open to it since then that left it without a team.
    passed_over: usize,
}

fn could_be_had(round: &Round, ask: &Ask) -> bool {
    let mut asks: Vec<Ask> = round
        .asks
        .iter()
        .filter(|one| one.class == Class::P1)
        .cloned()
        .collect();
    if ask.class != Class::P1 {
        asks.push(ask.clone());
    }
    let alone = Round {
        asks,
        ..round.clone()
    };
    let outcome = solve(alone, &[0; 32]).unwrap();
    outcome.teams.iter().any(|team| team.ask == ask.id)
}

/// One round a day; new asks come every day; who is served is gone the next day. Returns the greatest number of open rounds that
/// passed anybody over, and how many were watched.
fn run(days: i64, helpers: &[Helper], arrivals: &mut dyn FnMut(i64) -> Vec<Ask>) -> (usize, usize) {
    let mut open: Vec<Ask> = Vec::new();
    let mut watched: BTreeMap<Id, Watched> = BTreeMap::new();
    let (mut worst, mut done) = (0, 0);
    for day in 0..days {
        let mut new = arrivals(day);
        for ask in &mut new {
            ask.received_s = day * DAY_S;
            watched.insert(
                ask.id.clone(),
                Watched {
                    before: None,
                    passed_over: 0,
                },
            );
        }
        open.extend(new);
        let today = Round {
            at_s: day * DAY_S,
            ..round(open.clone(), helpers.to_vec())
        };
        let outcome = solve(today.clone(), &[day as u8; 32]).unwrap();
        for ask in &open {
            let waited_s = (today.at_s - ask.received_s) as u64;
            let rank = Waiting {
                class: ask.class,
                waited_s,
            }
            .rank(&today.climb);
            let served = outcome.teams.iter().any(|team| team.ask == ask.id);
            let no_later = open
                .iter()
                .filter(|other| other.received_s <= ask.received_s);
            let no_later = no_later.count() - 1;
            let watch = watched.get_mut(&ask.id).unwrap();
            if rank == Class::P2 {
                let before = *watch.before.get_or_insert(no_later);
                if !served && could_be_had(&today, ask) {
                    watch.passed_over += 1;
                    assert!(watch.passed_over <= before, "{} on day {day}", ask.id);
                }
                worst = worst.max(watch.passed_over);
            }
            done += usize::from(served);
        }
        open.retain(|ask| outcome.unserved.iter().any(|one| one.ask == ask.id));
    }
    (worst, done)
}

fn needs(number: u64, class: Class, units: u8) -> Ask {
    let team = vec![Slot {
        skill: Skill::Mail,
        level: Level::Basic,
        units,
    }];
    Ask {
        class,
        team,
        id: id("ask", number),
        ..ask(number)
    }
}

#[test]
fn who_needs_two_is_not_passed_over_for_ever_by_those_who_need_one() {
    // Two helpers, and two small P2 asks a day: serving the most would never serve the one who needs both.
    let helpers = [helper(1), helper(2)];
    let mut number = 0;
    let mut arrivals = |day| {
        number += 10;
        let big = (day == 3).then(|| needs(number, Class::P2, 2));
        (1..=2)
            .map(|n| needs(number + n, Class::P2, 1))
            .chain(big)
            .collect()
    };
    let (worst, served) = run(40, &helpers, &mut arrivals);
    println!("passed over at most {worst} times; {served} served");
    assert!(worst <= 2);
}

#[test]
fn p4_is_served_under_a_stream_of_p2_and_p3() {
    let helpers = [helper(1)];
    let mut number = 0;
    let mut arrivals = |day| {
        number += 10;
        let p4 = (day == 0).then(|| needs(number, Class::P4, 1));
        let p2 = needs(number + 1, Class::P2, 1);
        let p3 = needs(number + 2, Class::P3, 1);
        [p2, p3].into_iter().chain(p4).collect()
    };
    // After 21 days it ranks P2, and only earlier asks pass it.
    let (worst, served) = run(60, &helpers, &mut arrivals);
    println!("passed over at most {worst} times; {served} served");
    assert!(served == 60);
}

#[test]
fn the_bound_holds_for_random_streams() {
    let mut numbers = Numbers(7);
    let mut all = (0, 0);
    for _ in 0..12 {
        let helpers: Vec<Helper> = (0..3)
            .map(|number| Helper {
                units: 1 + numbers.below(2) as u8,
                ..helper(number)
            })
            .collect();
        let mut number = 0;
        let mut arrivals = |_| {
            let many = numbers.below(4);
            (0..many)
                .map(|_| {
                    number += 1;
                    let class = Class::ALL[numbers.below(4) as usize];
                    needs(number, class, 1 + numbers.below(3) as u8)
                })
                .collect()
        };
        let (worst, served) = run(60, &helpers, &mut arrivals);
        all = (all.0.max(worst), all.1 + served);
    }
    println!(
        "12 streams of 60 days: {} served, nobody passed over more than {} times while their team was free",
        all.1, all.0
    );
}

#[test]
fn ranks_climb_and_never_to_p1() {
    let climb = solferino_aid::matching::Climb::default();
    let rank = |class, days: i64, more: i64| {
        let waited_s = (days * DAY_S + more) as u64;
        Waiting { class, waited_s }.rank(&climb)
    };
    assert_eq!(rank(Class::P4, 14, -1), Class::P4);
    assert_eq!(rank(Class::P4, 14, 0), Class::P3);
    assert_eq!(rank(Class::P4, 21, -1), Class::P3);
    assert_eq!(rank(Class::P4, 21, 0), Class::P2);
    assert_eq!(rank(Class::P3, 7, -1), Class::P3);
    assert_eq!(rank(Class::P3, 7, 0), Class::P2);
    for class in [Class::P2, Class::P3, Class::P4] {
        assert_eq!(rank(class, 10_000, 0), Class::P2);
    }
    assert_eq!(rank(Class::P1, 0, 0), Class::P1);
}
