//! The desk's policy, and the time to sign with.

use axum::Json;
use axum::extract::State;
use record::body::aid::Desk;
use record::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// Who reads what is asked, by which clocks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeskView {
    /// The record's origin: the name requests are made under, and part of what keys are made from.
    origin: String,
    /// The time to sign statements with.
    now: String,
    /// Version of the policy in force.
    version: u32,
    /// age recipients of the officers: what is told is sealed to all of them.
    recipients: Vec<String>,
    /// What was told before this moment no officer in force can open: it is sealed to those who left. `solferino aid reseal`, or the
    /// page of whoever asked, seals it again.
    readable_since: String,
    /// What was told since this moment every officer in force can open.
    readable_by_all_since: String,
    /// The policy as it stands in the record.
    #[schema(value_type = Object)]
    policy: Value,
}

/// The desk that helps
#[utoipa::path(get, path = "/aid", tag = "aid", responses(
    (status = 200, body = Answer<DeskView>),
    (status = 404, description = "This record has no desk", body = ErrorBody)))]
pub(crate) async fn desk(State(app): State<App>) -> Result<Json<Answer<DeskView>>, ApiError> {
    let now = app.now();
    let state = app.record().state();
    let desk: &Desk = state.aid.desk.as_ref().ok_or_else(no_desk)?;
    let office = &state.aid.in_office;
    let moment = |at: Option<Timestamp>| at.unwrap_or(now).to_string();
    let view = DeskView {
        readable_since: moment(office.readable_since()),
        readable_by_all_since: moment(office.readable_by_all_since()),
        origin: app.record().origin().to_owned(),
        now: now.to_string(),
        version: desk.version,
        recipients: desk
            .officers
            .iter()
            .map(|o| o.recipient.to_string())
            .collect(),
        policy: serde_json::to_value(desk).map_err(ApiError::internal)?,
    };
    Ok(Answer::of(&state, view))
}

pub(super) fn no_desk() -> ApiError {
    ApiError::not_found("this record has no desk that helps")
}
