//! A relay over HTTP: the same door as the log's, so that the same tools submit to it.

use std::net::IpAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use record::envelope::MAX_ENVELOPE_BYTES;
use record::refusal::{Code, Refusal};
use tlog::origin_hash;
use tower_http::timeout::TimeoutLayer;

use super::Relay;
use crate::http::{Answer, REQUEST_TIMEOUT};

const TEXT: &str = "text/plain; charset=utf-8";

/// Whose submission it is.
#[derive(Clone, Copy)]
struct Client(IpAddr);

/// What a relay answers, beside a mirror's or a witness's own.
pub fn router(relay: Relay) -> Router {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT);
    let submit = post(submit)
        .layer(DefaultBodyLimit::max(MAX_ENVELOPE_BYTES))
        .layer(from_fn_with_state(relay.clone(), guard));
    Router::new()
        .route("/api/v1/statements", submit)
        .route("/relay", get(about))
        .layer(timeout)
        .with_state(relay)
}

async fn submit(
    State(relay): State<Relay>,
    Extension(Client(client)): Extension<Client>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let entry = match body {
        Ok(entry) => entry,
        Err(rejected) if rejected.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("the envelope has more than {MAX_ENVELOPE_BYTES} bytes");
            return server::not_taken(Refusal::new(Code::TooLarge, detail).into());
        }
        Err(rejected) => return rejected.into_response(),
    };
    // What is kept is also answered for: the asker's hanging up ends nothing.
    let taken = tokio::task::spawn_blocking(move || relay.take(&entry, Some(client))).await;
    match taken {
        Ok(Ok(receipt)) => {
            let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
            (StatusCode::ACCEPTED, headers, receipt.note).into_response()
        }
        Ok(Err(error)) => server::not_taken(error),
        Err(error) => Answer::failed(&error).into_response(),
    }
}

/// The key to name in `--relay`, and the logs.
async fn about(State(relay): State<Relay>) -> Response {
    let key = format!("relay {}\n", relay.verifier_key());
    let logs = relay.0.logs.values();
    let logs = logs.map(|log| {
        let origin = log.door.target.log.name();
        format!("log {} {origin}\n", origin_hash(origin))
    });
    let text: String = std::iter::once(key).chain(logs).collect();
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], text).into_response()
}

/// Refuses what comes too often.
async fn guard(State(relay): State<Relay>, mut request: Request, next: Next) -> Response {
    match relay.0.guard.admit(&request) {
        Ok(client) => {
            request.extensions_mut().insert(Client(client));
            next.run(request).await
        }
        Err(refused) => refused.into_response(),
    }
}
