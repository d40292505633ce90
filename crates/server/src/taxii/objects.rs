//! Reading: pages of objects, one object, its versions, the manifest.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use http_body_util::channel::Channel;
use serde_json::{Value, json};
use store::taxii::time::shown;
use store::taxii::{Collection, Line, Lines, Page, Question};

use super::asker::may_read;
use super::collections::{answer, asker, find, shortened};
use super::media::TAXII;
use super::query::{Endpoint, Parameters, read};
use super::refusal::Refusal;
use crate::app::App;
use crate::tiles::NO_STORE;

const ADDED_FIRST: HeaderName = HeaderName::from_static("x-taxii-date-added-first");
const ADDED_LAST: HeaderName = HeaderName::from_static("x-taxii-date-added-last");

/// The collection, if the asker may read it, and what it asks of it.
async fn reading(
    app: &App,
    parts: &Parts,
    endpoint: Endpoint,
    name: &str,
    object: Option<&str>,
) -> Result<(Collection, Parameters), Refusal> {
    asker(app, parts).await?;
    let collection = find(app, name).await?;
    if !may_read(collection.kind) {
        return Err(Refusal::not_allowed(
            "this collection is a drop box: nobody reads it",
        ));
    }
    let parameters = read(&parts.uri, endpoint, &collection.id, object)?;
    Ok((collection, parameters))
}

pub(super) async fn page(
    State(app): State<App>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let (collection, parameters) = reading(&app, &parts, Endpoint::Objects, &name, None).await?;
    let page = app
        .taxii()
        .await?
        .page(&collection, &parameters.asked)
        .await?;
    Ok(envelope(page, &parameters.question).await)
}

pub(super) async fn one(
    State(app): State<App>,
    Path((name, object)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let (collection, parameters) =
        reading(&app, &parts, Endpoint::Object, &name, Some(&object)).await?;
    let page = app
        .taxii()
        .await?
        .page(&collection, &parameters.asked)
        .await?;
    if page.count == 0 {
        must_hold(&app, &collection, &object).await?;
    }
    Ok(envelope(page, &parameters.question).await)
}

/// An object that is not there is another answer than one of which nothing fits.
async fn must_hold(app: &App, collection: &Collection, object: &str) -> Result<(), Refusal> {
    if app.taxii().await?.holds(collection, object).await? {
        return Ok(());
    }
    let object = shortened(object);
    Err(Refusal::not_found(format!(
        "the collection holds no object {object:?}"
    )))
}

pub(super) async fn versions(
    State(app): State<App>,
    Path((name, object)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let (collection, parameters) =
        reading(&app, &parts, Endpoint::Versions, &name, Some(&object)).await?;
    let lines = app
        .taxii()
        .await?
        .lines(&collection, &parameters.asked)
        .await?;
    if lines.lines.is_empty() {
        must_hold(&app, &collection, &object).await?;
    }
    list(&lines, &parameters.question, "versions", |line| {
        json!(line.version)
    })
}

pub(super) async fn manifest(
    State(app): State<App>,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let (collection, parameters) = reading(&app, &parts, Endpoint::Manifest, &name, None).await?;
    let lines = app
        .taxii()
        .await?
        .lines(&collection, &parameters.asked)
        .await?;
    list(&lines, &parameters.question, "objects", |line| {
        json!({
            "id": line.id,
            "date_added": shown(line.added),
            "version": line.version,
            "media_type": format!("application/stix+json;version={}", line.spec),
        })
    })
}

/// The stored bytes between the brackets of an envelope, each where it lies; `{}` if there are none.
async fn envelope(page: Page, question: &Question) -> Response {
    if page.count == 0 {
        return dated(Body::from("{}"), None);
    }
    let next = page.more.then(|| question.token(page.last));
    let head = match next {
        Some(next) => format!("{{\"more\":true,\"next\":\"{next}\",\"objects\":["),
        None => "{\"more\":false,\"objects\":[".to_owned(),
    };
    let frames = [head.into(), page.content, Bytes::from_static(b"]}")];
    let length: usize = frames.iter().map(Bytes::len).sum();
    let (mut sender, body) = Channel::<Bytes, Infallible>::new(frames.len());
    for frame in frames {
        // There is room for all of them, and who reads is still there.
        let _ = sender.send_data(frame).await;
    }
    let mut response = dated(Body::new(body), Some((page.first, page.last)));
    let length = HeaderValue::from(length);
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

fn list(
    lines: &Lines,
    question: &Question,
    name: &str,
    view: impl Fn(&Line) -> Value,
) -> Result<Response, Refusal> {
    let (Some(first), Some(last)) = (lines.lines.first(), lines.lines.last()) else {
        return answer(&json!({}));
    };
    let mut body =
        json!({"more": lines.more, name: lines.lines.iter().map(view).collect::<Vec<_>>()});
    if lines.more {
        body["next"] = json!(question.token(last.added));
    }
    let body = serde_json::to_vec(&body).map_err(Refusal::internal)?;
    Ok(dated(Body::from(body), Some((first.added, last.added))))
}

fn dated(body: Body, ends: Option<(i64, i64)>) -> Response {
    let mut response = ([(CONTENT_TYPE, TAXII), (CACHE_CONTROL, NO_STORE)], body).into_response();
    if let Some((first, last)) = ends {
        for (name, at) in [(ADDED_FIRST, first), (ADDED_LAST, last)] {
            // Digits and signs of a timestamp are a header's value.
            if let Ok(value) = HeaderValue::try_from(shown(at)) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}
