//! How urgent a need is (docs/aid.md, section 3): a pure function of [`Need`], with its reasons.

use crate::need::{Answer, Data, Function, LifeSafety, Mitigation, Need, Support};
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// How urgent a need is.
    Class, "class";
    /// Life, or an essential service, is at stake.
    P1 = "P1",
    /// Grave harm, now.
    P2 = "P2",
    /// Harm that can wait for days.
    P3 = "P3",
    /// Everything else.
    P4 = "P4",
}

words! {
    /// What in a need moved its class. The catalogue has a sentence for each under `aid.triage.WORD`.
    Factor, "factor";
    /// People are in danger now.
    LifeNow = "life-now",
    /// People may come into danger.
    LifePossible = "life-possible",
    /// Nobody knows whether people are in danger.
    LifeUnknown = "life-unknown",
    /// It stands still.
    FunctionStopped = "function-stopped",
    /// Parts stand still.
    FunctionPartly = "function-partly",
    /// It is slower or clumsier.
    FunctionDegraded = "function-degraded",
    /// Nobody knows what still works.
    FunctionUnknown = "function-unknown",
    /// Data that put people in danger once known.
    DataLifeEndangering = "data-life-endangering",
    /// Special categories of data.
    DataSpecial = "data-special",
    /// Personal data.
    DataPersonal = "data-personal",
    /// Data that name nobody.
    DataOrdinary = "data-ordinary",
    /// Nobody knows which data.
    DataUnknown = "data-unknown",
    /// [`PEOPLE_MOST`] people or more.
    PeopleMost = "people-most",
    /// [`PEOPLE_MANY`] people or more.
    PeopleMany = "people-many",
    /// [`PEOPLE_SOME`] people or more.
    PeopleSome = "people-some",
    /// Nobody knows how many.
    PeopleUnknown = "people-unknown",
    /// It goes on, or nobody knows.
    Ongoing = "ongoing",
    /// People's lives or basic supply hang on this sector.
    Essential = "essential",
    /// It may spread to others.
    SpillOver = "spill-over",
    /// Help comes too late after [`DEADLINE_HOURS`] hours or less.
    Deadline = "deadline",
    /// There is no other help.
    NoSupport = "no-support",
    /// It is contained.
    Contained = "contained",
    /// There is enough other help.
    Supported = "supported",
    /// Neither life nor an essential service is at stake, so it is P2 at most.
    NotVital = "not-vital",
}

/// From this many people affected: three points.
pub const PEOPLE_MOST: u32 = 100_000;
/// From this many: two.
pub const PEOPLE_MANY: u32 = 1_000;
/// From this many: one.
pub const PEOPLE_SOME: u32 = 10;
/// A deadline this near or nearer counts, in hours.
pub const DEADLINE_HOURS: u32 = 72;
/// Harm from which an essential sector counts, in points.
pub const ESSENTIAL_FROM: i8 = 2;
/// Least points of P1, P2 and P3.
pub const POINTS: [i8; 3] = [8, 5, 3];

/// One reason of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// What.
    pub factor: Factor,
    /// Points it gave; 0 for the reasons that set or cap the class by themselves, and for harm that a greater harm covers.
    pub points: i8,
}

impl Because {
    /// Key of the sentence in the catalogues.
    #[must_use]
    pub fn text_key(&self) -> String {
        format!("aid.triage.{}", self.factor)
    }
}

/// A class with everything it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triage {
    /// The class.
    pub class: Class,
    /// Sum of the points.
    pub points: i8,
    /// The reasons, in the order of the page.
    pub because: Vec<Because>,
}

/// The class of a need. There is no other way to a class.
#[must_use]
pub fn triage(need: &Need) -> Triage {
    let mut because = harms(need);
    let harm = because.iter().map(|one| one.points).sum::<i8>();
    because.extend(people(need.people));
    because.extend(circumstances(need, harm));
    let points = because.iter().map(|one| one.points).sum::<i8>();
    let vital = need.life_safety != LifeSafety::None
        || need.data == Data::LifeEndangering
        || (need.sector.is_essential() && need.function == Function::Stopped);
    let [p1, p2, p3] = POINTS;
    let class = match points {
        _ if need.life_safety == LifeSafety::Now => Class::P1,
        points if points >= p1 && vital => Class::P1,
        points if points >= p2 => Class::P2,
        points if points >= p3 => Class::P3,
        _ => Class::P4,
    };
    if points >= p1 && !vital {
        let factor = Factor::NotVital;
        because.push(Because { factor, points: 0 });
    }
    Triage {
        class,
        points,
        because,
    }
}

/// The three kinds of harm. Only the greatest counts: they are three sides of one thing, not three things.
fn harms(need: &Need) -> Vec<Because> {
    let life = match need.life_safety {
        LifeSafety::None => None,
        LifeSafety::Unknown => Some((Factor::LifeUnknown, 3)),
        LifeSafety::Possible => Some((Factor::LifePossible, 4)),
        LifeSafety::Now => Some((Factor::LifeNow, 6)),
    };
    let function = match need.function {
        Function::None => None,
        Function::Unknown => Some((Factor::FunctionUnknown, 1)),
        Function::Degraded => Some((Factor::FunctionDegraded, 1)),
        Function::Partly => Some((Factor::FunctionPartly, 2)),
        Function::Stopped => Some((Factor::FunctionStopped, 3)),
    };
    let data = match need.data {
        Data::None => None,
        Data::Unknown => Some((Factor::DataUnknown, 1)),
        Data::Ordinary => Some((Factor::DataOrdinary, 1)),
        Data::Personal => Some((Factor::DataPersonal, 2)),
        Data::Special => Some((Factor::DataSpecial, 3)),
        Data::LifeEndangering => Some((Factor::DataLifeEndangering, 4)),
    };
    let harms: Vec<(Factor, i8)> = [life, function, data].into_iter().flatten().collect();
    let greatest = harms.iter().map(|(_, points)| *points).max();
    let first = harms
        .iter()
        .position(|(_, points)| Some(*points) == greatest);
    let one = |(index, &(factor, points)): (usize, &(Factor, i8))| Because {
        factor,
        points: if Some(index) == first { points } else { 0 },
    };
    harms.iter().enumerate().map(one).collect()
}

fn people(people: Option<u32>) -> Option<Because> {
    let (factor, points) = match people {
        None => (Factor::PeopleUnknown, 1),
        Some(people) if people >= PEOPLE_MOST => (Factor::PeopleMost, 3),
        Some(people) if people >= PEOPLE_MANY => (Factor::PeopleMany, 2),
        Some(people) if people >= PEOPLE_SOME => (Factor::PeopleSome, 1),
        Some(_) => return None,
    };
    Some(Because { factor, points })
}

fn circumstances(need: &Need, harm: i8) -> impl Iterator<Item = Because> {
    let near = need
        .deadline_hours
        .is_some_and(|hours| hours <= DEADLINE_HOURS);
    let essential = need.sector.is_essential() && harm >= ESSENTIAL_FROM;
    let all = [
        (need.ongoing != Answer::No, Factor::Ongoing, 1),
        (essential, Factor::Essential, 1),
        (need.spill_over == Answer::Yes, Factor::SpillOver, 1),
        (near, Factor::Deadline, 1),
        (need.support == Support::None, Factor::NoSupport, 1),
        (
            need.mitigation == Mitigation::Contained,
            Factor::Contained,
            -1,
        ),
        (need.support == Support::Sufficient, Factor::Supported, -1),
    ];
    let holding = all.into_iter().filter(|(holds, ..)| *holds);
    holding.map(|(_, factor, points)| Because { factor, points })
}
