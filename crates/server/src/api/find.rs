//! Finding things of the state by what a reader writes in a path.

use record::ids::{CaseId, StatementId};
use record::state::{Case, Entry, FindingRecord, State};

use super::answer::parsed;
use crate::error::ApiError;
use crate::limits::MIN_PREFIX_DIGITS;

/// A statement by identifier or unique prefix of it.
pub(crate) fn statement(state: &State, text: &str) -> Result<(StatementId, Entry), ApiError> {
    let absent = || ApiError::not_found("the record has no statement of that identifier");
    let digits = text
        .bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !digits || !(MIN_PREFIX_DIGITS..=64).contains(&text.len()) {
        return Err(ApiError::bad_request(format!(
            "a statement identifier is 64 lower-case hex digits, or its first {MIN_PREFIX_DIGITS} or more"
        )));
    }
    let first: StatementId = parsed(&format!("{text:0<64}"))?;
    let [a, b, c, d, ..] = *first.0.as_bytes();
    let mut found = state.statements.beginning_with([a, b, c, d]);
    found.retain(|id| id.to_string().starts_with(text));
    let id = found.pop().ok_or_else(absent)?;
    if !found.is_empty() {
        let message = format!("several statements begin with {text}; give more digits");
        return Err(ApiError::bad_request(message));
    }
    let entry = state.statements.get(&id).ok_or_else(absent)?;
    Ok((id, entry))
}

/// A case by identifier.
pub(crate) fn case<'a>(state: &'a State, text: &str) -> Result<&'a Case, ApiError> {
    let id: CaseId = parsed(text)?;
    let case = state.cases.get(&id);
    case.ok_or_else(|| ApiError::not_found(format!("the record has no case {id}")))
}

/// A finding by identifier or unique prefix of it.
pub(crate) fn finding<'a>(
    state: &'a State,
    text: &str,
) -> Result<(&'a Case, &'a FindingRecord), ApiError> {
    let (id, entry) = statement(state, text)?;
    let case = entry.case.as_ref().and_then(|case| state.cases.get(case));
    let found = case.and_then(|c| {
        c.findings
            .iter()
            .find(|f| f.statement == id)
            .map(|f| (c, f))
    });
    found.ok_or_else(|| {
        ApiError::not_found(format!("statement {id} is a {}, not a finding", entry.kind))
    })
}
