//! Rules of calibration: nobody answers late or twice, nothing opens or resolves early, and nobody
//! is scored for a sealed answer before there was time to open it.

use std::collections::BTreeSet;

use super::{Admission, Ask, disclosure, refuse};
use crate::body::calibration::{Ask as AskQuestion, OpenAnswer, Resolve};
use crate::ids::Slug;
use crate::kind::{Body, Content, Kind};
use crate::refusal::{Code, Refusal};
use crate::seal::Opening;
use crate::state::Question;
use crate::statement::CONTENT;

impl Ask<'_> {
    pub(super) fn check_calibration(&self) -> Result<Admission, Refusal> {
        match &self.statement.body {
            Body::CalibrationAsk(a) => self.check_question(a)?,
            Body::CalibrationAnswer(a) => {
                let me = self.speaker()?;
                let question = self.question(&a.question)?;
                if self.time >= question.closes {
                    return refuse(
                        Code::QuestionClosed,
                        format!("question {} closed at {}", a.question, question.closes),
                    );
                }
                if question.answers.contains_key(me) {
                    return refuse(
                        Code::QuestionAnswered,
                        format!("{me} has answered question {}", a.question),
                    );
                }
            }
            Body::CalibrationOpen(o) => return self.check_opened_answer(o),
            Body::CalibrationResolve(r) => self.check_resolution(r)?,
            _ => {}
        }
        Ok(Admission::default())
    }

    fn question(&self, id: &Slug) -> Result<&Question, Refusal> {
        match self.global.questions.get(id) {
            Some(question) => Ok(question),
            None => refuse(Code::QuestionUnknown, format!("there is no question {id}")),
        }
    }

    fn check_question(&self, a: &AskQuestion) -> Result<(), Refusal> {
        if self.global.questions.contains_key(&a.question) {
            return refuse(
                Code::QuestionExists,
                format!("there is a question {}", a.question),
            );
        }
        let different: BTreeSet<_> = a.outcomes.iter().collect();
        let (least, most) = (method::MIN_QUESTION_OUTCOMES, method::MAX_QUESTION_OUTCOMES);
        if !(least..=most).contains(&a.outcomes.len()) || different.len() != a.outcomes.len() {
            return refuse(
                Code::QuestionInvalid,
                format!(
                    "{} outcomes, {} of them different; {least} to {most} different ones are needed",
                    a.outcomes.len(),
                    different.len()
                ),
            );
        }
        let window = i64::from(self.charter.panel_window_s);
        let earliest = self.time.plus_seconds(window);
        if a.closes < earliest {
            return refuse(
                Code::QuestionInvalid,
                format!(
                    "it closes at {}; every reviewer gets a panel window to answer, until {earliest}",
                    a.closes
                ),
            );
        }
        Ok(())
    }

    fn check_after_close(&self, question: &Question) -> Result<(), Refusal> {
        if self.time >= question.closes {
            return Ok(());
        }
        refuse(
            Code::QuestionOpen,
            format!("the question is open until {}", question.closes),
        )
    }

    fn check_opened_answer(&self, o: &OpenAnswer) -> Result<Admission, Refusal> {
        let Some((question, _, answer)) = self.global.answer(&o.answer) else {
            return refuse(
                Code::QuestionUnknown,
                format!("{} is no answer to a question", o.answer),
            );
        };
        self.check_after_close(question)?;
        if answer.ppm.is_some() {
            return refuse(Code::AlreadyOpen, format!("{} is open", o.answer));
        }
        let opening = Opening {
            pointer: CONTENT.to_string(),
            salt: o.salt,
            value: o.value.clone(),
        };
        let content = disclosure::opened(Kind::CalibrationAnswer, &answer.sealed, &opening)?;
        if let Content::Forecast(f) = &content {
            let sum: u64 = f.ppm.iter().map(|p| u64::from(*p)).sum();
            if f.ppm.len() != question.outcomes.len() || sum != u64::from(method::PPM) {
                return refuse(
                    Code::ContentInvalid,
                    format!(
                        "{} probabilities summing to {sum} ppm for {} outcomes",
                        f.ppm.len(),
                        question.outcomes.len()
                    ),
                );
            }
        }
        Ok(Admission {
            content: Some(content),
            ..Admission::default()
        })
    }

    fn check_resolution(&self, r: &Resolve) -> Result<(), Refusal> {
        let question = self.question(&r.question)?;
        self.check_after_close(question)?;
        if let Some(resolved) = &question.resolved {
            return refuse(
                Code::QuestionResolved,
                format!("statement {} resolved it", resolved.statement),
            );
        }
        let sealed = question.answers.iter().find(|(_, a)| a.ppm.is_none());
        let until = question
            .closes
            .plus_seconds(self.charter.panel_window_s.into());
        if let Some((member, _)) = sealed.filter(|_| self.time < until) {
            return refuse(
                Code::QuestionOpen,
                format!("{member} may open its answer until {until}"),
            );
        }
        if !question.outcomes.contains(&r.outcome) {
            return refuse(
                Code::QuestionInvalid,
                format!("{} is no outcome of question {}", r.outcome, r.question),
            );
        }
        Ok(())
    }
}
