//! The state: a pure fold over admitted statements.
//!
//! **Architecture Invariant:** what the rules ask about a case statement depends only on the
//! [`Global`] state, the case's own state and the governing tick, never on another case. So the
//! global statements and one case's statements, in record order, re-judge that case: a bundle.

mod aid;
mod apply;
mod calibration;
mod case;
mod complaint;
mod global;
mod overdue;
mod public;
mod reports;
mod signers;
mod statements;

use std::collections::BTreeMap;

pub use aid::{
    Aid, AidRequest, CaseConsent, HarmTotal, HeldItem, InOffice, Matched, Notice as AidNotice,
    Overdue, Promise, Responder, Round, StepTaken,
};
pub use calibration::{Answer, Question, Resolved};
pub use case::{
    Case, Exhibit, FindingRecord, FindingStatus, LabCommitment, MaskedAnalysis, Notice, Reply,
    SealedStatement, Vote,
};
pub use complaint::{Complaint, ComplaintAnswered};
pub use global::{Global, Member, MemberRole, PendingAmendment, SelectionRule};
pub use reports::{Report, Reports};
pub(crate) use statements::slot_of;
pub use statements::{Entry, Statements};

pub use overdue::OverdueSeal;
pub use public::is_public;

use crate::ids::CaseId;
use crate::statement::Verified;

/// Everything the rules know of the record.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What holds for all cases.
    pub global: Global,
    /// The cases, by identifier.
    pub cases: BTreeMap<CaseId, Case>,
    /// The desk that helps.
    pub aid: Aid,
    /// Every admitted statement.
    pub statements: Statements,
}

impl State {
    /// Looks statements up that are about to be judged; says how many are there. It changes nothing and
    /// decides nothing ([`Statements::look_up`]).
    pub(crate) fn look_up(&self, many: &[&Verified]) -> usize {
        self.statements.look_up(many) + self.global.reports.look_up(many)
    }

    /// Makes room for so many more statements.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.statements.reserve(more);
        self.global.reports.reserve(more);
    }
}
