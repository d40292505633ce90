//! What a key may say now: advice, from the state alone. What counts is what the rules say of the signed
//! statement, and the desk asks them before it hands anything in.

use record::ids::{MemberId, Vkey};
use record::kind::Kind;
use record::state::{Case, MemberRole};
use record::table::{Phase, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::forms::{described, fields};
use crate::{Desk, Kept, told};

/// Whose turn is asked for, and what it can open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: Vkey,
    #[serde(default)]
    openings: Kept,
}

/// A key in its capacities, at a desk.
pub(crate) struct Turn<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) key: Vkey,
    pub(crate) member: Option<MemberId>,
    pub(crate) role: Option<Role>,
    pub(crate) kept: Kept,
}

/// Something that may be said: its form, what is already filled in, what it speaks of.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) kind: Kind,
    pub(crate) case: Option<String>,
    pub(crate) body: Value,
    /// What the speaker has to see for it.
    pub(crate) shown: Value,
}

impl Task {
    pub(crate) fn in_case(case: &Case, kind: Kind, body: Value) -> Self {
        Self {
            kind,
            case: Some(case.id.to_string()),
            body,
            shown: Value::Null,
        }
    }

    fn described(&self) -> Value {
        json!({
            "type": self.kind.as_str(), "case": self.case, "new_case": self.kind == Kind::CaseOpen,
            "sealed": self.kind.has_content(), "body": self.body, "shown": self.shown,
            "fields": fields(self.kind).map(described),
        })
    }
}

impl Desk {
    /// What the key may say now: `{"key": vkey, "openings": {statement: opening}}` to
    /// `{"member", "role", "tasks": […]}`.
    #[must_use]
    pub fn next(&self, request: &str) -> String {
        let asked: Result<Asked, _> = serde_json::from_str(request);
        told(asked.map_err(|e| e.to_string()).map(|asked| {
            let turn = Turn::of(self, asked);
            let tasks: Vec<_> = turn.tasks().iter().map(Task::described).collect();
            let reviewers = self.state.global.members.iter();
            let reviewers = reviewers.filter(|(id, _)| self.state.global.reviewer(id).is_some());
            json!({
                "member": turn.member, "role": turn.role.map(Role::as_str), "tasks": tasks,
                "reviewers": reviewers.map(|(id, m)| json!([id, m.region])).collect::<Vec<_>>(),
                "exhibits": self.exhibits(),
            })
        }))
    }

    fn exhibits(&self) -> Value {
        let cases = self.state.cases.values().map(|case| {
            let all = case.exhibits.iter();
            let all = all.map(|(hash, e)| json!([hash, e.body.source, e.body.media_type]));
            (case.id.to_string(), Value::from(all.collect::<Vec<_>>()))
        });
        Value::Object(cases.collect())
    }
}

impl<'a> Turn<'a> {
    fn of(desk: &'a Desk, asked: Asked) -> Self {
        let member = desk.state.global.member_of(&asked.key);
        let member = member.filter(|(_, m)| m.seated && !m.revoked);
        let role = member.map(|(_, m)| MemberRole::role(m.role));
        Self {
            desk,
            member: member.map(|(id, _)| id.clone()),
            role,
            kept: asked.openings,
            key: asked.key,
        }
    }

    fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        self.reports(&mut tasks);
        for case in self.desk.state.cases.values() {
            self.replies(case, &mut tasks);
            match self.role {
                Some(Role::Registrar) => self.registrar(case, &mut tasks),
                Some(Role::Investigator) => self.analyst(case, &mut tasks, true),
                Some(Role::Laboratory) => self.analyst(case, &mut tasks, false),
                Some(Role::Reviewer) => self.reviewer(case, &mut tasks),
                _ => {}
            }
            if self.role.is_some() {
                self.openings(case, &mut tasks);
            }
        }
        tasks
    }

    /// Anybody reports; who reported consents; the registrar opens or refuses.
    fn reports(&self, tasks: &mut Vec<Task>) {
        let global = &self.desk.state.global;
        let record = |kind, body, shown| Task {
            kind,
            case: None,
            body,
            shown,
        };
        for (id, report) in global.reports.iter() {
            let decided = report
                .case
                .as_ref()
                .and_then(|c| self.desk.state.cases.get(c));
            let decided = decided.is_some_and(|c| !c.findings.is_empty());
            let shown = json!({
                "report": report.body, "received": report.received,
                "consent": report.consent, "case": report.case,
            });
            if report.reporter == self.key && !decided {
                let body = json!({"report": id, "exhibits": []});
                tasks.push(record(Kind::Consent, body, shown.clone()));
            }
            let waits = report.case.is_none() && report.refused.is_none();
            if self.role == Some(Role::Registrar) && waits {
                let rule = report.selection_rule;
                let body = json!({
                    "reports": [id], "question": {"kind": "who"}, "selection_rule_sha256": rule,
                });
                tasks.push(record(Kind::CaseOpen, body, shown.clone()));
                let body = json!({"reports": [id], "selection_rule_sha256": rule});
                tasks.push(record(Kind::CaseRefuse, body, shown));
            }
        }
        if self.role.is_none() {
            tasks.push(record(Kind::Report, json!({}), Value::Null));
        }
    }

    /// The accused replies with the key that the notice names.
    fn replies(&self, case: &Case, tasks: &mut Vec<Task>) {
        let Some(notice) = &case.notice else { return };
        let open = case.phase == Phase::Notified && case.reply.is_none();
        if open && notice.reply_key == self.key {
            let body = json!({"notice": notice.statement});
            tasks.push(Task::in_case(case, Kind::Reply, body));
        }
    }
}
