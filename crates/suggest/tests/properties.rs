//! Properties of all rankers.

use proptest::prelude::*;
use solferino_suggest::{
    GUARD_DELTA, ITEM_CAP, Kind, Knowledge, Profile, STRAND_CORRUPTION, Weights, draft, ranker,
    rankers, suggest,
};

use crate::support::{FEATURES, file, habits};

fn knowledge(profiles: &[Profile]) -> Knowledge {
    let kinds: Vec<Kind> = (0..FEATURES)
        .map(|f| {
            if f % 5 == 4 {
                Kind::Software
            } else {
                Kind::Technique
            }
        })
        .collect();
    Knowledge::new(&kinds, profiles)
}

fn profiles() -> impl Strategy<Value = Vec<Profile>> {
    let features = prop::collection::btree_map(0..FEATURES, 1_u32..6, 0..20);
    let profile = (features, 0_u32..9).prop_map(|(f, sources)| Profile {
        features: f.into_iter().collect(),
        sources,
    });
    prop::collection::vec(profile, 2..9)
}

fn case() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..FEATURES, 0..15)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn probabilities_sum_to_one(profiles in profiles(), case in case()) {
        let knowledge = knowledge(&profiles);
        for ranker in rankers() {
            let p = ranker.prepare(&knowledge).probabilities(&case, ranker.centre());
            prop_assert_eq!(p.len(), profiles.len());
            prop_assert!(p.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)), "{}: {:?}", ranker.name(), p);
            prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{}", ranker.name());
        }
        let answer = suggest(&knowledge, &case, &Weights::shipped().unwrap(), 3).unwrap();
        prop_assert!((answer.probabilities.iter().sum::<f64>() + answer.none - 1.0).abs() < 1e-12);
    }

    #[test]
    fn another_order_of_groups_permutes_the_answer(profiles in profiles(), case in case()) {
        let turned: Vec<Profile> = profiles.iter().rev().cloned().collect();
        let (one, other) = (knowledge(&profiles), knowledge(&turned));
        for ranker in rankers() {
            let a = ranker.prepare(&one).probabilities(&case, ranker.centre());
            let b = ranker.prepare(&other).probabilities(&case, ranker.centre());
            for (x, y) in a.iter().zip(b.iter().rev()) {
                prop_assert!((x - y).abs() < 1e-9, "{}: {:?} {:?}", ranker.name(), a, b);
            }
        }
    }

    #[test]
    fn an_artefact_that_only_one_group_uses_never_lowers_that_group(
        profiles in profiles(), case in case(), g in 0..9_usize,
    ) {
        let knowledge = knowledge(&profiles);
        let group = g % profiles.len();
        let own = profiles[group].features.iter().map(|(f, _)| *f);
        let ranker = ranker("guarded").unwrap();
        let prepared = ranker.prepare(&knowledge);
        let score = |case: &[usize]| prepared.columns(case).scores(ranker.centre())[group];
        for feature in own.filter(|f| knowledge.spread(*f) == 1 && !case.contains(f)) {
            let longer: Vec<usize> = case.iter().copied().chain([feature]).collect();
            prop_assert!(score(&longer) >= score(&case) - 1e-12);
            let gain = prepared.gain(group, feature, &case, ranker.centre());
            prop_assert!((gain - (score(&longer) - score(&case))).abs() < 1e-9);
        }
    }

    #[test]
    fn no_item_says_more_than_its_cap(profiles in profiles(), feature in 0..FEATURES) {
        let knowledge = knowledge(&profiles);
        let ranker = ranker("guarded").unwrap();
        let columns = ranker.prepare(&knowledge).columns(&[feature]);
        for row in columns.rows() {
            prop_assert!(row[0].abs().max(row[1].abs()) <= ITEM_CAP.ln() + 1e-12);
        }
    }

    #[test]
    fn a_draft_stays_within_its_reliability(profiles in profiles(), case in case()) {
        let knowledge = knowledge(&profiles);
        let groups: Vec<usize> = (0..profiles.len()).collect();
        for item in draft(&knowledge, &case, &Weights::shipped().unwrap(), &groups) {
            prop_assert!(item.mban.is_sorted());
            // 1/(1 - 0.85) is 6.67 to one: 824 millibans.
            prop_assert!(item.mban.iter().all(|m| m.abs() <= 824));
        }
    }
}

#[test]
fn the_strand_is_capped_as_the_method_asks() {
    const { assert!(STRAND_CORRUPTION >= 300_000) };
    assert!((GUARD_DELTA - 0.05).abs() < 1e-15, "the method's default δ");
}

#[test]
fn a_group_that_shows_all_its_habits_comes_first_and_is_dear_to_topple() {
    let file = file();
    let knowledge = file.knowledge(3);
    let weights = Weights::shipped().unwrap();
    let few = suggest(&knowledge, &habits(2)[..3], &weights, 2).unwrap();
    let all = suggest(&knowledge, &habits(2), &weights, 2).unwrap();
    assert_eq!((few.ranked[0].group, all.ranked[0].group), (2, 2));
    assert!(all.ranked[0].probability > few.ranked[0].probability);
    let cost = |s: &solferino_suggest::Suggestions| match s.ranked[0].planting_cost {
        solferino_suggest::PlantingCost::AtMost(n) => n,
        solferino_suggest::PlantingCost::MoreThan(n) => n + 1,
    };
    assert!(cost(&all) > cost(&few), "{:?} {:?}", few.ranked, all.ranked);
}

#[test]
fn nothing_known_is_no_answer() {
    let answer = suggest(&file().knowledge(3), &[], &Weights::shipped().unwrap(), 3).unwrap();
    assert!(answer.abstains);
    let nobody = suggest(&knowledge(&[]), &[1], &Weights::shipped().unwrap(), 3).unwrap();
    assert!(nobody.abstains && nobody.ranked.is_empty() && (nobody.none - 1.0).abs() < 1e-15);
}
