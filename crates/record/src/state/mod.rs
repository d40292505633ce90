//! The state: a pure fold over admitted statements.
//!
//! **Architecture Invariant:** what the rules ask about a case statement depends only on the
//! [`Global`] state, the case's own state and the governing tick, never on another case. So the
//! global statements and one case's statements, in record order, re-judge that case: a bundle.

mod apply;
mod calibration;
mod case;
mod complaint;
mod global;
mod overdue;
mod public;

use std::collections::BTreeMap;

use tlog::Hash;

pub use calibration::{Answer, Question, Resolved};
pub use case::{
    Case, Exhibit, FindingRecord, FindingStatus, LabCommitment, MaskedAnalysis, Notice, Reply,
    SealedStatement, Vote,
};
pub use complaint::{Complaint, ComplaintAnswered};
pub use global::{Global, Member, MemberRole, PendingAmendment, Report, SelectionRule};

pub use overdue::OverdueSeal;
pub use public::is_public;

use crate::ids::{CaseId, MemberId, StatementId};
use crate::kind::Kind;

/// Everything the rules know of the record.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What holds for all cases.
    pub global: Global,
    /// The cases, by identifier.
    pub cases: BTreeMap<CaseId, Case>,
    /// Every admitted statement: its index, type and case.
    pub statements: BTreeMap<StatementId, Entry>,
    /// Digests of signer and words, so that the same words are recorded once.
    pub(crate) words: BTreeMap<Hash, StatementId>,
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index in the log.
    pub index: u64,
    /// Its type.
    pub kind: Kind,
    /// Its case.
    pub case: Option<CaseId>,
    /// The member that said it.
    pub member: Option<MemberId>,
}

impl State {
    /// The statement that already carries these words, if any.
    #[must_use]
    pub fn with_words(&self, words_sha256: &Hash) -> Option<StatementId> {
        self.words.get(words_sha256).copied()
    }
}
