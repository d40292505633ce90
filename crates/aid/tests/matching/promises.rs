//! What matching promises whatever the round: names of countries and organisations do not matter, order of input does not,
//! and more help is never worse.

use super::generate::{Numbers, ask, helper, id, round, small};
use proptest::prelude::*;
use solferino_aid::matching::{
    Ask, MAX_ASKS, MAX_HELPER_UNITS, Outcome, Round, RoundError, Waiting, solve,
};
use solferino_aid::{Class, Label};
use std::collections::{BTreeMap, BTreeSet};

/// An outcome without the digest of its inputs: what people get.
fn given(round: &Round, seed: u8) -> Outcome {
    let outcome = solve(round.clone(), &[seed; 32]).unwrap();
    Outcome {
        inputs: String::new(),
        ..outcome
    }
}

/// A round with every country and organisation under another name.
fn renamed(round: &Round, names: &BTreeMap<&str, &str>) -> Round {
    let one = |label: &Label| -> Label { names[label.as_str()].parse().unwrap() };
    let all = |labels: &BTreeSet<Label>| labels.iter().map(one).collect();
    let mut round = round.clone();
    for ask in &mut round.asks {
        ask.jurisdiction = ask.jurisdiction.as_ref().map(one);
        ask.parties = all(&ask.parties);
    }
    for helper in &mut round.helpers {
        helper.excludes = all(&helper.excludes);
        helper.interests = all(&helper.interests);
    }
    round
}

#[test]
fn renaming_countries_and_organisations_changes_nothing() {
    let places = [
        ["A", "B", "C"],
        ["A", "C", "B"],
        ["B", "A", "C"],
        ["B", "C", "A"],
        ["C", "A", "B"],
        ["C", "B", "A"],
    ];
    let mut numbers = Numbers(3);
    let mut compared = 0;
    for seed in 0..200 {
        let round = small(&mut numbers, 6);
        let before = given(&round, seed);
        for new in places {
            let mut names: BTreeMap<&str, &str> = ["A", "B", "C"].into_iter().zip(new).collect();
            // Organisations move with the same permutation, and one gets a name nobody had.
            let new = new.map(|place| match place {
                "A" => "O1",
                "B" => "O2",
                _ => "Elsewhere Ltd",
            });
            names.extend(["O1", "O2", "O3"].into_iter().zip(new));
            assert_eq!(given(&renamed(&round, &names), seed), before);
            compared += 1;
        }
    }
    println!(
        "{compared} rounds under other names of countries and organisations: the same outcome"
    );
}

#[test]
fn a_country_or_organisation_that_nobody_excludes_is_as_good_as_none() {
    let mut numbers = Numbers(4);
    for seed in 0..300 {
        let mut round = small(&mut numbers, 6);
        for ask in &mut round.asks {
            ask.jurisdiction = None;
            ask.parties.clear();
        }
        let before = given(&round, seed as u8);
        for (number, ask) in round.asks.iter_mut().enumerate() {
            ask.jurisdiction = format!("Land {number}").parse().ok();
            ask.parties = BTreeSet::from([format!("House {number}").parse().unwrap()]);
        }
        assert_eq!(given(&round, seed as u8), before);
    }
}

/// The place in the line sees class and waiting, and nothing else: whatever else of an ask changes, as long as the same
/// helpers could help, the outcome is the same.
#[test]
fn fields_that_shut_nobody_out_move_nobody() {
    type Change = (&'static str, fn(&mut Ask));
    let changes: [Change; 7] = [
        ("languages", |ask| {
            assert!(ask.languages.insert("zu".parse().unwrap()));
        }),
        ("tlp", |ask| ask.tlp = solferino_aid::Tlp::Clear),
        ("jurisdiction", |ask| ask.jurisdiction = "Z".parse().ok()),
        ("parties", |ask| {
            assert!(ask.parties.insert("Z".parse().unwrap()));
        }),
        ("refused", |ask| {
            assert!(ask.refused.insert(id("nobody", 1)))
        }),
        ("hours", |ask| {
            ask.hours = Some(solferino_aid::WeekHours::all())
        }),
        ("before", |ask| assert!(ask.before.insert(id("nobody", 1)))),
    ];
    let json = serde_json::to_value(ask(1)).unwrap();
    let fields = json.as_object().unwrap().keys().map(String::as_str);
    let fields: BTreeSet<&str> = fields.collect();
    let decide = ["id", "class", "received_s", "team", "share_with_helpers"];
    let tried: BTreeSet<&str> = changes
        .iter()
        .map(|(field, _)| *field)
        .chain(decide)
        .collect();
    assert_eq!(
        fields, tried,
        "every field is either changed here or decides by the page"
    );
    for seed in 0..50 {
        let asks: Vec<Ask> = (0..5).map(ask).collect();
        let before = given(&round(asks.clone(), (0..3).map(helper).collect()), seed);
        for (field, change) in changes {
            for number in 0..asks.len() {
                let mut asks = asks.clone();
                change(&mut asks[number]);
                let after = given(&round(asks, (0..3).map(helper).collect()), seed);
                assert_eq!(after, before, "{field}");
            }
        }
    }
    // The type that decides about rank has these fields.
    let Waiting {
        class: _,
        waited_s: _,
    } = Waiting {
        class: Class::P1,
        waited_s: 0,
    };
}

#[test]
fn the_order_of_input_does_not_matter() {
    let mut numbers = Numbers(5);
    for seed in 0..300 {
        let round = small(&mut numbers, 6);
        let mut other = round.clone();
        other.asks.reverse();
        other.helpers.rotate_left(1);
        for ask in &mut other.asks {
            ask.team.reverse();
        }
        let seed = [seed as u8; 32];
        assert_eq!(round.digest().unwrap(), other.digest().unwrap());
        let (one, two) = (solve(round, &seed).unwrap(), solve(other, &seed).unwrap());
        assert_eq!(one, two);
        assert_eq!(one.digest().unwrap(), two.digest().unwrap());
        let json = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), one);
    }
}

#[test]
fn another_helper_never_serves_the_line_worse() {
    let mut numbers = Numbers(6);
    let (mut better, mut same) = (0, 0);
    for seed in 0..1_500 {
        let mut round = small(&mut numbers, 6);
        let seed = [seed as u8; 32];
        let before = solve(round.clone(), &seed).unwrap();
        let mut another = small(&mut numbers, 6).helpers.remove(0);
        another.id = id("another", 1);
        round.helpers.push(another);
        let after = solve(round.clone(), &seed).unwrap();
        // The line is the same; the first ask of it that only one outcome serves has to be served by the second.
        let unserved = |outcome: &Outcome| -> BTreeSet<_> {
            outcome.unserved.iter().map(|one| one.ask.clone()).collect()
        };
        let (left, still) = (unserved(&before), unserved(&after));
        let mut places = before
            .unserved
            .iter()
            .map(|one| (one.rank, u64::MAX - one.waited_s, &one.ask));
        let lost = still.difference(&left).next();
        match lost {
            None if still.len() < left.len() => better += 1,
            None => same += 1,
            Some(_) => {
                let gained = places.find(|(.., ask)| !still.contains(ask)).unwrap();
                let losers = after.unserved.iter().filter(|one| !left.contains(&one.ask));
                let first = losers
                    .map(|one| (one.rank, u64::MAX - one.waited_s))
                    .min()
                    .unwrap();
                assert!((gained.0, gained.1) <= first, "{before:?} {after:?}");
                better += 1;
            }
        }
    }
    println!(
        "one helper more in 1500 rounds: better in {better}, the same in {same}, worse in none"
    );
    assert!(better > 50);
}

proptest! {
    /// Teams are all or nothing, nobody has more than there is, and nobody is in a team that they could not be in.
    #[test]
    fn no_outcome_breaks_a_hard_rule(number in any::<u64>(), seed in any::<[u8; 32]>()) {
        let round = small(&mut Numbers(number), 8).canonical().unwrap();
        let outcome = solve(round.clone(), &seed).unwrap();
        let mut given: BTreeMap<_, u16> = BTreeMap::new();
        for team in &outcome.teams {
            let ask = round.asks.iter().find(|ask| ask.id == team.ask).unwrap();
            for slot in &ask.team {
                let parts = team.parts.iter().filter(|part| (part.skill, part.level) == (slot.skill, slot.level));
                prop_assert_eq!(parts.map(|part| part.units).sum::<u16>(), u16::from(slot.units));
            }
            for part in &team.parts {
                let helper = round.helpers.iter().find(|helper| helper.id == part.helper).unwrap();
                let slot = ask.team.iter().find(|slot| (slot.skill, slot.level) == (part.skill, part.level));
                prop_assert!(super::brute::could(&round, ask, slot.unwrap(), helper));
                *given.entry(helper.id.clone()).or_default() += part.units;
            }
        }
        for helper in &round.helpers {
            prop_assert!(given.get(&helper.id).copied().unwrap_or(0) <= u16::from(helper.units));
        }
    }
}

#[test]
fn rounds_beyond_their_limits_are_refused() {
    let code = |round: Round| solve(round, &[0; 32]).err().map(|error| error.code());
    let with = |change: &dyn Fn(&mut Round)| {
        let mut round = round(vec![ask(1)], vec![helper(1)]);
        change(&mut round);
        code(round)
    };
    assert_eq!(with(&|_| {}), None);
    assert_eq!(with(&|round| round.asks.push(ask(1))), Some("aid-round"));
    assert_eq!(
        with(&|round| round.helpers.push(helper(1))),
        Some("aid-round")
    );
    assert_eq!(with(&|round| round.asks[0].received_s = round.at_s), None);
    assert_eq!(
        with(&|round| round.asks[0].received_s = round.at_s + 1),
        Some("aid-round")
    );
    assert_eq!(with(&|round| round.asks[0].team.clear()), Some("aid-round"));
    assert_eq!(
        with(&|round| round.asks[0].team[0].units = 0),
        Some("aid-round")
    );
    assert_eq!(with(&|round| round.asks[0].team[0].units = 20), None);
    assert_eq!(
        with(&|round| round.asks[0].team[0].units = 21),
        Some("aid-round")
    );
    assert_eq!(
        with(&|round| round.asks[0].team = vec![round.asks[0].team[0]; 8]),
        None
    );
    assert_eq!(
        with(&|round| round.asks[0].team = vec![round.asks[0].team[0]; 9]),
        Some("aid-round")
    );
    assert_eq!(
        with(&|round| round.helpers[0].units = MAX_HELPER_UNITS),
        None
    );
    assert_eq!(
        with(&|round| round.helpers[0].units = MAX_HELPER_UNITS + 1),
        Some("aid-round")
    );
    assert_eq!(
        with(&|round| round.asks = (0..=MAX_ASKS as u64).map(ask).collect()),
        Some("aid-round")
    );
    // 1,601 asks and 20,000 helpers with the same skill: a few more than 32 million pairs.
    let many = round(
        (0..1_601).map(ask).collect(),
        (0..20_000).map(helper).collect(),
    );
    assert_eq!(code(many), Some("aid-round-too-large"));
    assert!(matches!(Round::from_json(b"{}"), Err(RoundError::Shape(_))));
    let mut json = serde_json::to_value(round(vec![ask(1)], vec![])).unwrap();
    assert!(Round::from_json(json.to_string().as_bytes()).is_ok());
    json["asks"][0]["priority"] = 1.into();
    assert!(
        Round::from_json(json.to_string().as_bytes()).is_err(),
        "unknown field"
    );
    assert!(
        solve(round(vec![], vec![]), &[0; 32])
            .unwrap()
            .teams
            .is_empty()
    );
}
