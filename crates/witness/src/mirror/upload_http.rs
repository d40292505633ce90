//! The two calls of those who bring entries (docs/witness.md, section 7), over HTTP: counted by address, with a
//! bounded number under way, and a smaller one unpacked and judged at once.

use std::borrow::Cow;
use std::io::Read as _;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tlog::MAX_WITNESS_BODY_BYTES;
use tower_http::timeout::TimeoutLayer;

use super::upload::{MAX_UPLOAD_BYTES, Uploads};
use crate::http::Answer;

/// Longest time an upload may take.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// What those who bring entries are answered, beside [`super::http::router`].
pub fn upload_router(uploads: Uploads) -> Router {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD_TIMEOUT);
    let checkpoint = post(add_checkpoint).layer(DefaultBodyLimit::max(MAX_WITNESS_BODY_BYTES));
    let entries = post(add_entries).layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES));
    Router::new()
        .route("/add-checkpoint", checkpoint)
        .route("/add-entries", entries)
        .layer(timeout)
        .with_state(uploads)
}

async fn add_checkpoint(State(uploads): State<Uploads>, request: Request) -> Response {
    if let Err(refused) = uploads.guard().admit(&request) {
        return refused.into_response();
    }
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejected) => return rejected.into_response(),
    };
    let answer = uploads.add_checkpoint(&body).await;
    uploads.answered("add-checkpoint", answer.status);
    answer.into_response()
}

async fn add_entries(State(uploads): State<Uploads>, request: Request) -> Response {
    let client = match uploads.guard().admit(&request) {
        Ok(client) => client,
        Err(refused) => return refused.into_response(),
    };
    // Before a byte of the body is read. It is given back when the work is done, not when the asker is gone.
    let Some(place) = uploads.place(client) else {
        let text = "other uploads are under way; try again\n";
        return Answer::text(503, text.into()).into_response();
    };
    let gzip = request.headers().get(CONTENT_ENCODING);
    let gzip = gzip.is_some_and(|v| v == "gzip");
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejected) => return rejected.into_response(),
    };
    let turn = match uploads.turn().await {
        Ok(turn) => turn,
        Err(error) => return Answer::failed(&error).into_response(),
    };
    let worker = uploads.clone();
    let work = move || {
        let _until_done = (place, turn);
        match unpacked(gzip, &body) {
            Ok(body) => worker.add_entries(&body),
            Err(problem) => Answer::text(400, format!("{problem}\n")),
        }
    };
    let answer = tokio::task::spawn_blocking(work).await;
    let answer = answer.unwrap_or_else(|error| Answer::failed(&error));
    uploads.answered("add-entries", answer.status);
    let mut response = answer.into_response();
    let accepted = HeaderValue::from_static("gzip");
    response.headers_mut().insert(ACCEPT_ENCODING, accepted);
    response
}

/// The body, decompressed if it is; never more than [`MAX_UPLOAD_BYTES`].
fn unpacked(gzip: bool, body: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !gzip {
        return Ok(Cow::Borrowed(body));
    }
    let mut bytes = Vec::new();
    let limit = MAX_UPLOAD_BYTES as u64 + 1;
    let read = flate2::read::GzDecoder::new(body)
        .take(limit)
        .read_to_end(&mut bytes);
    match read {
        // A stream that was cut short: what arrived may hold whole packages.
        Ok(_) | Err(_) if bytes.len() as u64 == limit => Err(format!(
            "the body unpacks to more than {MAX_UPLOAD_BYTES} bytes"
        )),
        Ok(_) => Ok(Cow::Owned(bytes)),
        Err(error) if bytes.is_empty() => Err(format!("the body is not gzip: {error}")),
        Err(_) => Ok(Cow::Owned(bytes)),
    }
}
