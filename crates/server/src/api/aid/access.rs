//! Sealed items: age files, for whoever shows to be entitled. The server cannot open them.

use axum::extract::{OriginalUri, Path, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::aid::{ACCESS_WINDOW_S, access_text};
use record::ids::{StatementId, Vkey};
use record::time::Timestamp;
use tlog::Hash;

use super::requests::unknown;
use crate::api::answer::parsed;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::tiles::NO_STORE;

/// A sealed item
///
/// The age file, for requester, proxy, officers and, while the requester allows it, the team. Reading is signed:
/// `Authorization: Solferino <vkey> <moment> <signature>`, base64 of the Ed25519 signature of
/// `solferino.org/aid-access@v1\n<origin>\n<path>\n<moment>\n`, at most 300 seconds old.
#[utoipa::path(get, path = "/aid/requests/{id}/sealed/{commitment}", tag = "aid",
    params(("id" = String, Path), ("commitment" = String, Path)), responses(
    (status = 200, description = "An age file", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 401, description = "Not signed", body = ErrorBody),
    (status = 403, description = "Signed by somebody else", body = ErrorBody),
    (status = 404, description = "No such item, or it is destroyed", body = ErrorBody)))]
pub(crate) async fn sealed(
    State(app): State<App>,
    Path((id, commitment)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id: StatementId = parsed(&id)?;
    let commitment: Hash = parsed(&commitment)?;
    let key = signer(&app, &headers, uri.path())?;
    {
        let state = app.record().state();
        let request = state.aid.requests.get(&id).ok_or_else(unknown)?;
        if request.is_over(app.now()) {
            return Err(ApiError::not_found(
                "the request was withdrawn or its retention is over; what was told is destroyed",
            ));
        }
        let helps = request.is_shown_to_team() && state.aid.helps(request, &key, app.now());
        if !helps && !request.is_of(&key) && state.aid.officer(&key).is_none() {
            return Err(not_yours(
                "only the requester, its proxy, the officers of the desk and, while it may be shown to helpers, the team read this",
            ));
        }
    }
    held(&app, id, commitment).await
}

/// A sealed profile
///
/// The age file, for the responder and officers; signed as a sealed item is.
#[utoipa::path(get, path = "/aid/responders/{id}/sealed/{commitment}", tag = "aid",
    params(("id" = String, Path), ("commitment" = String, Path)), responses(
    (status = 200, description = "An age file", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 401, description = "Not signed", body = ErrorBody),
    (status = 403, description = "Signed by somebody else", body = ErrorBody),
    (status = 404, description = "No such profile, or it is destroyed", body = ErrorBody)))]
pub(crate) async fn profile(
    State(app): State<App>,
    Path((id, commitment)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id: StatementId = parsed(&id)?;
    let commitment: Hash = parsed(&commitment)?;
    let key = signer(&app, &headers, uri.path())?;
    {
        let state = app.record().state();
        let responder = state.aid.responders.get(&id);
        let responder =
            responder.ok_or_else(|| ApiError::not_found("there is no such enlistment"))?;
        if responder.key != key && state.aid.officer(&key).is_none() {
            return Err(not_yours(
                "only the responder and the officers of the desk read this",
            ));
        }
    }
    held(&app, id, commitment).await
}

fn not_yours(message: &'static str) -> ApiError {
    let hint = "sign with the key made from the words, or with a responder's or officer's own";
    ApiError::new(StatusCode::FORBIDDEN, "aid-not-yours", message, hint)
}

/// The age file of an item.
async fn held(app: &App, id: StatementId, commitment: Hash) -> Result<Response, ApiError> {
    let item = app.blocking(move |record| {
        let item = record.aid().item(&id, &commitment);
        item.map_err(|e| ApiError::from(store::StoreError::from(e)))
    });
    let item = item
        .await?
        .ok_or_else(|| ApiError::not_found("no such item is held; what is over is destroyed"))?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CACHE_CONTROL, NO_STORE),
    ];
    Ok((headers, item).into_response())
}

/// The key that signed the reading of a path just now.
fn signer(app: &App, headers: &HeaderMap, path: &str) -> Result<Vkey, ApiError> {
    let given = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
    let mut words = given.unwrap_or_default().split(' ');
    let parts = (
        words.next(),
        words.next(),
        words.next(),
        words.next(),
        words.next(),
    );
    let (Some("Solferino"), Some(key), Some(moment), Some(signature), None) = parts else {
        return Err(unsigned("the reading is not signed"));
    };
    let key: Vkey = parsed(key)?;
    let at: Timestamp = parsed(moment)?;
    let now = app.now();
    if at.unix_seconds().abs_diff(now.unix_seconds()) > ACCESS_WINDOW_S {
        return Err(unsigned(format!("signed at {at}; it is {now}")));
    }
    let text = access_text(app.record().origin(), path, at);
    let signature = STANDARD.decode(signature).unwrap_or_default();
    let verifier = key.verifier().map_err(ApiError::internal)?;
    match verifier.verify_raw(text.as_bytes(), &signature) {
        Ok(()) => Ok(key),
        Err(_) => Err(unsigned("the signature does not verify")),
    }
}

fn unsigned(message: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    let hint = "sign the path and the present time; docs/aid-statements.md, section 10";
    ApiError::new(StatusCode::UNAUTHORIZED, "unsigned", message, hint)
}
