//! When a statement may be made: what it belongs to, and where a case stands.

use std::fmt;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Evidence and analysis.
    Open,
    /// Reviewers are assigned; the analysis is frozen.
    Review,
    /// The party a finding would name has been told.
    Notified,
    /// It replied, or its window closed.
    Answered,
    /// A finding was published; new analysis starts the next round.
    Decided,
    /// Ended.
    Closed,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: &[Phase] = &[
        Phase::Open,
        Phase::Review,
        Phase::Notified,
        Phase::Answered,
        Phase::Decided,
        Phase::Closed,
    ];

    /// The phase's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Open => "open",
            Phase::Review => "review",
            Phase::Notified => "notified",
            Phase::Answered => "answered",
            Phase::Decided => "decided",
            Phase::Closed => "closed",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a statement type belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Entry 0 only.
    Genesis,
    /// The record as a whole; the field `case` is absent.
    Record,
    /// Makes the case it names.
    NewCase,
    /// A case in one of these phases.
    Case(&'static [Phase]),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Genesis => f.write_str("entry 0"),
            Scope::Record => f.write_str("any time, without a case"),
            Scope::NewCase => f.write_str("names a new case"),
            Scope::Case(phases) if *phases == Phase::ALL => f.write_str("case in any phase"),
            Scope::Case(phases) => {
                let names: Vec<_> = phases.iter().map(|p| p.as_str()).collect();
                write!(f, "case in phase {}", names.join(", "))
            }
        }
    }
}
