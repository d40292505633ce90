//! What reviewers said: opened reviews and votes, each an opinion of the reviewer.

use record::body::deciding::Choice;
use record::ids::{MemberId, StatementId};
use record::kind::{Content, Kind};
use serde_json::{Value, json};

use super::draft::Export;
use super::who;

/// Writes an opinion for each opened vote, and, where a state is named, for each opened review.
pub(super) fn write(export: &mut Export<'_>, report: &str, attribution: Option<&str>) {
    for vote in export.v.finding().votes.clone() {
        let Some(opened) = export.v.case().opened_vote(&vote.statement) else {
            continue; // sealed for ever: nobody knows what it says
        };
        let (opinion, text) = match opened.choice {
            Choice::Publish => ("agree", "Voted to publish the finding."),
            Choice::Object => ("disagree", "Voted against the finding."),
            Choice::Abstain => ("neutral", "Abstained from the vote on the finding."),
        };
        let said = Said {
            by: &vote.member,
            statement: vote.statement,
            opinion,
            text: text.to_owned(),
        };
        said.write(export, report);
    }
    if let Some(attribution) = attribution {
        reviews(export, attribution);
    }
}

/// One opinion.
pub(super) struct Said<'a> {
    pub(super) by: &'a MemberId,
    pub(super) statement: StatementId,
    pub(super) opinion: &'static str,
    pub(super) text: String,
}

impl Said<'_> {
    pub(super) fn write(self, export: &mut Export<'_>, about: &str) {
        let member = who::member(export, self.by);
        let parts = [self.statement.to_string()];
        let mut object = export.said("opinion", &[&parts[0]], &self.statement);
        object.insert("created_by_ref".into(), member.into());
        object.insert("authors".into(), json!([self.by]));
        object.insert("opinion".into(), self.opinion.into());
        object.insert("explanation".into(), self.text.into());
        object.insert("object_refs".into(), json!([about]));
        let text = match export.v.body(&self.statement) {
            Some(record::kind::Body::Rebut(rebut)) => Some(rebut.text_sha256),
            _ => None,
        };
        export.statement(&mut object, &self.statement, text);
        export.take(object);
    }
}

/// What each reviewer held of the named state, before the votes.
fn reviews(export: &mut Export<'_>, attribution: &str) {
    let v = export.v;
    let p = &v.finding().finding.proposal;
    let Some(named) = &p.named else {
        return;
    };
    let state = named.state.as_str();
    let actors = &v.finding().replayed.inputs.hypotheses.actors;
    for id in &p.basis {
        let entry = v.state().statements.get(id);
        let Some((member, Content::Reviewed(review))) = entry
            .filter(|e| e.kind == Kind::Review)
            .and_then(|e| Some((e.member?, v.case().contents.get(id)?)))
        else {
            continue;
        };
        let of_state = actors.iter().zip(&review.posterior_ppm);
        let of_state = of_state.filter(|(a, _)| a.state.as_deref() == Some(state));
        let ppm: u32 = of_state.map(|(_, ppm)| *ppm).sum();
        let blind = match review.blind {
            true => "The reviewer states to have reviewed without the names.",
            false => "The reviewer knew the names.",
        };
        let text = format!(
            "Reviewed on its own before the vote: probability {:.3} of the named state. {blind}",
            f64::from(ppm) / 1_000_000.0
        );
        let said = Said {
            by: &member,
            statement: *id,
            opinion: agreement(ppm),
            text,
        };
        said.write(export, attribution);
    }
}

/// How far a reviewer agrees with an attribution (docs/export.md).
fn agreement(ppm: u32) -> &'static str {
    match ppm {
        800_000.. => "strongly-agree",
        550_000.. => "agree",
        450_000.. => "neutral",
        200_000.. => "disagree",
        _ => "strongly-disagree",
    }
}

/// A text value of an enumeration on the wire.
pub(super) fn wire(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        _ => String::new(),
    }
}
