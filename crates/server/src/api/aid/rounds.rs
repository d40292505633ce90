//! A round of matching: what was closed, by what it was computed, what came of it.

use axum::Json;
use axum::extract::{Path, State};
use record::aid::MAX_SHOWN;
use record::ids::StatementId;
use serde::Serialize;
use serde_json::Value;
use store::Record;
use utoipa::ToSchema;

use super::readers;
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

/// What shows how a round was fixed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoundEvidence {
    /// The trust file of this record, as this server says it. Whose log it is, only one from somebody else can say.
    trust: String,
    /// A checkpoint, and with their inclusion paths the round, every entry up to the next tick, and the outcome once it is said
    /// (docs/aid-statements.md, section 7).
    #[schema(value_type = Object)]
    evidence: Value,
}

/// What fixed the seed of a round
///
/// The entries from which the seed follows: whoever replays a round takes it from these, never from the server's word.
#[utoipa::path(get, path = "/aid/rounds/{id}/evidence", params(("id" = String, Path)), tag = "aid", responses(
    (status = 200, body = Answer<RoundEvidence>),
    (status = 404, description = "No such round, or no tick after it yet", body = ErrorBody)))]
pub(crate) async fn evidence(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<RoundEvidence>>, ApiError> {
    let id: StatementId = parsed(&id)?;
    app.blocking(move |record| shown(record, &id)).await
}

fn shown(record: &Record, id: &StatementId) -> Result<Json<Answer<RoundEvidence>>, ApiError> {
    let indexes = {
        let state = record.state();
        let place = |id: &StatementId| state.statements.index_of(id);
        let round = state.aid.rounds.get(id).zip(place(id));
        let (round, first) =
            round.ok_or_else(|| ApiError::not_found("there is no such round of matching"))?;
        let tick = round.tick.as_ref().and_then(place).ok_or_else(|| {
            ApiError::not_found("no tick stands after the round yet: it fixes the seed")
        })?;
        let outcome = round.outcome.as_ref().and_then(place);
        (first..=tick)
            .chain(outcome)
            .take(MAX_SHOWN)
            .collect::<Vec<_>>()
    };
    let view = RoundEvidence {
        trust: record.trust_file()?.to_string(),
        evidence: readers::shown(record, &indexes)?,
    };
    Ok(Answer::of(&record.state(), view))
}
