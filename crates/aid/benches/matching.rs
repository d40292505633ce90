//! A round of 10,000 requests and 5,000 responders, and how cost grows up to it.
//!
//! It fails if the time that docs/aid.md promises is not kept on the processor.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // a benchmark talks

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rounds::{AMPLE, SCARCE, processor_s, round};
use solferino_aid::matching::{Explainer, Why, solve};

mod rounds;

/// What docs/aid.md promises for 10,000 asks and 5,000 helpers, in seconds.
const MOST_S: f64 = 5.0;

/// Runs something; says how long it took by the clock and on the processor.
fn timed<T>(work: impl FnOnce() -> T) -> (T, String, f64) {
    let (begun, before) = (Instant::now(), processor_s());
    let result = work();
    let seconds = begun.elapsed().as_secs_f64();
    let processor = processor_s()
        .zip(before)
        .map(|(after, before)| after - before);
    let on_processor = processor.map_or("not told".to_owned(), |s| format!("{s:.3} s"));
    let text = format!("{seconds:.3} s ({on_processor} on the processor)");
    (result, text, processor.unwrap_or(seconds))
}

fn growth() {
    for (kind, units) in [("scarce", SCARCE), ("ample", AMPLE)] {
        for asks in [1_250, 2_500, 5_000, 10_000] {
            let round = round(asks, asks / 2, units);
            let (outcome, text, seconds) = timed(|| solve(round, &[7; 32]).unwrap());
            println!(
                "{asks} asks x {} helpers, {kind}: {text}, {:.0} µs per ask; {} served",
                asks / 2,
                seconds / asks as f64 * 1e6,
                outcome.teams.len(),
            );
            assert!(seconds < MOST_S, "more than {MOST_S} s on the processor");
        }
    }
}

/// Why this one, why not that one: the first pairs of one ask that are not simply barred.
fn explaining() {
    let round = round(10_000, 5_000, AMPLE);
    let (explainer, text, _) = timed(|| Explainer::new(round.clone(), &[7; 32]).unwrap());
    println!("10,000 x 5,000 made ready to be explained: {text}");
    let ask = &round.asks[17].id;
    let mut answered = 0;
    for helper in &round.helpers {
        let (answers, text, _) = timed(|| explainer.explain(ask, &helper.id).unwrap());
        let able = answers
            .iter()
            .any(|answer| !matches!(answer.why, Why::CouldNot { .. }));
        if able {
            println!("one pair explained: {text}: {:?}", answers[0].why);
            answered += 1;
        }
        if answered == 5 {
            return;
        }
    }
}

fn matching(c: &mut Criterion) {
    growth();
    explaining();
    let mut group = c.benchmark_group("match");
    group.sample_size(10);
    group.measurement_time(Duration::from_secs(10));
    for (kind, units) in [("scarce", SCARCE), ("ample", AMPLE)] {
        let round = round(2_500, 1_250, units);
        group.bench_function(BenchmarkId::new(kind, "2,500 x 1,250"), |b| {
            b.iter(|| solve(black_box(round.clone()), &[7; 32]).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, matching);
criterion_main!(benches);
