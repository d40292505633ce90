//! Refusals in the standard's words (TAXII 2.1, section 3.6.1).

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::StoreError;

use super::media::TAXII;
use crate::error::{ApiError, RefusedAs};
use crate::tiles::NO_STORE;

/// Most bytes of an answer that is put into the standard's words.
const MAX_TRANSLATED_BYTES: usize = 64 * 1024;
/// What a client that has no account is asked for.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"taxii\", charset=\"UTF-8\"");

#[derive(Serialize)]
struct ErrorObject<'a> {
    title: &'a str,
    description: &'a str,
    error_code: &'a str,
    http_status: String,
}

/// An answer that says no.
#[derive(Debug)]
pub(super) enum Refusal {
    /// One of the codes of docs/taxii.md, section 7.
    Own {
        status: StatusCode,
        code: &'static str,
        description: Cow<'static, str>,
    },
    /// One the whole server has.
    Server(ApiError),
}

impl Refusal {
    fn own(
        status: StatusCode,
        code: &'static str,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        let description = description.into();
        Self::Own {
            status,
            code,
            description,
        }
    }

    pub(super) fn bad_filter(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(StatusCode::BAD_REQUEST, "bad-filter", description)
    }

    pub(super) fn bad_next() -> Self {
        let text = "next is none of ours, or belongs to another address or other filters: give it with the very filters of \
                    the page it came with, or continue by added_after = X-TAXII-Date-Added-Last, but not both";
        Self::own(StatusCode::BAD_REQUEST, "bad-next", text)
    }

    pub(super) fn not_json(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(StatusCode::BAD_REQUEST, "not-json", description)
    }

    pub(super) fn not_signed_in(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(StatusCode::UNAUTHORIZED, "not-signed-in", description)
    }

    pub(super) fn not_allowed(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(StatusCode::FORBIDDEN, "not-allowed", description)
    }

    pub(super) fn not_found(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(StatusCode::NOT_FOUND, "not-found", description)
    }

    pub(super) fn not_acceptable() -> Self {
        let text =
            "the only media type here is application/taxii+json;version=2.1: put it in Accept";
        Self::own(StatusCode::NOT_ACCEPTABLE, "not-acceptable", text)
    }

    pub(super) fn too_large(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(StatusCode::PAYLOAD_TOO_LARGE, "too-large", description)
    }

    pub(super) fn media_type() -> Self {
        let text = "an envelope is application/taxii+json;version=2.1: put it in Content-Type";
        Self::own(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", text)
    }

    pub(super) fn not_an_envelope(description: impl Into<Cow<'static, str>>) -> Self {
        Self::own(
            StatusCode::UNPROCESSABLE_ENTITY,
            "not-an-envelope",
            description,
        )
    }

    pub(super) fn internal(what: impl std::fmt::Display) -> Self {
        Self::Server(ApiError::internal(what))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Server(error.into())
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Server(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Own {
                status,
                code,
                description,
            } => spoken(status, code, &description),
            // Put into the standard's words on its way out.
            Self::Server(error) => error.into_response(),
        }
    }
}

fn spoken(status: StatusCode, code: &str, description: &str) -> Response {
    let object = ErrorObject {
        title: status.canonical_reason().unwrap_or("Refused"),
        description,
        error_code: code,
        http_status: status.as_u16().to_string(),
    };
    let body = serde_json::to_vec(&object).unwrap_or_default();
    let mut response = (
        status,
        [(CONTENT_TYPE, TAXII), (CACHE_CONTROL, NO_STORE)],
        body,
    )
        .into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}

/// An answer of the rest of the server in the standard's words; its other headers stay.
pub(super) async fn translated(response: Response, slashless: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_TRANSLATED_BYTES)
        .await
        .unwrap_or_default();
    let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| said.get(name).and_then(serde_json::Value::as_str);
    let own = match parts.status {
        StatusCode::NOT_FOUND if slashless => {
            Some("there is nothing at this address: the addresses of TAXII end with a slash")
        }
        StatusCode::NOT_FOUND => Some("there is nothing at this address; begin with /taxii2/"),
        _ => None,
    };
    let (message, hint) = (
        text("message").unwrap_or_default(),
        text("hint").unwrap_or_default(),
    );
    let description = own.map_or_else(|| format!("{message}; {hint}"), str::to_owned);
    let code = parts
        .extensions
        .get::<RefusedAs>()
        .map_or("refused", |refused| refused.0);
    let (made, body) = spoken(parts.status, code, &description).into_parts();
    for (name, value) in &made.headers {
        parts.headers.insert(name, value.clone());
    }
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::new(body))
}
