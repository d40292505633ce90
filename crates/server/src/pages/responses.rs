//! What others say of a finding on the record: endorsements, rebuttals, alternative runs.

use record::ids::{StatementId, Vkey};
use record::kind::{Body, Kind};
use record::state::{Case, State};
use record::statement::Statement;
use store::Record;

use crate::error::ApiError;
use crate::limits::MAX_RESPONSES;
use crate::text::{Markup, Texts};
use crate::words::coded;

/// What somebody said of a finding.
pub(super) struct Response {
    pub(super) kind: Kind,
    index: u64,
    /// The member, or the key that is no member's.
    who: Option<String>,
    /// On what it rests, where it says so.
    basis: Option<String>,
    /// Whether it speaks of the finding shown; known once it was read.
    of_this: bool,
    members: Vec<(Vkey, String)>,
}

/// Responses to the findings of a case, yet to be read from the log.
pub(super) fn of(state: &State, case: &Case) -> Vec<Response> {
    let members: Vec<_> = if case.responses.is_empty() {
        Vec::new()
    } else {
        let keys = state.global.keys.iter();
        keys.map(|(key, member)| (key.clone(), member.to_string()))
            .collect()
    };
    let response = |(kind, id): &(Kind, StatementId)| {
        Some(Response {
            kind: *kind,
            index: state.statements.get(id)?.index,
            who: None,
            basis: None,
            of_this: false,
            members: members.clone(),
        })
    };
    case.responses
        .iter()
        .filter_map(response)
        .take(MAX_RESPONSES)
        .collect()
}

/// Reads them, and keeps those that speak of this finding; the state must not be held.
pub(super) fn read(
    record: &Record,
    finding: &StatementId,
    responses: &mut Vec<Response>,
) -> Result<(), ApiError> {
    for response in responses.iter_mut() {
        let bytes = record.entry(response.index)?;
        let statement = Statement::parse(&bytes).map_err(ApiError::internal)?;
        let member = response
            .members
            .iter()
            .find(|(key, _)| *key == statement.signer);
        response.who =
            Some(member.map_or_else(|| statement.signer.to_string(), |(_, m)| m.clone()));
        let (of, basis) = match &statement.body {
            Body::Endorse(e) => (e.finding, Some(coded(&e.basis))),
            Body::Rebut(r) => (r.finding, Some(coded(&r.basis))),
            Body::Alternative(a) => (a.finding, None),
            _ => continue,
        };
        response.of_this = of == *finding;
        response.basis = basis;
    }
    responses.retain(|r| r.of_this);
    Ok(())
}

impl Response {
    /// In words.
    pub(super) fn says(&self, t: Texts) -> Markup {
        let who = self.who.as_deref().unwrap_or_default();
        let kind = t.of("kind", self.kind.as_str());
        match &self.basis {
            Some(basis) => {
                let say = t
                    .say("finding.response")
                    .with("who", who)
                    .word("kind", kind);
                say.word("basis", t.of("basis", basis)).html()
            }
            None => t
                .say("finding.response-plain")
                .with("who", who)
                .word("kind", kind)
                .html(),
        }
    }
}
