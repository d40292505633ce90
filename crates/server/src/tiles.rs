//! The log as C2SP tlog-tiles, at the root of the server; and the trust file beside it.

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tlog::{EntryBundleId, TileId};

use crate::app::App;
use crate::error::ApiError;

/// Text answers.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
/// What changes with every batch is never taken from a cache.
pub(crate) const NO_STORE: &str = "no-store";
/// What never changes may be kept for a year.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .route("/trust", get(trust))
}

async fn checkpoint(State(app): State<App>) -> Response {
    let note = app.record().checkpoint();
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_STORE)], note).into_response()
}

/// A tile or entry bundle. The path is taken as it was sent: only the one spelling of the
/// specification names a tile, and a percent sign is not in it.
async fn tile(State(app): State<App>, OriginalUri(uri): OriginalUri) -> Result<Response, ApiError> {
    let path = uri.path().trim_start_matches('/').to_owned();
    let known = TileId::parse_path(&path).is_ok() || EntryBundleId::parse_path(&path).is_ok();
    if !known {
        return Err(ApiError::not_found("not the path of a tile"));
    }
    let found = app.blocking(move |record| Ok(record.tile(&path)?)).await?;
    let bytes = found.ok_or_else(|| ApiError::not_found("the log has no such tile"))?;
    Ok(([(CONTENT_TYPE, BYTES), (CACHE_CONTROL, IMMUTABLE)], bytes).into_response())
}

async fn trust(State(app): State<App>) -> Result<Response, ApiError> {
    let trust = app.record().trust_file()?.to_string();
    Ok(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_STORE)], trust).into_response())
}
