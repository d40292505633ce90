//! TAXII 2.1 below `/taxii2/` (docs/taxii.md). Its addresses are not in the OpenAPI document: the standard describes
//! them, and they have a media type of their own.

mod adding;
mod asker;
mod collections;
mod due;
mod media;
mod objects;
mod publishing;
mod query;
mod refusal;

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;

pub use self::asker::signed_text;
pub use self::publishing::{Made, Publisher};
pub(crate) use self::publishing::{Unpublished, keep_up};
use crate::app::App;

/// The API root.
const ROOT: &str = "/taxii2/solferino/";

pub(crate) fn routes() -> Router<App> {
    let at = |path: &str| format!("{ROOT}{path}");
    Router::new()
        .route("/taxii2/", get(collections::discovery))
        .route(ROOT, get(collections::root))
        .route(&at("status/{id}/"), get(adding::status))
        .route(&at("collections/"), get(collections::list))
        .route(&at("collections/{id}/"), get(collections::one))
        .route(&at("collections/{id}/manifest/"), get(objects::manifest))
        .route(
            &at("collections/{id}/objects/"),
            get(objects::page).post(adding::post),
        )
        .route(
            &at("collections/{id}/objects/{object}/"),
            get(objects::one).delete(adding::delete),
        )
        .route(
            &at("collections/{id}/objects/{object}/versions/"),
            get(objects::versions),
        )
}

/// Around everything: a refusal below `/taxii2/` is the standard's error object, wherever it comes from.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let ours = path == "/taxii2" || path.starts_with("/taxii2/");
    let slashless = ours && !path.ends_with('/');
    let response = next.run(request).await;
    let status = response.status();
    let said = response.headers().get(CONTENT_TYPE);
    let spoken = said.is_some_and(|value| value.as_bytes() == media::TAXII.as_bytes());
    if !ours || spoken || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    refusal::translated(response, slashless).await
}

/// Microseconds since 1970 by the system's clock.
fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}
