//! Submitting a statement: the receipt once it is published, or why it is refused.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use record::refusal::{Code, Refusal};
use record::statement::Verified;
use serde::Deserialize;
use store::intake::IntakeReceipt;
use store::{SubmitError, Submitted, Taken};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Asked;
use crate::app::{App, Toll};
use crate::error::{ApiError, ErrorBody};
use crate::layers::Counted;
use crate::limits::MAX_STATEMENT_BYTES;
use crate::rate::network;
use crate::tiles::{NO_STORE, TEXT};

/// Media types of an envelope.
const ACCEPTED: [&str; 2] = ["application/json", "application/vnd.dsse+json"];
/// The header that names the statement.
const STATEMENT: HeaderName = HeaderName::from_static("solferino-statement");

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(submit))
        .layer(DefaultBodyLimit::max(MAX_STATEMENT_BYTES))
}

/// What the submitter wishes.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wishes {
    /// If the rules refuse the statement, have the refusal itself logged: its hash and code,
    /// nothing of what it says.
    #[serde(default, rename = "log-refusal")]
    log_refusal: bool,
}

/// Submit a statement
///
/// The body is the exact bytes of a DSSE envelope. The answer comes once the statement is in a
/// published checkpoint, and is a C2SP tlog-proof that verifies offline. The same bytes again
/// give 200 and the receipt of the first time. A refusal stores nothing. While the witnesses that
/// have to cosign are not to be had, the answer after ten seconds is 202 and an intake receipt: the
/// log's signed promise to record the statement, or to log its refusal, by a stated time.
#[utoipa::path(post, path = "/statements", params(Wishes), tag = "statements",
    request_body(description = "A DSSE envelope, at most 65,535 bytes", content(
        (Vec<u8> = "application/vnd.dsse+json"), (Vec<u8> = "application/json"))),
    responses(
        (status = 201, description = "Recorded and published", body = String, content_type = "text/plain", headers(
            ("Location" = String, description = "Path of the statement"),
            ("Solferino-Statement" = String, description = "Identifier of the statement"))),
        (status = 200, description = "Recorded before; the receipt", body = String, content_type = "text/plain"),
        (status = 202, description = "Kept, not yet published; an intake receipt", body = String, content_type = "text/plain", headers(
            ("Location" = String, description = "Path of the statement once it is recorded"),
            ("Solferino-Statement" = String, description = "Identifier of the statement"))),
        (status = 400, description = "Not a statement", body = ErrorBody),
        (status = 403, description = "Signed wrongly, or by someone who may not say this", body = ErrorBody),
        (status = 409, description = "There already, or contradicts what is there", body = ErrorBody),
        (status = 413, description = "Too many bytes", body = ErrorBody),
        (status = 415, description = "Not the media type of an envelope", body = ErrorBody),
        (status = 422, description = "The rules do not allow it now", body = ErrorBody),
        (status = 429, description = "Too many requests", body = ErrorBody),
        (status = 503, description = "Overloaded or stopping; submit the same bytes again", body = ErrorBody),
    ))]
pub(crate) async fn submit(
    State(app): State<App>,
    Asked(wishes): Asked<Wishes>,
    Extension(counted): Extension<Counted>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    check_media_type(&headers)?;
    let entry = body.map_err(|rejected| body_problem(&rejected))?.to_vec();
    // A submission goes on even if its sender hangs up: it may be in a batch already.
    let task = tokio::spawn(recorded(app, entry, wishes, counted));
    task.await.map_err(ApiError::internal)?
}

pub(super) async fn recorded(
    app: App,
    entry: Vec<u8>,
    wishes: Wishes,
    Counted(client): Counted,
) -> Result<Response, ApiError> {
    let copy = wishes.log_refusal.then(|| entry.clone());
    let patience = app.config().intake_after;
    let network = Some(network(client));
    let taken = app.record().submit_from(entry, patience, network).await;
    match (taken, copy) {
        (Ok(Taken::Recorded(submitted)), _) => receipt(&app, submitted),
        (Ok(Taken::Received(promise)), _) => {
            app.metrics().received();
            // The submitter cannot mend it; whoever runs the log has to know which witness said what.
            if let Some(problem) = app.record().quorum_problem() {
                tracing::warn!(problem, "kept, and nothing is published");
            }
            let IntakeReceipt { id, note, .. } = promise;
            answer(StatusCode::ACCEPTED, &id.to_string(), note)
        }
        (Err(SubmitError::Refused(refusal)), Some(entry)) => {
            if Verified::parse(&entry).is_err() {
                return Err(refusal.into()); // nobody can hold a receipt for it
            }
            app.pay(client, Toll::Refusal)?;
            let logged = app.record().log_refusal(&entry).await?;
            Err(ApiError::from(refusal).logged_as(logged.id.to_string()))
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn receipt(app: &App, submitted: Submitted) -> Result<Response, ApiError> {
    app.metrics().submitted(submitted.fresh);
    let Submitted { id, index, fresh } = submitted;
    // Made from memory in microseconds, so it needs no thread that may block.
    let proof = app.record().receipt(index)?.to_string();
    let status = if fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    answer(status, &id.to_string(), proof)
}

/// A receipt, with where the statement is or will be.
fn answer(status: StatusCode, id: &str, receipt: String) -> Result<Response, ApiError> {
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, TEXT),
            (header::CACHE_CONTROL, NO_STORE),
        ],
        receipt,
    )
        .into_response();
    let values = [
        (header::LOCATION, format!("/api/v1/statements/{id}")),
        (STATEMENT, id.to_owned()),
    ];
    for (name, value) in values {
        let value = HeaderValue::try_from(value).map_err(ApiError::internal)?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let given = given
        .and_then(|v| v.split(';').next())
        .unwrap_or_default()
        .trim();
    if ACCEPTED
        .iter()
        .any(|accepted| given.eq_ignore_ascii_case(accepted))
    {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "media-type",
        "an envelope is application/vnd.dsse+json or application/json",
        "set Content-Type",
    ))
}

fn body_problem(rejected: &BytesRejection) -> ApiError {
    if rejected.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("the envelope has more than {MAX_STATEMENT_BYTES} bytes");
        return Refusal::new(Code::TooLarge, detail).into();
    }
    ApiError::bad_request("the body did not arrive whole")
}
