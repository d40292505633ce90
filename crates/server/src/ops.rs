//! For the operator: is it alive, and how is it doing.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::error::ApiError;
use crate::tiles::{NO_STORE, TEXT};

/// Media type of OpenMetrics text.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
}

async fn health() -> Response {
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_STORE)], "ok\n").into_response()
}

async fn metrics(State(app): State<App>) -> Result<Response, ApiError> {
    let text = app
        .metrics()
        .text(app.record().size(), app.record().quorum_problem().is_some())
        .map_err(ApiError::internal)?;
    Ok((
        [(CONTENT_TYPE, OPENMETRICS), (CACHE_CONTROL, NO_STORE)],
        text,
    )
        .into_response())
}
