//! Small rounds from numbers.

use solferino_aid::matching::{Ask, Barrier, Climb, Helper, Round};
use solferino_aid::{Class, Id, Level, Skill, Slot, Tlp, WeekHours};
use std::collections::{BTreeMap, BTreeSet};

/// SplitMix64: the same numbers on every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True so many times in a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub(crate) fn id(kind: &str, number: u64) -> Id {
    format!("{kind}{number}").parse().unwrap()
}

pub(crate) fn ask(number: u64) -> Ask {
    Ask {
        id: id("ask", number),
        class: Class::P2,
        received_s: 0,
        team: vec![Slot {
            skill: Skill::Mail,
            level: Level::Basic,
            units: 1,
        }],
        languages: BTreeSet::from(["en".parse().unwrap()]),
        tlp: Tlp::Green,
        share_with_helpers: true,
        jurisdiction: None,
        parties: BTreeSet::new(),
        refused: BTreeSet::new(),
        hours: None,
        before: BTreeSet::new(),
    }
}

pub(crate) fn helper(number: u64) -> Helper {
    Helper {
        id: id("helper", number),
        skills: BTreeMap::from([(Skill::Mail, Level::Expert)]),
        languages: BTreeSet::from(["en".parse().unwrap()]),
        tlp: Tlp::Red,
        excludes: BTreeSet::new(),
        interests: BTreeSet::new(),
        hours: WeekHours::all(),
        units: 1,
        load: 0,
        unfit: BTreeSet::new(),
    }
}

pub(crate) fn round(asks: Vec<Ask>, helpers: Vec<Helper>) -> Round {
    let at_s = 100 * 24 * 3600;
    Round {
        at_s,
        climb: Climb::default(),
        interpreted: BTreeSet::new(),
        asks,
        helpers,
    }
}

const SKILLS: [Skill; 3] = [Skill::Mail, Skill::Logs, Skill::Backups];
const PLACES: [&str; 3] = ["A", "B", "C"];
const ORGANISATIONS: [&str; 3] = ["O1", "O2", "O3"];

/// A round of up to so many asks and helpers, with every kind of barrier, ties in waiting, teams, continuity and load.
pub(crate) fn small(numbers: &mut Numbers, most: u64) -> Round {
    let asks = 1 + numbers.below(most);
    let helpers = 1 + numbers.below(most);
    // The enumeration of small rounds has to come to an end.
    let mut units_left = if most > 8 { 200 } else { 9 };
    let asks = (0..asks).map(|number| small_ask(numbers, number, helpers, &mut units_left));
    let asks = asks.collect();
    let helpers = (0..helpers)
        .map(|number| small_helper(numbers, number))
        .collect();
    round(asks, helpers)
}

fn small_ask(numbers: &mut Numbers, number: u64, helpers: u64, units_left: &mut u8) -> Ask {
    let mut ask = ask(number);
    ask.class = Class::ALL[numbers.below(4) as usize];
    // Few different times, so that there are ties; some long enough to climb.
    ask.received_s = (100 - [0, 1, 2, 8, 15, 30][numbers.below(6) as usize]) * 24 * 3600;
    let slots = if numbers.chance(30) { 2 } else { 1 };
    ask.team = (0..slots)
        .map(|_| {
            let units = if numbers.chance(30) && *units_left > 2 {
                2
            } else {
                1
            };
            *units_left = units_left.saturating_sub(units);
            let skill = SKILLS[numbers.below(3) as usize];
            Slot {
                skill,
                level: Level::ALL[numbers.below(2) as usize],
                units,
            }
        })
        .collect();
    if numbers.chance(30) {
        ask.languages.insert("fr".parse().unwrap());
    }
    ask.tlp = if numbers.chance(20) {
        Tlp::Red
    } else {
        Tlp::Green
    };
    ask.share_with_helpers = !numbers.chance(10);
    if numbers.chance(50) {
        ask.jurisdiction = PLACES[numbers.below(3) as usize].parse().ok();
    }
    if numbers.chance(40) {
        ask.parties
            .insert(ORGANISATIONS[numbers.below(3) as usize].parse().unwrap());
    }
    for helper in 0..helpers {
        if numbers.chance(8) {
            ask.refused.insert(id("helper", helper));
        }
        if numbers.chance(20) {
            ask.before.insert(id("helper", helper));
        }
    }
    if numbers.chance(20) {
        ask.hours = vec![[0, 40]].try_into().ok();
    }
    ask
}

fn small_helper(numbers: &mut Numbers, number: u64) -> Helper {
    let mut helper = helper(number);
    helper.skills.clear();
    for skill in SKILLS {
        if numbers.chance(60) {
            helper
                .skills
                .insert(skill, Level::ALL[numbers.below(3) as usize]);
        }
    }
    if numbers.chance(15) {
        helper.languages = BTreeSet::from(["fr".parse().unwrap()]);
    }
    helper.tlp = if numbers.chance(20) {
        Tlp::Amber
    } else {
        Tlp::Red
    };
    if numbers.chance(20) {
        helper
            .excludes
            .insert(PLACES[numbers.below(3) as usize].parse().unwrap());
    }
    if numbers.chance(20) {
        helper
            .interests
            .insert(ORGANISATIONS[numbers.below(3) as usize].parse().unwrap());
    }
    if numbers.chance(15) {
        helper.hours = vec![[37, 160]].try_into().unwrap();
    }
    helper.units = [0, 1, 1, 1, 2, 2, 3][numbers.below(7) as usize];
    helper.load = [0, 0, 0, 1, 2][numbers.below(5) as usize];
    if numbers.chance(5) {
        helper.unfit.insert(Barrier::Resting);
    }
    helper
}
