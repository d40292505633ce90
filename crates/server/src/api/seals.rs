//! Seals that nobody opened in time.

use axum::Json;
use axum::extract::State;
use record::state::OverdueSeal;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Count};
use crate::app::App;

/// All overdue seals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OverdueView {
    /// The governing time by which they are overdue.
    time: Option<String>,
    /// The longest overdue first.
    rows: Vec<SealView>,
    /// How many.
    total: Count,
}

/// One overdue seal.
#[derive(Debug, Serialize, ToSchema)]
struct SealView {
    /// The sealed statement.
    statement: String,
    /// Its type.
    #[serde(rename = "type")]
    kind: String,
    /// Its author's key.
    author: String,
    /// Its case; absent for an answer to a calibration question.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// When it was due.
    until: String,
    /// For how long it has been, in seconds.
    overdue_s: i64,
}

impl From<OverdueSeal> for SealView {
    fn from(seal: OverdueSeal) -> Self {
        Self {
            statement: seal.statement.to_string(),
            kind: seal.kind,
            author: seal.author.to_string(),
            case: seal.case.map(|case| case.to_string()),
            until: seal.until.to_string(),
            overdue_s: seal.overdue_s,
        }
    }
}

/// Overdue seals
///
/// The seals whose `until` has passed by the record's last tick and that nothing opened. Anyone
/// computes the same from the log alone.
#[utoipa::path(get, path = "/seals/overdue", tag = "statements",
    responses((status = 200, body = Answer<OverdueView>)))]
pub(crate) async fn overdue(State(app): State<App>) -> Json<Answer<OverdueView>> {
    let state = app.record().state();
    let rows: Vec<SealView> = state.overdue_seals().into_iter().map(Into::into).collect();
    let rule = "sealed contents whose until is not after the last tick and that nothing opened";
    let total = Count::exact(rows.len(), "seals", rule);
    let time = state.global.time.map(|time| time.to_string());
    Answer::of(&state, OverdueView { time, rows, total })
}
