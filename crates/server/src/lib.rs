//! HTTP over a record: the log as C2SP tiles, an API described by OpenAPI, plain pages.
//!
//! **Architecture Invariants:** no handler decides anything: what may be said is decided by
//! `record::rules`, in the record's own sequencer. No cookie, no third party; scripts
//! only where something is checked or signed in the browser, and nothing needs one to be read. No log
//! line and no metric holds an address or a body.

mod api;
mod app;
mod assets;
mod charts;
mod claimed;
pub mod client;
pub mod config;
mod datasets;
mod error;
mod layers;
pub mod limits;
pub mod listen;
mod metrics;
pub mod modules;
mod ops;
mod pages;
pub mod paging;
pub mod rate;
mod rules_data;
mod serve;
pub mod site;
mod taxii;
mod text;
mod tiles;
mod words;

use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use store::Record;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

pub use api::{openapi, upload_text};
pub use app::DEMONSTRATION_NOTICE;
pub use config::Config;
pub use serve::serve;
pub use taxii::{Made, Publisher, signed_text as taxii_text};

use crate::app::App;
use crate::error::ApiError;

/// Everything a server answers, over one record.
pub fn router(record: Record, config: Config) -> Router {
    routed(App::new(record, config))
}

fn routed(app: App) -> Router {
    let quick = Router::new()
        .merge(tiles::routes())
        .merge(ops::routes())
        .merge(pages::routes().layer(from_fn_with_state(app.clone(), pages::cached)))
        .merge(pages::live_routes())
        .merge(taxii::routes())
        .merge(assets::routes())
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(timeout(limits::REQUEST_TIMEOUT));
    quick
        .merge(api::routes().method_not_allowed_fallback(wrong_method))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), layers::guard))
        .layer(from_fn(taxii::speak))
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .with_state(app)
}

/// The answer to a submission that was not taken, with code, reason and what to do: the same at
/// every door, also a relay's.
#[must_use]
pub fn not_taken(error: store::SubmitError) -> Response {
    ApiError::from(error).into_response()
}

/// Ends a request that takes too long.
pub(crate) fn timeout(after: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, after)
}

async fn wrong_method(method: Method) -> Response {
    let message = format!("{method} is not answered here");
    let hint = "see Allow, and /api/openapi.json";
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        message,
        hint,
    )
    .into_response()
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    ApiError::internal("a handler panicked").into_response()
}
