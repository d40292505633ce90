//! The desk that helps, for programs: who reads, how to ask, where a request stands, counts
//! (docs/aid-statements.md, section 10). No route here knows a case.

mod access;
mod ask;
mod desk;
mod figures;
mod requests;
mod responders;
mod rounds;

pub(crate) use self::requests::{order, place};

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::limits::MAX_ASK_BYTES;

pub(crate) fn routes() -> OpenApiRouter<App> {
    let asking = OpenApiRouter::new()
        .routes(routes!(ask::ask))
        .routes(routes!(ask::add))
        .layer(DefaultBodyLimit::max(MAX_ASK_BYTES));
    OpenApiRouter::new()
        .routes(routes!(desk::desk))
        .routes(routes!(figures::figures))
        .routes(routes!(requests::list))
        .routes(routes!(requests::one))
        .routes(routes!(rounds::round))
        .routes(routes!(access::sealed))
        .routes(routes!(responders::list))
        .routes(routes!(access::profile))
        .merge(asking)
}
