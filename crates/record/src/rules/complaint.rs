//! Rules of complaints: anyone complains, a reviewer who has no part in it answers, by a deadline.

use super::{Ask, refuse};
use crate::body::others::{
    Complaint, ComplaintAnswer, MAX_COMPLAINTS_PER_ANSWER, MAX_OPEN_COMPLAINTS,
};
use crate::refusal::{Code, Refusal};

/// Shortest time a charter may give for an answer, in seconds: one day.
const MIN_COMPLAINT_WINDOW_S: u32 = 86_400;
/// Longest, in seconds: ninety days. A longer one would be none.
const MAX_COMPLAINT_WINDOW_S: u32 = 90 * 86_400;

/// No charter can switch the deadline off.
pub(super) fn check_window(window_s: u32) -> Result<(), Refusal> {
    if (MIN_COMPLAINT_WINDOW_S..=MAX_COMPLAINT_WINDOW_S).contains(&window_s) {
        return Ok(());
    }
    let detail = format!(
        "complaint_window_s is {window_s}; {MIN_COMPLAINT_WINDOW_S} to {MAX_COMPLAINT_WINDOW_S} s"
    );
    refuse(Code::CharterInvalid, detail)
}

impl Ask<'_> {
    pub(super) fn check_complaint(&self, c: &Complaint) -> Result<(), Refusal> {
        if !self.state.statements.contains_key(&c.statement) {
            return refuse(
                Code::StatementUnknown,
                format!("there is no statement {}", c.statement),
            );
        }
        let open = self.global.open_complaints.get(&self.statement.signer);
        match open {
            Some(open) if *open >= MAX_OPEN_COMPLAINTS => refuse(
                Code::ComplaintsOpen,
                format!("{open} complaints of this key are open; at most {MAX_OPEN_COMPLAINTS}"),
            ),
            _ => Ok(()),
        }
    }

    pub(super) fn check_complaint_answer(&self, a: &ComplaintAnswer) -> Result<(), Refusal> {
        let n = a.complaints.len();
        if n == 0 || n > MAX_COMPLAINTS_PER_ANSWER {
            return refuse(
                Code::ComplaintUnknown,
                format!("{n} complaints are named; 1 to {MAX_COMPLAINTS_PER_ANSWER}"),
            );
        }
        let me = self.speaker()?;
        for (n, id) in a.complaints.iter().enumerate() {
            let complaint = self.global.complaints.get(id);
            let twice = a.complaints.iter().take(n).any(|earlier| earlier == id);
            let Some(complaint) = complaint.filter(|_| !twice) else {
                let detail = format!("{id} is no complaint, or is named twice");
                return refuse(Code::ComplaintUnknown, detail);
            };
            if let Some(answer) = &complaint.answered {
                return refuse(
                    Code::ComplaintAnswered,
                    format!("complaint {id} was answered by {}", answer.statement),
                );
            }
            let accused = self.state.statements.get(&complaint.statement);
            let accused = accused.and_then(|entry| entry.member);
            if complaint.member.as_ref() == Some(me) || accused.as_ref() == Some(me) {
                let detail = format!("{me} made complaint {id}, or it is about what {me} said");
                return refuse(Code::ComplaintOwn, detail);
            }
        }
        Ok(())
    }
}
