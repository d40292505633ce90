//! Public counts: nothing of any request but that it is one.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::app::App;

/// A count with what makes it readable.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureView {
    /// Its name.
    name: String,
    /// How many.
    count: u64,
    /// Of what.
    unit: String,
    /// What makes one count.
    rule: String,
    /// For how many of `of` nobody can say whether the rule holds.
    unknown: u64,
    /// How many were looked at.
    of: u64,
}

/// Counts of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresView {
    /// The moment they hold for.
    at: String,
    /// The counts.
    figures: Vec<FigureView>,
}

impl From<aid::Figure> for FigureView {
    fn from(f: aid::Figure) -> Self {
        Self {
            name: f.name,
            count: f.count,
            unit: f.unit,
            rule: f.rule,
            unknown: f.unknown,
            of: f.of,
        }
    }
}

/// Counts of the desk
#[utoipa::path(get, path = "/aid/figures", tag = "aid",
    responses((status = 200, body = Answer<FiguresView>)))]
pub(crate) async fn figures(State(app): State<App>) -> Json<Answer<FiguresView>> {
    let now = app.now();
    let state = app.record().state();
    let figures = state.aid.figures(now).into_iter().map(Into::into);
    let view = FiguresView {
        at: now.to_string(),
        figures: figures.collect(),
    };
    Answer::of(&state, view)
}
