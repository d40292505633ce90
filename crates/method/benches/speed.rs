//! The speeds of docs/method.md, "Speed", each with its input size; `cargo bench -p solferino-method`.
#![allow(missing_docs, clippy::unwrap_used)] // the macros of criterion are not documented

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use solferino_method::{
    Actor, ActorKind, ActorRatio, Case, Credibility, Hypotheses, Item, ItemKind, PPM, Params,
    Reliability, Source, Strand, evaluate_on, intervals, removals,
};
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Listed actors; with "none of these" 21 rows and 21 columns.
const ACTORS: u32 = 20;
const STRANDS: u32 = 15;

/// A small fixed mixing function: the figures only have to differ from one another.
fn mixed(a: u32, b: u32) -> u32 {
    let x = (a.wrapping_mul(2_654_435_761) ^ b.wrapping_mul(2_246_822_519)).wrapping_add(b);
    (x ^ (x >> 15)).wrapping_mul(2_246_822_519) >> 8
}

fn source(index: u32) -> Source {
    let state = index % 10;
    Source {
        organisation: format!("organisation-{}", index % 25),
        state: Some(format!("{}X", char::from(b'A' + state as u8))),
        bloc: Some(format!("bloc-{}", state % 4)),
    }
}

/// Every item gives every listed actor a ratio with a range and takes its reliability from its
/// grade; every strand has some correlation: nothing is spared that a draw may cost.
fn item(index: u32) -> Item {
    let ratio = |actor: u32| {
        let mid = (mixed(index, actor) % 2_000) as i32 - 1_000;
        ActorRatio {
            actor: format!("actor-{actor}"),
            mban: [mid - 300, mid, mid + 300],
        }
    };
    Item {
        id: format!("item-{index}"),
        strand: format!("strand-{}", index % STRANDS),
        kind: ItemKind::Malware,
        reliability: Reliability::B,
        credibility: Credibility::try_from(2).unwrap(),
        r_ppm: None,
        phi_ppm: mixed(index, 99) % PPM,
        lr: (0..ACTORS).map(ratio).collect(),
        deception: None,
        upstream: Vec::new(),
        exhibits: Vec::new(),
        recheckable: !index.is_multiple_of(3),
        source: source(index),
    }
}

fn case(items: u32) -> Case {
    let actor = |index: u32| Actor {
        id: format!("actor-{index}"),
        kind: ActorKind::State,
        state: Some(format!("{}Y", char::from(b'A' + (index / 2) as u8))),
        prior_ppm: 27_500,
    };
    let mut actors: Vec<Actor> = (0..ACTORS).map(actor).collect();
    actors.push(Actor {
        id: "none".to_owned(),
        kind: ActorKind::NoneOfThese,
        state: None,
        prior_ppm: PPM - 27_500 * ACTORS,
    });
    let strand = |index: u32| Strand {
        id: format!("strand-{index}"),
        rho_ppm: 200_000 + 20_000 * index,
        c_ppm: 60_000,
        machine: false,
    };
    Case {
        hypotheses: Hypotheses {
            actors,
            delta_ppm: 50_000,
            relations: Vec::new(),
        },
        strands: (0..STRANDS).map(strand).collect(),
        items: (0..items).map(item).collect(),
        reviews: Vec::new(),
        reply_recorded: false,
    }
}

fn exact(c: &mut Criterion) {
    let mut group = c.benchmark_group("exact, every removal: 20 actors, 15 strands");
    for items in [20, 200] {
        let case = case(items);
        let id = BenchmarkId::from_parameter(format!("{items} items"));
        let params = Params::default();
        group.bench_function(id, |b| {
            b.iter(|| removals(black_box(&case), &params).unwrap());
        });
    }
    group.finish();
}

fn draws(c: &mut Criterion) {
    let mut group = c.benchmark_group("draws: 20 actors, 15 strands");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500));
    let rows = [
        (20, 10_000, 2),
        (200, 10_000, 1),
        (200, 10_000, 2),
        (200, 100_000, 2),
    ];
    for (items, draws, threads) in rows {
        let case = case(items);
        let params = Params {
            draws,
            ..Params::default()
        };
        let threads = NonZeroUsize::new(threads).unwrap();
        let name = format!("{items} items, {draws} draws, {threads} threads");
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| intervals(black_box(&case), &params, threads).unwrap());
        });
    }
    group.finish();
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole evaluation, 10000 draws: 20 actors, 15 strands");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500));
    for items in [20, 200] {
        let case = case(items);
        let threads = NonZeroUsize::new(2).unwrap();
        let name = format!("{items} items, {threads} threads");
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| evaluate_on(black_box(&case), &Params::default(), threads).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, exact, draws, whole);
criterion_main!(benches);
