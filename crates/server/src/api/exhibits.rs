//! Exhibits on their way into the vault, and the public ones out of it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use record::state::State as RecordState;
use serde::Serialize;
use store::vault::{Stored, VaultError};
use tlog::Hash;
use tokio::runtime::Handle;
use utoipa::ToSchema;

use super::answer::parsed;
use super::exhibit_stream::{Incoming, OtherContent, Outgoing};
use super::upload;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use record::state::is_public;

/// Longest text of a selection rule that is given out, in bytes (1 MiB).
const MAX_SELECTION_RULE_BYTES: u64 = 1 << 20;

/// What the vault keeps of an exhibit: the values its declaration needs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredView {
    /// SHA-256 of the content, hex.
    sha256: String,
    /// SHA-256 of the encrypted file, hex.
    ciphertext_sha256: String,
    /// Bytes of content.
    size: u64,
}

/// Upload an exhibit
///
/// The body is the content, named by its SHA-256. An upload is signed:
/// `Authorization: Solferino <vkey> <signature>`, where the signature is base64 of the Ed25519
/// signature of `solferino.org/upload@v1\n<origin>\n<sha256>\n` by the key of a current member
/// or of a report of this record. The content is encrypted at rest; nobody can read it here
/// unless it is declared public and a finding of its case is published.
#[utoipa::path(put, path = "/exhibits/{sha256}", params(("sha256" = String, Path)), tag = "exhibits",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Kept", body = StoredView),
        (status = 200, description = "Was kept before", body = StoredView),
        (status = 400, description = "Cut short", body = ErrorBody),
        (status = 401, description = "Not signed", body = ErrorBody),
        (status = 403, description = "Not signed by a member or reporter", body = ErrorBody),
        (status = 413, description = "Too large", body = ErrorBody),
        (status = 422, description = "The content has another hash; nothing is kept", body = ErrorBody),
        (status = 503, description = "Too many uploads", body = ErrorBody),
    ))]
pub(crate) async fn take(
    State(app): State<App>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let expected: Hash = parsed(&sha256)?;
    upload::authorise(
        &headers,
        &app.record().state(),
        app.record().origin(),
        &expected,
    )?;
    let limit = app.config().max_exhibit_bytes;
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(VaultError::TooLarge { limit_bytes: limit }.into());
    }
    let _slot = app.upload_slot()?;
    let incoming = Incoming::new(body, expected);
    let stored = app
        .blocking(move |record| record.vault().put(incoming, limit).map_err(put_problem))
        .await?;
    let status = if stored.fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let Stored {
        sha256,
        ciphertext_sha256,
        size,
        ..
    } = stored;
    let view = StoredView {
        sha256: sha256.to_string(),
        ciphertext_sha256: ciphertext_sha256.to_string(),
        size,
    };
    Ok((status, Json(view)).into_response())
}

fn put_problem(error: VaultError) -> ApiError {
    if let VaultError::Source(source) = &error {
        let inner = source
            .get_ref()
            .and_then(|e| e.downcast_ref::<OtherContent>());
        if let Some(other) = inner {
            return ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "exhibit-mismatch",
                format!("{other}; nothing of it is kept"),
                "name it by the hash of exactly these bytes, or send the bytes of that hash",
            );
        }
    }
    error.into()
}

/// Download an exhibit
///
/// Only what is declared TLP:CLEAR in a case with a published finding, within the consent of
/// those it comes from, and the texts of the selection rules. Everything else is answered as if it were not there.
#[utoipa::path(get, path = "/exhibits/{sha256}", params(("sha256" = String, Path)), tag = "exhibits",
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn give(
    State(app): State<App>,
    Path(sha256): Path<String>,
) -> Result<Response, ApiError> {
    let hash: Hash = parsed(&sha256)?;
    let absent = || ApiError::not_found("no public exhibit has this hash");
    if is_selection_rule(&app.record().state(), &hash) {
        return selection_rule(&app, hash).await?.ok_or_else(absent);
    }
    let size = public_size(&app.record().state(), &hash).ok_or_else(absent)?;
    if !app
        .blocking(move |record| Ok(record.vault().contains(&hash)?))
        .await?
    {
        return Err(absent());
    }
    let body = exhibit_body(&app, hash)?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{hash}.bin\""),
        ),
        (CONTENT_LENGTH, size.to_string()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

/// The content of an exhibit as it is decrypted, on a thread of its own.
pub(crate) fn exhibit_body(app: &App, hash: Hash) -> Result<Body, ApiError> {
    let slot = app.download_slot()?;
    let app = app.clone();
    let (mut outgoing, body) = Outgoing::new(Handle::current());
    tokio::task::spawn_blocking(move || {
        let _slot = slot;
        match app.record().vault().copy_to(&hash, &mut outgoing) {
            Ok(_) => drop(outgoing.finish()),
            Err(error) => {
                if !matches!(error, VaultError::Sink(_)) {
                    let error = record::trust::with_sources(&error);
                    tracing::error!(error, "an exhibit could not be given out");
                }
                outgoing.abort(std::io::ErrorKind::InvalidData.into());
            }
        }
    });
    Ok(body)
}

/// The rules by which cases are chosen are public from the start.
fn is_selection_rule(state: &RecordState, hash: &Hash) -> bool {
    let mut rules = state.global.selection_rules.iter();
    rules.any(|rule| rule.sha256 == *hash)
}

/// The text of a selection rule, if the vault holds it.
async fn selection_rule(app: &App, hash: Hash) -> Result<Option<Response>, ApiError> {
    let text = app.blocking(move |record| {
        let held = record.vault().contains(&hash)?;
        let text = held.then(|| record.vault().read_all(&hash, MAX_SELECTION_RULE_BYTES));
        Ok(text.transpose()?)
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"selection-rule.txt\"",
        ),
        (CACHE_CONTROL, "no-store"),
    ];
    let answer = text.await?.map(|text| (headers, text).into_response());
    Ok(answer)
}

fn public_size(state: &RecordState, hash: &Hash) -> Option<u64> {
    let declared = state
        .cases
        .values()
        .filter_map(|case| Some((case, case.exhibits.get(hash)?)));
    let mut public = declared.filter(|(case, exhibit)| is_public(state, case, exhibit));
    public.next().map(|(_, exhibit)| exhibit.body.size)
}
