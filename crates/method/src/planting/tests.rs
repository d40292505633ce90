//! Both searches against trying every set, on small random cases.

use super::{Claim, effort_mban, planting};
use crate::evaluation::{PlantingCost, PlantingEffort, Standard};
use crate::influence;
use crate::input::{
    Actor, ActorKind, ActorRatio, Case, Credibility, Hypotheses, Item, ItemKind, PPM, Reliability,
    Source, Strand,
};
use crate::model::Model;
use crate::params::Params;
use crate::posterior::Exact;
use crate::random::SplitMix64;
use crate::sensitivity::Whole;
use crate::standing::Standing;

struct Random(SplitMix64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        (self.0.next_u64() % u64::from(limit)) as u32
    }

    fn item(&mut self, index: u32, strands: u32) -> Item {
        let strength = [300, 1_000, 3_000][self.below(3) as usize];
        let ratio = |actor: &str, mban: u32| ActorRatio {
            actor: actor.to_owned(),
            mban: [mban as i32 - 200; 3],
        };
        let strand = self.below(strands);
        let made = strand == 0 && strands > 3;
        Item {
            id: format!("i{index}"),
            strand: format!("s{strand}"),
            kind: if made {
                ItemKind::Suggestion
            } else {
                ItemKind::Malware
            },
            reliability: Reliability::B,
            credibility: Credibility::try_from(2).unwrap_or_else(|e| unreachable!("{e}")),
            r_ppm: Some([600_000 + self.below(390_000); 3]),
            phi_ppm: self.below(PPM + 1),
            lr: vec![
                ratio("a", self.below(strength)),
                ratio("b", self.below(400)),
            ],
            deception: None,
            upstream: Vec::new(),
            exhibits: Vec::new(),
            recheckable: true,
            source: Source {
                organisation: "lab".to_owned(),
                state: None,
                bloc: None,
            },
        }
    }

    fn case(&mut self) -> Case {
        let actor = |id: &str, state: Option<&str>, prior_ppm| Actor {
            id: id.to_owned(),
            kind: state.map_or(ActorKind::NoneOfThese, |_| ActorKind::State),
            state: state.map(str::to_owned),
            prior_ppm,
        };
        let strands = 2 + self.below(3);
        let strand = |index| Strand {
            id: format!("s{index}"),
            rho_ppm: [0, 0, 200_000, 700_000, PPM][self.below(5) as usize],
            c_ppm: 20_000 + self.below(200_000),
            machine: index == 0 && strands > 3,
        };
        let strand: Vec<Strand> = (0..strands).map(strand).collect();
        let items = 2 + self.below(7);
        Case {
            hypotheses: Hypotheses {
                actors: vec![
                    actor("a", Some("AA"), 300_000),
                    actor("b", Some("BB"), 200_000),
                    actor("u", None, 500_000),
                ],
                delta_ppm: self.below(200_000),
                relations: Vec::new(),
            },
            strands: strand,
            items: (0..items).map(|i| self.item(i, strands)).collect(),
            reviews: Vec::new(),
            reply_recorded: false,
        }
    }
}

/// What trying every set gives: the smallest (then first), and the easiest set's effort.
fn brute(claim: &Claim<'_>, plantable: &[usize], case: &Case) -> Option<(Vec<usize>, u32)> {
    let mut fewest: Option<Vec<usize>> = None;
    let mut easiest = u32::MAX;
    for mask in 1_u32..1 << plantable.len() {
        let members = plantable.iter().enumerate();
        let set: Vec<usize> = members
            .filter(|(bit, _)| mask & (1 << bit) != 0)
            .map(|(_, item)| *item)
            .collect();
        let mut removed = vec![false; case.items.len()];
        set.iter().for_each(|i| removed[*i] = true);
        if claim.flips(&removed) {
            let effort = set
                .iter()
                .map(|i| effort_mban(case.items[*i].phi_ppm))
                .sum();
            easiest = easiest.min(effort);
            let better = fewest
                .as_ref()
                .is_none_or(|f| (set.len(), &set) < (f.len(), f));
            if better {
                fewest = Some(set);
            }
        }
    }
    fewest.map(|set| (set, easiest))
}

fn check(case: &Case, claimed: Standard, params: &Params) -> (bool, bool) {
    let model = Model::new(case);
    let exact = Exact::new(&model);
    let nothing = vec![false; case.items.len()];
    let state = 0;
    if exact.posterior(&nothing).top_state() != Some(state) {
        return (false, false);
    }
    let standing = Standing::new(&exact, &nothing, state, params);
    let whole = Whole {
        case,
        exact: &exact,
        standing: &standing,
        state,
    };
    let machine = crate::machine::items(case);
    let claim = Claim::new(&whole, claimed, machine.clone(), params);
    let plantable: Vec<usize> = (0..case.items.len())
        .filter(|i| case.items[*i].phi_ppm >= params.plantable_phi_ppm)
        .collect();
    let want = brute(&claim, &plantable, case);
    let (cost, effort) = planting(&whole, claimed, machine, params);
    let names =
        |set: &[usize]| -> Vec<String> { set.iter().map(|i| case.items[*i].id.clone()).collect() };
    let count = plantable.len() as u32;
    match (&want, &cost) {
        (None, PlantingCost::None { plantable }) => assert_eq!(*plantable, count),
        (Some((set, _)), PlantingCost::Flips { items, .. }) => assert_eq!(*items, names(set)),
        (_, PlantingCost::MoreThan { k, best, .. }) => {
            assert!(params.planting_max_sets < 100, "the budget suffices");
            assert!(want.as_ref().is_none_or(|(set, _)| set.len() > *k as usize));
            assert!(want.is_some() || best.is_none());
        }
        other => panic!("{other:?}"),
    }
    match (&want, &effort) {
        (None, PlantingEffort::None { .. }) => {}
        (Some((_, least)), PlantingEffort::Flips { effort_mban, .. }) => {
            assert_eq!(least, effort_mban);
        }
        (_, PlantingEffort::AtLeast { effort_mban, best }) => {
            assert!(params.planting_max_sets < 100, "the budget suffices");
            assert!(want.as_ref().is_none_or(|(_, least)| least >= effort_mban));
            assert!(best.iter().all(|b| b.effort_mban >= *effort_mban));
        }
        other => panic!("{other:?}"),
    }
    let influence = influence::influence(&exact, &plantable);
    let needed = claim.slack(&whole);
    (
        want.is_some(),
        plantable.iter().any(|i| influence[*i] < needed),
    )
}

#[test]
fn the_searches_find_what_trying_every_set_finds() {
    let mut random = Random(SplitMix64::new(3));
    let (mut found, mut bounded) = (0, 0);
    for _ in 0..400 {
        let case = random.case();
        for claimed in [Standard::None, Standard::S3] {
            let params = Params {
                plantable_phi_ppm: 200_000,
                ..Params::default()
            };
            let (flips, prunes) = check(&case, claimed, &params);
            found += u32::from(flips);
            bounded += u32::from(prunes);
            let little = Params {
                planting_max_sets: 1 + random.below(5),
                ..params
            };
            check(&case, claimed, &little);
        }
    }
    assert!(
        found > 100 && bounded > 100,
        "{found} flip, {bounded} bounded"
    );
}

#[test]
fn effort_is_the_logarithm_of_the_chance() {
    let rows = [
        (PPM, 0),
        (500_000, 301),
        (100_000, 1_000),
        (1, 6_000),
        (0, 6_000),
    ];
    for (phi_ppm, want) in rows {
        assert_eq!(effort_mban(phi_ppm), want, "{phi_ppm}");
    }
}
