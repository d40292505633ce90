//! The state: a pure fold over admitted statements.
//!
//! **Architecture Invariant:** what the rules ask about a case statement depends only on the
//! [`Global`] state, the case's own state and the governing tick, never on another case. So the
//! global statements and one case's statements, in record order, re-judge that case: a bundle.

mod apply;
mod calibration;
mod case;
mod global;
mod public;
mod statements;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use calibration::{Answer, Question, Resolved};
pub use case::{
    Case, Exhibit, FindingRecord, FindingStatus, LabCommitment, MaskedAnalysis, Notice, Reply,
    SealedStatement, Vote,
};
pub use global::{Global, Member, MemberRole, PendingAmendment, Report};
pub use statements::{Entry, Statements};

pub use public::is_public;

use crate::ids::{CaseId, StatementId};
use crate::kind::Kind;

/// Everything the rules know of the record.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What holds for all cases.
    pub global: Global,
    /// The cases, by identifier.
    pub cases: BTreeMap<CaseId, Case>,
    /// Every admitted statement.
    pub statements: Statements,
}

impl State {
    /// A report, and what became of it.
    #[must_use]
    pub fn report(&self, id: &StatementId) -> Option<Cow<'_, Report>> {
        match self.global.reports.get(id) {
            Some(known) => Some(Cow::Borrowed(known)),
            None => self.untouched_report(id).map(Cow::Owned),
        }
    }

    /// A report of which nothing is known but that it came in.
    fn untouched_report(&self, id: &StatementId) -> Option<Report> {
        let entry = self.statements.get(id).filter(|e| e.kind == Kind::Report)?;
        Some(Report::new(entry.signer, entry.time, (entry.index, *id)))
    }
}
