//! JSON Lines: a finding and its statements, one JSON value a line.

use record::statement::Statement;
use serde_json::{Value, json};

use crate::VerifiedBundle;

/// The finding first, then every statement of the bundle in index order.
#[must_use]
pub fn bundle(v: &VerifiedBundle) -> Vec<Value> {
    let record = v.finding();
    let first = json!({
        "kind": "finding", "record": v.origin(), "statement": record.statement, "index": record.index,
        "published": record.time, "bundle_sha256": v.sha256().to_string(),
        "proposal": record.finding.proposal, "result": *record.replayed,
        "demonstration": v.charter().demonstration,
    });
    let statements = v.bundle().statements.iter();
    let statements = statements.filter_map(|s| statement(s.index, &s.entry));
    std::iter::once(first).chain(statements).collect()
}

/// A statement as a line; `None` for bytes that are no statement.
#[must_use]
pub fn statement(index: u64, entry: &[u8]) -> Option<Value> {
    let read = Statement::parse(entry).ok()?;
    let payload: Value = serde_json::from_slice(read.payload()).ok()?;
    let mut line = json!({
        "kind": "statement", "index": index, "id": read.id, "type": read.kind.as_str(),
        "signer": read.signer, "issued": read.issued, "body": payload["body"],
    });
    if let Some(case) = &read.case {
        line["case"] = json!(case);
    }
    if let Some(sealed) = payload.get("sealed") {
        line["sealed"] = sealed.clone();
    }
    Some(line)
}
