//! Merging, planting cost, refusal 1, gates, confidence and words, on the worked cases.

use crate::support::{item, params, stage, strand, three};
use solferino_method::{
    Confidence, GateId, ItemKind, Likelihood, PlantingCost, ReviewerPosterior, SharedOrigin,
    Standard, Verdict, confidence_sentence, evaluate, evaluate_as_given, likelihood_sentence,
    likelihood_word,
};

#[test]
fn strands_that_share_an_upstream_are_merged_and_shown() {
    let case = stage("solarwinds2020", "T1");
    let merged = evaluate(&case, &params()).unwrap();
    let given = evaluate_as_given(&case, &params()).unwrap();
    assert_eq!(given.merges, vec![]);
    let note = &merged.merges[0];
    assert_eq!((note.into.as_str(), note.c_ppm), ("USGOV1", 100_000));
    assert_eq!(note.strands, ["USGOV1", "ALLIES"]);
    assert_eq!(
        note.shared,
        [SharedOrigin::Upstream("us-intelligence".to_owned())]
    );
    assert!(
        merged.top().unwrap().p < given.top().unwrap().p,
        "echo is not corroboration"
    );
}

#[test]
fn the_framed_party_is_named_by_naive_reasoning_and_not_by_us() {
    let result = evaluate_as_given(&stage("olympic2018", "T0"), &params()).unwrap();
    assert_eq!(result.naive.actor, "LAZARUS");
    assert!((result.naive.p - 0.978).abs() < 5e-4);
    assert_eq!(result.standard_numeric, Standard::None);
    // both code items are easily planted, and together they alone put Lazarus on top
    let items = vec!["O1".to_owned(), "O2".to_owned()];
    assert_eq!(result.planting, PlantingCost::Flips { cost: 2, items });
}

#[test]
fn naive_column_of_the_table() {
    for (case, at, actor, p) in [
        ("sony2014", "T0", "DPRK", 0.9999),
        ("olympic2018", "T1", "LAZARUS", 0.978),
        ("olympic2018", "T2", "GRU", 0.757),
        ("notpetya2017", "T0", "GRU", 0.989),
        ("solarwinds2020", "T0", "SVR", 0.54),
        ("solarwinds2020", "T1", "SVR", 0.987),
    ] {
        let naive = evaluate_as_given(&stage(case, at), &params())
            .unwrap()
            .naive;
        assert_eq!(naive.actor, actor, "{case} {at}");
        assert!((naive.p - p).abs() < 5e-3, "{case} {at}: {}", naive.p);
    }
}

#[test]
fn planting_cost_counts_forged_items() {
    let mut case = three([250_000, 250_000, 500_000], 50_000);
    for s in ["s", "t", "v"] {
        case.strands.push(strand(s, 0, 60_000));
        case.items.push(item(
            &format!("i-{s}"),
            s,
            950_000,
            600_000,
            &[("a", 3_000)],
        ));
    }
    let planted = evaluate(&case, &params()).unwrap();
    let want = PlantingCost::Flips {
        cost: 1,
        items: vec!["i-s".to_owned()],
    };
    assert_eq!(planted.planting, want, "S2 needs its third strand");
    for item in &mut case.items {
        item.phi_ppm = 499_999;
    }
    let hard = evaluate(&case, &params()).unwrap();
    assert_eq!(hard.planting, PlantingCost::None { plantable: 0 });
}

#[test]
fn no_state_on_infrastructure_alone() {
    let mut case = three([250_000, 250_000, 500_000], 50_000);
    for s in ["s", "t", "v"] {
        case.strands.push(strand(s, 0, 60_000));
        case.items.push(item(
            &format!("i-{s}"),
            s,
            950_000,
            100_000,
            &[("a", 3_000)],
        ));
        case.items.last_mut().unwrap().kind = ItemKind::Infrastructure;
    }
    let datum = evaluate(&case, &params())
        .unwrap()
        .infrastructure_only
        .unwrap();
    assert!(datum.rests_on_territory_or_infrastructure_alone);
    for item in &mut case.items {
        item.kind = ItemKind::Malware;
    }
    let datum = evaluate(&case, &params())
        .unwrap()
        .infrastructure_only
        .unwrap();
    assert!(!datum.rests_on_territory_or_infrastructure_alone);
}

/// A case that meets every gate of S3.
fn complete() -> solferino_method::Case {
    let mut case = three([250_000, 250_000, 500_000], 50_000);
    for s in ["s", "t", "v", "w"] {
        case.strands.push(strand(s, 0, 60_000));
        case.items.push(item(
            &format!("i-{s}"),
            s,
            950_000,
            100_000,
            &[("a", 3_000)],
        ));
        case.items.last_mut().unwrap().source.bloc = Some("south".to_owned());
    }
    case.hypotheses
        .relations
        .push(solferino_method::StateRelations {
            state: "AA".to_owned(),
            allied: vec!["east".to_owned()],
            adversary: vec!["west".to_owned()],
        });
    for reviewer in ["r1", "r2"] {
        let posterior_ppm = vec![970_000, 10_000, 20_000];
        case.reviews.push(ReviewerPosterior {
            reviewer: reviewer.to_owned(),
            posterior_ppm,
            weight_ppm: 1_000_000,
        });
    }
    case.reply_recorded = true;
    case
}

/// Removing one condition at a time costs exactly the standards that ask for it.
#[test]
fn each_gate_counts() {
    type Damage = fn(&mut solferino_method::Case);
    let rows: [(Damage, Standard, GateId, Verdict); 6] = [
        (
            |c| c.reply_recorded = false,
            Standard::S2,
            GateId::ReplyRecorded,
            Verdict::NotMet,
        ),
        (
            |c| c.reviews.clear(),
            Standard::None,
            GateId::BothPools,
            Verdict::Unknown,
        ),
        (
            |c| c.reviews.truncate(1),
            Standard::None,
            GateId::ReviewerFloor,
            Verdict::Unknown,
        ),
        (
            |c| c.reviews[0].posterior_ppm = vec![799_999, 1, 200_000],
            Standard::S2,
            GateId::ReviewerFloor,
            Verdict::NotMet,
        ),
        (
            |c| c.hypotheses.relations.clear(),
            Standard::S2,
            GateId::NonAlignedStrand,
            Verdict::Unknown,
        ),
        (
            |c| {
                c.items
                    .iter_mut()
                    .for_each(|i| i.source.bloc = Some("west".to_owned()))
            },
            Standard::S2,
            GateId::NonAlignedStrand,
            Verdict::NotMet,
        ),
    ];
    let whole = evaluate(&complete(), &params()).unwrap();
    assert_eq!(
        (whole.standard, whole.standard_numeric),
        (Standard::S3, Standard::S3),
        "{:#?}",
        whole.gates
    );
    assert_eq!(
        whole.confidence.level,
        Confidence::High,
        "{:?}",
        whole.confidence
    );
    for (damage, standard, gate, verdict) in rows {
        let mut case = complete();
        damage(&mut case);
        let result = evaluate(&case, &params()).unwrap();
        assert_eq!(result.standard, standard, "{gate:?}");
        assert_eq!(result.standard_numeric, Standard::S3, "{gate:?}");
        assert!(
            result
                .gates
                .iter()
                .any(|g| g.gate == gate && g.verdict == verdict),
            "{gate:?}"
        );
    }
}

/// A strand that nobody outside can re-check counts with a c of at least 8 %, whatever it states.
#[test]
fn unshared_strands_are_raised_to_the_floor() {
    let mut case = complete();
    case.items[0].recheckable = false;
    let strand = case
        .strands
        .iter()
        .position(|s| s.id == case.items[0].strand)
        .unwrap();
    let stated = case.strands[strand].c_ppm;
    let floor = params().unshared_c_min_ppm;
    assert!(
        stated < floor,
        "the case is meant to state less than the floor"
    );
    let raised = evaluate(&case, &params()).unwrap();
    assert_eq!(raised.raised.len(), 1);
    assert_eq!(
        (raised.raised[0].from_ppm, raised.raised[0].to_ppm),
        (stated, floor)
    );
    case.strands[strand].c_ppm = floor;
    let stated_honestly = evaluate(&case, &params()).unwrap();
    assert!(stated_honestly.raised.is_empty());
    assert_eq!(raised.states, stated_honestly.states);
}

/// Unshared evidence is allowed with a c of at least 8 %, and then carries no S2 on its own.
#[test]
fn a_standard_must_hold_on_recheckable_items() {
    let mut case = complete();
    for index in 0..3 {
        case.items[index].recheckable = false;
        case.strands[index].c_ppm = 80_000;
    }
    let result = evaluate(&case, &params()).unwrap();
    let failed = |s: Standard| {
        let mut gates = result.gates.iter();
        gates.any(|g| {
            g.standard == s && g.gate == GateId::RecheckableOnly && g.verdict == Verdict::NotMet
        })
    };
    assert!(failed(Standard::S2) && failed(Standard::S3));
    assert_eq!(result.standard, Standard::S1);
}

#[test]
fn words_have_half_open_intervals() {
    let edges: [(f64, f64, Likelihood); 7] = [
        (0.0, 0.05, Likelihood::AlmostNoChance),
        (0.05, 0.20, Likelihood::VeryUnlikely),
        (0.20, 0.45, Likelihood::Unlikely),
        (0.45, 0.55, Likelihood::RoughlyEven),
        (0.55, 0.80, Likelihood::Likely),
        (0.80, 0.95, Likelihood::VeryLikely),
        (0.95, 1.0, Likelihood::AlmostCertain),
    ];
    for (low, high, word) in edges {
        assert_eq!(likelihood_word(low), word);
        assert_eq!(likelihood_word(f64::from_bits(high.to_bits() - 1)), word);
    }
    assert_eq!(likelihood_word(1.0), Likelihood::AlmostCertain);
}

/// Refusal 3: never in one sentence.
#[test]
fn likelihood_and_confidence_stand_apart() {
    for (_, case) in crate::support::all_stages() {
        let result = evaluate_as_given(&case, &params()).unwrap();
        let (likelihood, confidence) = (likelihood_sentence(&result), confidence_sentence(&result));
        assert!(!likelihood.contains("onfidence"), "{likelihood}");
        // no reviews yet, so no standard is reached, so the sentence names nobody
        assert!(
            result.states.iter().all(|s| !likelihood.contains(&s.state)),
            "{likelihood}"
        );
        assert!(!confidence.contains("likely"), "{confidence}");
        assert_eq!(
            likelihood.matches(". ").count(),
            0,
            "one sentence: {likelihood}"
        );
    }
}

/// A removal is a recomputation: it equals the evaluation of the smaller case.
#[test]
fn removals_equal_the_smaller_case() {
    let case = stage("dnc2016", "T2");
    let whole = evaluate_as_given(&case, &params()).unwrap();
    for (index, removal) in whole.without_item.iter().enumerate() {
        let mut smaller = case.clone();
        smaller.items.remove(index);
        let result = evaluate_as_given(&smaller, &params()).unwrap();
        let p = result.state("RU").unwrap().p;
        assert!((p - removal.p).abs() < 1e-14, "{}", removal.removed);
    }
    for removal in &whole.without_strand {
        let mut smaller = case.clone();
        smaller.items.retain(|i| i.strand != removal.removed);
        let result = evaluate_as_given(&smaller, &params()).unwrap();
        assert!(
            (result.state("RU").unwrap().p - removal.p).abs() < 1e-14,
            "{}",
            removal.removed
        );
    }
}
