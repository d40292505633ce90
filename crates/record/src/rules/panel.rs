//! Rules of deciding: assignment, recusal, reviews, notice, reply, votes, dissent.

use std::collections::BTreeSet;

use super::record::check_statement_key;
use super::{Admission, Ask, refuse};
use crate::body::blind::Unmask;
use crate::body::deciding::Assign;
use crate::derive::LABS_TO_COMPARE;
use crate::ids::{MemberId, StatementId};
use crate::kind::Body;
use crate::refusal::{Code, Refusal};
use crate::state::Case;

impl Ask<'_> {
    pub(super) fn check_panel(&self, case: &Case) -> Result<Admission, Refusal> {
        match &self.statement.body {
            Body::Mask(_) => check_analysed(case)?,
            Body::Unmask(u) => self.check_unmask(case, u)?,
            Body::ReviewAssign(a) => self.check_assignment(case, a)?,
            Body::Recuse(_) => {
                let me = self.active_reviewer(case)?;
                let spoke = case.reviews.iter().any(|(m, _)| m == me)
                    || case.votes.iter().any(|v| v.member == *me);
                if spoke {
                    return refuse(
                        Code::OncePerRound,
                        "a reviewer steps aside before reviewing or voting, not after",
                    );
                }
            }
            Body::Review(_) => {
                let me = self.active_reviewer(case)?;
                if case.reviews.iter().any(|(m, _)| m == me) {
                    return refuse(
                        Code::OncePerRound,
                        format!("{me} has reviewed in this round"),
                    );
                }
                if any_open(case, case.reviews.iter().map(|(_, id)| id)) {
                    return refuse(Code::PanelWindow, "reviews of this round are open");
                }
            }
            Body::Vote(_) => {
                let me = self.active_reviewer(case)?;
                if case.votes.iter().any(|v| v.member == *me) {
                    return refuse(Code::OncePerRound, format!("{me} has voted in this round"));
                }
                if any_open(case, case.votes.iter().map(|v| &v.statement)) {
                    return refuse(Code::PanelWindow, "votes of this round are open");
                }
            }
            Body::Dissent(_) => {
                let me = self.active_reviewer(case)?;
                if case.dissents.iter().any(|(member, _)| member == me) {
                    return refuse(
                        Code::OncePerRound,
                        format!("{me} has dissented in this round"),
                    );
                }
            }
            Body::Notice(n) => {
                check_statement_key(&n.reply_key)?;
                if self.global.keys.contains_key(&n.reply_key) || n.reply_key == self.charter.log {
                    return refuse(
                        Code::KeyInUse,
                        "the reply key is a fresh key of the addressee, not a member's",
                    );
                }
                let closes = self.time.plus_seconds(self.charter.reply_window_s.into());
                return Ok(Admission {
                    closes: Some(closes),
                    ..Admission::default()
                });
            }
            Body::Reply(r) => self.check_window(case, &r.notice, false)?,
            Body::ReplyNone(r) => self.check_window(case, &r.notice, true)?,
            _ => {}
        }
        Ok(Admission::default())
    }

    fn check_assignment(&self, case: &Case, a: &Assign) -> Result<(), Refusal> {
        let invalid = |detail: String| refuse(Code::PanelInvalid, detail);
        check_analysed(case)?;
        self.check_laboratories(case)?;
        for (n, member) in a.reviewers.iter().enumerate() {
            if self.global.reviewer(member).is_none() {
                return invalid(format!("{member} is not a seated reviewer"));
            }
            if a.reviewers.iter().take(n).any(|earlier| earlier == member) {
                return invalid(format!("{member} is assigned twice"));
            }
        }
        let (count, regions) = self.global.spread(a.reviewers.iter());
        let quorum = self.charter.finding_quorum;
        if count < quorum.votes || regions < quorum.regions {
            return invalid(format!(
                "{count} reviewers from {regions} regions; the quorum is {} from {}",
                quorum.votes, quorum.regions
            ));
        }
        Ok(())
    }

    /// Nobody rushes a round past a laboratory that may still open what it committed to, and no
    /// laboratory holds a case up: a comparison is waited for one panel window from its second
    /// commitment, and a laboratory that has let one pass is waited for no more.
    fn check_laboratories(&self, case: &Case) -> Result<(), Refusal> {
        let mut commits: Vec<_> = case.lab_commits.iter().collect();
        commits.sort_by_key(|(_, l)| l.index);
        let mut waiting = Vec::new();
        let mut overdue = BTreeSet::new();
        for (id, lab) in &commits {
            let mut same = commits
                .iter()
                .filter(|(_, l)| l.comparison == lab.comparison);
            let Some((_, second)) = same.nth(LABS_TO_COMPARE - 1) else {
                continue;
            };
            let closes = second.time.plus_seconds(self.charter.panel_window_s.into());
            if case.contents.contains_key(*id) {
                // whoever opened late is waited for no more, or windows would chain
                if lab.opened.is_some_and(|opened| opened >= closes) {
                    overdue.insert(&lab.laboratory);
                }
                continue;
            }
            if self.time < closes {
                waiting.push((*lab, closes));
            } else {
                overdue.insert(&lab.laboratory);
            }
        }
        match waiting
            .iter()
            .find(|(l, _)| !overdue.contains(&l.laboratory))
        {
            None => Ok(()),
            Some((lab, closes)) => refuse(
                Code::LabWindow,
                format!(
                    "{} has not opened its answer in comparison {} and may until {closes}",
                    lab.laboratory, lab.comparison
                ),
            ),
        }
    }

    /// A reviewer says it of itself, the registrar of anyone on the panel.
    fn check_unmask(&self, case: &Case, u: &Unmask) -> Result<(), Refusal> {
        let reviewer = self
            .member
            .filter(|(id, _)| self.global.reviewer(id).is_some());
        if let Some((me, _)) = reviewer
            && *me != u.reviewer
        {
            let detail = format!("{me} cannot say what {} knows", u.reviewer);
            return refuse(Code::NotTheAuthor, detail);
        }
        if !case.panel.contains(&u.reviewer) {
            let detail = format!("{} is not assigned to this round", u.reviewer);
            return refuse(Code::NotAssigned, detail);
        }
        if case.mask.is_none() {
            return refuse(Code::NoMask, format!("round {} is not masked", case.round));
        }
        if case.unmask_said.contains(&u.reviewer) {
            let detail = format!("{} is on record as unmasked", u.reviewer);
            return refuse(Code::OncePerRound, detail);
        }
        Ok(())
    }

    /// The speaking reviewer, assigned to the round and not recused.
    fn active_reviewer(&self, case: &Case) -> Result<&MemberId, Refusal> {
        let me = self.speaker()?;
        if !case.panel.contains(me) {
            return refuse(
                Code::NotAssigned,
                format!(
                    "{me} is not assigned to round {} of case {}",
                    case.round, case.id
                ),
            );
        }
        if case.recused.contains(me) {
            return refuse(
                Code::Recused,
                format!(
                    "{me} stepped aside from round {} of case {}",
                    case.round, case.id
                ),
            );
        }
        Ok(me)
    }

    fn check_window(&self, case: &Case, named: &StatementId, closed: bool) -> Result<(), Refusal> {
        let Some(notice) = case.notice.as_ref().filter(|n| n.statement == *named) else {
            return refuse(
                Code::NoticeUnknown,
                format!("{named} is not the notice of this round"),
            );
        };
        match (self.time >= notice.closes, closed) {
            (true, false) => refuse(
                Code::WindowClosed,
                format!("the window closed at {}", notice.closes),
            ),
            (false, true) => refuse(
                Code::WindowOpen,
                format!("the window is open until {}", notice.closes),
            ),
            _ => Ok(()),
        }
    }
}

/// Whether any of these sealed statements has been opened.
fn any_open<'a>(case: &Case, mut ids: impl Iterator<Item = &'a StatementId>) -> bool {
    ids.any(|id| case.contents.contains_key(id))
}

fn check_analysed(case: &Case) -> Result<(), Refusal> {
    if case.hypotheses.is_none() || case.assessments.is_empty() {
        return refuse(
            Code::NothingToReview,
            format!("case {} has no hypotheses or no assessment", case.id),
        );
    }
    Ok(())
}
