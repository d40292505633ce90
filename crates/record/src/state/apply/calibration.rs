//! Statements about calibration: questions, answers, what came true.

use crate::kind::{Body, Content};
use crate::rules::Admission;
use crate::state::calibration::{Answer, Question, Resolved};
use crate::state::{SealedStatement, State};
use crate::statement::{CONTENT, Verified};

impl State {
    pub(super) fn apply_calibration(&mut self, s: &Verified, admission: Admission) {
        let questions = &mut self.global.questions;
        match &s.body {
            Body::CalibrationAsk(a) => {
                let question = Question {
                    statement: s.id,
                    closes: a.closes,
                    outcomes: a.outcomes.clone(),
                    text_sha256: a.text_sha256,
                    answers: Default::default(),
                    resolved: None,
                };
                questions.insert(a.question.clone(), question);
            }
            Body::CalibrationAnswer(a) => {
                let question = questions.get_mut(&a.question);
                if let (Some(question), Some(member), Some(seal)) =
                    (question, admission.member, s.sealed.get(CONTENT))
                {
                    let answer = Answer {
                        statement: s.id,
                        sealed: SealedStatement {
                            kind: s.kind,
                            author: s.signer.clone(),
                            seal: seal.clone(),
                        },
                        ppm: None,
                    };
                    question.answers.insert(member, answer);
                }
            }
            Body::CalibrationOpen(o) => {
                let mut answers = questions.values_mut().flat_map(|q| q.answers.values_mut());
                if let (Some(answer), Some(Content::Forecast(f))) =
                    (answers.find(|a| a.statement == o.answer), admission.content)
                {
                    answer.ppm = Some(f.ppm);
                }
            }
            Body::CalibrationResolve(r) => {
                if let Some(question) = questions.get_mut(&r.question) {
                    let outcome = question.outcomes.iter().position(|o| *o == r.outcome);
                    question.resolved = outcome.map(|outcome| Resolved {
                        statement: s.id,
                        outcome,
                    });
                }
            }
            _ => {}
        }
    }
}
