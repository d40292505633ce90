//! The two clocks of a request, and who is told when they run out (docs/aid.md, section 4).

use crate::triage::Class;
use crate::words::words;
use crate::workflow::{Stage, Step, is_theirs};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const HOUR_S: u64 = 3600;
/// The longest a clock may be set to, in seconds: 30 days.
pub const MAX_CLOCK_S: u64 = 30 * 24 * HOUR_S;
/// Steps of an escalation chain.
pub const MAX_ESCALATIONS: usize = 8;

/// The desk's clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Seconds from receipt to the answer of a person.
    pub acknowledge_s: u64,
    /// Seconds from receipt to first assistance, P1 to P4.
    pub assist_s: [u64; 4],
    /// After so many seconds of the acknowledgement clock the next in the chain is told; on the other clock in the same proportion.
    pub escalate_s: Vec<u64>,
}

impl Default for Clocks {
    fn default() -> Self {
        Self {
            acknowledge_s: 2 * HOUR_S,
            assist_s: [4 * HOUR_S, 24 * HOUR_S, 72 * HOUR_S, 168 * HOUR_S],
            escalate_s: vec![HOUR_S, 3 * HOUR_S / 2],
        }
    }
}

/// Why clocks were refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClocksError {
    /// Nothing, or longer than [`MAX_CLOCK_S`].
    #[error("{0} is {1} s; a clock runs from 1 s to {MAX_CLOCK_S} s")]
    Length(&'static str, u64),
    /// A more urgent class waits longer.
    #[error("assist_s: {0} would wait longer than {1}")]
    Order(Class, Class),
    /// The chain does not ascend, goes past the clock, or has more than [`MAX_ESCALATIONS`] steps.
    #[error(
        "escalate_s: steps ascend, end before the acknowledgement clock does, and are at most {MAX_ESCALATIONS}"
    )]
    Chain,
}

impl ClocksError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-clocks"
    }
}

impl Clocks {
    /// Checks what the type alone does not.
    ///
    /// # Errors
    /// [`ClocksError`] for the first thing that has no sense.
    pub fn check(&self) -> Result<(), ClocksError> {
        let [p1, p2, p3, p4] = self.assist_s;
        let all = [
            ("acknowledge_s", self.acknowledge_s),
            ("assist_s", p1),
            ("assist_s", p2),
            ("assist_s", p3),
            ("assist_s", p4),
        ];
        let wrong = all
            .into_iter()
            .find(|(_, length_s)| !(1..=MAX_CLOCK_S).contains(length_s));
        if let Some((name, length_s)) = wrong {
            return Err(ClocksError::Length(name, length_s));
        }
        let pairs = self.assist_s.windows(2).zip(Class::ALL.windows(2));
        if let Some((_, classes)) = pairs.into_iter().find(|(clocks, _)| clocks[0] > clocks[1]) {
            return Err(ClocksError::Order(classes[0], classes[1]));
        }
        let ascends = self.escalate_s.windows(2).all(|two| two[0] < two[1]);
        let inside = self
            .escalate_s
            .iter()
            .all(|step| (1..self.acknowledge_s).contains(step));
        if !ascends || !inside || self.escalate_s.len() > MAX_ESCALATIONS {
            return Err(ClocksError::Chain);
        }
        Ok(())
    }

    /// The clock of first assistance for a class, in seconds.
    #[must_use]
    pub fn assist_s(&self, class: Class) -> u64 {
        let [p1, p2, p3, p4] = self.assist_s;
        match class {
            Class::P1 => p1,
            Class::P2 => p2,
            Class::P3 => p3,
            Class::P4 => p4,
        }
    }
}

/// What the clocks know of a request. Made from its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// When it arrived.
    pub received_s: i64,
    /// When a person first answered.
    pub acknowledged_s: Option<i64>,
    /// Its class, once it has one.
    pub class: Option<Class>,
    /// The most urgent class it ever had: its clock goes by this one, so that a class said later takes nothing back.
    pub urgent: Option<Class>,
    /// Since when somebody helps; nothing before, and nothing again once they are lost.
    pub assisted_s: Option<i64>,
    /// When it was declined, referred, withdrawn or closed; nothing while it is open.
    pub ended_s: Option<i64>,
    /// As what it first ended. Neither a later withdrawal nor a purge changes anything about that.
    pub ended_as: Option<Stage>,
    /// Whether the requester took it back, also after it had ended.
    pub withdrawn: bool,
    /// Where it stands.
    pub stage: Stage,
    /// Whether the requester or proxy confirmed.
    pub confirmed: bool,
    /// Seconds for which the clock of first assistance stood still: it waited for the requester, or had help that it lost.
    pub held_s: u64,
    /// Since when it waits for the requester now.
    pub held_since_s: Option<i64>,
}

impl Timeline {
    /// A request that just arrived.
    #[must_use]
    pub const fn received(received_s: i64) -> Self {
        Self {
            received_s,
            acknowledged_s: None,
            class: None,
            urgent: None,
            assisted_s: None,
            ended_s: None,
            ended_as: None,
            withdrawn: false,
            stage: Stage::Received,
            confirmed: false,
            held_s: 0,
            held_since_s: None,
        }
    }

    /// Takes in a step that was admitted; `class` is what the step says of it, if anything.
    #[must_use]
    pub fn after(mut self, step: &Step, class: Option<Class>) -> Self {
        let at_s = step.at_s;
        self.stage = step.to;
        self.class = class.or(self.class);
        self.urgent = class.into_iter().chain(self.urgent).min();
        self = self.heard(at_s);
        match step.to {
            // Nobody helps any more, or the requester says that it did not help: the clock goes on where it stood when help began.
            Stage::Matching | Stage::Triaged | Stage::Agreed => {
                if let Some(since_s) = self.assisted_s.take() {
                    self.hold(since_s, at_s);
                }
            }
            Stage::Acknowledged => self.acknowledged_s = self.acknowledged_s.or(Some(at_s)),
            Stage::InProgress => self.assisted_s = self.assisted_s.or(Some(at_s)),
            Stage::ConfirmedByRequester => self.confirmed = true,
            Stage::Paused => self.held_since_s = is_theirs(step.reason).then_some(at_s),
            _ => {}
        }
        match step.to {
            Stage::Declined | Stage::Referred | Stage::Withdrawn | Stage::Closed => {
                self.ended_s = self.ended_s.or(Some(at_s));
                self.ended_as = self.ended_as.or(Some(step.to));
                self.withdrawn |= step.to == Stage::Withdrawn;
            }
            // What was told is gone; how it ended still counts.
            Stage::Purged => {}
            _ => (self.ended_s, self.ended_as, self.withdrawn) = (None, None, false),
        }
        self
    }

    /// Requester or proxy said something: nothing waits for them any more, and the clock runs on.
    #[must_use]
    pub fn heard(mut self, at_s: i64) -> Self {
        if let Some(since_s) = self.held_since_s.take()
            && self.assisted_s.is_none()
        {
            self.hold(since_s, at_s);
        }
        self
    }

    fn hold(&mut self, since_s: i64, until_s: i64) {
        let held_s = until_s.saturating_sub(since_s).max(0).unsigned_abs();
        self.held_s = self.held_s.saturating_add(held_s);
    }

    /// The class that the clock of first assistance goes by. What nobody has classed is as urgent as can be.
    #[must_use]
    pub fn clock_class(&self) -> Class {
        self.urgent.unwrap_or(Class::P1)
    }
}

words! {
    /// How a clock stands.
    ClockStands, "clock";
    /// It runs.
    Running = "running",
    /// It ran out, and runs on.
    Overdue = "overdue",
    /// What it waits for came in time.
    Met = "met",
    /// It came late.
    Late = "late",
    /// The request ended first, in time.
    Ended = "ended",
    /// The request ended first, after the clock ran out.
    EndedLate = "ended-late",
}

/// One clock at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How it stands.
    pub stands: ClockStands,
    /// When it runs out or ran out.
    pub due_s: i64,
    /// Steps of the escalation chain that are reached; 0 once it has stopped.
    pub escalation: u8,
}

/// The acknowledgement clock at a moment.
#[must_use]
pub fn acknowledgement(timeline: &Timeline, clocks: &Clocks, at_s: i64) -> Clock {
    let begun_s = timeline.received_s;
    let chain = clocks.escalate_s.iter().copied();
    clock(
        begun_s,
        clocks.acknowledge_s,
        timeline.acknowledged_s,
        timeline.ended_s,
        chain,
        at_s,
    )
}

/// The clock of first assistance at a moment. It runs from receipt, and stands still while the request waits for the requester or is being helped.
///
/// It goes by the most urgent class the request ever had; as long as it has none, by P1.
#[must_use]
pub fn assistance(timeline: &Timeline, clocks: &Clocks, at_s: i64) -> Clock {
    let held_now_s = match (timeline.held_since_s, timeline.assisted_s) {
        (Some(since_s), None) => at_s.saturating_sub(since_s).max(0).unsigned_abs(),
        _ => 0,
    };
    let held_s = timeline.held_s.saturating_add(held_now_s);
    let begun_s = timeline.received_s.saturating_add_unsigned(held_s);
    let length_s = clocks.assist_s(timeline.clock_class());
    let acknowledge_s = u128::from(clocks.acknowledge_s.max(1));
    let scaled = |step_s: &u64| {
        let step_s = u128::from(*step_s) * u128::from(length_s) / acknowledge_s;
        u64::try_from(step_s).unwrap_or(u64::MAX)
    };
    let chain = clocks.escalate_s.iter().map(scaled);
    clock(
        begun_s,
        length_s,
        timeline.assisted_s,
        timeline.ended_s,
        chain,
        at_s,
    )
}

fn clock(
    begun_s: i64,
    length_s: u64,
    met_s: Option<i64>,
    ended_s: Option<i64>,
    chain: impl Iterator<Item = u64>,
    at_s: i64,
) -> Clock {
    let due_s = begun_s.saturating_add_unsigned(length_s);
    let met_s = met_s.filter(|met_s| *met_s <= at_s);
    let ended_s = ended_s.filter(|ended_s| *ended_s <= at_s);
    let stands = match (met_s, ended_s) {
        (Some(met_s), _) if met_s <= due_s => ClockStands::Met,
        (Some(_), _) => ClockStands::Late,
        (None, Some(ended_s)) if ended_s <= due_s => ClockStands::Ended,
        (None, Some(_)) => ClockStands::EndedLate,
        (None, None) if at_s <= due_s => ClockStands::Running,
        (None, None) => ClockStands::Overdue,
    };
    let runs = matches!(stands, ClockStands::Running | ClockStands::Overdue);
    let reached = chain
        .filter(|step_s| at_s >= begun_s.saturating_add_unsigned(*step_s))
        .count();
    let escalation = if runs {
        u8::try_from(reached).unwrap_or(u8::MAX)
    } else {
        0
    };
    Clock {
        stands,
        due_s,
        escalation,
    }
}
