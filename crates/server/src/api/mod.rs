//! The API under `/api/v1`, and its description made from the handlers themselves.

mod aid;
mod answer;
mod body;
mod cases;
mod exhibit_stream;
mod exhibits;
mod find;
mod finding_view;
mod findings;
mod incidents;
mod independence;
mod norms;
mod seals;
mod statements;
mod submit;
mod upload;

use axum::Json;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use aid::{order as aid_order, place as aid_place};
pub(crate) use answer::Asked;
pub(crate) use body::rules;
pub(crate) use cases::{list as cases, one as case};
pub(crate) use exhibits::exhibit_body;
pub(crate) use find::{case as find_case, finding as find_finding};
pub(crate) use finding_view::{DissentView, dissent_places, dissents};
pub(crate) use findings::{bundle_with_exhibits, one as finding};
pub(crate) use incidents::IncidentQuery;
pub(crate) use independence::independence;
pub(crate) use norms::{
    BoundView, OnQuery, find as find_norm, list as norms, one as norm, state, state_answer, states,
    who_is_bound,
};
pub(crate) use upload::credentials;
pub use upload::upload_text;

use crate::app::App;
use crate::limits::{EXHIBIT_TIMEOUT, REQUEST_TIMEOUT};

#[derive(OpenApi)]
#[openapi(info(
    title = "Solferino",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    description = "The record of one body: submit signed statements, read cases and findings. \
        Every answer says whether the record is a demonstration; every count says its unit, its \
        rule and how many of it are unknown. The log itself (checkpoint, tiles) is served at the \
        root as C2SP tlog-tiles and is not part of this document, nor is TAXII 2.1 below /taxii2/, which \
        its own standard describes."
))]
struct Described;

fn described() -> OpenApiRouter<App> {
    let quick = OpenApiRouter::new()
        .routes(routes!(statements::list))
        .routes(routes!(statements::one))
        .routes(routes!(statements::receipt))
        .routes(routes!(cases::list))
        .routes(routes!(cases::one))
        .routes(routes!(findings::list))
        .routes(routes!(findings::one))
        .routes(routes!(findings::bundle))
        .routes(routes!(seals::overdue))
        .routes(routes!(body::members))
        .routes(routes!(norms::list))
        .routes(routes!(norms::one))
        .routes(routes!(norms::states))
        .routes(routes!(norms::state))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::one))
        .routes(routes!(incidents::stats))
        .merge(aid::routes())
        .routes(routes!(body::rules))
        .routes(routes!(body::charter))
        .routes(routes!(independence::independence))
        .merge(submit::routes())
        .layer(crate::timeout(REQUEST_TIMEOUT));
    let slow = OpenApiRouter::new()
        .routes(routes!(exhibits::take, exhibits::give))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(crate::timeout(EXHIBIT_TIMEOUT));
    OpenApiRouter::with_openapi(Described::openapi())
        .nest("/api/v1", quick)
        .nest("/api/v1", slow)
}

/// The description of the API, as committed in `openapi.json`.
#[must_use]
pub fn openapi() -> Document {
    described().split_for_parts().1
}

pub(crate) fn routes() -> Router<App> {
    let (router, document) = described().split_for_parts();
    let serve = move || {
        let document = document.clone();
        async move { Json(document).into_response() }
    };
    router.route("/api/openapi.json", get(serve))
}
