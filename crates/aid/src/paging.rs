//! Telling who is on call that a clock runs (docs/aid.md, section 4): what is to be said at a moment, and what was said already.

use crate::clocks::{Clock, ClockStands};
use crate::rota::Rota;
use crate::text::Id;
use crate::triage::Class;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the desk's own account of pages says it is.
pub const OUTBOX_FORMAT: &str = "solferino.org/aid-outbox@v1";
/// What a page says it is.
pub const PAGE_FORMAT: &str = "solferino.org/aid-page@v1";
/// Alarms that one page lists; it counts the rest, so that a flood of requests is no flood of pages.
pub const MAX_ALARMS_PER_PAGE: usize = 20;
/// Seconds until a page that did not arrive is sent again; twice as long each time.
pub const RETRY_FIRST_S: i64 = 30;
/// The longest time between two tries, in seconds.
pub const RETRY_MOST_S: i64 = 900;
/// Seconds between two pages to one person that say of nothing but requests that just came in. Anybody can ask, so anybody
/// could page all night; what climbs the chain or ran out is said at once.
pub const GATHER_S: i64 = 300;

words! {
    /// What the desk promises of each request.
    Promise, "promise";
    /// A person reads it.
    Acknowledgement = "acknowledgement",
    /// Help begins.
    FirstAssistance = "first-assistance",
}

words! {
    /// Which clock an alarm is of.
    Runs, "clock";
    /// [`Promise::Acknowledgement`], of a request.
    Acknowledgement = "acknowledgement",
    /// [`Promise::FirstAssistance`], of a request.
    FirstAssistance = "first-assistance",
    /// The receipt of a notice, which the addressee is asked for.
    Receipt = "receipt",
    /// The embargo of a relay: once it is over, somebody opens it.
    Embargo = "embargo",
}

impl From<Promise> for Runs {
    fn from(promise: Promise) -> Self {
        match promise {
            Promise::Acknowledgement => Self::Acknowledgement,
            Promise::FirstAssistance => Self::FirstAssistance,
        }
    }
}

/// A clock that somebody has to know of. Everything in it stands in the public record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// When the clock runs out or ran out, in seconds.
    pub due_s: i64,
    /// The request; of a receipt or an embargo, the notice or relay.
    pub request: Id,
    /// Which clock.
    pub promise: Runs,
    /// Steps of the escalation chain that are reached, and one more once the clock ran out.
    pub level: u8,
    /// Whether it ran out.
    pub ran_out: bool,
    /// How urgent, once triage has said so.
    pub class: Option<Class>,
}

impl Alarm {
    /// The alarm of a clock; nothing while it does not run, or while somebody knows of it without being told: whoever
    /// gave a request its class knows that it waits.
    #[must_use]
    pub fn of(request: Id, class: Option<Class>, promise: Promise, clock: &Clock) -> Option<Self> {
        let ran_out = match clock.stands {
            ClockStands::Running => false,
            ClockStands::Overdue => true,
            _ => return None,
        };
        let level = clock.escalation.saturating_add(u8::from(ran_out));
        if level == 0 && promise == Promise::FirstAssistance {
            return None;
        }
        Some(Self {
            due_s: clock.due_s,
            request,
            promise: promise.into(),
            level,
            ran_out,
            class,
        })
    }

    /// The alarm of a receipt that has not come, or of an embargo that nobody has opened; nothing before it is due.
    #[must_use]
    pub fn of_outside(notice: Id, runs: Runs, due_s: i64, at_s: i64) -> Option<Self> {
        (due_s <= at_s).then_some(Self {
            due_s,
            request: notice,
            promise: runs,
            level: 1,
            ran_out: true,
            class: None,
        })
    }

    /// Whether it is of a request for help, not of a notice or relay.
    #[must_use]
    pub const fn is_of_request(&self) -> bool {
        matches!(self.promise, Runs::Acknowledgement | Runs::FirstAssistance)
    }

    /// Whether it waits to be told with others: nothing is due of it but that somebody looks.
    #[must_use]
    pub const fn is_gathered(&self) -> bool {
        self.level == 0 && !self.ran_out
    }

    /// Who has to be told: the chain up to the step reached, and everybody in it once the clock ran out.
    #[must_use]
    pub fn told<'a>(&self, rota: &'a Rota, at_s: i64) -> &'a [Id] {
        rota.told(at_s, if self.ran_out { u8::MAX } else { self.level })
    }
}

/// What makes a page one of its own: nobody is told the same twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(Id, Id, Runs, u8);

impl Key {
    fn of(person: &Id, alarm: &Alarm) -> Self {
        Self(
            person.clone(),
            alarm.request.clone(),
            alarm.promise,
            alarm.level,
        )
    }
}

/// One alarm for one person, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Who is to be told.
    pub person: Id,
    /// What.
    pub alarm: Alarm,
    /// Tries that failed.
    pub failed: u32,
    /// When it is tried next.
    pub next_s: i64,
    /// When it arrived.
    pub told_s: Option<i64>,
}

/// What was said to whom, as the desk keeps it over restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Outbox {
    deliveries: BTreeMap<Key, Delivery>,
    /// From when on a person is told again of requests that just came in.
    gathers_until: BTreeMap<Id, i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    pages: Vec<Delivery>,
    gathers_until: BTreeMap<Id, i64>,
}

/// The account is of another format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("format is {0:?}, this program reads {OUTBOX_FORMAT:?}")]
pub struct OutboxError(String);

impl Outbox {
    /// Takes in what has to be said at a moment. What is not true any more is dropped: somebody answered, the clock
    /// reached its next step, another shift began.
    #[must_use]
    pub fn at(mut self, rota: &Rota, alarms: &[Alarm], at_s: i64) -> Self {
        let mut now = BTreeMap::new();
        for alarm in alarms {
            for person in alarm.told(rota, at_s) {
                let key = Key::of(person, alarm);
                let fresh = || Delivery {
                    person: person.clone(),
                    alarm: alarm.clone(),
                    failed: 0,
                    next_s: at_s,
                    told_s: None,
                };
                let mut kept = self.deliveries.remove(&key).unwrap_or_else(fresh);
                kept.alarm = alarm.clone();
                now.insert(key, kept);
            }
        }
        self.gathers_until.retain(|_, until_s| *until_s > at_s);
        Self {
            deliveries: now,
            gathers_until: self.gathers_until,
        }
    }

    /// What is to be sent at a moment, by person; to each what is due first comes first. Requests that just came in wait for one
    /// another, up to [`GATHER_S`], unless something else is to be said to that person.
    #[must_use]
    pub fn to_send(&self, at_s: i64) -> BTreeMap<Id, Vec<Alarm>> {
        let mut all: BTreeMap<Id, Vec<Alarm>> = BTreeMap::new();
        for delivery in self.deliveries() {
            if delivery.told_s.is_none() && delivery.next_s <= at_s {
                let of = all.entry(delivery.person.clone()).or_default();
                of.push(delivery.alarm.clone());
            }
        }
        all.retain(|person, alarms| {
            let gathers = self.gathers_until.get(person).is_some_and(|s| *s > at_s);
            !gathers || !alarms.iter().all(Alarm::is_gathered)
        });
        all.values_mut().for_each(|alarms| alarms.sort());
        all
    }

    /// Notes what became of a page with these alarms.
    pub fn note(&mut self, person: &Id, alarms: &[Alarm], arrived: bool, at_s: i64) {
        let mut gathers_s = GATHER_S;
        for alarm in alarms {
            let Some(delivery) = self.deliveries.get_mut(&Key::of(person, alarm)) else {
                continue;
            };
            if arrived {
                delivery.told_s = Some(at_s);
                continue;
            }
            let doubled = RETRY_FIRST_S << delivery.failed.min(8);
            delivery.failed = delivery.failed.saturating_add(1);
            let wait_s = doubled.min(RETRY_MOST_S);
            delivery.next_s = at_s.saturating_add(wait_s);
            gathers_s = gathers_s.min(wait_s);
        }
        if alarms.iter().any(Alarm::is_gathered) {
            let until_s = at_s.saturating_add(gathers_s);
            self.gathers_until.insert(person.clone(), until_s);
        }
    }

    /// Everything in it, by person.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values()
    }
}

impl TryFrom<Written> for Outbox {
    type Error = OutboxError;

    fn try_from(written: Written) -> Result<Self, OutboxError> {
        if written.format != OUTBOX_FORMAT {
            return Err(OutboxError(written.format.chars().take(64).collect()));
        }
        let keyed = |delivery: Delivery| (Key::of(&delivery.person, &delivery.alarm), delivery);
        Ok(Self {
            deliveries: written.pages.into_iter().map(keyed).collect(),
            gathers_until: written.gathers_until,
        })
    }
}

impl From<Outbox> for Written {
    fn from(outbox: Outbox) -> Self {
        Self {
            format: OUTBOX_FORMAT.to_owned(),
            pages: outbox.deliveries.into_values().collect(),
            gathers_until: outbox.gathers_until,
        }
    }
}

/// A page: what is posted. Nothing in it is more than the public record says; it names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// [`PAGE_FORMAT`].
    pub format: String,
    /// The record's origin.
    pub record: String,
    /// When it was made, in seconds.
    pub at_s: i64,
    /// The same as a sentence, where chat programs look for one.
    pub text: String,
    /// What waits, what is due first at the head; at most [`MAX_ALARMS_PER_PAGE`].
    pub alarms: Vec<Alarm>,
    /// How many more wait.
    pub more: u64,
}

impl Page {
    /// The page of these alarms.
    #[must_use]
    pub fn new(record: &str, alarms: &[Alarm], at_s: i64) -> Self {
        let shown = &alarms[..alarms.len().min(MAX_ALARMS_PER_PAGE)];
        let requests = || alarms.iter().filter(|alarm| alarm.is_of_request());
        let ran_out = requests().filter(|alarm| alarm.ran_out).count();
        let outside = alarms.len() - requests().count();
        let outside = if outside == 0 {
            String::new()
        } else {
            format!(" Receipts that have not come and embargoes that are over: {outside}.")
        };
        Self {
            format: PAGE_FORMAT.to_owned(),
            record: record.to_owned(),
            at_s,
            text: format!(
                "{} for help wait for the desk of {record}; the clock of {ran_out} has run out.{outside} See /aid/desk.",
                match requests().count() {
                    1 => "1 request".to_owned(),
                    many => format!("{many} requests"),
                }
            ),
            alarms: shown.to_vec(),
            more: (alarms.len() - shown.len()) as u64,
        }
    }
}
