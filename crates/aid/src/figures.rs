//! What the public sees of the desk: counts, and nothing about anybody (docs/aid.md, section 4).

use crate::clocks::{ClockStands, Clocks, Timeline, acknowledgement, assistance};
use crate::text::Id;
use crate::triage::Class;
use crate::workflow::Stage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A count with what makes it readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Its name; the catalogue has a sentence under `aid.figure.NAME`.
    pub name: String,
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: String,
    /// What makes one count.
    pub rule: String,
    /// For how many of `of` nobody can say whether the rule holds.
    pub unknown: u64,
    /// How many were looked at.
    pub of: u64,
}

impl Figure {
    /// The unknown share in parts per million, rounded down; 0 if nothing was looked at.
    #[must_use]
    pub fn unknown_ppm(&self) -> u32 {
        let ppm = u128::from(self.unknown) * 1_000_000 / u128::from(self.of.max(1));
        u32::try_from(ppm).unwrap_or(1_000_000)
    }
}

const UNIT: &str = "requests for help, each once, under the moment of the figures";

/// A rule: yes, no, or nobody can say.
type Rule = fn(&Timeline, &Clocks, i64) -> Option<bool>;

const RULES: &[(&str, &str, Rule)] = &[
    ("received", "all there are", |_, _, _| Some(true)),
    (
        "open",
        "not declined, referred, withdrawn or closed",
        |one, _, _| Some(one.ended_s.is_none()),
    ),
    (
        "acknowledged-in-time",
        "a person answered before the clock of acknowledgement ran out",
        |one, clocks, at_s| Some(acknowledgement(one, clocks, at_s).stands == ClockStands::Met),
    ),
    (
        "acknowledged-late",
        "a person answered after the clock of acknowledgement had run out",
        |one, clocks, at_s| Some(acknowledgement(one, clocks, at_s).stands == ClockStands::Late),
    ),
    (
        "unacknowledged-overdue",
        "nobody has answered, and the clock of acknowledgement has run out",
        |one, clocks, at_s| Some(acknowledgement(one, clocks, at_s).stands == ClockStands::Overdue),
    ),
    (
        "unacknowledged-ended-late",
        "declined, referred, withdrawn or closed before anybody answered, after the clock of acknowledgement had run out",
        |one, clocks, at_s| {
            Some(acknowledgement(one, clocks, at_s).stands == ClockStands::EndedLate)
        },
    ),
    (
        "assisted-in-time",
        "somebody helps or helped to the end, and began before the clock of first assistance ran out",
        |one, clocks, at_s| Some(assistance(one, clocks, at_s).stands == ClockStands::Met),
    ),
    (
        "assisted-late",
        "somebody helps or helped to the end, and began after the clock of first assistance had run out",
        |one, clocks, at_s| Some(assistance(one, clocks, at_s).stands == ClockStands::Late),
    ),
    (
        "unassisted-overdue",
        "nobody helps, and the clock of first assistance has run out; a request without a class goes by the clock of P1",
        |one, clocks, at_s| Some(assistance(one, clocks, at_s).stands == ClockStands::Overdue),
    ),
    (
        "unassisted-ended-late",
        "declined, referred, withdrawn or closed while nobody helped, after the clock of first assistance had run out",
        |one, clocks, at_s| Some(assistance(one, clocks, at_s).stands == ClockStands::EndedLate),
    ),
    (
        "class-lowered",
        "its class is less urgent than one it had before; its clock goes by the most urgent",
        |one, _, _| Some(one.class > one.urgent),
    ),
    (
        "confirmed",
        "the requester or their proxy confirmed that it is resolved",
        |one, _, _| {
            let silent = one.ended_as == Some(Stage::Closed) && one.assisted_s.is_some();
            if one.confirmed {
                Some(true)
            } else {
                (!silent).then_some(false)
            }
        },
    ),
    (
        "declined",
        "declined, whether or not it was withdrawn later",
        |one, _, _| Some(one.ended_as == Some(Stage::Declined)),
    ),
    (
        "referred",
        "referred to somebody better placed, whether or not it was withdrawn later",
        |one, _, _| Some(one.ended_as == Some(Stage::Referred)),
    ),
    (
        "withdrawn",
        "taken back by the requester, also after it had ended",
        |one, _, _| Some(one.withdrawn),
    ),
    (
        "closed-unassisted",
        "closed while nobody helped, whether or not it was withdrawn later",
        |one, _, _| Some(one.ended_as == Some(Stage::Closed) && one.assisted_s.is_none()),
    ),
];

/// The figures of a desk at a moment.
#[must_use]
pub fn figures(timelines: &[Timeline], clocks: &Clocks, at_s: i64) -> Vec<Figure> {
    let one = |(name, rule, holds): &(&str, &str, Rule)| {
        let answers = || timelines.iter().map(|one| holds(one, clocks, at_s));
        Figure {
            name: (*name).to_owned(),
            count: answers().filter(|answer| *answer == Some(true)).count() as u64,
            unit: UNIT.to_owned(),
            rule: (*rule).to_owned(),
            unknown: answers().filter(Option::is_none).count() as u64,
            of: timelines.len() as u64,
        }
    };
    let mut all: Vec<Figure> = RULES.iter().map(one).collect();
    for &class in Class::ALL {
        let waits = |one: &&Timeline| assistance(one, clocks, at_s).stands == ClockStands::Overdue;
        let in_class = |one: &&Timeline| one.urgent == Some(class);
        let open = || timelines.iter().filter(|one| one.ended_s.is_none());
        all.push(Figure {
            name: format!("unassisted-overdue-{}", class.as_str().to_lowercase()),
            count: open().filter(waits).filter(in_class).count() as u64,
            unit: "open requests for help, each once, under the moment of the figures".to_owned(),
            rule: format!("of class {class} or once of it, and never of one more urgent; nobody helps, and the clock of first assistance has run out"),
            unknown: open().filter(|one| one.class.is_none()).count() as u64,
            of: open().count() as u64,
        });
    }
    all
}

/// Requests whose clocks have run out, by name: for the desk, not for the public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Nobody has answered.
    pub acknowledgement: BTreeSet<Id>,
    /// Nobody has begun.
    pub assistance: BTreeSet<Id>,
}

/// Which requests are overdue at a moment. Nothing has to run for that: it is a function of the steps and the time.
#[must_use]
pub fn overdue<'a>(
    requests: impl IntoIterator<Item = (&'a Id, &'a Timeline)>,
    clocks: &Clocks,
    at_s: i64,
) -> Overdue {
    let mut overdue = Overdue::default();
    for (id, timeline) in requests {
        if acknowledgement(timeline, clocks, at_s).stands == ClockStands::Overdue {
            overdue.acknowledgement.insert(id.clone());
        }
        if assistance(timeline, clocks, at_s).stands == ClockStands::Overdue {
            overdue.assistance.insert(id.clone());
        }
    }
    overdue
}
