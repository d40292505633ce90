//! The cases of the record.

use axum::Json;
use axum::extract::{Path, State};
use record::body::case::Question;
use record::body::outcome::Outcome;
use record::ids::CaseId;
use record::state::{Case, Exhibit, State as RecordState};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answer::{Answer, Asked, Count, Page, PageQuery, limit, page, parsed};
use super::find;
use super::finding_view::FindingRow;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::words;
use record::state::is_public;

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseRow {
    /// Identifier.
    id: String,
    /// Where it stands.
    phase: String,
    /// The same in plain words.
    phase_words: String,
    /// Governing time when it was opened.
    opened: String,
    /// Which round of deciding, from 1.
    round: u32,
    /// The finding that stands, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<FindingRow>,
}

impl CaseRow {
    fn of(case: &Case) -> Self {
        Self {
            id: case.id.to_string(),
            phase: case.phase.to_string(),
            phase_words: words::phase(case.phase).to_owned(),
            opened: case.opened.to_string(),
            round: case.round,
            finding: case.standing().map(|f| FindingRow::of(case, f)),
        }
    }
}

/// A page of cases, and how all of them came out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CasesView {
    /// The page.
    cases: Page<CaseRow>,
    /// Cases by the outcome of their standing finding.
    outcomes: Vec<OutcomeCount>,
}

/// How many cases have an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutcomeCount {
    /// The outcome.
    outcome: String,
    /// How many cases.
    cases: Count,
}

fn outcomes(state: &RecordState) -> Vec<OutcomeCount> {
    let standing = |case: &Case| case.standing().map(|f| f.finding.proposal.outcome);
    let undecided = state
        .cases
        .values()
        .filter(|c| standing(c).is_none())
        .count();
    let all = [
        Outcome::Attributed,
        Outcome::NotAttributed,
        Outcome::Exonerated,
        Outcome::ClaimChecked,
    ];
    let counted = all.map(|outcome| {
        let count = state
            .cases
            .values()
            .filter(|c| standing(c) == Some(outcome))
            .count();
        let mut cases = Count::exact(
            count,
            "case",
            "its standing finding has this outcome; unknown: cases without a standing finding",
        );
        cases.unknown = u64::try_from(undecided).unwrap_or(u64::MAX);
        OutcomeCount {
            outcome: words::outcome_code(outcome).to_owned(),
            cases,
        }
    });
    counted.into()
}

/// A declared exhibit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExhibitView {
    /// SHA-256 of the content, hex.
    sha256: String,
    /// The statement that declared it.
    statement: String,
    /// Bytes.
    size: u64,
    /// Media type; never rendered by this server.
    media_type: String,
    /// Day of acquisition.
    acquired: String,
    /// Handling label (TLP 2.0), how it was acquired and what it derives from, as declared.
    #[schema(value_type = Object)]
    declared: Value,
    /// Custody events, oldest first.
    #[schema(value_type = Vec<Object>)]
    custody: Vec<Value>,
    /// Whether its content is served here.
    public: bool,
}

impl ExhibitView {
    fn of(state: &RecordState, case: &Case, exhibit: &Exhibit) -> Self {
        let body = &exhibit.body;
        let custody = exhibit
            .custody
            .iter()
            .map(|(time, event)| json!({"time": time, "event": event}));
        Self {
            sha256: body.sha256.to_string(),
            statement: exhibit.statement.to_string(),
            size: body.size,
            media_type: body.media_type.to_string(),
            acquired: body.acquired.to_string(),
            declared: serde_json::to_value(body).unwrap_or_default(),
            custody: custody.collect(),
            public: is_public(state, case, exhibit),
        }
    }
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// What a list shows of it.
    case: CaseRow,
    /// What it is to answer: `who`, or `claim` with what others say; the claim is its publisher's.
    #[schema(value_type = Object)]
    question: Question,
    /// Reports it started from.
    reports: Vec<String>,
    /// How many statements it has; `/api/v1/statements?case=` lists them.
    statements: Count,
    /// Its exhibits.
    exhibits: Vec<ExhibitView>,
    /// Reviewers assigned to the round.
    panel: Vec<String>,
    /// Those who stepped aside.
    recused: Vec<String>,
    /// All findings, oldest first.
    findings: Vec<FindingRow>,
    /// Endorsements, rebuttals and alternatives, oldest first.
    responses: Vec<ResponseRow>,
}

/// What others said of a finding of the case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResponseRow {
    /// Type.
    #[serde(rename = "type")]
    kind: String,
    /// The statement.
    statement: String,
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|i| i.to_string()).collect()
}

/// List cases
///
/// By identifier.
#[utoipa::path(get, path = "/cases", params(PageQuery), tag = "cases",
    responses((status = 200, body = Answer<CasesView>), (status = 400, body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Answer<CasesView>>, ApiError> {
    let limit = limit(query.limit)?;
    let after: Option<CaseId> = query.after.as_deref().map(parsed).transpose()?;
    let state = app.record().state();
    let later = state
        .cases
        .values()
        .filter(|c| after.as_ref().is_none_or(|after| c.id > *after));
    let rows: Vec<_> = later.take(limit + 1).map(CaseRow::of).collect();
    let total = Count::exact(
        state.cases.len(),
        "case",
        "was opened, whatever became of it",
    );
    let cases = page(rows, limit, |row| row.id.clone(), total);
    let view = CasesView {
        cases,
        outcomes: outcomes(&state),
    };
    Ok(Answer::of(&state, view))
}

/// Show a case
#[utoipa::path(get, path = "/cases/{id}", params(("id" = String, Path)), tag = "cases",
    responses((status = 200, body = Answer<CaseView>),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<CaseView>>, ApiError> {
    let state = app.record().state();
    let case = find::case(&state, &id)?;
    let responses = case.responses.iter().map(|(kind, id)| ResponseRow {
        kind: kind.to_string(),
        statement: id.to_string(),
    });
    let view = CaseView {
        case: CaseRow::of(case),
        question: case.question.clone(),
        reports: texts(&case.reports),
        statements: Count::exact(
            case.statements.len(),
            "statement",
            "belongs to the case, its reports and consents included",
        ),
        exhibits: case
            .exhibits
            .values()
            .map(|e| ExhibitView::of(&state, case, e))
            .collect(),
        panel: texts(&case.panel),
        recused: texts(&case.recused),
        findings: case
            .findings
            .iter()
            .map(|f| FindingRow::of(case, f))
            .collect(),
        responses: responses.collect(),
    };
    Ok(Answer::of(&state, view))
}
