//! Asking for help: a statement and the sealed items it names, as one step.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::kind::Kind;
use record::refusal::Refusal;
use record::statement::Statement;
use serde::{Deserialize, Serialize};
use store::Taken;
use store::intake::IntakeReceipt;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::limits::MAX_ASK_BYTES;

/// A statement with the sealed items it names.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskBody {
    /// The exact text of a DSSE envelope.
    statement: String,
    /// The age files, base64, in the order in which the statement names them.
    sealed: Vec<String>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskedView {
    /// Identifier of the statement; of a request, this is the request.
    id: String,
    /// Whether it is recorded; else the log promises to record it, and it is acted on all the same.
    recorded: bool,
    /// The receipt: a C2SP tlog-proof, or the log's signed promise.
    receipt: String,
}

/// Ask for help
///
/// Without an account. The statement is an `aid.request` signed by the key made from the
/// requester's words; the items are sealed to the officers before they leave the device. If
/// anything is refused, nothing is kept.
#[utoipa::path(post, path = "/aid/requests", tag = "aid", request_body = AskBody, responses(
    (status = 201, description = "Asked", body = Answer<AskedView>),
    (status = 200, description = "Asked before", body = Answer<AskedView>),
    (status = 202, description = "Asked; the witnesses are away, so the receipt is a promise", body = Answer<AskedView>),
    (status = 400, description = "Not a request", body = ErrorBody),
    (status = 403, description = "Signed wrongly, or by a key that may not ask", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 422, description = "Not now", body = ErrorBody),
    (status = 429, description = "Too many requests for help; nothing is lost, send it later", body = ErrorBody),
    (status = 503, description = "Overloaded", body = ErrorBody)))]
pub(crate) async fn ask(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    taken(app, body, &[Kind::AidRequest]).await
}

/// Add sealed items
///
/// For an `aid.item` of a request, or the `aid.enlist` of a responder.
#[utoipa::path(post, path = "/aid/items", tag = "aid", request_body = AskBody, responses(
    (status = 201, description = "Added", body = Answer<AskedView>),
    (status = 200, description = "Added before", body = Answer<AskedView>),
    (status = 202, description = "Added; the receipt is a promise", body = Answer<AskedView>),
    (status = 400, description = "Not such a statement", body = ErrorBody),
    (status = 403, description = "Signed wrongly, or by a key that may not say this", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 422, description = "Not now", body = ErrorBody),
    (status = 429, description = "Too many", body = ErrorBody),
    (status = 503, description = "Overloaded", body = ErrorBody)))]
pub(crate) async fn add(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    taken(app, body, &[Kind::AidItem, Kind::AidEnlist]).await
}

async fn taken(
    app: App,
    body: Result<Bytes, BytesRejection>,
    kinds: &'static [Kind],
) -> Result<Response, ApiError> {
    let body = body.map_err(|rejected| body_problem(&rejected))?;
    let asked: AskBody =
        serde_json::from_slice(&body).map_err(|e| ApiError::bad_request(e.to_string()))?;
    let entry = asked.statement.into_bytes();
    let kind = Statement::parse(&entry).map_err(Refusal::from)?.kind;
    if !kinds.contains(&kind) {
        return Err(ApiError::bad_request(format!("a {kind} is not taken here")));
    }
    let sealed: Result<Vec<_>, _> = asked.sealed.iter().map(|s| STANDARD.decode(s)).collect();
    let sealed = sealed.map_err(|_| ApiError::bad_request("a sealed item is not base64"))?;
    // Goes on even if whoever asks hangs up: it may be recorded already.
    let patience = app.config().intake_after;
    let task = tokio::spawn(async move {
        let taken = app
            .record()
            .submit_with_items(entry, sealed, patience)
            .await?;
        answer(&app, taken)
    });
    task.await.map_err(ApiError::internal)?
}

fn answer(app: &App, taken: Taken) -> Result<Response, ApiError> {
    let (status, id, recorded, receipt) = match taken {
        Taken::Recorded(submitted) => {
            app.metrics().submitted(submitted.fresh);
            let status = match submitted.fresh {
                true => StatusCode::CREATED,
                false => StatusCode::OK,
            };
            let receipt = app.record().receipt(submitted.index)?.to_string();
            (status, submitted.id, true, receipt)
        }
        Taken::Received(IntakeReceipt { id, note, .. }) => {
            app.metrics().received();
            (StatusCode::ACCEPTED, id, false, note)
        }
    };
    let view = AskedView {
        id: id.to_string(),
        recorded,
        receipt,
    };
    let answer: Json<_> = Answer::of(&app.record().state(), view);
    Ok((status, answer).into_response())
}

fn body_problem(rejected: &BytesRejection) -> ApiError {
    if rejected.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "aid-too-large",
            format!("what was sent has more than {MAX_ASK_BYTES} bytes"),
            "tell what happened in short now, and add the rest as items of the request",
        );
    }
    ApiError::bad_request("the body did not arrive whole")
}
