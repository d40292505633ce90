//! What may be said beside the cases, and of a case by whoever has no part in it.

use record::kind::Kind;
use record::state::{Case, MemberRole};
use record::statement::CONTENT;
use record::table::Role;
use serde_json::{Value, json};

use crate::next::{Task, Turn};

impl Turn<'_> {
    /// What a member says of itself and of rules, by its role.
    pub(crate) fn beside(&self, tasks: &mut Vec<Task>) {
        self.rotation(tasks);
        let global = &self.desk.state.global;
        let me = self.member.as_ref().and_then(|id| global.members.get(id));
        let (Some(id), Some(me), Some(role)) = (&self.member, me, self.role) else {
            return;
        };
        let mut offer = |kind, body: Value| tasks.push(Task::of_record(kind, body).always());
        let declared = me.declared.as_ref().map(|d| json!(d));
        offer(
            Kind::MemberDeclare,
            declared.unwrap_or_else(|| json!({"states": [me.jurisdiction]})),
        );
        offer(Kind::NormPropose, json!({}));
        let state = json!({"state": me.jurisdiction});
        match role {
            Role::State => {
                offer(Kind::NormAffirm, json!({}));
                offer(Kind::StateAccede, state.clone());
                offer(Kind::StateReserve, state.clone());
                offer(Kind::StateWithdraw, state);
            }
            Role::Company => {
                offer(Kind::NormAffirm, json!({}));
                offer(Kind::Pledge, json!({}));
            }
            Role::Registrar => {
                let currency = global.charter.as_ref().map(|c| &c.funding.currency);
                offer(Kind::MemberEnrol, json!({}));
                offer(Kind::Funding, json!({"currency": currency}));
                offer(Kind::NormRegister, json!({}));
                offer(Kind::StateAccede, json!({}));
                offer(Kind::StateReserve, json!({}));
                offer(Kind::StateWithdraw, json!({}));
                offer(Kind::Warn, json!({}));
                if self.desk.state.cases.is_empty() {
                    offer(Kind::CalibrationAsk, json!({}));
                }
            }
            Role::Investigator => offer(Kind::Warn, json!({})),
            _ => {}
        }
        let enrolled = |m: &record::state::Member| {
            matches!(m.role, MemberRole::Enrolled(_)) && !m.revoked && role == Role::Registrar
        };
        let revocable = global
            .members
            .iter()
            .filter(|(other, m)| *other == id || enrolled(m));
        let mut revoke = Task::of_record(Kind::MemberRevoke, json!({})).always();
        revoke.shown = json!({"members": revocable.map(|(m, _)| m).collect::<Vec<_>>()});
        tasks.push(revoke);
        self.amendments(tasks);
        self.calibration(tasks);
        self.complaint_answers(tasks);
    }

    /// The key that a member committed to takes the place of the one before.
    fn rotation(&self, tasks: &mut Vec<Task>) {
        let next = self.key.digest();
        let members = self.desk.state.global.members.iter();
        let mine = members.filter(|(_, m)| m.next_key_sha256 == next && !m.revoked);
        for (id, _) in mine {
            tasks.push(Task::of_record(Kind::MemberRotate, json!({"member": id})));
        }
    }

    fn amendments(&self, tasks: &mut Vec<Task>) {
        let Some(me) = self
            .member
            .as_ref()
            .filter(|_| self.role == Some(Role::Reviewer))
        else {
            return;
        };
        let pending = self.desk.state.global.amendments.iter();
        for (digest, amendment) in pending.filter(|(_, a)| !a.votes.contains_key(me)) {
            let mut task = Task::of_record(Kind::CharterVote, json!({"amendment": digest}));
            task.shown = json!({"text": amendment.text});
            tasks.push(task);
        }
    }

    /// Questions to answer, answers to open, questions to resolve. Only a docket without a case holds them whole.
    fn calibration(&self, tasks: &mut Vec<Task>) {
        if !self.desk.state.cases.is_empty() {
            return;
        }
        let Some(me) = &self.member else { return };
        for (id, question) in &self.desk.state.global.questions {
            let closed = self.desk.now >= question.closes;
            let shown = json!({"outcomes": question.outcomes, "closes": question.closes});
            let mut offer = |kind, body: Value| {
                let mut task = Task::of_record(kind, body);
                task.shown = shown.clone();
                task.about = Some(id.to_string());
                tasks.push(task);
            };
            let answered = question.answers.get(me);
            if self.role == Some(Role::Reviewer) && !closed && answered.is_none() {
                offer(Kind::CalibrationAnswer, json!({"question": id}));
            }
            let opens = question
                .answers
                .values()
                .filter(|a| closed && a.ppm.is_none());
            for answer in opens {
                let opening = self.kept.get(&answer.statement);
                if let Some(o) = opening.filter(|o| o.pointer == CONTENT) {
                    let body =
                        json!({"answer": answer.statement, "salt": o.salt, "value": o.value});
                    offer(Kind::CalibrationOpen, body);
                }
            }
            if self.role == Some(Role::Registrar) && closed && question.resolved.is_none() {
                offer(Kind::CalibrationResolve, json!({"question": id}));
            }
        }
    }

    fn complaint_answers(&self, tasks: &mut Vec<Task>) {
        let Some(me) = self
            .member
            .as_ref()
            .filter(|_| self.role == Some(Role::Reviewer))
        else {
            return;
        };
        let state = &self.desk.state;
        for (id, complaint) in &state.global.complaints {
            let about = state.statements.get(&complaint.statement);
            let own = complaint.member.as_ref() == Some(me)
                || about.as_ref().and_then(|e| e.member.as_ref()) == Some(me);
            if complaint.answered.is_some() || own {
                continue;
            }
            let mut task = Task::of_record(Kind::ComplaintAnswer, json!({"complaints": [id]}));
            task.shown = json!({"complaint": {
                "about": complaint.about, "statement": complaint.statement,
                "type": about.map(|e| e.kind.as_str()), "due": complaint.due,
            }});
            tasks.push(task);
        }
    }

    /// What anybody says of a case or of its findings; members endorse and rebut.
    pub(crate) fn responses(&self, case: &Case, tasks: &mut Vec<Task>) {
        for finding in &case.findings {
            let body = json!({"finding": finding.statement});
            let kinds: &[Kind] = match self.role {
                Some(_) => &[Kind::Endorse, Kind::Rebut, Kind::Alternative],
                None => &[Kind::Alternative],
            };
            for kind in kinds {
                tasks.push(Task::in_case(case, *kind, body.clone()).always());
            }
        }
    }

    /// A complaint about any statement that the docket holds.
    pub(crate) fn complaint(&self, tasks: &mut Vec<Task>) {
        tasks.push(Task::of_record(Kind::Complaint, json!({})).always());
    }
}
