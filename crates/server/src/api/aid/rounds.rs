//! A round of matching: what was closed, by what it was computed, what came of it.

use axum::Json;
use axum::extract::{Path, State};
use record::ids::StatementId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, parsed};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// A round of matching.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoundView {
    /// Commitment of its inputs.
    inputs: String,
    /// When they were closed.
    closed: String,
    /// Requests in them.
    requests: u32,
    /// Requests that waited for a team then: who is not in them was left out.
    requests_waiting: u32,
    /// Responders in them.
    responders: u32,
    /// Responders that were enlisted then.
    responders_enlisted: u32,
    /// Its seed, fixed by the first tick after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    /// The statement of its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// Root of the tree of its offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_root: Option<String>,
}

/// A round of matching
///
/// Whoever holds its inputs computes the outcome again from these.
#[utoipa::path(get, path = "/aid/rounds/{id}", params(("id" = String, Path)), tag = "aid", responses(
    (status = 200, body = Answer<RoundView>),
    (status = 404, description = "No such round", body = ErrorBody)))]
pub(crate) async fn round(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<RoundView>>, ApiError> {
    let id: StatementId = parsed(&id)?;
    let state = app.record().state();
    let round = state.aid.rounds.get(&id);
    let round = round.ok_or_else(|| ApiError::not_found("there is no such round of matching"))?;
    let matched = round
        .outcome
        .as_ref()
        .and_then(|o| state.aid.matches.get(o));
    let view = RoundView {
        inputs: round.inputs.to_string(),
        closed: round.closed.to_string(),
        requests: round.requests,
        requests_waiting: round.waiting,
        responders: round.responders,
        responders_enlisted: round.enlisted,
        seed: round.seed.map(|s| s.to_string()),
        outcome: round.outcome.map(|o| o.to_string()),
        outcome_root: matched.map(|m| m.root.to_string()),
    };
    Ok(Answer::of(&state, view))
}
