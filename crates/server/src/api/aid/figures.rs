//! Public counts: nothing of any request but that it is one.

use axum::Json;
use axum::extract::State;
use record::state::Figures;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::answer::{Answer, Count};
use crate::app::App;
use crate::error::ApiError;

/// Counts of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresView {
    /// The moment they hold for.
    at: String,
    /// What each count counts: requests, each once.
    unit: &'static str,
    /// Whether a person read it within the clock; unknown: ended before anybody read it.
    acknowledged_in_time: Count,
    /// Whether help began within the clock; unknown: no class is set, so nobody knows by when.
    assisted_in_time: Count,
    /// Whether the requester said that help helped; unknown: closed without a word.
    confirmed: Count,
    /// Promises that are overdue now; unknown: no class is set.
    overdue: Count,
    /// Every single count.
    #[schema(value_type = Object)]
    all: Value,
}

fn count(count: usize, unknown: usize, rule: &'static str) -> Count {
    let unknown = u64::try_from(unknown).unwrap_or(u64::MAX);
    Count {
        unknown,
        ..Count::exact(count, "requests", rule)
    }
}

impl FiguresView {
    fn of(f: &Figures, at: String) -> Result<Self, ApiError> {
        Ok(Self {
            at,
            unit: "requests, each once",
            acknowledged_in_time: count(
                f.acknowledged_in_time,
                f.ended_unread,
                "a person read it before the clock of acknowledgement ran out",
            ),
            assisted_in_time: count(
                f.assisted_in_time,
                f.assistance_unknown + f.ended_unassisted,
                "help began before the clock of its class ran out",
            ),
            confirmed: count(
                f.confirmed,
                f.closed_unconfirmed,
                "the requester or its proxy said that help helped",
            ),
            overdue: count(
                f.acknowledgement_overdue + f.assistance_overdue,
                f.assistance_unknown,
                "open, and a clock ran out that was not met",
            ),
            all: serde_json::to_value(f).map_err(ApiError::internal)?,
        })
    }
}

/// Counts of the desk
#[utoipa::path(get, path = "/aid/figures", tag = "aid",
    responses((status = 200, body = Answer<FiguresView>)))]
pub(crate) async fn figures(State(app): State<App>) -> Result<Json<Answer<FiguresView>>, ApiError> {
    let now = app.now();
    let state = app.record().state();
    let figures = state.aid.figures(now);
    Ok(Answer::of(
        &state,
        FiguresView::of(&figures, now.to_string())?,
    ))
}
