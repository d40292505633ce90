//! The desk that helps, for programs: who reads, how to ask, where a request stands, counts
//! (docs/aid-statements.md, section 10). No route here knows a case.

mod access;
mod ask;
mod decide;
mod desk;
mod figures;
mod readers;
mod requests;
mod responders;
mod rounds;

pub(crate) use self::requests::{order, place};

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::limits::{MAX_ASK_BYTES, MAX_STATEMENT_BYTES};

pub(crate) fn routes() -> OpenApiRouter<App> {
    let asking = OpenApiRouter::new()
        .routes(routes!(ask::ask))
        .routes(routes!(ask::add))
        .layer(DefaultBodyLimit::max(MAX_ASK_BYTES));
    let deciding = OpenApiRouter::new()
        .routes(routes!(decide::decide))
        .layer(DefaultBodyLimit::max(MAX_STATEMENT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(desk::desk))
        .routes(routes!(figures::figures))
        .routes(routes!(readers::of_desk))
        .routes(routes!(readers::of_request))
        .routes(routes!(requests::list))
        .routes(routes!(requests::one))
        .routes(routes!(rounds::round))
        .routes(routes!(rounds::evidence))
        .routes(routes!(access::sealed))
        .routes(routes!(responders::list))
        .routes(routes!(access::profile))
        .merge(asking)
        .merge(deciding)
}
