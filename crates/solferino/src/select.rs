//! Finding what a person means: a unique prefix of a statement, a case, a finding.

use std::collections::BTreeSet;

use record::ids::{CaseId, StatementId};
use record::state::{Case, FindingRecord, State};

use crate::problem::{Outcome, Problem};

/// Fewest hex digits of a prefix.
const MIN_PREFIX: usize = 4;

/// The one statement among these that starts with the prefix.
fn unique(what: &str, prefix: &str, all: BTreeSet<StatementId>) -> Outcome<StatementId> {
    let hex = prefix
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if prefix.len() < MIN_PREFIX || !hex {
        let text = format!("{prefix:?} is not the beginning of a statement identifier");
        let hint = format!("give at least {MIN_PREFIX} lower-case hex digits");
        return Err(Problem::new(text).hint(hint));
    }
    let mut found = all
        .into_iter()
        .filter(|id| id.to_string().starts_with(prefix));
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        (None, _) => Err(Problem::new(format!("no {what} starts with {prefix}"))
            .hint("`solferino case show CASE` lists the statements of a case")),
        (Some(a), Some(b)) => Err(Problem::new(format!(
            "{prefix} is not unique: {a} and {b} both start with it"
        ))
        .hint("give more digits")),
    }
}

/// A statement of the record by a unique prefix.
pub(crate) fn statement(state: &State, prefix: &str) -> Outcome<StatementId> {
    unique("statement", prefix, state.statements.keys().collect())
}

/// A case by its identifier.
pub(crate) fn case<'a>(state: &'a State, id: &str) -> Outcome<&'a Case> {
    let known = id
        .parse::<CaseId>()
        .ok()
        .and_then(|id| state.cases.get(&id));
    known.ok_or_else(|| {
        Problem::new(format!("there is no case {id:?}"))
            .hint("`solferino case list` shows the cases")
    })
}

/// A finding by a prefix of its statement, or the last one of a case.
pub(crate) fn finding<'a>(state: &'a State, text: &str) -> Outcome<(&'a Case, &'a FindingRecord)> {
    let case = text
        .parse::<CaseId>()
        .ok()
        .and_then(|id| state.cases.get(&id));
    if let Some(case) = case {
        let last = case.findings.last();
        return last.map(|f| (case, f)).ok_or_else(|| {
            Problem::new(format!("case {text} has no finding yet"))
                .hint("`solferino finding propose CASE` derives what it would say")
        });
    }
    let all = || {
        let cases = state.cases.values();
        cases.flat_map(|c| c.findings.iter().map(move |f| (c, f)))
    };
    let id = unique(
        "finding or case",
        text,
        all().map(|(_, f)| f.statement).collect(),
    )?;
    all()
        .find(|(_, f)| f.statement == id)
        .ok_or_else(|| Problem::new(format!("there is no finding {id}")))
}
