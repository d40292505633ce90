//! Large rounds for the benchmark and the test of speed: teams of one to four slots of one to three units, and every kind of barrier.

use std::collections::{BTreeMap, BTreeSet};

use solferino_aid::matching::{Ask, Climb, Helper, Round};
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
        share_with_helpers: true,
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

/// A round; the units of a helper are drawn from `units`.
pub(crate) fn round(asks: u64, helpers: u64, units: &[u8]) -> Round {
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

/// Units of a helper where the asks want about twice what there is.
pub(crate) const SCARCE: &[u8] = &[1, 2, 3, 4];
/// Units of a helper where there is about twice what the asks want.
pub(crate) const AMPLE: &[u8] = &[8, 10, 12, 14];

/// Seconds this thread has had a processor: on a busy machine they say more than the clock. Nothing where the system does not tell.
pub(crate) fn processor_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
