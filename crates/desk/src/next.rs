//! What a key may say now: advice, from the state alone. What counts is what the rules say of the signed
//! statement, and the desk asks them before it hands anything in.

use std::collections::BTreeMap;

use record::body::outcome::Proposal;
use record::derive::{self, Replayed};
use record::ids::{MemberId, StatementId, Vkey};
use record::kind::Kind;
use record::state::{Case, MemberRole};
use record::table::{Phase, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::blind::Packet;
use crate::forms::{Variant, described, fields};
use crate::readers::may_work;
use crate::{Desk, Kept, contents, told};

/// Statements of a docket that a complaint can be about, the latest first; an older one is named by the command.
const MAX_STATEMENTS: usize = 500;

/// Whose turn is asked for, what it can open, and what it was handed in blind rounds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: Vkey,
    #[serde(default)]
    openings: Kept,
    #[serde(default)]
    packets: BTreeMap<StatementId, Packet>,
}

/// A key in its capacities, at a desk.
pub(crate) struct Turn<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) key: Vkey,
    pub(crate) member: Option<MemberId>,
    pub(crate) role: Option<Role>,
    pub(crate) kept: Kept,
    pub(crate) packets: BTreeMap<StatementId, Packet>,
}

/// Something that may be said: its form, what is already filled in, what it speaks of.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) kind: Kind,
    pub(crate) variant: Variant,
    pub(crate) case: Option<String>,
    pub(crate) body: Value,
    /// What the speaker has to see for it.
    pub(crate) shown: Value,
    /// What tells it from others of its type.
    pub(crate) about: Option<String>,
    /// Whether it may be said at any time, and is nothing that waits for this key.
    pub(crate) always: bool,
}

impl Task {
    pub(crate) fn in_case(case: &Case, kind: Kind, body: Value) -> Self {
        Self {
            case: Some(case.id.to_string()),
            ..Self::of_record(kind, body)
        }
    }

    pub(crate) fn of_record(kind: Kind, body: Value) -> Self {
        Self {
            kind,
            variant: Variant::Plain,
            case: None,
            body,
            shown: Value::Null,
            about: None,
            always: false,
        }
    }

    /// The same as one that may be said at any time.
    pub(crate) fn always(self) -> Self {
        Self {
            always: true,
            ..self
        }
    }

    fn described(&self) -> Value {
        json!({
            "type": self.kind.as_str(), "variant": self.variant.name(), "case": self.case,
            "new_case": self.kind == Kind::CaseOpen, "sealed": self.kind.has_content(),
            "always": self.always, "about": self.about, "body": self.body, "shown": self.shown,
            "fields": fields(self.kind, self.variant).map(described),
        })
    }
}

impl Desk {
    /// What the key may say now: `{"key": vkey, "openings": {statement: opening}, "packets": {mask: packet}}` to
    /// `{"member", "role", "was", "tasks": […], "reviewers", "exhibits", "statements", "contents"}`; `was` is there for a key that
    /// was a member's and speaks for it no more.
    #[must_use]
    pub fn next(&self, request: &str) -> String {
        let asked: Result<Asked, _> = serde_json::from_str(request);
        told(asked.map_err(|e| e.to_string()).map(|asked| {
            let turn = Turn::of(self, asked);
            let tasks: Vec<_> = turn.tasks().iter().map(Task::described).collect();
            let reviewers = self.state.global.members.iter();
            let reviewers = reviewers.filter(|(id, _)| self.state.global.reviewer(id).is_some());
            json!({
                "member": turn.member, "role": turn.role.map(Role::as_str),
                "was": turn.was(), "tasks": tasks,
                "reviewers": reviewers.map(|(id, m)| json!([id, m.region])).collect::<Vec<_>>(),
                "exhibits": self.exhibits(), "statements": self.statements(),
                "contents": turn.contents(),
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

    /// Identity, type and index of what the docket holds, the latest first.
    fn statements(&self) -> Vec<Value> {
        let all = self.state.statements.iter();
        let said = all.filter(|(_, entry)| entry.kind != Kind::Tick);
        let said: Vec<_> = said
            .map(|(id, entry)| json!([id, entry.kind.as_str(), entry.index]))
            .collect();
        said.into_iter().rev().take(MAX_STATEMENTS).collect()
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
            packets: asked.packets,
            key: asked.key,
        }
    }

    /// For a key that speaks for a member no more: the member, and why.
    fn was(&self) -> Option<Value> {
        let global = &self.desk.state.global;
        let id = global
            .keys
            .get(&self.key)
            .filter(|_| self.member.is_none())?;
        let member = global.members.get(id)?;
        let why = match (member.revoked, member.key == self.key) {
            (true, _) => "revoked",
            (false, false) => "superseded",
            (false, true) => "unseated",
        };
        Some(json!({"member": id, "why": why}))
    }

    /// Whether a key, perhaps rotated since, belongs to the speaking member.
    pub(crate) fn is_mine(&self, author: &Vkey) -> bool {
        let of = self.desk.state.global.keys.get(author);
        self.member.is_some() && of == self.member.as_ref()
    }

    /// Contents of the vault that this key may read: `{"kind", "sha256", "of", "media"}` each.
    fn contents(&self) -> Vec<Value> {
        let global = &self.desk.state.global;
        let Some((id, member)) = self
            .member
            .as_ref()
            .and_then(|m| global.members.get_key_value(m))
        else {
            return Vec::new();
        };
        let mut all = Vec::new();
        if self.role == Some(Role::Registrar) {
            let waiting = global.reports.values().filter(|r| r.case.is_none());
            all.extend(waiting.map(account));
        }
        for case in self.desk.state.cases.values() {
            if !may_work(case, id, member) {
                continue;
            }
            let reports = case.reports.iter().filter_map(|id| global.reports.get(id));
            all.extend(reports.map(account));
            let exhibits = case.exhibits.iter().map(|(hash, e)| {
                let (of, media) = (&e.body.source, &e.body.media_type);
                json!({"kind": "exhibit", "sha256": hash, "of": of, "media": media})
            });
            all.extend(exhibits);
            let reply = case.reply.as_ref().and_then(|r| r.text_sha256);
            all.extend(reply.map(|hash| json!({"kind": "reply", "sha256": hash})));
        }
        all
    }

    fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        if self.was().is_some() {
            return tasks; // such a key can say nothing
        }
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
            self.responses(case, &mut tasks);
        }
        self.beside(&mut tasks);
        self.complaint(&mut tasks);
        tasks
    }

    /// Anybody reports; who reported consents; the registrar opens or refuses.
    fn reports(&self, tasks: &mut Vec<Task>) {
        let global = &self.desk.state.global;
        let record = |kind, body, shown| Task {
            shown,
            ..Task::of_record(kind, body)
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
                let body = json!({
                    "reports": [id], "question": {"kind": "claim"}, "selection_rule_sha256": rule,
                });
                let mut claim = record(Kind::CaseOpen, body, shown.clone());
                claim.variant = Variant::Claim;
                tasks.push(claim);
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

    pub(crate) fn derived(&self, case: &Case) -> Option<(Proposal, Replayed)> {
        if case.reviews.is_empty() {
            return None;
        }
        let charter = self.desk.state.global.charter_in_force()?;
        let opened = contents(case, &self.kept);
        derive::propose(charter, case, |id| opened.get(id)).ok()
    }
}

fn account(report: &record::state::Report) -> Value {
    json!({"kind": "account", "sha256": report.body.account_sha256, "of": report.body.sector})
}

/// The method's inputs as far as they can be opened here, without what the reviewers said.
pub(crate) fn inputs(case: &Case, kept: &Kept) -> Option<method::Case> {
    let opened = contents(case, kept);
    let analysis = Case {
        reviews: Vec::new(),
        ..case.clone()
    };
    let (mut inputs, _) = derive::inputs(&analysis, |id| opened.get(id)).ok()?;
    inputs.reviews.clear();
    Some(inputs)
}
