//! Arbitrary cases for property tests: mostly valid, with the extremes of every range.

use proptest::prelude::*;
use solferino_method::{
    Actor, ActorKind, ActorRatio, Case, Credibility, DeceptionRatios, Hypotheses, Imitating, Item,
    ItemKind, PPM, Reliability, ReviewerPosterior, Source, StateRelations, Strand,
};

fn ppm() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1), Just(PPM), 0..=PPM]
}

fn mban() -> impl Strategy<Value = i32> {
    prop_oneof![Just(-10_000), Just(0), Just(10_000), -10_000..=10_000]
}

/// Parts of one million, each at least 1.
fn shares(weights: &[u32]) -> Vec<u32> {
    let total: u64 = weights.iter().map(|w| u64::from(*w) + 1).sum();
    let spare = u64::from(PPM) - weights.len() as u64;
    let mut out: Vec<u32> = weights
        .iter()
        .map(|w| ((u64::from(*w) + 1) * spare / total) as u32 + 1)
        .collect();
    out[0] += PPM - out.iter().sum::<u32>();
    out
}

fn hypotheses() -> impl Strategy<Value = Hypotheses> {
    let actors = prop::collection::vec((0..PPM, 0..6_u8), 1..7);
    (actors, 0..PPM, 0..=500_000_u32, any::<bool>()).prop_map(
        |(actors, none, delta_ppm, related)| {
            let mut weights: Vec<u32> = actors.iter().map(|(w, _)| *w).collect();
            weights.push(none);
            let prior = shares(&weights);
            let mut out: Vec<Actor> = Vec::new();
            for (i, (_, state)) in actors.iter().enumerate() {
                // state 0 is "no state"; two actors may be units of one state
                let kind = if *state == 0 {
                    ActorKind::NonState
                } else {
                    ActorKind::State
                };
                let code = (*state > 0).then(|| format!("{0}{0}", char::from(b'A' + state)));
                out.push(Actor {
                    id: format!("a{i}"),
                    kind,
                    state: code,
                    prior_ppm: prior[i],
                });
            }
            let prior_ppm = prior[actors.len()];
            out.push(Actor {
                id: "u".to_owned(),
                kind: ActorKind::NoneOfThese,
                state: None,
                prior_ppm,
            });
            let state = out.iter().find_map(|a| a.state.clone()).filter(|_| related);
            let relation = |state| StateRelations {
                state,
                allied: vec!["east".to_owned()],
                adversary: vec!["west".to_owned()],
            };
            Hypotheses {
                actors: out,
                delta_ppm,
                relations: state.map(relation).into_iter().collect(),
            }
        },
    )
}

fn grade() -> impl Strategy<Value = (Reliability, u8)> {
    let letters = [
        Reliability::A,
        Reliability::B,
        Reliability::C,
        Reliability::D,
        Reliability::E,
        Reliability::F,
    ];
    (prop::sample::select(letters.to_vec()), 1..=6_u8)
}

fn kind() -> impl Strategy<Value = ItemKind> {
    prop::sample::select(vec![
        ItemKind::Infrastructure,
        ItemKind::Territory,
        ItemKind::Malware,
        ItemKind::Judicial,
    ])
}

type Raw = (
    (usize, ItemKind, (Reliability, u8), Option<[u32; 3]>, u32),
    (
        Vec<(usize, [i32; 3])>,
        Option<(i32, i32, Vec<(usize, i32)>)>,
    ),
    (u8, bool, u8),
);

fn raw_item() -> impl Strategy<Value = Raw> {
    let sorted = |mut v: [u32; 3]| {
        v.sort_unstable();
        v
    };
    let r = prop::option::of(prop::array::uniform3(ppm()).prop_map(sorted));
    let triple = prop::array::uniform3(mban()).prop_map(|mut v| {
        v.sort_unstable();
        v
    });
    let lr = prop::collection::vec((0..7_usize, triple), 0..5);
    let deception = (
        mban(),
        mban(),
        prop::collection::vec((0..7_usize, mban()), 0..3),
    );
    (
        (0..5_usize, kind(), grade(), r, ppm()),
        (lr, prop::option::of(deception)),
        (0..6_u8, any::<bool>(), 0..4_u8),
    )
}

fn build_item(
    index: usize,
    raw: Raw,
    hypotheses: &Hypotheses,
    (strands, machine): (usize, bool),
) -> Item {
    let ((strand, kind, (reliability, digit), r, phi_ppm), (lr, deception), (origin, again, bloc)) =
        raw;
    let actors = &hypotheses.actors;
    let unknown = reliability == Reliability::F || digit == 6;
    let mut ratios: Vec<ActorRatio> = Vec::new();
    for (actor, mban) in lr {
        let actor = actors[actor % actors.len()].id.clone();
        if !ratios.iter().any(|r| r.actor == actor) {
            ratios.push(ActorRatio { actor, mban });
        }
    }
    let deception = deception.map(|(none_mban, other_mban, rows)| {
        let mut imitating: Vec<Imitating> = Vec::new();
        for (actor, mban) in rows {
            let actor = actors[actor % (actors.len() - 1)].id.clone();
            if !imitating.iter().any(|r| r.actor == actor) {
                imitating.push(Imitating { actor, mban });
            }
        }
        DeceptionRatios {
            none_mban,
            other_mban,
            imitating,
        }
    });
    let names = ["east", "west", "south"];
    Item {
        id: format!("i{index}"),
        strand: format!("s{}", strand % strands),
        kind: if machine && strand.is_multiple_of(strands) {
            ItemKind::Suggestion
        } else {
            kind
        },
        reliability,
        credibility: Credibility::try_from(digit).unwrap(),
        r_ppm: r.filter(|_| !unknown),
        phi_ppm,
        lr: ratios,
        deception,
        upstream: if origin < 3 {
            vec![format!("upstream {origin}")]
        } else {
            vec![]
        },
        exhibits: vec![],
        recheckable: again,
        source: Source {
            organisation: format!("org{bloc}"),
            state: (bloc < 3).then(|| "XX".to_owned()),
            bloc: names.get(usize::from(bloc)).map(|n| (*n).to_owned()),
        },
    }
}

/// A valid case.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    let c = prop_oneof![Just(1_u32), Just(PPM), 1..=PPM];
    let strands = prop::collection::vec((ppm(), c), 1..5);
    let items = prop::collection::vec(raw_item(), 0..10);
    let reviews = prop::collection::vec(prop::collection::vec(0..PPM, 7), 0..4);
    let flags = (any::<bool>(), any::<bool>());
    (hypotheses(), strands, items, reviews, flags).prop_map(
        |(hypotheses, strands, items, reviews, (reply_recorded, machine))| {
            let count = strands.len();
            let build = |(i, raw)| build_item(i, raw, &hypotheses, (count, machine));
            let items = items.into_iter().enumerate().map(build).collect();
            let actors = hypotheses.actors.len();
            let review = |(i, weights): (usize, Vec<u32>)| ReviewerPosterior {
                reviewer: format!("r{i}"),
                posterior_ppm: shares(&weights[..actors]),
                weight_ppm: 666_667 + weights[0] * 2 / 3,
            };
            let strand = |(i, (rho_ppm, c_ppm)): (usize, (u32, u32))| Strand {
                id: format!("s{i}"),
                rho_ppm,
                c_ppm,
                machine: machine && i == 0,
            };
            Case {
                strands: strands.into_iter().enumerate().map(strand).collect(),
                items,
                reviews: reviews.into_iter().enumerate().map(review).collect(),
                reply_recorded,
                hypotheses,
            }
        },
    )
}
