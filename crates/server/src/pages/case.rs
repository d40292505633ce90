//! One case: what happened in it, its exhibits, its findings.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use record::body::case::Question;
use record::state::{Case, State as RecordState};
use record::statement::Statement;
use store::Record;

use super::{Frame, show};
use crate::api::find_case;
use crate::app::App;
use crate::claimed::{Claimed, claimed};
use crate::error::ApiError;
use crate::limits::MAX_TIMELINE_ROWS;
use crate::words;
use record::state::is_public;

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    frame: Frame,
    id: String,
    phase: &'static str,
    round: u32,
    opened: String,
    question: String,
    claim: Vec<Claimed>,
    findings: Vec<FindingLine>,
    timeline: Vec<Event>,
    statements: usize,
    exhibits: Vec<ExhibitLine>,
}

struct FindingLine {
    id: String,
    time: String,
    outcome: String,
    status: &'static str,
}

struct Event {
    index: u64,
    id: String,
    kind: String,
    issued: String,
    by: String,
}

struct ExhibitLine {
    sha256: String,
    media_type: String,
    size: u64,
    acquired: String,
    public: bool,
    custody: usize,
}

/// Reads the statements at these places; the state must not be held.
fn timeline(record: &Record, places: &[u64]) -> Result<Vec<Event>, ApiError> {
    let mut statements = Vec::new();
    for index in places {
        let bytes = record.entry(*index)?;
        statements.push((
            *index,
            Statement::parse(&bytes).map_err(ApiError::internal)?,
        ));
    }
    let state = record.state();
    let event = |(index, statement): &(u64, Statement)| {
        let member = state.global.keys.get(&statement.signer);
        Event {
            index: *index,
            id: statement.id.to_string(),
            kind: statement.kind.to_string(),
            issued: statement.issued.to_string(),
            by: member.map_or_else(
                || "a key that is no member's".to_owned(),
                ToString::to_string,
            ),
        }
    };
    Ok(statements.iter().map(event).collect())
}

fn question(question: &Question) -> String {
    match question.claim() {
        None => "Who did it?".to_owned(),
        Some(claim) => format!(
            "Is a public claim supported, made by {} on {}?",
            claim.publisher, claim.published
        ),
    }
}

impl CasePage {
    /// Everything but the timeline, which stands in the log.
    fn of(state: &RecordState, case: &Case, frame: Frame) -> Self {
        let findings = case.findings.iter().rev().map(|f| FindingLine {
            id: f.statement.to_string(),
            time: f.time.to_string(),
            outcome: words::outcome(&f.finding.proposal),
            status: words::status(&f.status),
        });
        let exhibits = case.exhibits.values().map(|e| ExhibitLine {
            sha256: e.body.sha256.to_string(),
            media_type: e.body.media_type.to_string(),
            size: e.body.size,
            acquired: e.body.acquired.to_string(),
            public: is_public(state, case, e),
            custody: e.custody.len(),
        });
        Self {
            frame,
            id: case.id.to_string(),
            phase: words::phase(case.phase),
            round: case.round,
            opened: case.opened.to_string(),
            question: question(&case.question),
            claim: claimed(&case.question, &[]),
            findings: findings.collect(),
            timeline: Vec::new(),
            statements: case.statements.len(),
            exhibits: exhibits.collect(),
        }
    }
}

pub(super) async fn page(State(app): State<App>, Path(id): Path<String>) -> Response {
    show(app, move |record, frame| {
        let (mut page, places) = {
            let state = record.state();
            let case = find_case(&state, &id)?;
            let places = case.statements.iter().map(|(index, _)| *index);
            let places: Vec<_> = places.take(MAX_TIMELINE_ROWS).collect();
            (CasePage::of(&state, case, frame), places)
        };
        page.timeline = timeline(record, &places)?;
        Ok(page)
    })
    .await
}
