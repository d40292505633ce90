//! Why this one, why not that one: every answer against the enumeration.

use super::brute::{Brute, could};
use super::generate::{Numbers, small};
use solferino_aid::matching::{Explainer, Why, WhyUnserved, Worse, barriers};
use std::collections::BTreeMap;

const ROUNDS: u64 = 400;

#[test]
fn every_answer_is_what_the_enumeration_says() {
    let mut numbers = Numbers(2);
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..ROUNDS {
        let round = small(&mut numbers, 4).canonical().unwrap();
        let seed: [u8; 32] = seed.to_be_bytes().repeat(4).try_into().unwrap();
        let (best, brute) = Brute::solve(&round, seed, None);
        let best = best.unwrap();
        let explainer = Explainer::new(round.clone(), &seed).unwrap();
        for (a, ask) in round.asks.iter().enumerate() {
            for (h, helper) in round.helpers.iter().enumerate() {
                let answers = explainer.explain(&ask.id, &helper.id).unwrap();
                assert_eq!(answers.len(), ask.team.len(), "canonical: slots are joined");
                let stand = barriers(round.clone(), &ask.id, &helper.id).unwrap();
                for (s, (answer, slot)) in answers.iter().zip(&ask.team).enumerate() {
                    let units = best.units.get(&(a, s, h)).copied();
                    let able = could(&round, ask, slot, helper) && helper.units > 0;
                    assert_eq!(stand[s].is_empty(), able);
                    let forced = || Brute::solve(&round, seed, Some((a, s, h))).0;
                    let word = match &answer.why {
                        Why::Helps {
                            units: given,
                            before,
                        } => {
                            assert_eq!(Some(*given), units);
                            assert_eq!(*before, ask.before.contains(&helper.id));
                            "helps".to_owned()
                        }
                        Why::CouldNot { barriers } => {
                            assert!(!able && *barriers == stand[s]);
                            "could not".to_owned()
                        }
                        Why::NoTeam {
                            why,
                            holders,
                            holder_count,
                        } => {
                            assert!(able && !best.served[a]);
                            assert_eq!(holders.len(), *holder_count);
                            assert_eq!(holders.is_empty(), *why == WhyUnserved::NobodyAble);
                            why.to_string()
                        }
                        Why::WouldBeWorse { what } => {
                            assert!(able && best.served[a] && units.is_none());
                            let part = forced().map_or(1, |forced| forced.against(&best).0);
                            let says = match what {
                                Worse::OthersLose => 1,
                                Worse::Overload => 2,
                                Worse::Continuity => 3,
                                Worse::Lot => 4,
                            };
                            assert_eq!(says, part, "{ask:?} {slot:?} {helper:?}");
                            what.to_string()
                        }
                    };
                    *seen.entry(word).or_default() += 1;
                }
            }
        }
        assert!(brute.looked_at > 0);
    }
    println!("{ROUNDS} rounds, answers: {seen:?}");
    for word in [
        "helps",
        "could not",
        "taken",
        "nobody-able",
        "others-lose",
        "overload",
        "continuity",
        "lot",
    ] {
        assert!(
            seen.get(word).is_some_and(|count| *count > 10),
            "{word}: {seen:?}"
        );
    }
}
