//! How independent the body itself is, computed from the log alone.

use axum::Json;
use axum::extract::State;
use record::independence::{self, Index};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Count};
use crate::app::App;

/// The independence index, as docs/independence.md defines it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndependenceView {
    /// Every figure with its unit, rule and unknown share; no state is named.
    #[schema(value_type = Object)]
    index: Index,
    /// Reports received.
    reports: Count,
    /// Cases opened.
    cases: Count,
    /// Complaints whose deadline passed without an answer.
    overdue_complaints: Count,
}

/// The independence index of the body
#[utoipa::path(get, path = "/independence", tag = "body", responses((status = 200, body = Answer<IndependenceView>)))]
pub(crate) async fn independence(State(app): State<App>) -> Json<Answer<IndependenceView>> {
    let state = app.record().state();
    let index = independence::index(&state);
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let overdue = count(index.complaints.all.overdue);
    let view = IndependenceView {
        reports: Count::exact(count(index.victim.all.asked), "report", "was received"),
        cases: Count::exact(count(index.victim.all.cases), "case", "was opened"),
        overdue_complaints: Count::exact(
            overdue,
            "complaint",
            "was not answered, and its deadline is before the governing time",
        ),
        index,
    };
    Answer::of(&state, view)
}
