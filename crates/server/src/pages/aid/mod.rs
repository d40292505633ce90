//! The desk that helps, for people: asking, seeing what became of it, the queue, the counts
//! (docs/aid-statements.md).

mod ask;
mod copy;
mod counts;
mod desk;
mod figures;
mod first;
mod scripts;

use axum::Router;
use axum::extract::State;
use axum::response::Response;

pub(super) use self::counts::Counts;
use super::frame::Place;
use super::page_routes;
use crate::api::Asked;
use crate::app::App;
use crate::assets::Scripted;

pub(super) fn routes(router: Router<App>) -> Router<App> {
    let router = page_routes(router, "/aid", ask_page);
    let router = page_routes(router, "/aid/status", status_page);
    let router = page_routes(router, "/aid/desk", desk_page);
    let router = page_routes(router, "/aid/first", first::page);
    page_routes(router, "/aid/figures", figures_page)
}

async fn figures_page(State(app): State<App>, place: Place) -> Response {
    if app.config().is_copy {
        return copy::page(app, place, "aid.figures-title").await;
    }
    figures::page(app, place).await
}

async fn ask_page(State(app): State<App>, place: Place) -> Response {
    if app.config().is_copy {
        return copy::page(app, place, "aid.title").await;
    }
    scripted(ask::page(app, place).await)
}

async fn status_page(State(app): State<App>, place: Place) -> Response {
    if app.config().is_copy {
        return copy::page(app, place, "aid.status-title").await;
    }
    scripted(ask::status(app, place).await)
}

async fn desk_page(
    State(app): State<App>,
    place: Place,
    Asked(query): Asked<desk::Query>,
) -> Response {
    if app.config().is_copy {
        return copy::page(app, place, "aid.desk-title").await;
    }
    scripted(desk::page(app, place, query).await)
}

/// These pages seal, sign or open on the reader's device.
fn scripted(mut response: Response) -> Response {
    response.extensions_mut().insert(Scripted);
    response
}
