//! The statements of the record, as they were signed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::StatementId;
use record::state::{Entry, State as RecordState};
use record::statement::Statement;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Asked, Count, Page, limit, page};
use super::find;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::tiles::{NO_STORE, TEXT};

/// Which statements.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatementsQuery {
    /// Statements after this index.
    after: Option<u64>,
    /// At most so many rows, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Statements of this case only, its reports and consents included.
    case: Option<String>,
}

/// A statement in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatementRow {
    /// Index in the log.
    index: u64,
    /// Identifier: the RFC 6962 leaf hash, hex.
    id: String,
    /// Type.
    #[serde(rename = "type")]
    kind: String,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
}

impl StatementRow {
    fn of(id: &StatementId, entry: &Entry) -> Self {
        Self {
            index: entry.index,
            id: id.to_string(),
            kind: entry.kind.to_string(),
            case: entry.case.as_ref().map(ToString::to_string),
        }
    }
}

/// A withheld field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedField {
    /// The commitment, hex.
    sha256: String,
    /// When it is due to be opened.
    until: String,
}

/// A statement, decoded, with the bytes that were signed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatementView {
    /// Index in the log.
    index: u64,
    /// Identifier: the RFC 6962 leaf hash, hex.
    id: String,
    /// Type.
    #[serde(rename = "type")]
    kind: String,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// The record it is meant for.
    record: String,
    /// The author's claim of when.
    issued: String,
    /// Key that signed, as a C2SP vkey.
    signer: String,
    /// The member whose key that is or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    /// The body of the type.
    #[schema(value_type = Object)]
    body: Value,
    /// Withheld fields, by JSON pointer.
    sealed: BTreeMap<String, SealedField>,
    /// The entry's exact bytes, base64.
    envelope: String,
}

impl StatementView {
    fn of(state: &RecordState, index: u64, statement: &Statement, bytes: &[u8]) -> Self {
        let sealed = statement.sealed.iter().map(|(pointer, seal)| {
            let (sha256, until) = (seal.sha256.to_string(), seal.until.to_string());
            (pointer.clone(), SealedField { sha256, until })
        });
        Self {
            index,
            id: statement.id.to_string(),
            kind: statement.kind.to_string(),
            case: statement.case.as_ref().map(ToString::to_string),
            record: statement.record.clone(),
            issued: statement.issued.to_string(),
            signer: statement.signer.to_string(),
            member: state
                .global
                .keys
                .get(&statement.signer)
                .map(ToString::to_string),
            sealed: sealed.collect(),
            body: statement.body.to_value(),
            envelope: STANDARD.encode(bytes),
        }
    }
}

/// List statements
///
/// In the order of the log.
#[utoipa::path(get, path = "/statements", params(StatementsQuery), tag = "statements",
    responses((status = 200, body = Answer<Page<StatementRow>>),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<StatementsQuery>,
) -> Result<Json<Answer<Page<StatementRow>>>, ApiError> {
    let limit = limit(query.limit)?;
    app.blocking(move |record| {
        let state = record.state();
        let case = query
            .case
            .as_deref()
            .map(|text| find::case(&state, text))
            .transpose()?;
        let after = |index: u64| query.after.is_none_or(|after| index > after);
        let total;
        let mut rows: Vec<StatementRow> = if let Some(case) = case {
            total = Count::exact(
                case.statements.len(),
                "statement",
                "belongs to the case, its reports and consents included",
            );
            let later = case.statements.iter().filter(|(index, _)| after(*index));
            later
                .filter_map(|(_, id)| Some(StatementRow::of(id, &state.statements.get(id)?)))
                .collect()
        } else {
            total = Count::exact(state.statements.len(), "statement", "is in the log");
            // The state of a whole record holds them in the order of the log, from entry 0.
            let skipped = query.after.map_or(0, |after| after.saturating_add(1));
            let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
            let later = state.statements.iter_from(skipped).take(limit + 1);
            later
                .map(|(id, entry)| StatementRow::of(&id, &entry))
                .collect()
        };
        rows.sort_by_key(|row| row.index);
        Ok(Answer::of(
            &state,
            page(rows, limit, |row| row.index.to_string(), total),
        ))
    })
    .await
}

/// Show a statement
///
/// By identifier or by its first eight or more digits, where only one statement has them.
#[utoipa::path(get, path = "/statements/{id}", params(("id" = String, Path)), tag = "statements",
    responses((status = 200, body = Answer<StatementView>),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<StatementView>>, ApiError> {
    app.blocking(move |record| {
        let index = find::statement(&record.state(), &id)?.1.index;
        let bytes = record.entry(index)?;
        let statement = Statement::parse(&bytes).map_err(ApiError::internal)?;
        let state = record.state();
        Ok(Answer::of(
            &state,
            StatementView::of(&state, index, &statement, &bytes),
        ))
    })
    .await
}

/// Receipt of a statement
///
/// A C2SP tlog-proof against the latest published checkpoint; it verifies offline.
#[utoipa::path(get, path = "/statements/{id}/receipt", params(("id" = String, Path)), tag = "statements",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn receipt(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let proof = app.blocking(move |record| {
        let index = find::statement(&record.state(), &id)?.1.index;
        Ok(record.receipt(index)?.to_string())
    });
    Ok((
        [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_STORE)],
        proof.await?,
    )
        .into_response())
}
