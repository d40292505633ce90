//! Linking a case of 2,000 observables against one million and ten million known ones.
//!
//! Nine in ten of the known observables are held by one case, the others by two to nine, and a few by half of all
//! cases; the new case shares none, a tenth or all of its observables with earlier ones. Building is timed once, not sampled.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // a benchmark talks

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use solferino_linking::{Builder, Built, Index, Key, Policy, Scratch, Sought};

/// Observables of the new case.
const SOUGHT: u64 = 2_000;
/// Observables of an earlier case, about.
const PER_CASE: u64 = 100;

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn text(n: u64) -> String {
    format!("domain-name:host-{n}.example.org")
}

/// How many cases hold the `n`-th observable.
fn holders(n: u64, cases: u64) -> u64 {
    match n % 100_000 {
        0 => cases / 2,
        rest if rest % 10 == 0 => 2 + mixed(n) % 8,
        _ => 1,
    }
}

fn build(known: u64) -> (Vec<u8>, Built) {
    let cases = known / PER_CASE;
    let keys: Vec<Key> = (0..known).map(|n| Key::of(&text(n))).collect();
    let begun = Instant::now();
    let mut builder = Builder::default();
    let numbers: Vec<_> = (0..cases)
        .map(|n| builder.case(&format!("case-{n}")).unwrap())
        .collect();
    for (n, key) in keys.iter().enumerate() {
        let n = n as u64;
        for nth in 0..holders(n, cases) {
            let case = mixed(n ^ (nth << 40)) % cases;
            let day = (mixed(case) % 20_000) as u16;
            builder
                .add(numbers[case as usize], *key, Some(day))
                .unwrap();
        }
    }
    let mut bytes = Vec::new();
    let built = builder.finish(&mut bytes).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let opening = Instant::now();
    Index::open(bytes.as_slice()).unwrap();
    println!(
        "{known} observables, {} cases, {} pairs: built in {seconds:.2} s ({:.1} million pairs/s), \
         {} bytes = {:.2} per observable, {:.2} per pair; opened and checked in {:.3} s",
        built.cases,
        built.pairs,
        built.pairs as f64 / seconds / 1e6,
        built.bytes,
        built.bytes as f64 / known as f64,
        built.bytes as f64 / built.pairs as f64,
        opening.elapsed().as_secs_f64(),
    );
    (bytes, built)
}

/// The fastest and the middle of a thousand single questions: on a busy machine they say more than a mean.
fn single_times(mut ask: impl FnMut()) -> String {
    let time = |_| {
        let begun = Instant::now();
        ask();
        begun.elapsed().as_secs_f64() * 1e6
    };
    let mut times: Vec<f64> = (0..1000).map(time).collect();
    times.sort_by(f64::total_cmp);
    format!(
        "fastest {:.0} µs, median {:.0} µs of 1,000",
        times[0], times[500]
    )
}

/// The texts of a new case, so many in a thousand of them known.
fn question(known: u64, shared_permille: u64) -> Vec<String> {
    let one = |n: u64| {
        let is_shared = mixed(n) % 1000 < shared_permille;
        text(if is_shared {
            mixed(n) % known
        } else {
            known + n
        })
    };
    (0..SOUGHT).map(one).collect()
}

fn sought(texts: &[String]) -> Vec<Sought> {
    let one = |text: &String| Sought {
        key: Key::of(text),
        family: 0,
    };
    texts.iter().map(one).collect()
}

fn linking(c: &mut Criterion) {
    let mut group = c.benchmark_group("link 2,000 observables");
    group.throughput(Throughput::Elements(SOUGHT));
    group.measurement_time(Duration::from_secs(5));
    for known in [1_000_000_u64, 10_000_000] {
        let (bytes, _) = build(known);
        let index = Index::open(bytes).unwrap();
        let mut scratch = Scratch::default();
        for (name, permille) in [
            ("none known", 0),
            ("a tenth known", 100),
            ("all known", 1000),
        ] {
            let texts = question(known, permille);
            let keys = sought(&texts);
            let links = index.link(&keys, &Policy::default(), &mut scratch);
            let times = single_times(|| {
                black_box(index.link(black_box(&keys), &Policy::default(), &mut scratch));
            });
            println!(
                "{name} of {known}: {} shared, {} cases; {times}",
                links.known, links.cases
            );
            group.bench_function(BenchmarkId::new(name, known), |b| {
                b.iter(|| index.link(black_box(&keys), &Policy::default(), &mut scratch));
            });
        }
        let texts = question(known, 1000);
        let times = single_times(|| {
            black_box(index.link(&sought(black_box(&texts)), &Policy::default(), &mut scratch));
        });
        println!("all known of {known}, with hashing: {times}");
        group.bench_function(BenchmarkId::new("all known, with hashing", known), |b| {
            b.iter(|| index.link(&sought(black_box(&texts)), &Policy::default(), &mut scratch));
        });
    }
    group.finish();
}

criterion_group!(benches, linking);
criterion_main!(benches);
