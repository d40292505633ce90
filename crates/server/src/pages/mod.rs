//! Pages for people: rendered here, readable without a script, the plain words first, in every
//! language of the catalogues (docs/pages.md).

mod account;
mod aid;
mod cache;
mod case;
mod claim;
mod desk;
mod docket;
mod drawings;
mod evidence;
mod facets;
mod feed;
mod figures;
mod finding;
mod found;
mod frame;
mod handed;
mod incidents;
mod independence;
mod log;
mod matrix;
mod names;
mod norms;
mod plain;
mod register;
mod responses;
mod rules;
mod sentences;
mod states;
mod verdicts;
mod verify;
mod words;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use store::Record;

pub(crate) use self::cache::{Cache, cached};
pub(crate) use self::facets::KeptFacets;
use self::frame::{Frame, Place};
pub(crate) use self::plain::foreign_path;
use crate::api;
use crate::app::App;
use crate::assets::Scripted;
use crate::error::ApiError;
use crate::text::Lang;
use crate::tiles::NO_STORE;

const STYLE: &str = include_str!("../../templates/style.css");
/// What a browser shows beside the title; named in every page, so that it does not ask for another.
const ICON: &str = include_str!("../../templates/icon.svg");

/// Pages that hang on the record alone, and are kept.
pub(crate) fn routes() -> Router<App> {
    // The same for programs, under names that a file can have too.
    let router = Router::new()
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
        .route("/cases.json", get(api::cases))
        .route("/norms.json", get(api::norms))
        .route("/states.json", get(api::states))
        .route("/rules.json", get(api::rules))
        .route("/independence.json", get(api::independence));
    let router = short_routes(router);
    let router = page_routes(router, "/feed.atom", feed::feed);
    let router = page_routes(router, "/", register::page);
    let router = page_routes(router, "/after/{place}", register::after);
    let router = page_routes(router, "/cases/{id}", case::page);
    let router = page_routes(router, "/findings/{id}", finding::page);
    let router = page_routes(router, "/independence", independence::page);
    let router = page_routes(router, "/log", log::page);
    let router = page_routes(router, "/rules", rules::page);
    let router = page_routes(router, "/norms", norms::list);
    let router = page_routes(router, "/norms/{id}", norms::one);
    let router = page_routes(router, "/states", states::list);
    let router = page_routes(router, "/states/{code}", states::one);
    page_routes(router, "/words", words::page)
}

/// Pages that hang on more than the record: on the hour, on imported datasets, on who asks.
pub(crate) fn live_routes() -> Router<App> {
    let router = page_routes(Router::new(), "/verify", verify::page);
    let router = page_routes(router, "/desk", desk::page);
    let router = router.merge(desk::routes());
    let router = aid::routes(router);
    page_routes(router, "/incidents", incidents::page)
}

/// A language's own address without its slash leads to the one with it.
fn short_routes(mut router: Router<App>) -> Router<App> {
    for base in Lang::ALL.map(Lang::base).iter().filter(|b| !b.is_empty()) {
        let home = format!("{base}/");
        router = router.route(base, get(|| async move { Redirect::permanent(&home) }));
    }
    router
}

/// A page under its path in every language.
pub(crate) fn page_routes<H, T>(mut router: Router<App>, path: &str, page: H) -> Router<App>
where
    H: Handler<T, App>,
    T: 'static,
{
    for lang in Lang::ALL {
        let path = format!("{}{path}", lang.base());
        router = router.route(&path, get(page.clone()));
    }
    router
}

#[derive(Template)]
#[template(path = "error.html")]
struct Sorry {
    frame: Frame,
    status: u16,
    message: String,
}

/// Renders a page on a thread that may block; what goes wrong becomes a page too.
pub(crate) async fn show<T: Template>(
    app: App,
    place: Place,
    make: impl FnOnce(&Record, Frame) -> Result<T, ApiError> + Send + 'static,
) -> Response {
    let at = place.clone();
    let made = app.blocking(move |record| {
        let frame = Frame::of(record, at);
        let page = make(record, frame)?;
        page.render().map_err(ApiError::internal)
    });
    match made.await {
        Ok(text) => ([(CACHE_CONTROL, NO_STORE)], Html(text)).into_response(),
        Err(error) => sorry(&app, place, error),
    }
}

/// The same answer, with the policy for what verifies or signs in the browser.
pub(crate) fn scripted(mut page: Response) -> Response {
    page.extensions_mut().insert(Scripted);
    page
}

fn sorry(app: &App, place: Place, error: ApiError) -> Response {
    let frame = Frame::of(app.record(), place);
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
        sorry(&app, Place::of(&uri), error)
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
