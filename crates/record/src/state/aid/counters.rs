//! Clocks and counts: pure functions of policy, state and time.

use aid::Stage;
use serde::Serialize;

use super::{Aid, AidRequest};
use crate::ids::StatementId;
use crate::time::Timestamp;

/// One of the two promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// A person has read it.
    Acknowledgement,
    /// Help has begun.
    FirstAssistance,
}

/// A promise that was not kept yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The request.
    pub request: StatementId,
    /// Which promise.
    pub clock: Clock,
    /// When it was due.
    pub due: Timestamp,
}

/// Counts only. Unit: requests, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Ever received.
    pub received: usize,
    /// Not ended.
    pub open: usize,
    /// Read by a person in time.
    pub acknowledged_in_time: usize,
    /// Read by a person, too late.
    pub acknowledged_late: usize,
    /// Not read yet, and time is left.
    pub acknowledgement_waits: usize,
    /// Not read yet, and late.
    pub acknowledgement_overdue: usize,
    /// Ended before anybody read it.
    pub ended_unread: usize,
    /// Help began in time.
    pub assisted_in_time: usize,
    /// Help began too late.
    pub assisted_late: usize,
    /// Help has not begun, and time is left.
    pub assistance_waits: usize,
    /// Help has not begun, and it is late.
    pub assistance_overdue: usize,
    /// Help has not begun, and no class is set, so nobody knows by when it has to.
    pub assistance_unknown: usize,
    /// Ended before help began: declined, referred, withdrawn, closed.
    pub ended_unassisted: usize,
    /// Declined.
    pub declined: usize,
    /// Referred.
    pub referred: usize,
    /// Withdrawn by the requester.
    pub withdrawn: usize,
    /// Confirmed by the requester.
    pub confirmed: usize,
    /// Closed, but not confirmed: whether help helped is not known.
    pub closed_unconfirmed: usize,
    /// What was told is destroyed.
    pub purged: usize,
}

impl AidRequest {
    /// When a promise is due; `None` for first assistance while the class is not set.
    #[must_use]
    pub fn due(&self, clock: Clock) -> Option<Timestamp> {
        let seconds = match clock {
            Clock::Acknowledgement => Some(self.clocks.acknowledge_s),
            Clock::FirstAssistance => {
                let class = self.class?;
                self.clocks.assist_s.get(class as usize).copied()
            }
        };
        Some(self.received.plus_seconds(seconds?.into()))
    }

    /// When a promise was kept.
    #[must_use]
    pub fn met(&self, clock: Clock) -> Option<Timestamp> {
        match clock {
            Clock::Acknowledgement => self.acknowledged,
            Clock::FirstAssistance => self.assisted,
        }
    }
}

impl Aid {
    /// Promises not kept at that time, the longest overdue first.
    #[must_use]
    pub fn overdue(&self, at: Timestamp) -> Vec<Overdue> {
        let mut overdue = Vec::new();
        for (id, request) in self.requests.iter().filter(|(_, r)| r.is_open()) {
            for clock in [Clock::Acknowledgement, Clock::FirstAssistance] {
                let due = request.due(clock).filter(|due| *due < at);
                if let (Some(due), None) = (due, request.met(clock)) {
                    overdue.push(Overdue {
                        request: *id,
                        clock,
                        due,
                    });
                }
            }
        }
        overdue.sort_by_key(|o| (o.due, o.request, o.clock));
        overdue
    }

    /// The public counts at that time.
    #[must_use]
    pub fn figures(&self, at: Timestamp) -> Figures {
        let mut f = Figures {
            received: self.requests.len(),
            ..Figures::default()
        };
        for request in self.requests.values() {
            f.add_clocks(request, at);
            f.add_end(request);
        }
        f
    }
}

impl Figures {
    fn add_clocks(&mut self, r: &AidRequest, at: Timestamp) {
        let due = r.due(Clock::Acknowledgement);
        let count = match (r.acknowledged, due) {
            (Some(met), Some(due)) if met <= due => &mut self.acknowledged_in_time,
            (Some(_), _) => &mut self.acknowledged_late,
            (None, _) if !r.is_open() => &mut self.ended_unread,
            (None, Some(due)) if due < at => &mut self.acknowledgement_overdue,
            (None, _) => &mut self.acknowledgement_waits,
        };
        *count += 1;
        let count = match (r.assisted, r.due(Clock::FirstAssistance)) {
            (Some(met), Some(due)) if met <= due => &mut self.assisted_in_time,
            (Some(_), _) => &mut self.assisted_late,
            (None, _) if !r.is_open() => &mut self.ended_unassisted,
            (None, None) => &mut self.assistance_unknown,
            (None, Some(due)) if due < at => &mut self.assistance_overdue,
            (None, Some(_)) => &mut self.assistance_waits,
        };
        *count += 1;
    }

    fn add_end(&mut self, r: &AidRequest) {
        self.open += usize::from(r.is_open());
        self.confirmed += usize::from(r.standing.confirmed);
        let ended = |stage| r.steps.iter().any(|s| s.to == stage);
        match r.standing.stage {
            Stage::Declined => self.declined += 1,
            Stage::Referred => self.referred += 1,
            Stage::Withdrawn => self.withdrawn += 1,
            Stage::Closed if !r.standing.confirmed => self.closed_unconfirmed += 1,
            Stage::Purged => {
                self.purged += 1;
                // what was told is gone; how it ended still counts
                let last = r.steps.iter().rev().nth(1).map(|s| s.to);
                match last {
                    Some(Stage::Declined) => self.declined += 1,
                    Some(Stage::Referred) => self.referred += 1,
                    Some(Stage::Withdrawn) => self.withdrawn += 1,
                    _ if ended(Stage::Closed) && !r.standing.confirmed => {
                        self.closed_unconfirmed += 1;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
