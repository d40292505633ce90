//! What the command says when it does not do what it was asked: the problem, a hint, an exit code.

use std::error::Error;
use std::process::ExitCode;

use record::refusal::Refusal;
use rehearsal::{DeskError, RehearsalError};
use store::{StoreError, SubmitError};

/// Exit codes, as docs/cli.md lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; everything that was checked holds.
    Ok = 0,
    /// Something stood in the way.
    Problem = 1,
    /// The command was not understood.
    Usage = 2,
    /// Everything agrees with itself, but no trust file says whose it is.
    NotPinned = 3,
    /// A verification or an audit failed.
    Failed = 4,
    /// The rules refused a statement.
    Refused = 5,
    /// Everything holds, and rests on the word of one relay that the reader named.
    Testimony = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// What a command gives back.
pub(crate) type Outcome<T = Exit> = Result<T, Problem>;

/// A problem with what to do about it.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) exit: Exit,
    pub(crate) text: String,
    pub(crate) hint: Option<String>,
}

impl Problem {
    /// A problem in words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            exit: Exit::Problem,
            text: text.into(),
            hint: None,
        }
    }

    /// With what to do next; an earlier hint stays.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// With another exit code.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Said of something: `charter.json: ...`.
    pub(crate) fn of(mut self, what: impl std::fmt::Display) -> Self {
        self.text = format!("{what}: {}", self.text);
        self
    }
}

/// Any library's error, with its causes in one line, its hint and its exit code.
impl<E: Error + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        let mut problem = Self::new(record::trust::with_sources(&error));
        let mut next: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(cause) = next {
            if let Some(refusal) = refusal_in(cause) {
                problem.exit = Exit::Refused;
                problem.hint = Some(refusal.code.hint().to_string());
                return problem;
            }
            if let Some(hint) = cause.downcast_ref::<StoreError>().and_then(store_hint) {
                problem.hint.get_or_insert_with(|| hint.to_string());
            }
            next = cause.source();
        }
        problem
    }
}

/// Transparent errors hide the refusal they carry from `source`, so each is looked into.
fn refusal_in<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a Refusal> {
    if let Some(SubmitError::Refused(r)) = cause.downcast_ref() {
        return Some(r);
    }
    if let Some(RehearsalError::Desk(DeskError::Refused(r))) = cause.downcast_ref() {
        return Some(r);
    }
    if let Some(DeskError::Refused(r)) = cause.downcast_ref() {
        return Some(r);
    }
    cause.downcast_ref()
}

fn store_hint(error: &StoreError) -> Option<&'static str> {
    Some(match error {
        StoreError::NoRecord { .. } => {
            "`solferino demo` makes a record to look at, `solferino init` one of your own"
        }
        StoreError::AlreadyThere { .. } => "choose another folder; nothing was changed",
        StoreError::Damaged { .. } => {
            "software never repairs a log; `solferino audit DIR` tells the rest, then restore a copy"
        }
        StoreError::Lock(_) => {
            "another process has the record open; if it is `solferino serve`, submit to it with --url"
        }
        StoreError::QuorumMissing { .. } => {
            "start the witnesses of the charter's witness_policy, then repeat the command: nothing is lost"
        }
        StoreError::ClockLeap { .. } => {
            "look at the clock of this machine; if the record rested that long and it is right, repeat with --clock-is-right (`submit`, `serve`)"
        }
        StoreError::ClockNotInjected => "leave out --at: this record goes by the system's clock",
        StoreError::TimeDecreases { .. } => "give a later time with --at",
        _ => return None,
    })
}
