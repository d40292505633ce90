//! Complaints and what became of them.

use crate::body::others::{AnswerReason, ComplaintAbout};
use crate::ids::{MemberId, StatementId, Vkey};
use crate::time::Timestamp;

/// A complaint.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// What about.
    pub about: ComplaintAbout,
    /// The statement complained of.
    pub statement: StatementId,
    /// Who made it.
    pub by: Vkey,
    /// The member that made it, if one did.
    pub member: Option<MemberId>,
    /// Governing time when it came in.
    pub received: Timestamp,
    /// When its answer is due, by the charter in force when it came in: no later amendment moves it.
    pub due: Timestamp,
    /// The answer, if there is one.
    pub answered: Option<ComplaintAnswered>,
}

/// The answer to a complaint.
#[derive(Clone, Debug)]
pub struct ComplaintAnswered {
    /// The statement.
    pub statement: StatementId,
    /// The reviewer.
    pub by: MemberId,
    /// Governing time.
    pub time: Timestamp,
    /// What came of it.
    pub reason: AnswerReason,
}

impl Complaint {
    /// Whether it is unanswered after its deadline; the deadline itself is still in time.
    #[must_use]
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.answered.is_none() && now > self.due
    }

    /// Whether it was answered, but after its deadline.
    #[must_use]
    pub fn late(&self) -> bool {
        self.answered.as_ref().is_some_and(|a| a.time > self.due)
    }
}
