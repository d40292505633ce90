//! The register of cases.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::ids::CaseId;
use record::state::{Case, FindingRecord};
use serde::Deserialize;

use super::{Frame, show};
use crate::api::{Asked, parsed};
use crate::app::App;
use crate::limits::MAX_PAGE_ROWS;
use crate::words;

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    rows: Vec<Row>,
    cases: usize,
    next: Option<String>,
}

struct Row {
    id: String,
    phase: &'static str,
    finding: Option<Found>,
}

struct Found {
    id: String,
    outcome: String,
    standard: &'static str,
    likelihood: String,
    word: &'static str,
}

impl Found {
    fn of(finding: &FindingRecord) -> Self {
        let proposal = &finding.finding.proposal;
        let [low, high] = proposal.interval_ppm.map(words::percent);
        Self {
            id: finding.statement.to_string(),
            outcome: words::outcome(proposal),
            standard: words::standard(proposal.standard),
            likelihood: format!(
                "{} (range {low} to {high})",
                words::percent(proposal.likelihood_ppm)
            ),
            word: words::likelihood(proposal.likelihood_ppm),
        }
    }
}

impl Row {
    fn of(case: &Case) -> Self {
        Self {
            id: case.id.to_string(),
            phase: words::phase(case.phase),
            finding: case.standing().map(Found::of),
        }
    }
}

/// Where the page begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    after: Option<String>,
}

pub(super) async fn page(State(app): State<App>, Asked(begin): Asked<Begin>) -> Response {
    show(app, move |record, frame| {
        let state = record.state();
        let after: Option<CaseId> = begin.after.as_deref().map(parsed).transpose()?;
        let later = state
            .cases
            .values()
            .filter(|c| after.as_ref().is_none_or(|a| c.id > *a));
        let mut rows: Vec<_> = later.take(MAX_PAGE_ROWS + 1).map(Row::of).collect();
        let more = rows.len() > MAX_PAGE_ROWS;
        rows.truncate(MAX_PAGE_ROWS);
        Ok(Register {
            frame,
            next: rows.last().filter(|_| more).map(|row| row.id.clone()),
            rows,
            cases: state.cases.len(),
        })
    })
    .await
}
