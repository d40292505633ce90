//! Pages for people: rendered here, readable without a script, the plain words first.

mod account;
mod case;
mod figures;
mod finding;
mod incidents;
mod independence;
mod log;
mod matrix;
mod norms;
mod register;
mod rules;
mod states;
mod verdicts;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use record::state::State as RecordState;
use store::Record;

use crate::app::{App, DEMONSTRATION_NOTICE, is_demonstration};
use crate::error::ApiError;
use crate::tiles::NO_STORE;

const STYLE: &str = include_str!("../../templates/style.css");
/// What a browser shows beside the title; named in every page, so that it does not ask for another.
const ICON: &str = include_str!("../../templates/icon.svg");

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(register::page))
        .route("/cases/{id}", get(case::page))
        .route("/findings/{id}", get(finding::page))
        .route("/independence", get(independence::page))
        .route("/log", get(log::page))
        .route("/rules", get(rules::page))
        .route("/norms", get(norms::list))
        .route("/norms/{id}", get(norms::one))
        .route("/states", get(states::list))
        .route("/states/{code}", get(states::one))
        .route("/incidents", get(incidents::page))
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
}

/// What every page shows around its content.
struct Frame {
    /// What a demonstration says of itself, on its every page.
    notice: Option<&'static str>,
    /// The record's origin.
    origin: String,
}

impl Frame {
    fn of(record: &Record, state: &RecordState) -> Self {
        Self {
            notice: is_demonstration(state).then_some(DEMONSTRATION_NOTICE),
            origin: record.origin().to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct Sorry {
    frame: Frame,
    status: u16,
    message: String,
}

/// Renders a page on a thread that may block; what goes wrong becomes a page too.
async fn show<T: Template>(
    app: App,
    make: impl FnOnce(&Record, Frame) -> Result<T, ApiError> + Send + 'static,
) -> Response {
    let made = app.blocking(move |record| {
        let frame = Frame::of(record, &record.state());
        let page = make(record, frame)?;
        page.render().map_err(ApiError::internal)
    });
    match made.await {
        Ok(text) => ([(CACHE_CONTROL, NO_STORE)], Html(text)).into_response(),
        Err(error) => sorry(&app, error),
    }
}

fn sorry(app: &App, error: ApiError) -> Response {
    let frame = Frame::of(app.record(), &app.record().state());
    let status = error.status;
    let page = Sorry {
        frame,
        status: status.as_u16(),
        message: error.message().to_owned(),
    };
    // The error's own answer, which also reports it, with a page in place of its body.
    let answer = error.into_response();
    match page.render() {
        Ok(text) => (status, answer.extensions().clone(), Html(text)).into_response(),
        Err(_) => answer,
    }
}

/// No route: a page for people, JSON for programs.
pub(crate) async fn nowhere(State(app): State<App>, uri: Uri) -> Response {
    let error = ApiError::not_found("there is nothing at this address");
    let for_programs = ["/api", "/tile"]
        .iter()
        .any(|prefix| uri.path().starts_with(prefix));
    if for_programs {
        error.into_response()
    } else {
        sorry(&app, error)
    }
}

async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (StatusCode::OK, headers, STYLE).into_response()
}

async fn icon() -> Response {
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (StatusCode::OK, headers, ICON).into_response()
}
