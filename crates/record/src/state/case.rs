//! One case: its phase, its statements, and what has been opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tlog::Hash;

use crate::body::case::{Open, Question};
use crate::body::evidence::{CustodyEvent, Exhibit as ExhibitBody};
use crate::body::outcome::{Finding, WithdrawReason};
use crate::derive::Replayed;
use crate::ids::{CaseId, MemberId, Slug, StatementId, Vkey};
use crate::kind::{Content, Kind};
use crate::law::Law;
use crate::seal::Seal;
use crate::table::Phase;
use crate::time::Timestamp;

/// The state of one case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its identifier.
    pub id: CaseId,
    /// Governing time when it was opened.
    pub opened: Timestamp,
    /// Where it stands.
    pub phase: Phase,
    /// Which round of deciding, from 1.
    pub round: u32,
    /// What it is to answer.
    pub question: Question,
    /// Reports it started from.
    pub reports: Vec<StatementId>,
    /// Every statement of the case, with its index, in record order; reports and consents included.
    pub statements: Vec<(u64, StatementId)>,
    /// Declared exhibits.
    pub exhibits: BTreeMap<Hash, Exhibit>,
    /// Statements with a sealed content.
    pub sealed: BTreeMap<StatementId, SealedStatement>,
    /// Opened contents.
    pub contents: BTreeMap<StatementId, Content>,
    /// The hypotheses in force.
    pub hypotheses: Option<StatementId>,
    /// Assessments in force, in record order.
    pub assessments: Vec<StatementId>,
    /// Coded facts in force: the last of each coder, in record order.
    pub facts: Vec<(MemberId, StatementId)>,
    /// Who wrote hypotheses or an assessment of the case: they do not assess the law.
    pub analysts: BTreeSet<MemberId>,
    /// The law of the moment the panel was assigned.
    pub law: Option<Arc<Law>>,
    /// The mask in force: said after the analysis of the round.
    pub mask: Option<StatementId>,
    /// What each mask ever said was made for.
    pub masks: BTreeMap<StatementId, MaskedAnalysis>,
    /// Reviewers of the round on record, before its first review opened, as knowing the names.
    pub unmasked: BTreeSet<MemberId>,
    /// Reviewers of whom it was said at all in the round, before or after the reviews opened.
    pub unmask_said: BTreeSet<MemberId>,
    /// Laboratory commitments, by statement.
    pub lab_commits: BTreeMap<StatementId, LabCommitment>,
    /// Reviewers assigned to the round, in the order assigned.
    pub panel: Vec<MemberId>,
    /// Weight of each assigned reviewer in the pools, parts per million, from the calibration
    /// records at the assignment: what is resolved later moves no case under review.
    pub weights: Vec<(MemberId, u32)>,
    /// Governing time of the assignment.
    pub assigned: Option<Timestamp>,
    /// Those who stepped aside.
    pub recused: BTreeSet<MemberId>,
    /// The panels of all rounds, lost ones included, in record order.
    pub panels: Vec<Vec<MemberId>>,
    /// Every vote of every round, in record order.
    pub ballots: Vec<(MemberId, StatementId)>,
    /// Reviews of the round, in record order.
    pub reviews: Vec<(MemberId, StatementId)>,
    /// Votes of the round, in record order.
    pub votes: Vec<Vote>,
    /// Notice of the round.
    pub notice: Option<Notice>,
    /// Reply of the round, or that there was none.
    pub reply: Option<Reply>,
    /// Dissents of the round, in record order.
    pub dissents: Vec<(MemberId, StatementId)>,
    /// Findings, in record order.
    pub findings: Vec<FindingRecord>,
    /// Endorsements, rebuttals and alternatives, in record order.
    pub responses: Vec<(Kind, StatementId)>,
}

/// A declared exhibit and its handling.
#[derive(Clone, Debug)]
pub struct Exhibit {
    /// What was declared.
    pub body: ExhibitBody,
    /// The statement that declared it.
    pub statement: StatementId,
    /// Custody events with their governing time, in record order.
    pub custody: Vec<(Timestamp, CustodyEvent)>,
}

/// A statement whose content is or was withheld.
#[derive(Clone, Debug)]
pub struct SealedStatement {
    /// Its type.
    pub kind: Kind,
    /// Its author's key.
    pub author: Vkey,
    /// The commitment.
    pub seal: Seal,
}

/// A laboratory's commitment.
#[derive(Clone, Debug)]
pub struct LabCommitment {
    /// The laboratory.
    pub laboratory: MemberId,
    /// The comparison.
    pub comparison: Slug,
    /// The exhibits examined, in the order committed.
    pub exhibits: Vec<Hash>,
    /// Index in the log.
    pub index: u64,
    /// Governing time.
    pub time: Timestamp,
    /// When its answer was opened.
    pub opened: Option<Timestamp>,
    /// Whether it was open when the round's reviewers were assigned.
    pub opened_in_time: bool,
}

/// The analysis a mask was made for.
#[derive(Clone, Debug)]
pub struct MaskedAnalysis {
    /// The hypotheses.
    pub hypotheses: StatementId,
    /// The assessments, in record order.
    pub assessments: Vec<StatementId>,
    /// Laboratory commitments open then.
    pub laboratories: BTreeSet<StatementId>,
}

/// A vote, its content perhaps still sealed.
#[derive(Clone, Debug)]
pub struct Vote {
    /// The reviewer.
    pub member: MemberId,
    /// The statement.
    pub statement: StatementId,
    /// Index in the log.
    pub index: u64,
    /// Governing time.
    pub time: Timestamp,
}

/// A notice.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The statement.
    pub statement: StatementId,
    /// The key a reply must be signed with.
    pub reply_key: Vkey,
    /// When the window closes.
    pub closes: Timestamp,
}

/// A reply, or that the window closed without one.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The statement.
    pub statement: StatementId,
    /// Index in the log.
    pub index: u64,
    /// SHA-256 of the text; absent where there was none.
    pub text_sha256: Option<Hash>,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingStatus {
    /// It stands.
    Standing,
    /// A later one took its place.
    Superseded(StatementId),
    /// It was taken back.
    Withdrawn(StatementId, WithdrawReason),
}

/// A published finding and what it was computed from.
#[derive(Clone, Debug)]
pub struct FindingRecord {
    /// The statement.
    pub statement: StatementId,
    /// Index in the log.
    pub index: u64,
    /// Governing time.
    pub time: Timestamp,
    /// What it says.
    pub finding: Finding,
    /// What becomes of it.
    pub status: FindingStatus,
    /// Inputs and result, recomputed on admission.
    pub replayed: Arc<Replayed>,
    /// The law its norms were judged by.
    pub law: Arc<Law>,
    /// Dissents of its round.
    pub dissents: Vec<(MemberId, StatementId)>,
    /// Reply of its round.
    pub reply: Option<Reply>,
    /// Votes of its round.
    pub votes: Vec<Vote>,
    /// Reviewers who asked for its withdrawal, in record order.
    pub withdrawn_by: Vec<MemberId>,
    /// Alternatives of it on the record.
    pub alternatives: u32,
    /// Who was recused.
    pub recused: BTreeSet<MemberId>,
}

impl Case {
    /// A case just opened from its reports.
    pub(super) fn new(
        id: CaseId,
        opened: Timestamp,
        open: &Open,
        statements: Vec<(u64, StatementId)>,
    ) -> Self {
        Self {
            id,
            opened,
            phase: Phase::Open,
            round: 1,
            question: open.question.clone(),
            reports: open.reports.clone(),
            statements,
            exhibits: Default::default(),
            sealed: Default::default(),
            contents: Default::default(),
            hypotheses: None,
            assessments: Vec::new(),
            facts: Vec::new(),
            analysts: BTreeSet::new(),
            law: None,
            mask: None,
            masks: Default::default(),
            unmasked: BTreeSet::new(),
            unmask_said: BTreeSet::new(),
            lab_commits: Default::default(),
            panel: Vec::new(),
            weights: Vec::new(),
            assigned: None,
            recused: BTreeSet::new(),
            panels: Vec::new(),
            ballots: Vec::new(),
            reviews: Vec::new(),
            votes: Vec::new(),
            notice: None,
            reply: None,
            dissents: Vec::new(),
            findings: Vec::new(),
            responses: Vec::new(),
        }
    }

    /// The finding that stands, if one does.
    #[must_use]
    pub fn standing(&self) -> Option<&FindingRecord> {
        self.findings
            .iter()
            .rev()
            .find(|f| f.status == FindingStatus::Standing)
    }

    /// Assigned reviewers who have not stepped aside.
    pub fn active_panel(&self) -> impl Iterator<Item = &MemberId> {
        self.panel.iter().filter(|m| !self.recused.contains(*m))
    }

    /// A reviewer's weight in the round's pools, parts per million.
    #[must_use]
    pub fn weight_ppm(&self, reviewer: &MemberId) -> u32 {
        let assigned = self.weights.iter().find(|(member, _)| member == reviewer);
        assigned.map_or(method::EQUAL_WEIGHT_PPM, |(_, weight)| *weight)
    }

    /// Whether a laboratory's answer counts in the round: open now, or once the reviewers are
    /// assigned, open then.
    #[must_use]
    pub fn laboratory_counts(&self, commit: &StatementId) -> bool {
        match self.assigned {
            Some(_) => self
                .lab_commits
                .get(commit)
                .is_some_and(|l| l.opened_in_time),
            None => self.contents.contains_key(commit),
        }
    }

    /// Whether any review of the round has been opened.
    #[must_use]
    pub fn reviews_open(&self) -> bool {
        self.reviews
            .iter()
            .any(|(_, id)| self.contents.contains_key(id))
    }

    /// Identifiers of all statements of the case so far, in record order.
    #[must_use]
    pub fn statement_ids(&self) -> Vec<StatementId> {
        self.statements.iter().map(|(_, id)| *id).collect()
    }

    /// The opened vote of a statement.
    #[must_use]
    pub fn opened_vote(&self, statement: &StatementId) -> Option<&crate::body::deciding::Voted> {
        match self.contents.get(statement) {
            Some(Content::Voted(v)) => Some(v),
            _ => None,
        }
    }
}
