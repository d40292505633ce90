//! What happens around every handler: headers, limits, counts, one log line without a person in it.

use std::net::IpAddr;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::{App, Toll};
use crate::assets::Scripted;
use crate::client;
use crate::error::{ApiError, RefusedAs};
use crate::limits::{MAX_HEADER_BYTES, MAX_URI_BYTES};
use crate::metrics::RequestLabels;

/// Nothing is loaded but our own style sheet and images; nobody frames us; no script runs. Forms only ask
/// (GET), and only here.
const PLAIN_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The same for what verifies or signs in the browser: our own scripts, workers and WebAssembly modules run, and
/// ask nobody but us. Nothing inline, no text that becomes code.
const SCRIPTED_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Outermost: counts, logs and sets the headers that every answer has.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = match response.extensions().get::<Scripted>() {
        Some(Scripted) => SCRIPTED_POLICY,
        None => PLAIN_POLICY,
    };
    let policy = HeaderValue::from_static(policy);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let status = response.status();
    let took = begun.elapsed();
    let code = response.extensions().get::<RefusedAs>().map(|r| r.0);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(
        method,
        route,
        status = status.as_u16(),
        micros,
        code,
        "answered"
    );
    let labels = RequestLabels {
        method,
        route,
        status: status_class(status),
    };
    app.metrics().answered(labels, took.as_secs_f64(), code);
    response
}

/// Inside [`observe`]: refuses what is too long, too often or too much at once.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &request) {
        Ok(_slot) => {
            let counted = Counted(client::address(&request, app.config().behind_proxy));
            request.extensions_mut().insert(counted);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn admit(app: &App, request: &Request) -> Result<tokio::sync::OwnedSemaphorePermit, ApiError> {
    let uri = request.uri();
    if uri.path_and_query().map_or(0, |p| p.as_str().len()) > MAX_URI_BYTES {
        let message = format!("the request target is longer than {MAX_URI_BYTES} bytes");
        let hint = "shorten it";
        return Err(ApiError::new(
            StatusCode::URI_TOO_LONG,
            "uri-too-long",
            message,
            hint,
        ));
    }
    let bytes: usize = request
        .headers()
        .iter()
        .map(|(n, v)| n.as_str().len() + v.len())
        .sum();
    if bytes > MAX_HEADER_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let message = format!("the header fields have more than {MAX_HEADER_BYTES} bytes");
        return Err(ApiError::new(
            status,
            "headers-too-large",
            message,
            "send fewer",
        ));
    }
    let looks = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let toll = match (looks, uri.path()) {
        (true, path) if is_of_help(path) => Toll::Help,
        (true, path) if path.starts_with("/taxii2/") => Toll::Page,
        (true, _) => Toll::Read,
        (false, "/api/v1/aid/requests") => Toll::Ask,
        (false, "/api/v1/aid/statements") => Toll::Decision,
        (false, path) if is_of_help(path) => Toll::Told,
        (false, _) => Toll::Write,
    };
    if !looks && app.config().steered_by.is_some() {
        app.now(); // what is submitted comes after the time the file says
    }
    app.pay(client::address(request, app.config().behind_proxy), toll)?;
    app.request_slot()
}

/// What whoever asks for help needs; its limits are its own, so that no flood of reading or submitting elsewhere stands
/// in front of it.
fn is_of_help(path: &str) -> bool {
    let path = ["/fr", "/ar"]
        .iter()
        .find_map(|base| path.strip_prefix(base))
        .unwrap_or(path);
    let below = |place: &str| {
        path.strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below("/aid") || below("/api/v1/aid") || path.starts_with("/assets/")
}

/// Whom a request is counted against, for handlers that count something more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted(pub(crate) IpAddr);

fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
