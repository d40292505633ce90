//! Sources and blocs left out, the strand a machine made, proven bounds, threads, and the words.

use crate::generate::case;
use crate::support::{all_stages, item, params, stage, strand, three};
use proptest::prelude::*;
use solferino_method::{
    Case, GateId, InputError, ItemKind, LinchpinKind, Params, ParamsError, PlantingCost, Standard,
    Strand, Verdict, evaluate, evaluate_as_given, evaluate_on, intervals, likelihood_sentence,
    merge_strands, removals, sensitivity_sentences,
};
use std::num::NonZeroUsize;

/// `count` strong strands for `a`, each of one item.
fn strong(count: usize) -> Case {
    let mut case = three([250_000, 250_000, 500_000], 50_000);
    for s in ["s", "t", "v", "w"].into_iter().take(count) {
        case.strands.push(strand(s, 0, 60_000));
        case.items.push(item(
            &format!("i-{s}"),
            s,
            950_000,
            100_000,
            &[("a", 3_000)],
        ));
    }
    case
}

/// Adds a strand a machine made, with one item for `a`.
fn suggest(case: &mut Case, c_ppm: u32) {
    case.strands.push(Strand {
        machine: true,
        ..strand("m", 0, c_ppm)
    });
    let mut made = item("ranking", "m", 990_000, 0, &[("a", 4_000)]);
    made.kind = ItemKind::Suggestion;
    case.items.push(made);
}

#[test]
fn a_bloc_left_out_is_the_smaller_case() {
    let mut case = strong(4);
    for (item, bloc) in case.items.iter_mut().zip(["east", "west", "east", "east"]) {
        item.source.bloc = Some(bloc.to_owned());
        item.source.state = Some("XX".to_owned());
    }
    let whole = evaluate(&case, &params()).unwrap();
    let names = |rows: &[solferino_method::Removal]| -> Vec<String> {
        rows.iter().map(|r| r.removed.clone()).collect()
    };
    assert_eq!(names(&whole.without_source_bloc), ["east", "west"]);
    for removal in &whole.without_source_bloc {
        let mut smaller = case.clone();
        smaller
            .items
            .retain(|i| i.source.bloc.as_ref() != Some(&removal.removed));
        let result = evaluate(&smaller, &params()).unwrap();
        assert_eq!(removal.p.to_bits(), result.state("AA").unwrap().p.to_bits());
    }
    let kinds: Vec<LinchpinKind> = whole.linchpins.iter().map(|l| l.kind).collect();
    assert!(kinds.contains(&LinchpinKind::SourceState), "{kinds:?}");
    assert!(kinds.contains(&LinchpinKind::SourceBloc), "{kinds:?}");
    assert!(
        kinds.contains(&LinchpinKind::SourceOrganisation),
        "one laboratory saw all"
    );
    let parts = removals(&case, &params()).unwrap().unwrap();
    assert_eq!(parts.without_source_bloc, whole.without_source_bloc);
    assert_eq!(parts.without_item, whole.without_item);
}

#[test]
fn a_suggestion_moves_odds_by_ten_thirds_at_most() {
    for c_ppm in [1, 300_000] {
        let mut case = three([250_000, 250_000, 500_000], 50_000);
        suggest(&mut case, c_ppm);
        let result = evaluate(&case, &params()).unwrap();
        assert_eq!(result.raised.len(), usize::from(c_ppm < 300_000));
        let odds = result.actors[0].p / result.actors[1].p;
        assert!(odds > 3.0 && odds <= 10.0 / 3.0 + 1e-12, "{odds}");
        assert!(result.supporting.is_empty(), "never a supporting strand");
    }
}

/// With the suggestion all gates of a standard but one are met: that one forbids it.
#[test]
fn a_suggestion_never_carries_a_finding() {
    let mut carried = 0;
    for count in 0..=4 {
        for lr in [300, 700, 1_000, 1_500, 3_000] {
            let mut without = strong(count);
            without
                .items
                .iter_mut()
                .for_each(|i| i.lr[0].mban = [lr; 3]);
            let mut with = without.clone();
            suggest(&mut with, 300_000);
            let least = evaluate(&without, &params()).unwrap();
            let most = evaluate(&with, &params()).unwrap();
            assert!(
                most.standard_numeric <= least.standard_numeric,
                "{count} {lr}"
            );
            assert!(most.confidence.level <= least.confidence.level);
            let rest = most.without_machine.as_ref().unwrap();
            assert_eq!(
                rest.states, least.states,
                "sampled as if it had never been there"
            );
            assert_eq!(rest.standard, least.standard_numeric);
            assert_eq!(rest.left_out, ["ranking"]);
            for standard in [Standard::S1, Standard::S2, Standard::S3] {
                let mut own = most.gates.iter().filter(|g| g.standard == standard);
                let forbids = own
                    .clone()
                    .any(|g| g.gate == GateId::WithoutMachine && g.verdict == Verdict::NotMet);
                let others = own.all(|g| {
                    let numeric = matches!(
                        g.gate,
                        GateId::Probability | GateId::LowerBound | GateId::WorstStrandOut
                    );
                    !numeric || g.verdict == Verdict::Met
                });
                carried += u32::from(forbids && others);
            }
        }
    }
    assert!(carried > 0, "the gate decides at least once");
    let plain = evaluate(&strong(3), &params()).unwrap();
    assert!(plain.without_machine.is_none());
    assert!(plain.gates.iter().all(|g| g.gate != GateId::WithoutMachine));
}

#[test]
fn suggestions_stand_in_one_marked_strand() {
    let mut two = strong(1);
    suggest(&mut two, 300_000);
    assert_eq!(two.validate(), Ok(()));
    two.strands.push(Strand {
        machine: true,
        ..strand("n", 0, 300_000)
    });
    let error = two.validate().unwrap_err();
    assert!(
        matches!(
            error,
            InputError::Count {
                count: 2,
                max: 1,
                ..
            }
        ),
        "{error}"
    );
    let mut hidden = strong(1);
    hidden.items[0].kind = ItemKind::Suggestion;
    let error = hidden.validate().unwrap_err();
    assert!(matches!(error, InputError::MachineMade { .. }), "{error}");
    let mut among = strong(1);
    suggest(&mut among, 300_000);
    among.items[0].strand = "m".to_owned();
    let error = among.validate().unwrap_err();
    assert!(matches!(error, InputError::MachineMade { .. }), "{error}");
    let low = Params {
        machine_c_min_ppm: 9_999,
        ..params()
    };
    let error = low.validate().unwrap_err();
    assert!(matches!(
        error,
        ParamsError::OutOfRange {
            name: "machine_c_min_ppm",
            ..
        }
    ));
    let json = serde_json::to_string(&strong(1)).unwrap();
    assert!(
        !json.contains("machine"),
        "a strand of people says nothing of machines"
    );
}

#[test]
fn a_suggestion_taints_no_strand_of_people() {
    let mut case = strong(3);
    suggest(&mut case, 300_000);
    for item in [0, 3] {
        case.items[item].upstream.push("u".to_owned());
    }
    let (merged, notes) = merge_strands(&case);
    assert_eq!((notes.len(), merged.strands.len()), (0, 4));
    let result = evaluate(&case, &params()).unwrap();
    assert_eq!(result.supporting, ["s", "t", "v"]);
    assert_eq!(result.without_machine.unwrap().left_out, ["ranking"]);
}

#[test]
fn what_moves_nothing_ties_no_strands_together() {
    let mut case = strong(3);
    for item in 0..2 {
        case.items[item].upstream.push("u".to_owned());
    }
    assert_eq!(merge_strands(&case).1.len(), 1);
    // the same shared origin through an item that says nothing of anybody
    case.items[1].upstream.pop();
    let mut silent = case.items[1].clone();
    silent.id = "silent".to_owned();
    silent.lr.clear();
    silent.upstream.push("u".to_owned());
    case.items.push(silent);
    assert!(merge_strands(&case).1.is_empty());
}

#[test]
fn no_draw_leaves_the_proven_bounds() {
    for (name, case) in all_stages() {
        let result = evaluate_as_given(&case, &params()).unwrap();
        let (top, e) = (result.top().unwrap(), result.envelope.as_ref().unwrap());
        assert!(e.interval_within, "{name}");
        assert!(e.bound_low <= e.low && e.high <= e.bound_high, "{name}");
        assert!(e.bound_low < top.p5 && top.p95 < e.bound_high, "{name}");
        println!("{name}: [{:.3}, {:.3}] in {e:?}", top.p5, top.p95);
    }
}

#[test]
fn sentences_name_nobody_below_a_standard() {
    for (name, case) in all_stages() {
        let result = evaluate(&case, &params()).unwrap();
        let sentences = sensitivity_sentences(&result);
        assert_eq!(result.standard, Standard::None, "no reviews yet");
        assert!(sentences.len() >= 6, "{name}: {sentences:#?}");
        for actor in &result.actors {
            let state = actor.state.as_deref().unwrap_or(&actor.actor);
            let place = sentences.iter().find(|s| s.split(' ').any(|w| w == state));
            // a source may be of a state that is also a hypothesis; the accused it is not
            let source = result
                .without_source_state
                .iter()
                .any(|r| r.removed == state);
            assert!(source || place.is_none(), "{name}: {place:?}");
        }
        assert!(sentences.iter().all(|s| s.ends_with('.')), "{sentences:#?}");
    }
}

#[test]
fn sentences_say_what_the_figures_say() {
    let result = evaluate_as_given(&stage("olympic2018", "T0"), &params()).unwrap();
    let text = sensitivity_sentences(&result).join("\n");
    for part in [
        "Planting 2 items changes the result, and no fewer do: O1 and O2.",
        "Its probability is below 0.50 (asked for by standard S1) already",
        "Without everything the bloc",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let mut case = strong(4);
    suggest(&mut case, 300_000);
    case.items[0].phi_ppm = 500_000;
    let result = evaluate(&case, &params()).unwrap();
    let text = sensitivity_sentences(&result).join("\n");
    assert!(
        text.contains("Without the suggestion a machine made (ranking) it is"),
        "{text}"
    );
    assert!(text.contains("gets all of it right is 50.0 %"), "{text}");
    assert!(!likelihood_sentence(&result).is_empty());
}

/// A hundred weak, easily planted items: the bound proves what no enumeration could.
#[test]
fn many_weak_items_have_a_proven_cost() {
    let mut case = strong(4);
    for index in 0..100 {
        let s = ["s", "t", "v", "w"][index % 4];
        case.items.push(item(
            &format!("weak{index}"),
            s,
            500_000,
            900_000,
            &[("a", 20)],
        ));
    }
    let result = evaluate(&case, &params()).unwrap();
    assert_eq!(result.standard_numeric, Standard::S3);
    match result.planting {
        PlantingCost::None { plantable } => assert_eq!(plantable, 100),
        PlantingCost::MoreThan { k, .. } => assert!(k >= 4, "{k}"),
        PlantingCost::Flips { cost, .. } => assert!(cost >= 4, "{cost}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_number_of_threads_changes_no_bit(case in case(), threads in 2_usize..9) {
        let threads = NonZeroUsize::new(threads).unwrap();
        let one = evaluate(&case, &params()).unwrap();
        prop_assert_eq!(&one, &evaluate_on(&case, &params(), threads).unwrap());
        let parts = intervals(&case, &params(), threads).unwrap();
        let given = evaluate_as_given(&case, &params()).unwrap();
        prop_assert_eq!(parts, (given.actors, given.states));
    }

    #[test]
    fn the_interval_lies_within_the_proven_bounds(case in case()) {
        let result = evaluate_as_given(&case, &params()).unwrap();
        if let Some(envelope) = &result.envelope {
            prop_assert!(envelope.interval_within, "{:?} {:?}", envelope, result.top());
            prop_assert!(envelope.bound_low <= envelope.low && envelope.high <= envelope.bound_high);
        }
    }
}
