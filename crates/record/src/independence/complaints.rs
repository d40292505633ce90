//! Complaints: how many, about what, what came of them, which are overdue.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::body::others::{AnswerReason, ComplaintAbout};
use crate::ids::{StatementId, Vkey};
use crate::state::{Complaint, State};
use crate::time::Timestamp;

/// Most overdue complaints that the index lists; it counts all of them.
pub const MAX_OVERDUE_LISTED: usize = 1_000;

/// All complaints of the record; unit: complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaints {
    /// By subject; every subject stands here.
    pub by_subject: Vec<ComplaintRow>,
    /// The same over all subjects.
    pub all: ComplaintRow,
    /// Overdue ones: those of members and of reporters with a case first, then by deadline.
    pub overdue: Vec<Overdue>,
}

/// Complaints on one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComplaintRow {
    /// The subject; `all` for the sum.
    pub about: &'static str,
    /// Received.
    pub received: u64,
    /// Of these, by a member or by a reporter whose report led to a case.
    pub known: u64,
    /// Different keys they came from.
    pub keys: u64,
    /// Not answered, the deadline not passed.
    pub open: u64,
    /// Not answered, the deadline passed.
    pub overdue: u64,
    /// Answered by the deadline.
    pub in_time: u64,
    /// Answered after it.
    pub late: u64,
    /// Answered, by reason; every reason stands here.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// A complaint nobody answered in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// The complaint.
    pub complaint: StatementId,
    /// What about.
    pub about: &'static str,
    /// The statement complained of.
    pub statement: StatementId,
    /// When it came in.
    pub received: Timestamp,
    /// When its answer was due.
    pub due: Timestamp,
    /// Whether it is by a member or by a reporter whose report led to a case.
    pub known: bool,
}

pub(super) fn complaints(state: &State) -> Complaints {
    let now = state.global.time;
    let reports = state.global.reports.values();
    let reporters: BTreeSet<&Vkey> = reports
        .filter(|r| r.case.is_some())
        .map(|r| &r.reporter)
        .collect();
    let known = |c: &Complaint| c.member.is_some() || reporters.contains(&c.by);
    let overdue = |c: &Complaint| now.is_some_and(|now| c.overdue(now));
    let row = |about: Option<ComplaintAbout>| {
        let all = state.global.complaints.values();
        let of: Vec<&Complaint> = all
            .filter(|c| about.is_none_or(|about| c.about == about))
            .collect();
        let count = |counts: &dyn Fn(&Complaint) -> bool| {
            let n = of.iter().filter(|c| counts(c)).count();
            u64::try_from(n).unwrap_or(u64::MAX)
        };
        let keys: BTreeSet<&Vkey> = of.iter().map(|c| &c.by).collect();
        let reason = |r: &AnswerReason| {
            let with = |c: &Complaint| c.answered.as_ref().is_some_and(|a| a.reason == *r);
            (r.as_str(), count(&with))
        };
        ComplaintRow {
            about: about.map_or("all", ComplaintAbout::as_str),
            received: count(&|_| true),
            known: count(&known),
            keys: u64::try_from(keys.len()).unwrap_or(u64::MAX),
            open: count(&|c| c.answered.is_none() && !overdue(c)),
            overdue: count(&overdue),
            in_time: count(&|c| c.answered.is_some() && !c.late()),
            late: count(&Complaint::late),
            reasons: AnswerReason::ALL.iter().map(reason).collect(),
        }
    };
    let listed = state.global.complaints.iter().filter(|(_, c)| overdue(c));
    let mut listed: Vec<Overdue> = listed
        .map(|(id, c)| Overdue {
            complaint: *id,
            about: c.about.as_str(),
            statement: c.statement,
            received: c.received,
            due: c.due,
            known: known(c),
        })
        .collect();
    listed.sort_by_key(|o| (!o.known, o.due, o.complaint));
    listed.truncate(MAX_OVERDUE_LISTED);
    Complaints {
        by_subject: ComplaintAbout::ALL.iter().map(|a| row(Some(*a))).collect(),
        all: row(None),
        overdue: listed,
    }
}
