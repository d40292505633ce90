//! Writing: objects posted, what became of them, and taking back.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sha2::{Digest as _, Sha256};
use store::taxii::{
    Check, Collection, Detail, Entry, EnvelopeError, MAX_POST_OBJECTS, Removed, envelope, is_uuid,
    uuid4,
};

use super::asker::{Asker, is_written, may_read};
use super::collections::{answer, asker, find};
use super::media::is_ours;
use super::now_micros;
use super::query::{Endpoint, read};
use super::refusal::Refusal;
use crate::app::App;
use crate::limits::MAX_TAXII_BODY_BYTES;

pub(super) async fn post(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let Path(name) = Path::<String>::from_request_parts(&mut parts, &app)
        .await
        .map_err(|e| Refusal::bad_filter(e.body_text()))?;
    let asker = asker(&app, &parts).await?;
    let collection = find(&app, &name).await?;
    check_right(&asker, &collection)?;
    let account = asker.member()?.to_owned();
    if !is_ours(&parts.headers) {
        return Err(Refusal::media_type());
    }
    check_length(&parts.headers)?;
    let place = app.taxii_place().await?;
    let bytes = whole(body).await?;
    let (objects, sha256) = tokio::task::spawn_blocking(move || judged(&bytes))
        .await
        .map_err(Refusal::internal)??;
    asker.check_body(&sha256)?;
    // What is being stored goes on even if its sender hangs up.
    let task = tokio::spawn(store(app, collection, account, objects));
    let stored = task.await.map_err(Refusal::internal)?;
    drop(place);
    stored
}

fn check_right(asker: &Asker, collection: &Collection) -> Result<(), Refusal> {
    if !is_written(collection.kind) {
        return Err(Refusal::not_allowed(
            "nobody writes into this collection over HTTP",
        ));
    }
    asker.member()?;
    if !asker.may_write(collection.kind) {
        return Err(Refusal::not_allowed(
            "claims are brought by registrars, investigators and laboratories",
        ));
    }
    Ok(())
}

fn check_length(headers: &HeaderMap) -> Result<(), Refusal> {
    let said = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    match said.and_then(|text| text.parse::<u64>().ok()) {
        Some(length) if length > MAX_TAXII_BODY_BYTES as u64 => Err(too_large()),
        _ => Ok(()),
    }
}

fn too_large() -> Refusal {
    Refusal::too_large(format!(
        "an envelope has at most {MAX_TAXII_BODY_BYTES} bytes here (max_content_length): send the objects in several"
    ))
}

async fn whole(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, MAX_TAXII_BODY_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Refusal::not_json("the body did not arrive whole")),
    }
}

type Objects = Vec<Result<Entry, Detail>>;

/// The objects of an envelope, each judged, and the hash of the body.
fn judged(bytes: &[u8]) -> Result<(Objects, String), Refusal> {
    let sha256: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let read = envelope(bytes, Check::Must, MAX_POST_OBJECTS);
    let read = read.map_err(|error| match error {
        EnvelopeError::NotJson(_) => Refusal::not_json(error.to_string()),
        EnvelopeError::NotAnEnvelope(_) => Refusal::not_an_envelope(error.to_string()),
        EnvelopeError::TooMany { .. } => Refusal::too_large(error.to_string()),
    })?;
    if read.objects.is_empty() {
        return Err(Refusal::not_an_envelope(
            "there are no objects in the envelope",
        ));
    }
    Ok((read.objects, sha256))
}

async fn store(
    app: App,
    collection: Collection,
    account: String,
    objects: Objects,
) -> Result<Response, Refusal> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(Refusal::internal)?;
    let id = uuid4(random);
    let status = app
        .taxii()
        .await?
        .post(&collection, &account, &id, objects, now_micros())
        .await?;
    for failure in &status.failures {
        let why = failure.message.as_deref().unwrap_or_default();
        if why.starts_with("conflict") {
            tracing::warn!(
                collection = collection.alias,
                object = failure.id,
                why,
                "not stored"
            );
        }
    }
    let mut response = answer(&status)?;
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

pub(super) async fn status(
    State(app): State<App>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let asker = asker(&app, &parts).await?;
    let account = asker.member()?;
    let found = match is_uuid(&id) {
        true => app.taxii().await?.status(&id, account).await?,
        false => None,
    };
    let status = found.ok_or_else(|| {
        Refusal::not_found("this account has no such status; they are kept for seven days")
    })?;
    answer(&status)
}

pub(super) async fn delete(
    State(app): State<App>,
    Path((name, object)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let asker = asker(&app, &parts).await?;
    let collection = find(&app, &name).await?;
    if !may_read(collection.kind) {
        return Err(Refusal::not_allowed(
            "nothing is taken back from a drop box",
        ));
    }
    check_right(&asker, &collection)?;
    let account = asker.member()?.to_owned();
    let asked = read(&parts.uri, Endpoint::Delete, &collection.id, Some(&object))?.asked;
    let task = tokio::spawn(async move {
        let store = app.taxii().await?;
        let removed = store
            .remove(
                &collection,
                &account,
                &object,
                &asked.versions,
                &asked.specs,
                now_micros(),
            )
            .await?;
        Ok::<_, Refusal>(removed)
    });
    match task.await.map_err(Refusal::internal)?? {
        Removed::Gone(_) => Ok(StatusCode::OK.into_response()),
        Removed::Nothing => Err(Refusal::not_found("the collection holds no such version")),
        Removed::Others => Err(Refusal::not_allowed(
            "another member brought it; nothing was taken back",
        )),
    }
}
