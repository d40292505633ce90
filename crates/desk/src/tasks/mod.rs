//! The tasks of each role: within a case, and beside the cases.

mod beside;
mod publish;

use record::ids::{Slug, StatementId};
use record::kind::{Content, Kind};
use record::state::Case;
use record::table::Phase;
use serde_json::{Value, json};

use self::publish::shown;
use crate::contents;
use crate::forms::Variant;
use crate::next::{Task, Turn, inputs};

impl Turn<'_> {
    pub(crate) fn registrar(&self, case: &Case, tasks: &mut Vec<Task>) {
        let analysed = case.hypotheses.is_some() && !case.assessments.is_empty();
        if case.phase == Phase::Open && analysed {
            if let Some(inputs) = inputs(case, &self.kept) {
                let mut task = Task::in_case(case, Kind::Mask, json!({}));
                task.shown = json!({"inputs": inputs});
                tasks.push(task);
            }
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
        self.silence(case, tasks);
        self.publishing(case, derived.as_ref(), tasks);
        let unmasked = case.panel.iter().filter(|m| !case.unmask_said.contains(*m));
        let unmasked: Vec<_> = unmasked.collect();
        if before_panel(case) && case.mask.is_some() && !unmasked.is_empty() {
            let mut task = Task::in_case(case, Kind::Unmask, json!({}));
            task.shown = json!({"members": unmasked});
            tasks.push(task.always());
        }
        if case.phase != Phase::Closed {
            tasks.push(Task::in_case(case, Kind::CaseClose, json!({})).always());
        }
    }

    /// That the window closed without a reply.
    fn silence(&self, case: &Case, tasks: &mut Vec<Task>) {
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
    }

    /// What those who gather and weigh evidence say; hypotheses and facts are the investigators', commitments the
    /// laboratories'.
    pub(crate) fn analyst(&self, case: &Case, tasks: &mut Vec<Task>, investigator: bool) {
        if case.phase == Phase::Closed {
            return;
        }
        tasks.push(Task::in_case(case, Kind::Exhibit, json!({})));
        if !case.exhibits.is_empty() {
            tasks.push(Task::in_case(case, Kind::Custody, json!({})));
        }
        self.own_commitments(case, tasks);
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
        let actors = match hypotheses {
            Some(Content::Hypotheses(h)) => Some(&h.actors),
            _ => None,
        };
        if let Some(actors) = actors {
            let body = json!({"content": {"strands": [], "items": []}});
            let mut task = Task::in_case(case, Kind::Assessment, body);
            task.shown = json!({"actors": actors, "inputs": inputs(case, &self.kept)});
            tasks.push(task);
            for id in &case.assessments {
                let mine = case.sealed.get(id).is_some_and(|s| self.is_mine(&s.author));
                if let Some(Content::Assessed(a)) = opened.get(id).filter(|_| mine) {
                    let body = json!({"replaces": id, "content": a});
                    let mut task = Task::in_case(case, Kind::Assessment, body);
                    task.variant = Variant::Correction;
                    task.shown = json!({"actors": actors});
                    tasks.push(task);
                }
            }
        }
        if case.exhibits.is_empty() {
            return;
        }
        if investigator {
            self.coding(case, tasks, |id| opened.get(id));
        } else {
            let actors = actors.map(|actors| json!({"actors": actors}));
            self.commitments(case, tasks, &actors.unwrap_or_default());
        }
    }

    /// Facts for the norms; what this coder said last is filled in.
    fn coding<'a>(
        &self,
        case: &Case,
        tasks: &mut Vec<Task>,
        opened: impl Fn(&StatementId) -> Option<&'a Content>,
    ) {
        let last = case
            .facts
            .iter()
            .find(|(coder, _)| Some(coder) == self.member.as_ref());
        let body = match last.and_then(|(_, id)| opened(id)) {
            Some(Content::Facts(facts)) => json!({"content": facts}),
            _ => json!({"content": {"facts": []}}),
        };
        tasks.push(Task::in_case(case, Kind::Facts, body));
    }

    /// A commitment to a comparison of one's own, and to each that another laboratory began.
    fn commitments(&self, case: &Case, tasks: &mut Vec<Task>, shown: &Value) {
        let mut fresh = Task::in_case(case, Kind::LabCommit, json!({"content": {"answers": []}}));
        fresh.shown = shown.clone();
        tasks.push(fresh);
        let of = |comparison: Slug| {
            let all = case.lab_commits.iter();
            all.filter(move |(_, l)| l.comparison == comparison)
        };
        let mut seen = std::collections::BTreeSet::new();
        for lab in case.lab_commits.values() {
            let comparison = &lab.comparison;
            let mut all = of(comparison.clone());
            let taken = all.any(|(id, l)| {
                Some(&l.laboratory) == self.member.as_ref() || case.contents.contains_key(id)
            });
            if taken || !seen.insert(comparison) {
                continue;
            }
            let answers = lab.exhibits.iter().map(|e| json!({"exhibit": e}));
            let answers: Vec<_> = answers.collect();
            let body = json!({
                "comparison": comparison, "exhibits": lab.exhibits, "content": {"answers": answers},
            });
            let mut task = Task::in_case(case, Kind::LabCommit, body);
            task.shown = shown.clone();
            task.about = Some(comparison.to_string());
            tasks.push(task);
        }
    }

    pub(crate) fn reviewer(&self, case: &Case, tasks: &mut Vec<Task>) {
        let Some(me) = &self.member else { return };
        self.withdrawing(case, tasks);
        if !before_panel(case) || !case.active_panel().any(|m| m == me) {
            return;
        }
        let reviewed = case.reviews.iter().any(|(m, _)| m == me);
        let voted = case.votes.iter().any(|v| v.member == *me);
        let open = |id: &StatementId| case.contents.contains_key(id);
        if !reviewed && !voted {
            tasks.push(Task::in_case(case, Kind::Recuse, json!({})));
        }
        if !reviewed && !case.reviews.iter().any(|(_, id)| open(id)) {
            tasks.push(self.reviewing(case));
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
        if !case.dissents.iter().any(|(m, _)| m == me) {
            tasks.push(Task::in_case(case, Kind::Dissent, json!({})));
        }
        if case.mask.is_some() && !case.unmask_said.contains(me) {
            let mut task = Task::in_case(case, Kind::Unmask, json!({"reviewer": me}));
            task.shown = json!({"members": [me]});
            tasks.push(task);
        }
        self.silence(case, tasks);
        self.publishing(case, derived.as_ref(), tasks);
    }

    /// A review: of the case as it is, or in a blind round of what was handed out.
    fn reviewing(&self, case: &Case) -> Task {
        let packet = case.mask.and_then(|id| self.packets.get(&id));
        let body = json!({"content": {"blind": packet.is_some()}});
        let mut task = Task::in_case(case, Kind::Review, body);
        task.shown = match (packet, inputs(case, &self.kept)) {
            (Some(p), None) => json!({"inputs": p.case, "texts": p.texts, "blind": true}),
            (_, inputs) => json!({"inputs": inputs, "awaits_packet": case.mask.is_some()}),
        };
        task
    }

    fn withdrawing(&self, case: &Case, tasks: &mut Vec<Task>) {
        let decided = matches!(case.phase, Phase::Decided | Phase::Closed);
        let standing = case.standing().filter(|_| decided);
        let asked = |f: &&record::state::FindingRecord| {
            !f.withdrawn_by
                .iter()
                .any(|m| Some(m) == self.member.as_ref())
        };
        if let Some(finding) = standing.filter(asked) {
            let body = json!({"finding": finding.statement});
            tasks.push(Task::in_case(case, Kind::Withdraw, body).always());
        }
    }
}

fn before_panel(case: &Case) -> bool {
    matches!(
        case.phase,
        Phase::Review | Phase::Notified | Phase::Answered
    )
}
