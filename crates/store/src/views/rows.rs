//! The rows as a pure function of state and entries: deleted views are made again the same.

use std::fmt::Write as _;

use record::body::evidence::CustodyEvent;
use record::body::outcome::Proposal;
use record::ids::{CaseId, StatementId, Vkey};
use record::kind::Kind;
use record::state::{Case, Entry, FindingStatus, Member, State};
use record::statement::Statement;
use record::time::Timestamp;
use serde::Serialize;

use super::search;

/// Version of the tables; another one found is rebuilt.
pub(super) const FORMAT: i64 = 3;

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
}

/// One row, columns in the table's order.
pub(crate) type Row = Vec<Value>;

fn int(number: u64) -> Value {
    // Sizes and indexes stay far below; a size beyond would be a lie of the statement.
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

fn maybe(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, text)
}

/// The wire name of an enumerated value.
fn name(value: impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        _ => Value::Null,
    }
}

fn micros(time: Timestamp) -> Value {
    Value::Int(time.unix_seconds().saturating_mul(1_000_000))
}

/// Numbers that say how far the views are.
pub(super) fn meta(size: u64, time: Option<Timestamp>) -> [(&'static str, i64); 3] {
    let seconds = time.map_or(0, Timestamp::unix_seconds);
    [
        ("format", FORMAT),
        ("size", i64::try_from(size).unwrap_or(i64::MAX)),
        ("time", seconds),
    ]
}

/// What the views say of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    id: StatementId,
    pub(super) kind: Kind,
    case: Option<CaseId>,
    issued: Timestamp,
    /// The governing one, with this statement applied.
    pub(super) time: Timestamp,
    signer: Vkey,
}

impl Stated {
    pub(crate) fn of(statement: &Statement, time: Timestamp) -> Self {
        Self {
            id: statement.id,
            kind: statement.kind,
            case: statement.case.clone(),
            issued: statement.issued,
            time,
            signer: statement.signer.clone(),
        }
    }

    /// What the record knows of a statement, with what only its words say: when it was issued.
    pub(crate) fn known(id: StatementId, entry: Entry, issued: Timestamp) -> Self {
        Self {
            id,
            kind: entry.kind,
            case: entry.case,
            issued,
            time: entry.time,
            signer: entry.signer,
        }
    }

    /// Appends the line that [`super::sql::STATEMENT_TEXTS`] gives of the row with this index.
    pub(crate) fn write(&self, index: u64, out: &mut String) {
        let number = |value: Value, out: &mut String| {
            if let Value::Int(number) = value {
                // Writing to a text does not fail.
                let _ = write!(out, "{number}");
            }
        };
        number(int(index), out);
        out.push_str(",'");
        let mut digits = [0; 2 * tlog::HASH_BYTES];
        if hex::encode_to_slice(self.id.0.as_bytes(), &mut digits).is_ok() {
            out.push_str(str::from_utf8(&digits).unwrap_or_default());
        }
        out.push_str("','");
        out.push_str(self.kind.as_str());
        out.push_str("',");
        match &self.case {
            Some(case) => quote(case.as_str(), out),
            None => out.push_str("NULL"),
        }
        out.push(',');
        number(micros(self.issued), out);
        out.push(',');
        number(micros(self.time), out);
        out.push(',');
        quote(self.signer.as_str(), out);
        out.push('\n');
    }

    /// The row of the entry with this index.
    pub(crate) fn row(&self, index: u64) -> Row {
        vec![
            int(index),
            text(self.id),
            text(self.kind),
            maybe(self.case.as_ref()),
            micros(self.issued),
            micros(self.time),
            text(&self.signer),
        ]
    }
}

/// A text as SQL writes it: in single quotes, and those within it twice.
fn quote(text: &str, out: &mut String) {
    out.push('\'');
    for (at, part) in text.split('\'').enumerate() {
        if at > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

/// The governing time once a statement is applied.
pub(crate) fn time_after(statement: &Statement, before: Timestamp) -> Timestamp {
    match statement.kind {
        Kind::Tick | Kind::Charter => statement.issued,
        _ => before,
    }
}

/// States a finding clears, in one text.
fn exonerated(proposal: &Proposal) -> Value {
    let codes: Vec<_> = proposal
        .exonerated
        .iter()
        .map(ToString::to_string)
        .collect();
    maybe((!codes.is_empty()).then(|| codes.join(" ")))
}

fn outcome(proposal: &Proposal) -> [Value; 7] {
    let [low, high] = proposal.interval_ppm;
    [
        name(proposal.outcome),
        maybe(proposal.named.as_ref().map(|named| &named.state)),
        name(proposal.standard),
        int(proposal.likelihood_ppm.into()),
        int(low.into()),
        int(high.into()),
        proposal
            .planting_cost
            .map_or(Value::Null, |cost| int(cost.into())),
    ]
}

/// Sectors of the victims, each once, in one text.
fn sectors(state: &State, case: &Case) -> Value {
    let tags = search::tags(state, case);
    let sectors = tags
        .into_iter()
        .filter(|(tag, _)| *tag == search::Tag::Sector);
    text(
        sectors
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// Index of the last statement of a case: the order of the register.
fn moved(case: &Case) -> Value {
    int(case
        .statements
        .iter()
        .map(|(index, _)| *index)
        .max()
        .unwrap_or(0))
}

/// What cases are found by, at the place of the case's last statement.
pub(super) fn search(state: &State, case: &Case) -> Row {
    vec![
        moved(case),
        text(&case.id),
        text(search::tag_words(state, case)),
        text(search::words(state, case)),
    ]
}

pub(super) fn case(state: &State, case: &Case) -> Row {
    let claimed = case.question.claim().map(|claim| claim.states());
    let claimed = claimed.and_then(|states| states.first().copied());
    let unopened = |id: &&StatementId| !case.contents.contains_key(id);
    let mut row = vec![
        text(&case.id),
        text(case.phase),
        int(case.round.into()),
        micros(case.opened),
        maybe(claimed),
        int(case.statements.len() as u64),
        int(case.exhibits.len() as u64),
        int(case.sealed.keys().filter(unopened).count() as u64),
        moved(case),
        sectors(state, case),
    ];
    match case.standing() {
        None => row.extend(vec![Value::Null; 11]),
        Some(found) => {
            row.push(text(found.statement));
            row.push(micros(found.time));
            let proposal = &found.finding.proposal;
            row.extend(outcome(proposal));
            let named = proposal.named.as_ref();
            row.push(maybe(named.and_then(|named| named.actor.as_ref())));
            row.push(exonerated(proposal));
        }
    }
    row
}

pub(super) fn findings(case: &Case) -> Vec<Row> {
    let row = |found: &record::state::FindingRecord| {
        let status = match found.status {
            FindingStatus::Standing => "standing",
            FindingStatus::Superseded(_) => "superseded",
            FindingStatus::Withdrawn(..) => "withdrawn",
        };
        let mut row = vec![
            text(found.statement),
            int(found.index),
            text(&case.id),
            int(found.finding.proposal.round.into()),
            micros(found.time),
            text(status),
            int(found.dissents.len() as u64),
        ];
        row.extend(outcome(&found.finding.proposal));
        row
    };
    case.findings.iter().map(row).collect()
}

/// Whether custody says that the content is gone.
pub(crate) fn is_destroyed(exhibit: &record::state::Exhibit) -> bool {
    exhibit.custody.iter().any(|(_, event)| {
        matches!(
            event,
            CustodyEvent::Destruction | CustodyEvent::Redaction { .. }
        )
    })
}

pub(super) fn exhibits(case: &Case) -> Vec<Row> {
    let row = |exhibit: &record::state::Exhibit| {
        vec![
            text(&case.id),
            text(exhibit.body.sha256),
            text(exhibit.body.ciphertext_sha256),
            int(exhibit.body.size),
            text(&exhibit.body.media_type),
            name(exhibit.body.tlp),
            text(exhibit.body.acquired),
            text(&exhibit.body.source),
            text(exhibit.statement),
            Value::Int(is_destroyed(exhibit).into()),
        ]
    };
    case.exhibits.values().map(row).collect()
}

pub(super) fn members(state: &State) -> Vec<Row> {
    let row = |(id, member): (&record::ids::MemberId, &Member)| {
        vec![
            text(id),
            text(member.role.role().as_str()),
            text(&member.jurisdiction),
            member.region.map_or(Value::Null, name),
            text(&member.key),
            Value::Int(member.seated.into()),
            Value::Int(member.revoked.into()),
        ]
    };
    state.global.members.iter().map(row).collect()
}

/// All rows of all tables but the statements, as [`super::dump`] gives them for a log of this size.
pub(crate) fn all(state: &State, size: u64) -> Vec<(&'static str, Vec<Row>)> {
    let meta = meta(size, state.global.time);
    let sorted = |mut rows: Vec<Row>| {
        rows.sort();
        rows
    };
    let of_cases = |rows: fn(&Case) -> Vec<Row>| state.cases.values().flat_map(rows).collect();
    vec![
        (
            "meta",
            sorted(
                meta.into_iter()
                    .map(|(name, value)| vec![text(name), Value::Int(value)])
                    .collect(),
            ),
        ),
        (
            "cases",
            state.cases.values().map(|c| case(state, c)).collect(),
        ),
        (
            "search",
            sorted(state.cases.values().map(|c| search(state, c)).collect()),
        ),
        ("findings", sorted(of_cases(findings))),
        ("members", members(state)),
        ("exhibits", sorted(of_cases(exhibits))),
    ]
}
