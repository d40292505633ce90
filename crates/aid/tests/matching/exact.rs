//! The crate's outcome is the enumeration's, unit by unit.

use super::brute::Brute;
use super::generate::{Numbers, ask, helper, id, round, small};
use solferino_aid::matching::{Round, solve};
use solferino_aid::{Class, Level, Skill, Slot};

/// Rounds of up to 6 asks and 6 helpers that the enumeration is run on.
const ROUNDS: u64 = 4_000;

fn compare(round: &Round, seed: [u8; 32]) -> (u64, usize, usize) {
    let (best, brute) = Brute::solve(round, seed, None);
    let best = best.unwrap();
    let outcome = solve(round.clone(), &seed).unwrap();
    assert_eq!(
        brute.units_of(&outcome),
        best.units,
        "{}",
        serde_json::to_string(round).unwrap()
    );
    assert_eq!(outcome.overload, best.overload);
    let served = best.served.iter().filter(|served| **served).count();
    assert_eq!(outcome.teams.len(), served);
    assert_eq!(outcome.unserved.len(), round.asks.len() - served);
    // What the page promises about number.
    let units = |team: &[Slot]| {
        team.iter()
            .map(|slot| usize::from(slot.units))
            .sum::<usize>()
    };
    let most = round.asks.iter().map(|ask| units(&ask.team)).max().unwrap();
    assert!(
        served * most >= brute.most_served,
        "{served} of {}",
        brute.most_served
    );
    if most == 1 {
        assert_eq!(served, brute.most_served);
    }
    (brute.looked_at, served, brute.most_served)
}

#[test]
fn equal_to_brute_force_on_generated_rounds() {
    let mut numbers = Numbers(1);
    let (mut looked_at, mut served, mut unserved, mut shapes) =
        (0, 0, 0, std::collections::BTreeSet::new());
    for seed in 0..ROUNDS {
        let round = small(&mut numbers, 6);
        shapes.insert((round.asks.len(), round.helpers.len()));
        let seed = seed.to_be_bytes().repeat(4).try_into().unwrap();
        let (outcomes, with_team, _) = compare(&round, seed);
        looked_at += outcomes;
        served += with_team;
        unserved += round.asks.len() - with_team;
    }
    assert_eq!(shapes.len(), 36, "every size up to 6 x 6");
    assert!(
        served > 2_000 && unserved > 2_000,
        "{served} and {unserved}"
    );
    println!(
        "{ROUNDS} rounds up to 6 x 6, {looked_at} outcomes enumerated; {served} asks served, {unserved} not"
    );
}

/// Every set of pairs between 3 asks and 3 helpers, every split of the asks into two classes, every team of one or two units for
/// the first ask.
#[test]
fn equal_to_brute_force_on_all_rounds_of_three_and_three() {
    let (mut rounds, mut looked_at) = (0_u64, 0);
    for pairs in 0..512_u32 {
        for classes in 0..8_u32 {
            for first_units in 1..=2 {
                let asks = (0..3).map(|number| {
                    let mut ask = ask(number);
                    if classes >> number & 1 == 1 {
                        ask.class = Class::P1;
                    }
                    if number == 0 {
                        ask.team = vec![Slot {
                            skill: Skill::Mail,
                            level: Level::Basic,
                            units: first_units,
                        }];
                    }
                    let refused = (0..3).filter(|helper| pairs >> (3 * number + helper) & 1 == 0);
                    ask.refused = refused.map(|helper| id("helper", helper)).collect();
                    ask
                });
                let round = round(asks.collect(), (0..3).map(helper).collect());
                looked_at += compare(&round, [pairs as u8; 32]).0;
                rounds += 1;
            }
        }
    }
    println!("{rounds} rounds of 3 x 3, all there are; {looked_at} outcomes enumerated");
    assert_eq!(rounds, 512 * 8 * 2);
}
