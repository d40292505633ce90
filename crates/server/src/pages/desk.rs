//! The desk of a member: a page whose script holds the keys, and what it asks of this server besides the API: the
//! docket, and what members hand to each other, sealed in their browsers (docs/desk.md).

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, put};

use super::verify::ModuleLink;
use super::{Frame, Place, scripted, show};
use super::{docket, handed};
use crate::app::App;
use crate::text::{Markup, script_texts};

/// Cases that the page offers to choose from, the latest first; any other is reached by its address.
const MAX_CASES: usize = 200;

/// Families of coded words that the form asks for, and what stands before each.
const CODED: &[(&str, &str)] = &[
    ("v-", "region"),
    ("v-", "item"),
    ("v-", "incident"),
    ("v-", "tlp"),
    ("v-", "acquisition"),
    ("v-", "choice"),
    ("role-", "role"),
    ("t-", "kind"),
    ("e-", "element"),
    ("v-", "about"),
    ("v-", "basis"),
    ("r-", "refusal"),
];

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    module: Option<ModuleLink>,
    cases: Vec<String>,
    texts: Markup,
}

/// What the page's script asks for; no page, and never kept.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/docket", get(docket::docket))
        .route("/desk/openings/{statement}", get(docket::opening))
        .route(
            "/desk/readings",
            get(handed::readings).put(handed::keep_reading),
        )
        .route("/desk/copies", get(handed::copies))
        .route(
            "/desk/copies/{statement}/{what}/{reader}",
            put(handed::keep_copy),
        )
        .route("/desk/contents/{sha256}", get(handed::content))
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    let module = ModuleLink::of(&app);
    let page = show(app, place, move |record, frame| {
        let state = record.state();
        let mut cases: Vec<_> = state.cases.values().collect();
        cases.sort_by_key(|case| std::cmp::Reverse(case.opened));
        let cases = cases.iter().take(MAX_CASES).map(|case| case.id.to_string());
        Ok(DeskPage {
            module,
            cases: cases.collect(),
            texts: script_texts(frame.t.0, "desk", CODED),
            frame,
        })
    });
    scripted(page.await)
}
