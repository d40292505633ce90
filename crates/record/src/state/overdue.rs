//! Seals that nobody opened in time. Anyone computes them from the log alone.

use serde::Serialize;

use super::State;
use crate::ids::{CaseId, StatementId, Vkey};
use crate::time::Timestamp;

/// A seal whose time has passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OverdueSeal {
    /// The sealed statement.
    pub statement: StatementId,
    /// Its type.
    pub kind: String,
    /// Its author's key.
    pub author: Vkey,
    /// Its case; none for an answer to a calibration question.
    pub case: Option<CaseId>,
    /// When it was due.
    pub until: Timestamp,
    /// For how long it has been, by the last tick, in seconds.
    pub overdue_s: i64,
}

impl State {
    /// The seals that are due by the governing time and not open, the longest overdue first.
    #[must_use]
    pub fn overdue_seals(&self) -> Vec<OverdueSeal> {
        let Some(now) = self.global.time else {
            return Vec::new();
        };
        let cases = self.cases.values().flat_map(|case| {
            let sealed = case.sealed.iter();
            let closed = sealed.filter(|(id, _)| !case.contents.contains_key(id));
            closed.map(|(id, sealed)| (*id, sealed, Some(case.id.clone())))
        });
        let answers = self.global.questions.values().flat_map(|question| {
            let closed = question.answers.values().filter(|a| a.ppm.is_none());
            closed.map(|answer| (answer.statement, &answer.sealed, None))
        });
        let mut overdue: Vec<OverdueSeal> = cases
            .chain(answers)
            .filter(|(_, sealed, _)| sealed.seal.until <= now)
            .map(|(statement, sealed, case)| OverdueSeal {
                statement,
                kind: sealed.kind.to_string(),
                author: sealed.author.clone(),
                case,
                until: sealed.seal.until,
                overdue_s: now.unix_seconds() - sealed.seal.until.unix_seconds(),
            })
            .collect();
        overdue.sort_by_key(|seal| (seal.until, seal.statement));
        overdue
    }
}
