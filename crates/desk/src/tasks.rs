//! The tasks of each role within a case.

use std::collections::BTreeMap;

use record::body::deciding::Choice;
use record::body::outcome::{CaseStatements, Proposal};
use record::derive::{self, Replayed};
use record::figures::{self, Answered};
use record::ids::{MemberId, StatementId};
use record::kind::{Content, Kind};
use record::state::{Case, Vote};
use record::statement::CONTENT;
use record::table::Phase;
use serde_json::{Value, json};
use tlog::Hash;

use crate::contents;
use crate::next::{Task, Turn};

impl Turn<'_> {
    pub(crate) fn registrar(&self, case: &Case, tasks: &mut Vec<Task>) {
        let analysed = case.hypotheses.is_some() && !case.assessments.is_empty();
        if case.phase == Phase::Open && analysed {
            tasks.push(Task::in_case(case, Kind::ReviewAssign, json!({})));
        }
        let derived = self.derived(case);
        if case.phase == Phase::Review && case.notice.is_none() {
            let named = derived.as_ref().and_then(|(p, _)| p.named.as_ref());
            if let Some(named) = named {
                let body = json!({"content": {"state": named.state}});
                tasks.push(Task::in_case(case, Kind::Notice, body));
            }
        }
        if let Some(notice) = case
            .notice
            .as_ref()
            .filter(|_| case.phase == Phase::Notified)
            && case.reply.is_none()
            && self.desk.now >= notice.closes
        {
            let body = json!({"notice": notice.statement});
            tasks.push(Task::in_case(case, Kind::ReplyNone, body));
        }
        self.publishing(case, derived.as_ref(), tasks);
    }

    pub(crate) fn analyst(&self, case: &Case, tasks: &mut Vec<Task>, investigator: bool) {
        if case.phase == Phase::Closed {
            return;
        }
        tasks.push(Task::in_case(case, Kind::Exhibit, json!({})));
        if !case.exhibits.is_empty() {
            tasks.push(Task::in_case(case, Kind::Custody, json!({})));
        }
        if !matches!(case.phase, Phase::Open | Phase::Decided) {
            return;
        }
        let opened = contents(case, &self.kept);
        let hypotheses = case.hypotheses.and_then(|id| opened.get(&id));
        if investigator {
            let body = match hypotheses {
                Some(Content::Hypotheses(h)) => json!({"content": h}),
                _ => json!({"content": {"actors": [], "relations": []}}),
            };
            tasks.push(Task::in_case(case, Kind::Hypotheses, body));
        }
        if let Some(Content::Hypotheses(h)) = hypotheses {
            let body = json!({"content": {"strands": [], "items": []}});
            let mut task = Task::in_case(case, Kind::Assessment, body);
            task.shown = json!({"actors": h.actors, "inputs": self.inputs(case)});
            tasks.push(task);
        }
    }

    pub(crate) fn reviewer(&self, case: &Case, tasks: &mut Vec<Task>) {
        let Some(me) = &self.member else { return };
        let deciding = matches!(
            case.phase,
            Phase::Review | Phase::Notified | Phase::Answered
        );
        if !deciding || !case.active_panel().any(|m| m == me) {
            return;
        }
        let reviewed = case.reviews.iter().any(|(m, _)| m == me);
        let voted = case.votes.iter().any(|v| v.member == *me);
        let open = |id: &StatementId| case.contents.contains_key(id);
        if !reviewed && !voted {
            tasks.push(Task::in_case(case, Kind::Recuse, json!({})));
        }
        if !reviewed && !case.reviews.iter().any(|(_, id)| open(id)) {
            let mut task = Task::in_case(case, Kind::Review, json!({"content": {"blind": false}}));
            task.shown = json!({"inputs": self.inputs(case)});
            tasks.push(task);
        }
        let derived = self.derived(case);
        let reviews_open = !case.reviews.is_empty() && case.reviews.iter().all(|(_, id)| open(id));
        let votes_open = case.votes.iter().any(|v| open(&v.statement));
        if let Some((proposal, replayed)) = &derived
            && reviews_open
            && !voted
            && !votes_open
            && (proposal.named.is_none() || case.phase == Phase::Answered)
        {
            let body = json!({"content": {"proposal": proposal.digest()}});
            let mut task = Task::in_case(case, Kind::Vote, body);
            task.shown = shown(case, proposal, replayed);
            tasks.push(task);
        }
        tasks.push(Task::in_case(case, Kind::Dissent, json!({})));
        self.publishing(case, derived.as_ref(), tasks);
    }

    /// What this desk can open, once it may be opened.
    pub(crate) fn openings(&self, case: &Case, tasks: &mut Vec<Task>) {
        // Hypotheses before assessments, those in their order, the rest after them.
        let first = case.hypotheses.iter().chain(&case.assessments).copied();
        let rest = case.sealed.keys().copied();
        let mut done = std::collections::BTreeSet::new();
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
        match kind {
            Kind::Review => all(&|m| case.reviews.iter().any(|(r, _)| r == m)),
            Kind::Vote => all(&|m| case.votes.iter().any(|v| v.member == *m)),
            Kind::LabCommit | Kind::CalibrationAnswer => false,
            // an assessment is read against hypotheses that are open
            Kind::Assessment if !self.hypotheses_open(case) => false,
            Kind::Assessment => {
                let earlier = case.assessments.iter().take_while(|a| *a != id);
                self.quorum(case) && earlier.into_iter().all(|a| case.contents.contains_key(a))
            }
            _ => self.quorum(case),
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
    fn publishing(
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
        let ready = matches!(case.phase, Phase::Review | Phase::Answered)
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

    /// The method's inputs as far as this desk can open them, without what the reviewers said.
    fn inputs(&self, case: &Case) -> Option<method::Case> {
        let opened = contents(case, &self.kept);
        let (mut inputs, _) = derive::inputs(
            &Case {
                reviews: Vec::new(),
                ..case.clone()
            },
            |id| opened.get(id),
        )
        .ok()?;
        inputs.reviews.clear();
        Some(inputs)
    }

    fn derived(&self, case: &Case) -> Option<(Proposal, Replayed)> {
        if case.reviews.is_empty() {
            return None;
        }
        let charter = self.desk.state.global.charter_in_force()?;
        let opened = contents(case, &self.kept);
        derive::propose(charter, case, |id| opened.get(id)).ok()
    }
}

/// What a proposal says, in figures and sentences.
fn shown(case: &Case, proposal: &Proposal, replayed: &Replayed) -> Value {
    let answered = Answered::of(&case.question, proposal);
    json!({
        "proposal": proposal, "figures": figures::json(replayed, answered), "inputs": replayed.inputs,
    })
}
