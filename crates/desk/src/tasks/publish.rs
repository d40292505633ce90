//! What opens when, and the finding once everything it rests on is open.

use std::collections::{BTreeMap, BTreeSet};

use record::body::deciding::Choice;
use record::body::outcome::{CaseStatements, Proposal};
use record::derive::{self, LABS_TO_COMPARE, Replayed};
use record::figures::{self, Answered};
use record::ids::{MemberId, StatementId};
use record::kind::Kind;
use record::state::{Case, Vote};
use record::statement::CONTENT;
use record::table::Phase;
use record::time::Timestamp;
use serde_json::{Value, json};
use tlog::Hash;

use crate::next::{Task, Turn};

impl Turn<'_> {
    /// What this desk can open, once it may be opened.
    pub(crate) fn openings(&self, case: &Case, tasks: &mut Vec<Task>) {
        // Hypotheses before assessments, those in their order, the rest after them.
        let first = case.hypotheses.iter().chain(&case.assessments).copied();
        let rest = case.sealed.keys().copied();
        let mut done = BTreeSet::new();
        for id in first.chain(rest).filter(|id| done.insert(*id)) {
            let (Some(sealed), Some(opening)) = (case.sealed.get(&id), self.kept.get(&id)) else {
                continue;
            };
            let closed = !case.contents.contains_key(&id) && opening.opens(&sealed.seal);
            if closed && self.may_open(case, sealed.kind, &id) {
                let body = json!({
                    "statement": id, "pointer": CONTENT, "salt": opening.salt, "value": opening.value,
                });
                let mut task = Task::in_case(case, Kind::Disclose, body);
                task.shown = json!({"opens": sealed.kind.as_str()});
                tasks.push(task);
            }
        }
    }

    fn may_open(&self, case: &Case, kind: Kind, id: &StatementId) -> bool {
        let all = |said: &dyn Fn(&MemberId) -> bool| {
            case.active_panel().all(said) && case.active_panel().next().is_some()
        };
        let open = |id: &StatementId| case.contents.contains_key(id);
        match kind {
            Kind::Review => {
                all(&|m| case.reviews.iter().any(|(r, _)| r == m))
                    || self.panel_window_over(case.assigned)
            }
            Kind::Vote => {
                all(&|m| case.votes.iter().any(|v| v.member == *m))
                    || self.panel_window_over(case.votes.first().map(|v| v.time))
            }
            Kind::LabCommit | Kind::CalibrationAnswer => false,
            // an assessment is read against hypotheses that are open
            Kind::Assessment if !self.hypotheses_open(case) => false,
            Kind::Assessment => {
                let earlier = case.assessments.iter().take_while(|a| *a != id);
                self.quorum(case) && earlier.into_iter().all(open)
            }
            // a map after the analysis that it was made for
            Kind::Mask => {
                let made_for = case.masks.get(id);
                let after =
                    made_for.is_some_and(|m| open(&m.hypotheses) && m.assessments.iter().all(open));
                after && self.quorum(case)
            }
            _ => self.quorum(case),
        }
    }

    fn panel_window_over(&self, began: Option<Timestamp>) -> bool {
        let charter = self.desk.state.global.charter_in_force();
        let window = charter.map(|c| i64::from(c.panel_window_s));
        let closes = began.zip(window).map(|(began, s)| began.plus_seconds(s));
        closes.is_some_and(|closes| self.desk.now >= closes)
    }

    /// A laboratory's own commitments, once a second laboratory has committed to the comparison.
    pub(crate) fn own_commitments(&self, case: &Case, tasks: &mut Vec<Task>) {
        let mine = case.lab_commits.iter().filter(|(id, lab)| {
            Some(&lab.laboratory) == self.member.as_ref() && !case.contents.contains_key(*id)
        });
        for (id, lab) in mine {
            let all = case.lab_commits.values();
            let together = all.filter(|l| l.comparison == lab.comparison).count();
            let Some(opening) = self.kept.get(id).filter(|_| together >= LABS_TO_COMPARE) else {
                continue;
            };
            let body = json!({"commit": id, "salt": opening.salt, "value": opening.value});
            tasks.push(Task::in_case(case, Kind::LabOpen, body));
        }
    }

    fn hypotheses_open(&self, case: &Case) -> bool {
        case.hypotheses
            .is_some_and(|id| case.contents.contains_key(&id))
    }

    /// Whether opened votes to publish one text reach the charter's quorum.
    fn quorum(&self, case: &Case) -> bool {
        let global = &self.desk.state.global;
        let Some(charter) = global.charter_in_force() else {
            return false;
        };
        let mut by_text: BTreeMap<Hash, Vec<&MemberId>> = BTreeMap::new();
        for vote in &case.votes {
            let voted = case.opened_vote(&vote.statement);
            if let Some(v) = voted.filter(|v| v.choice == Choice::Publish) {
                by_text.entry(v.proposal).or_default().push(&vote.member);
            }
        }
        let need = charter.finding_quorum;
        by_text.values().any(|members| {
            let (votes, regions) = global.spread(members.iter().copied());
            votes >= need.votes && regions >= need.regions
        })
    }

    /// The finding, complete, once everything it rests on is open.
    pub(super) fn publishing(
        &self,
        case: &Case,
        derived: Option<&(Proposal, Replayed)>,
        tasks: &mut Vec<Task>,
    ) {
        let Some((proposal, replayed)) = derived else {
            return;
        };
        let open = |id: &StatementId| case.contents.contains_key(id);
        let notice = case.notice.as_ref().map(|n| n.statement);
        let rests_on = proposal.basis.iter().chain(&notice);
        // replied or not, the window runs to its end
        let may_reply = case
            .notice
            .as_ref()
            .is_some_and(|n| self.desk.now < n.closes);
        let ready = matches!(case.phase, Phase::Review | Phase::Answered)
            && !may_reply
            && self.quorum(case)
            && rests_on.into_iter().all(open);
        if !ready {
            return;
        }
        let digest = proposal.digest();
        let for_it = |v: &&Vote| {
            let voted = case.opened_vote(&v.statement);
            voted.is_some_and(|v| v.proposal == digest && v.choice == Choice::Publish)
        };
        let votes: Vec<_> = case
            .votes
            .iter()
            .filter(for_it)
            .map(|v| v.statement)
            .collect();
        let finding = json!({
            "proposal": proposal, "votes": votes,
            "case_statements": CaseStatements::of(&case.statement_ids()),
            "state_sha256": derive::state_sha256(&self.desk.state.global, case),
        });
        let mut task = match case.standing() {
            None => Task::in_case(case, Kind::Finding, finding),
            Some(old) => {
                let body = json!({"supersedes": old.statement, "finding": finding});
                Task::in_case(case, Kind::Supersede, body)
            }
        };
        task.shown = shown(case, proposal, replayed);
        tasks.push(task);
    }
}

/// What a proposal says, in figures and sentences.
pub(super) fn shown(case: &Case, proposal: &Proposal, replayed: &Replayed) -> Value {
    let answered = Answered::of(&case.question, proposal);
    json!({
        "proposal": proposal, "figures": figures::json(replayed, answered), "inputs": replayed.inputs,
    })
}
