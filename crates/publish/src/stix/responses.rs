//! Objections and answers: dissents, the reply, a withdrawal, and what others said of the finding later.

use record::body::others::Basis;
use record::ids::{MemberId, StatementId};
use record::kind::Body;
use record::state::FindingStatus;
use serde_json::json;
use tlog::Hash;

use super::draft::Export;
use super::opinions::{Said, wire};
use super::who;

/// Writes a note or opinion for each.
pub(super) fn write(export: &mut Export<'_>, report: &str) {
    for (member, id) in export.v.finding().dissents.clone() {
        if let Some(Body::Dissent(dissent)) = export.v.body(&id) {
            let text = format!(
                "Dissent of reviewer {member}, on the ground \"{}\". Its text is in the record's vault, by hash.",
                dissent.ground
            );
            let hash = dissent.text_sha256;
            note(
                export,
                report,
                Some(&member),
                id,
                ("Dissent", text, Some(hash)),
            );
        }
    }
    reply(export, report);
    withdrawn(export, report);
    assertions(export, report);
    for (_, id) in export.v.case().responses.clone() {
        response(export, report, id);
    }
}

fn note(
    export: &mut Export<'_>,
    about: &str,
    by: Option<&MemberId>,
    statement: StatementId,
    (title, text, hash): (&str, String, Option<Hash>),
) {
    let parts = [statement.to_string()];
    let mut object = export.said("note", &["said", &parts[0]], &statement);
    if let Some(member) = by {
        let member_id = who::member(export, member);
        object.insert("created_by_ref".into(), member_id.into());
        object.insert("authors".into(), json!([member]));
    }
    object.insert("abstract".into(), title.into());
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!([about]));
    export.statement(&mut object, &statement, hash);
    export.take(object);
}

/// The accused's right of reply: used, or not.
fn reply(export: &mut Export<'_>, report: &str) {
    let Some(reply) = export.v.finding().reply.clone() else {
        return; // nobody was notified, so nobody was to reply
    };
    let text = match reply.text_sha256 {
        Some(_) => {
            "The party that was notified before the finding replied. Its text is in the record's vault, by hash."
        }
        None => {
            "The party that was notified before the finding did not reply in time. Silence is no admission."
        }
    };
    let said = ("Reply", text.to_owned(), reply.text_sha256);
    note(export, report, None, reply.statement, said);
}

fn withdrawn(export: &mut Export<'_>, report: &str) {
    let FindingStatus::Withdrawn(id, _) = export.v.finding().status else {
        return;
    };
    if let Some(Body::Withdraw(withdraw)) = export.v.body(&id) {
        let text = format!(
            "The finding was withdrawn: {}. It stays readable. The reasons are in the record's vault, by hash.",
            wire(&withdraw.reason)
        );
        let said = ("Withdrawn", text, Some(withdraw.text_sha256));
        note(export, report, None, id, said);
    }
}

/// What was found of each assertion of a claim made by others.
fn assertions(export: &mut Export<'_>, report: &str) {
    let v = export.v;
    let Some(claim) = v.case().question.claim() else {
        return;
    };
    let record = v.finding();
    for found in &record.finding.proposal.assertions {
        let Some(assertion) = claim.assertions.iter().find(|a| a.id == found.id) else {
            continue;
        };
        let text = format!(
            "{} Found: {}. {} {}",
            crate::words::claimed(claim.publisher.as_str(), &assertion.says),
            record::claim::outcome(found.outcome),
            record::claim::meaning(found.outcome),
            record::claim::because(found.because),
        );
        let mut object = export.said("note", &["assertion", found.id.as_str()], &record.statement);
        object.insert("abstract".into(), format!("Assertion {}", found.id).into());
        object.insert("content".into(), text.into());
        object.insert("object_refs".into(), json!([report]));
        export.statement(&mut object, &record.statement, None);
        export.take(object);
    }
}

/// An endorsement, a rebuttal or an alternative of this finding.
fn response(export: &mut Export<'_>, report: &str, id: StatementId) {
    let own = export.v.finding().statement;
    let Some(entry) = export.v.state().statements.get(&id) else {
        return;
    };
    let body = export.v.body(&id).cloned();
    match (body, entry.member) {
        (Some(Body::Endorse(said)), Some(member)) if said.finding == own => {
            let text = format!("Endorsed, {}.", basis(said.basis));
            opinion(export, report, &member, id, ("agree", text));
        }
        (Some(Body::Rebut(said)), Some(member)) if said.finding == own => {
            let text = format!("Rebutted, {}.", basis(said.basis));
            opinion(export, report, &member, id, ("disagree", text.clone()));
            let text = format!("{member}: {text} The reasons are in the record's vault, by hash.");
            let said = ("Rebuttal", text, Some(said.text_sha256));
            note(export, report, Some(&member), id, said);
        }
        (Some(Body::Alternative(said)), member) if said.finding == own => {
            let text = format!(
                "An alternative run with {} changes was signed and recomputed; its result has the SHA-256 {}.",
                said.changes.len(),
                said.result_sha256
            );
            note(
                export,
                report,
                member.as_ref(),
                id,
                ("Alternative run", text, None),
            );
        }
        _ => {} // of another finding of the case
    }
}

fn opinion(
    export: &mut Export<'_>,
    report: &str,
    member: &MemberId,
    statement: StatementId,
    (opinion, text): (&'static str, String),
) {
    let said = Said {
        by: member,
        statement,
        opinion,
        text,
    };
    said.write(export, report);
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::OwnEvidence => "on the member's own evidence",
        Basis::SharedEvidence => "on evidence shared with the member",
        Basis::Political => "politically, on no evidence",
    }
}
