//! A round of 10,000 requests and 5,000 responders, and how cost grows up to it.
//!
//! Two kinds of rounds: *scarce*, where the asks want about twice the units there are, and *ample*, where there are about twice the
//! units they want. Teams have one to four slots of one to three units; all kinds of barriers occur.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // a benchmark talks

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use solferino_aid::matching::{Ask, Climb, Explainer, Helper, Round, Why, solve};
use solferino_aid::{Class, Language, Level, Skill, Slot, Tlp, WeekHours};

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

const LANGUAGES: [&str; 10] = ["en", "en", "en", "fr", "fr", "es", "ar", "uk", "pt", "sw"];

fn languages(numbers: &mut Numbers, most: u64) -> BTreeSet<Language> {
    let many = 1 + numbers.below(most);
    (0..many)
        .map(|_| numbers.pick(&LANGUAGES).parse().unwrap())
        .collect()
}

fn label<T: std::str::FromStr>(kind: &str, number: u64) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("{kind}{number}").parse().unwrap()
}

fn ask(numbers: &mut Numbers, number: u64) -> Ask {
    let slots = numbers.pick(&[1, 1, 1, 2, 2, 3, 4]);
    let slot = |numbers: &mut Numbers| Slot {
        skill: numbers.pick(Skill::ALL),
        level: numbers.pick(&[Level::Basic, Level::Basic, Level::Practised, Level::Expert]),
        units: numbers.pick(&[1, 1, 2, 3]),
    };
    Ask {
        id: label("ask", number),
        class: numbers.pick(&[
            Class::P1,
            Class::P2,
            Class::P2,
            Class::P3,
            Class::P3,
            Class::P4,
        ]),
        received_s: 100_000_000 - numbers.below(30 * 24 * 3600) as i64,
        team: (0..slots).map(|_| slot(numbers)).collect(),
        languages: languages(numbers, 2),
        tlp: numbers.pick(&[
            Tlp::Green,
            Tlp::Amber,
            Tlp::Amber,
            Tlp::AmberStrict,
            Tlp::Red,
        ]),
        jurisdiction: Some(label("place", numbers.below(40))),
        parties: (0..2)
            .map(|_| label("house", numbers.below(5_000)))
            .collect(),
        refused: BTreeSet::new(),
        hours: (numbers.below(10) < 3).then(|| hours(numbers)),
        before: if numbers.below(10) == 0 {
            BTreeSet::from([label("helper", numbers.below(1_000))])
        } else {
            BTreeSet::new()
        },
    }
}

/// Six hours on five days, somewhere in the day.
fn hours(numbers: &mut Numbers) -> WeekHours {
    let first = numbers.below(24) as u8;
    let mut hours = WeekHours::default();
    for day in 0..5 {
        (0..6).for_each(|hour| hours.add((day * 24 + first + hour) % 168));
    }
    hours
}

fn helper(numbers: &mut Numbers, number: u64, units: &[u8]) -> Helper {
    let skills = 2 + numbers.below(3);
    let skill = |_| (numbers.pick(Skill::ALL), numbers.pick(Level::ALL));
    let skills: BTreeMap<Skill, Level> = (0..skills).map(skill).collect();
    Helper {
        id: label("helper", number),
        skills,
        languages: languages(numbers, 3),
        tlp: numbers.pick(&[Tlp::Amber, Tlp::AmberStrict, Tlp::Red]),
        excludes: (0..numbers.below(3))
            .map(|_| label("place", numbers.below(40)))
            .collect(),
        interests: (0..5)
            .map(|_| label("house", numbers.below(5_000)))
            .collect(),
        hours: hours(numbers),
        units: numbers.pick(units),
        load: numbers.pick(&[0, 0, 0, 1, 2]),
        unfit: BTreeSet::new(),
    }
}

fn round(asks: u64, helpers: u64, units: &[u8]) -> Round {
    let mut numbers = Numbers(asks);
    Round {
        at_s: 100_000_000,
        climb: Climb::default(),
        interpreted: BTreeSet::new(),
        asks: (0..asks).map(|number| ask(&mut numbers, number)).collect(),
        helpers: (0..helpers)
            .map(|number| helper(&mut numbers, number, units))
            .collect(),
    }
}

const SCARCE: &[u8] = &[1, 2, 3, 4];
const AMPLE: &[u8] = &[8, 10, 12, 14];

/// Seconds this thread has had a processor: on a busy machine they say more than the clock. Nothing where the system does not tell.
fn processor_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

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
