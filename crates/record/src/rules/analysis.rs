//! Rules of analysis: laboratories answer before seeing each other's answer.

use std::collections::BTreeSet;

use super::{Admission, Ask, refuse};
use crate::body::analysis::{LabAnswer, LabCommit, LabOpen};
use crate::derive::{LABS_TO_COMPARE, place};
use crate::kind::{Body, Content, Kind};
use crate::refusal::{Code, Refusal};
use crate::seal::Opening;
use crate::state::Case;
use crate::statement::CONTENT;
use crate::table::Phase;

impl Ask<'_> {
    pub(super) fn check_analysis(&self, case: &Case) -> Result<Admission, Refusal> {
        let frozen = matches!(
            case.phase,
            Phase::Review | Phase::Notified | Phase::Answered
        );
        let adds = matches!(self.statement.kind, Kind::Hypotheses | Kind::Assessment);
        if frozen && adds && !self.round_is_lost(case) {
            let detail = format!(
                "case {} is before its panel, and its round is not lost",
                case.id
            );
            return refuse(Code::AnalysisFrozen, detail);
        }
        match &self.statement.body {
            Body::LabCommit(c) => self.check_commit(case, c),
            Body::LabOpen(o) => self.check_open(case, o),
            Body::Assessment(a) => match a.replaces {
                Some(id) if !case.assessments.contains(&id) => refuse(
                    Code::ReplacesUnknown,
                    format!("{id} is no assessment in force in case {}", case.id),
                ),
                Some(id)
                    if case
                        .sealed
                        .get(&id)
                        .is_none_or(|s| !self.same_author(&s.author)) =>
                {
                    refuse(
                        Code::NotTheAuthor,
                        format!("{id} is another member's assessment"),
                    )
                }
                _ => Ok(Admission::default()),
            },
            _ => Ok(Admission::default()),
        }
    }

    /// Whether a key, perhaps rotated since, belongs to the speaking member.
    fn same_author(&self, author: &crate::ids::Vkey) -> bool {
        self.member
            .is_some_and(|(id, _)| self.global.keys.get(author) == Some(id))
    }

    fn check_commit(&self, case: &Case, c: &LabCommit) -> Result<Admission, Refusal> {
        if let Some(unknown) = c.exhibits.iter().find(|e| !case.exhibits.contains_key(*e)) {
            return refuse(
                Code::ExhibitUnknown,
                format!("case {} has no exhibit {unknown}", case.id),
            );
        }
        let speaker = self.speaker()?;
        let twice = case
            .lab_commits
            .values()
            .any(|l| l.laboratory == *speaker && l.comparison == c.comparison);
        if twice {
            return refuse(
                Code::OncePerRound,
                format!("{speaker} has committed to comparison {}", c.comparison),
            );
        }
        check_same_exhibits(case, c)?;
        Ok(Admission::default())
    }

    fn check_open(&self, case: &Case, o: &LabOpen) -> Result<Admission, Refusal> {
        let (Some(commit), Some(sealed)) =
            (case.lab_commits.get(&o.commit), case.sealed.get(&o.commit))
        else {
            return refuse(
                Code::SealUnknown,
                format!(
                    "{} is no laboratory commitment of case {}",
                    o.commit, case.id
                ),
            );
        };
        if commit.laboratory != *self.speaker()? {
            return refuse(
                Code::NotTheAuthor,
                format!("the commitment is that of {}", commit.laboratory),
            );
        }
        let committed = case
            .lab_commits
            .values()
            .filter(|l| l.comparison == commit.comparison)
            .count();
        if committed < LABS_TO_COMPARE {
            return refuse(
                Code::LabAlone,
                format!(
                    "{committed} laboratory has committed to comparison {}",
                    commit.comparison
                ),
            );
        }
        if case.contents.contains_key(&o.commit) {
            return refuse(Code::AlreadyOpen, "the commitment is open");
        }
        let opening = Opening {
            pointer: CONTENT.to_string(),
            salt: o.salt,
            value: o.value.clone(),
        };
        let content = super::disclosure::opened(Kind::LabCommit, sealed, &opening)?;
        if let Content::LabAnswer(answer) = &content {
            check_answers(&commit.exhibits, answer)?;
        }
        Ok(Admission {
            content: Some(content),
            ..Admission::default()
        })
    }
}

/// The laboratories of a comparison look at the same exhibits, each once, and none commits after
/// an answer is open.
fn check_same_exhibits(case: &Case, c: &LabCommit) -> Result<(), Refusal> {
    let set: BTreeSet<_> = c.exhibits.iter().collect();
    let wrong = |detail: String| refuse(Code::LabExhibits, detail);
    if set.len() != c.exhibits.len() {
        return wrong("an exhibit is listed twice".to_string());
    }
    let others = case.lab_commits.iter();
    for (id, other) in others.filter(|(_, l)| l.comparison == c.comparison) {
        if other.exhibits.iter().collect::<BTreeSet<_>>() != set {
            return wrong(format!(
                "{} committed to other exhibits in comparison {}",
                other.laboratory, c.comparison
            ));
        }
        if case.contents.contains_key(id) {
            return refuse(
                Code::PanelWindow,
                format!("the answer of {} is open", other.laboratory),
            );
        }
    }
    Ok(())
}

/// Answers open before the panel sits, so their readings name no actor: each is given by its place
/// among the hypotheses, which are still sealed.
fn check_places(answer: &LabAnswer) -> Result<(), Refusal> {
    let readings = answer.answers.iter().filter_map(|a| a.reading.as_ref());
    for reading in readings {
        let disguises = reading.deception.iter().flat_map(|d| &d.imitating);
        let ratios = reading.lr.iter().map(|r| &r.actor);
        let mut named = ratios.chain(disguises.map(|d| &d.actor));
        if let Some(name) = named.find(|name| place(name).is_none()) {
            return refuse(
                Code::ContentInvalid,
                format!(
                    "a reading gives actors by place, \"1\" for the first of the hypotheses, not {name:?}"
                ),
            );
        }
    }
    Ok(())
}

/// One answer on each exhibit committed to, and none on others; readings name no actor.
///
/// # Errors
/// [`Code::ContentInvalid`] with what is wrong.
pub fn check_answers(exhibits: &[tlog::Hash], answer: &LabAnswer) -> Result<(), Refusal> {
    check_places(answer)?;
    let answered: BTreeSet<_> = answer.answers.iter().map(|a| &a.exhibit).collect();
    if answered == exhibits.iter().collect() && answered.len() == answer.answers.len() {
        return Ok(());
    }
    refuse(
        Code::ContentInvalid,
        "a laboratory answers once on each exhibit it committed to, and on no other",
    )
}
