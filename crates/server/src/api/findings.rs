//! The findings of the record, and their bundles.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{Answer, Asked, Count, Page, PageQuery, limit, page};
use super::find;
use super::finding_view::{FindingRow, FindingView, dissent_places, dissents, view};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::tiles::{NO_STORE, TEXT};

/// List findings
///
/// In the order of publication, superseded and withdrawn ones included.
#[utoipa::path(get, path = "/findings", params(PageQuery), tag = "findings",
    responses((status = 200, body = Answer<Page<FindingRow>>), (status = 400, body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Answer<Page<FindingRow>>>, ApiError> {
    let limit = limit(query.limit)?;
    let after: Option<u64> = query
        .after
        .as_deref()
        .map(super::answer::parsed)
        .transpose()?;
    let state = app.record().state();
    let all = || {
        state
            .cases
            .values()
            .flat_map(|c| c.findings.iter().map(move |f| (c, f)))
    };
    let total = Count::exact(
        all().count(),
        "finding",
        "was published, whatever became of it",
    );
    let mut later: Vec<_> = all()
        .filter(|(_, f)| after.is_none_or(|after| f.index > after))
        .collect();
    later.sort_by_key(|(_, f)| f.index);
    let rows = later
        .into_iter()
        .take(limit + 1)
        .map(|(c, f)| FindingRow::of(c, f))
        .collect();
    Ok(Answer::of(
        &state,
        page(rows, limit, |row| row.index.to_string(), total),
    ))
}

/// Show a finding
#[utoipa::path(get, path = "/findings/{id}", params(("id" = String, Path)), tag = "findings",
    responses((status = 200, body = Answer<FindingView>),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<FindingView>>, ApiError> {
    app.blocking(move |record| {
        let (mut answer, places) = {
            let state = record.state();
            let (case, finding) = find::finding(&state, &id)?;
            let answer = Answer::of(&state, view(&state, case, finding)?);
            (answer, dissent_places(&state, finding))
        };
        answer.data.dissents = dissents(record, &places)?;
        Ok(answer)
    })
    .await
}

/// What a bundle carries along.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BundleQuery {
    /// Carry the contents of public exhibits along.
    #[serde(default)]
    exhibits: bool,
}

/// Bundle of a finding
///
/// One text file that verifies and replays the finding with no network; its last line is the
/// SHA-256 of all before it.
#[utoipa::path(get, path = "/findings/{id}/bundle", params(("id" = String, Path), BundleQuery), tag = "findings",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn bundle(
    State(app): State<App>,
    Path(id): Path<String>,
    Asked(query): Asked<BundleQuery>,
) -> Result<Response, ApiError> {
    bundle_of(app, id, query.exhibits).await
}

/// The bundle with its public exhibits, as the pages link it.
pub(crate) async fn bundle_with_exhibits(app: App, id: String) -> Result<Response, ApiError> {
    bundle_of(app, id, true).await
}

async fn bundle_of(app: App, id: String, exhibits: bool) -> Result<Response, ApiError> {
    let _slot = app.download_slot()?;
    let (name, text) = app
        .blocking(move |record| {
            let (case, finding) = {
                let state = record.state();
                let (case, finding) = find::finding(&state, &id)?;
                (case.id.clone(), finding.statement)
            };
            let bundle = record.bundle(&case, finding, exhibits)?;
            Ok((
                format!("attachment; filename=\"{case}.bundle\""),
                bundle.to_string(),
            ))
        })
        .await?;
    Ok((
        [
            (CONTENT_TYPE, TEXT.to_owned()),
            (CACHE_CONTROL, NO_STORE.to_owned()),
            (CONTENT_DISPOSITION, name),
        ],
        text,
    )
        .into_response())
}
