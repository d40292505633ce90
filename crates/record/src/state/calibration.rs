//! Calibration: the questions asked of reviewers, their answers, and the records these add up to.

use std::collections::BTreeMap;

use method::{Calibration, Scored};
use tlog::Hash;

use crate::ids::{MemberId, Slug, StatementId};
use crate::state::{Global, SealedStatement};
use crate::time::Timestamp;

/// A question and what was answered.
#[derive(Clone, Debug)]
pub struct Question {
    /// The statement that asked it.
    pub statement: StatementId,
    /// From when on nobody answers any more.
    pub closes: Timestamp,
    /// The possible outcomes.
    pub outcomes: Vec<Slug>,
    /// SHA-256 of its text.
    pub text_sha256: Hash,
    /// Answers by reviewer; each answers once.
    pub answers: BTreeMap<MemberId, Answer>,
    /// What came true.
    pub resolved: Option<Resolved>,
}

/// A sealed or opened answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The statement.
    pub statement: StatementId,
    /// Its author and commitment.
    pub sealed: SealedStatement,
    /// The probabilities, parts per million, once opened.
    pub ppm: Option<Vec<u32>>,
}

/// How a question was resolved.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The statement.
    pub statement: StatementId,
    /// Index of the outcome that came true.
    pub outcome: usize,
}

impl Global {
    /// The question an answer belongs to, with its author.
    #[must_use]
    pub fn answer(&self, statement: &StatementId) -> Option<(&Question, &MemberId, &Answer)> {
        self.questions.values().find_map(|question| {
            let mut answers = question.answers.iter();
            let (member, answer) = answers.find(|(_, a)| a.statement == *statement)?;
            Some((question, member, answer))
        })
    }

    /// A member's calibration record as it stands: every resolved question it answered; an answer
    /// that is not open counts as the worst.
    #[must_use]
    pub fn calibration(&self, member: &MemberId) -> Calibration {
        let full_n = self
            .charter
            .as_ref()
            .map_or(method::MIN_CALIBRATION_N, |c| c.method.calibration_full_n);
        let scored = self.questions.values().filter_map(|question| {
            let resolved = question.resolved.as_ref()?;
            let answer = question.answers.get(member)?;
            Some(Scored {
                answer_ppm: answer.ppm.as_deref(),
                outcomes: question.outcomes.len(),
                came_true: resolved.outcome,
            })
        });
        method::calibration(scored, full_n)
    }
}
