//! What is decided in a request that is there: a step, a scope, a consent. It has a way in and limits of its own, so that no
//! flood of submissions stands between a victim and its withdrawal.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::Response;
use record::ids::StatementId;
use record::kind::Body;
use record::refusal::Refusal;
use record::statement::{Statement, Verified};

use super::requests::unknown;
use crate::api::submit::{Wishes, recorded};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::layers::Counted;

/// Decide something in a request for help
///
/// The exact text of a DSSE envelope: an `aid.step`, `aid.scope` or `aid.consent`, signed by whoever asked, their proxy, an officer or
/// one of the team. Its limits are its own; whoever has no part in the request does not reach the log here.
#[utoipa::path(post, path = "/aid/statements", tag = "aid",
    request_body(content = Vec<u8>, content_type = "application/vnd.dsse+json"), responses(
    (status = 201, description = "Recorded; the receipt", body = String, content_type = "text/plain"),
    (status = 200, description = "Recorded before; the receipt", body = String, content_type = "text/plain"),
    (status = 202, description = "Kept, not yet published; an intake receipt", body = String, content_type = "text/plain"),
    (status = 400, description = "Not such a statement", body = ErrorBody),
    (status = 403, description = "Signed wrongly, or by somebody without a part in the request", body = ErrorBody),
    (status = 404, description = "No such request", body = ErrorBody),
    (status = 409, description = "There already", body = ErrorBody),
    (status = 422, description = "Not now", body = ErrorBody),
    (status = 429, description = "Too many decisions", body = ErrorBody),
    (status = 503, description = "Overloaded or stopping; submit the same bytes again", body = ErrorBody)))]
pub(crate) async fn decide(
    State(app): State<App>,
    Extension(counted): Extension<Counted>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body
        .map_err(|_| ApiError::bad_request("the statement is too long, or did not arrive whole"))?;
    check_standing(&app, &Statement::parse(&body).map_err(Refusal::from)?)?;
    Verified::parse(&body).map_err(Refusal::from)?;
    let task = tokio::spawn(recorded(app, body.to_vec(), Wishes::default(), counted));
    task.await.map_err(ApiError::internal)?
}

/// Whoever signs has a part in the request; looked at before anything costly is done.
fn check_standing(app: &App, statement: &Statement) -> Result<(), ApiError> {
    let request: StatementId = match &statement.body {
        Body::AidStep(s) => s.request,
        Body::AidScope(s) => s.request,
        Body::AidConsent(c) => c.request,
        other => {
            let kind = other.kind();
            return Err(ApiError::bad_request(format!("a {kind} is not taken here")));
        }
    };
    let state = app.record().state();
    let aid = &state.aid;
    let found = aid.requests.get(&request).ok_or_else(unknown)?;
    let key = &statement.signer;
    if found.is_of(key) || aid.officer(key).is_some() || aid.is_of_team(found, key) {
        return Ok(());
    }
    let hint = "sign with the key made from the words, or with an officer's or a helper's own";
    let message = "the signer has no part in this request";
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "aid-not-yours",
        message,
        hint,
    ))
}
