//! Discovery, the API root, and which collections there are.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use store::taxii::Collection;

use super::ROOT;
use super::asker::{Asker, may_read};
use super::media::{STIX, TAXII, is_acceptable};
use super::refusal::Refusal;
use crate::app::App;
use crate::limits::MAX_TAXII_BODY_BYTES;
use crate::tiles::NO_STORE;

/// An answer in our media type.
pub(super) fn answer(body: &impl Serialize) -> Result<Response, Refusal> {
    let body = serde_json::to_vec(body).map_err(Refusal::internal)?;
    Ok(([(CONTENT_TYPE, TAXII), (CACHE_CONTROL, NO_STORE)], body).into_response())
}

/// Whoever asks: with a media type we have, and with credentials that hold or none.
pub(super) async fn asker(app: &App, parts: &Parts) -> Result<Asker, Refusal> {
    if !is_acceptable(&parts.headers) {
        return Err(Refusal::not_acceptable());
    }
    Asker::of(app, parts).await
}

/// The collection of an identifier or an alias.
pub(super) async fn find(app: &App, name: &str) -> Result<Collection, Refusal> {
    let found = app.taxii().await?.collection(name).await?;
    found.ok_or_else(|| Refusal::not_found(format!("there is no collection {:?}", shortened(name))))
}

pub(super) fn shortened(name: &str) -> String {
    name.chars().take(100).collect()
}

pub(super) async fn discovery(State(app): State<App>, parts: Parts) -> Result<Response, Refusal> {
    asker(&app, &parts).await?;
    answer(&json!({
        "title": format!("Solferino: {}", app.record().origin()),
        "description": "Findings of one body and claims by others as STIX 2.1; reading needs no account",
        "default": ROOT,
        "api_roots": [ROOT],
    }))
}

pub(super) async fn root(State(app): State<App>, parts: Parts) -> Result<Response, Refusal> {
    asker(&app, &parts).await?;
    answer(&json!({
        "title": app.record().origin(),
        "description": "What is a finding says so; everything else is what others claim",
        "versions": [TAXII],
        "max_content_length": MAX_TAXII_BODY_BYTES,
    }))
}

/// A collection as the asker may use it.
fn view(collection: &Collection, asker: &Asker) -> serde_json::Value {
    json!({
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "alias": collection.alias,
        "can_read": may_read(collection.kind),
        "can_write": asker.may_write(collection.kind),
        "media_types": [STIX],
    })
}

pub(super) async fn list(State(app): State<App>, parts: Parts) -> Result<Response, Refusal> {
    let asker = asker(&app, &parts).await?;
    let all = app.taxii().await?.collections().await?;
    let views: Vec<_> = all
        .iter()
        .map(|collection| view(collection, &asker))
        .collect();
    answer(&json!({"collections": views}))
}

pub(super) async fn one(
    State(app): State<App>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let asker = asker(&app, &parts).await?;
    answer(&view(&find(&app, &name).await?, &asker))
}
