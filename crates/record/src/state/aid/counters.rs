//! Clocks and counts, by the functions of the crate `aid`: nothing has to run for a request to be
//! overdue.

use std::sync::Arc;

pub use aid::Promise;
use aid::{Alarm, ClockStands, Clocks, Figure, Runs, Stage, Timeline};

use super::{Aid, AidRequest, Notice, Round};
use crate::ids::StatementId;
use crate::time::Timestamp;

/// A promise that was not kept yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The request.
    pub request: StatementId,
    /// Which promise.
    pub promise: Promise,
    /// When it was due.
    pub due: Timestamp,
    /// Steps of the escalation chain that are reached.
    pub escalation: u8,
}

impl AidRequest {
    /// A promise's clock at a moment, under the policy in force when the request came in.
    #[must_use]
    pub fn clock(&self, promise: Promise, at: Timestamp) -> aid::Clock {
        let at_s = at.unix_seconds();
        match promise {
            Promise::Acknowledgement => aid::acknowledgement(&self.timeline, &self.clocks, at_s),
            Promise::FirstAssistance => aid::assistance(&self.timeline, &self.clocks, at_s),
        }
    }

    /// When a promise is due; `None` for a moment beyond all calendars.
    #[must_use]
    pub fn due(&self, promise: Promise, at: Timestamp) -> Option<Timestamp> {
        moment(self.clock(promise, at).due_s)
    }

    /// When a promise was kept.
    #[must_use]
    pub fn met(&self, promise: Promise) -> Option<Timestamp> {
        moment(match promise {
            Promise::Acknowledgement => self.timeline.acknowledged_s?,
            Promise::FirstAssistance => self.timeline.assisted_s?,
        })
    }

    /// Whether a promise is broken, or was kept too late.
    #[must_use]
    pub fn is_late(&self, promise: Promise, at: Timestamp) -> bool {
        use ClockStands::{EndedLate, Late, Overdue};
        [EndedLate, Late, Overdue].contains(&self.clock(promise, at).stands)
    }
}

impl Notice {
    /// What it waits for, and since or until when: its receipt, or the end of its embargo and who opens it.
    #[must_use]
    pub fn awaits(&self) -> Option<(Runs, Timestamp)> {
        match (self.due, self.embargo_until) {
            (_, Some(until)) if self.opened.is_none() => Some((Runs::Embargo, until)),
            (Some(due), None) if self.received.is_none() => Some((Runs::Receipt, due)),
            _ => None,
        }
    }
}

fn moment(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_unix_seconds(seconds).ok()
}

impl Aid {
    /// Promises not kept at that time, the longest overdue first.
    #[must_use]
    pub fn overdue(&self, at: Timestamp) -> Vec<Overdue> {
        let mut overdue = Vec::new();
        for (id, request) in &self.requests {
            for &promise in Promise::ALL {
                let clock = request.clock(promise, at);
                if let (ClockStands::Overdue, Some(due)) = (clock.stands, moment(clock.due_s)) {
                    overdue.push(Overdue {
                        request: *id,
                        promise,
                        due,
                        escalation: clock.escalation,
                    });
                }
            }
        }
        overdue.sort_by_key(|o| (o.due, o.request, o.promise));
        overdue
    }

    /// Clocks that who is on call has to know of at that time, what is due first at the head.
    #[must_use]
    pub fn alarms(&self, at: Timestamp) -> Vec<Alarm> {
        let of = |(id, request): (&StatementId, &AidRequest)| {
            let (id, class) = (id.to_string(), request.class());
            let clocks = Promise::ALL.iter().map(|&p| (p, request.clock(p, at)));
            let alarm = |(promise, clock): (Promise, aid::Clock)| {
                Alarm::of(id.parse().ok()?, class, promise, &clock)
            };
            clocks.filter_map(alarm).collect::<Vec<_>>()
        };
        let open = self.requests.iter().filter(|(_, r)| r.is_open());
        let mut alarms: Vec<_> = open.flat_map(of).collect();
        alarms.extend(self.outside_alarms(at));
        alarms.sort();
        alarms
    }

    /// Receipts that have not come though they were asked for, and embargoes that are over and that nobody has opened.
    fn outside_alarms(&self, at: Timestamp) -> impl Iterator<Item = Alarm> {
        let at_s = at.unix_seconds();
        self.notices.iter().filter_map(move |(id, notice)| {
            let (runs, due) = notice.awaits()?;
            Alarm::of_outside(id.to_string().parse().ok()?, runs, due.unix_seconds(), at_s)
        })
    }

    /// The public counts at that time. Each request counts under the policy in force when it came
    /// in, so the counts of each policy are added up.
    #[must_use]
    pub fn figures(&self, at: Timestamp) -> Vec<Figure> {
        let mut by_policy: Vec<(Arc<Clocks>, Vec<Timeline>)> = Vec::new();
        for request in self.requests.values() {
            match by_policy
                .iter_mut()
                .find(|(clocks, _)| *clocks == request.clocks)
            {
                Some((_, timelines)) => timelines.push(request.timeline),
                None => by_policy.push((Arc::clone(&request.clocks), vec![request.timeline])),
            }
        }
        // With no request there is no policy to count by, and every count is nothing.
        let mut all = aid::figures(&[], &Clocks::default(), at.unix_seconds());
        for (clocks, timelines) in &by_policy {
            let of_policy = aid::figures(timelines, clocks, at.unix_seconds());
            for (sum, figure) in all.iter_mut().zip(of_policy) {
                sum.count += figure.count;
                sum.unknown += figure.unknown;
                sum.of += figure.of;
            }
        }
        all.extend(self.purge_figures(at));
        all.extend(self.round_figures(at));
        all.extend(self.outside_figures(at));
        all
    }

    fn purge_figures(&self, at: Timestamp) -> [Figure; 2] {
        let purged = |r: &AidRequest| r.standing.stage == Stage::Purged;
        let figure = |name: &str, rule: &str, holds: &dyn Fn(&AidRequest) -> bool| Figure {
            name: name.to_owned(),
            count: self.requests.values().filter(|r| holds(r)).count() as u64,
            unit: "requests for help, each once, under the moment of the figures".to_owned(),
            rule: rule.to_owned(),
            unknown: 0,
            of: self.requests.len() as u64,
        };
        [
            figure(
                "purged",
                "an officer says that what was told is destroyed; the log keeps commitments",
                &purged,
            ),
            figure(
                "purge-overdue",
                "withdrawn, or its retention is over, and no officer has said that what was told is destroyed",
                &|r| r.is_over(at) && !purged(r),
            ),
        ]
    }

    fn outside_figures(&self, at: Timestamp) -> [Figure; 4] {
        let figure = |name: &str, unit: &str, rule: &str, count, of| Figure {
            name: name.to_owned(),
            count,
            unit: format!("{unit}, each once, under the moment of the figures"),
            rule: rule.to_owned(),
            unknown: 0,
            of,
        };
        let late = |runs| self.outside_alarms(at).filter(move |a| a.promise == runs);
        let relays = self.notices.values().filter(|n| n.embargo_until.is_some());
        let relays = relays.count() as u64;
        let notices = self.notices.len() as u64 - relays;
        let (receipts, embargoes) = (late(Runs::Receipt).count(), late(Runs::Embargo).count());
        let [notice, relay] = ["notices between states", "relays of weaknesses"];
        [
            figure("notices", notice, "a notice was given", notices, notices),
            figure(
                "receipts-overdue",
                notice,
                "its receipt was due and has not come; from that nothing follows about the addressee",
                receipts as u64,
                notices,
            ),
            figure("relays", relay, "a weakness was relayed", relays, relays),
            figure(
                "embargoes-over",
                relay,
                "its embargo is over, and nobody has opened it",
                embargoes as u64,
                relays,
            ),
        ]
    }

    fn round_figures(&self, at: Timestamp) -> [Figure; 2] {
        let lapsed = |r: &&Round| r.outcome.is_none() && !r.is_open(at);
        let of = self.rounds.len() as u64;
        let figure = |name: &str, rule: &str, count| Figure {
            name: name.to_owned(),
            count,
            unit: "rounds of matching, each once, under the moment of the figures".to_owned(),
            rule: rule.to_owned(),
            unknown: 0,
            of,
        };
        let without = self.rounds.values().filter(lapsed).count() as u64;
        [
            figure("rounds", "inputs were closed", of),
            figure(
                "rounds-without-outcome",
                "its day is over, and no outcome was said",
                without,
            ),
        ]
    }
}
