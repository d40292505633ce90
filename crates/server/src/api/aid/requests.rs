//! Where requests stand: everything the log says of one, for its requester and for anybody.

use aid::Role;
use axum::Json;
use axum::extract::{Path, State};
use record::ids::{StatementId, Vkey};
use record::state::{AidRequest, Promise};
use record::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Asked, Count, Page, parsed};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::limits::MAX_PAGE_ROWS;

/// A promise with a clock on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Due {
    /// By when; absent while the class is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<String>,
    /// When it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) met: Option<String>,
    /// Whether it is broken, or was kept late.
    pub(crate) late: bool,
    /// How the clock stands: unknown, running, overdue, met, late, ended, ended-late.
    pub(crate) stands: String,
    /// Steps of the escalation chain that are reached; 0 once it has stopped.
    pub(crate) escalation: u8,
}

impl Due {
    fn of(request: &AidRequest, promise: Promise, now: Timestamp) -> Self {
        let clock = request.clock(promise, now);
        Self {
            due: request.due(promise, now).map(|t| t.to_string()),
            met: request.met(promise).map(|t| t.to_string()),
            late: request.is_late(promise, now),
            stands: clock.stands.to_string(),
            escalation: clock.escalation,
        }
    }
}

/// A step, as everybody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StepView {
    /// The statement.
    pub(crate) statement: String,
    /// When.
    pub(crate) time: String,
    /// To which stage.
    pub(crate) to: String,
    /// In which capacity.
    pub(crate) role: String,
    /// Why.
    pub(crate) reason: String,
}

/// A step that the requester can take now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PossibleView {
    /// To which stage.
    pub(crate) to: String,
    /// The reasons, one of which is given.
    pub(crate) reasons: Vec<String>,
}

/// A sealed item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// What statements call it.
    pub(crate) commitment: String,
    /// SHA-256 of its age file.
    pub(crate) sealed_sha256: String,
    /// What it is.
    pub(crate) kind: String,
    /// When it was recorded.
    pub(crate) told: String,
}

/// Everything the record says of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// Identifier.
    pub(crate) id: String,
    /// Where it stands.
    pub(crate) stage: String,
    /// How urgent, once triage has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) class: Option<String>,
    /// When it came in.
    pub(crate) received: String,
    /// Until a person has read it.
    pub(crate) acknowledgement: Due,
    /// Until help begins.
    pub(crate) first_assistance: Due,
    /// Enlistments of the responders offered or at work.
    pub(crate) team: Vec<String>,
    /// Until when the team may act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope_until: Option<String>,
    /// Whether officers may show it to the team.
    pub(crate) share_with_helpers: bool,
    /// Whether lessons without a trace of the requester may be published.
    pub(crate) publish_anonymised: bool,
    /// Its items.
    pub(crate) items: Vec<ItemView>,
    /// Its steps, in record order.
    pub(crate) steps: Vec<StepView>,
    /// What the requester can do now.
    pub(crate) possible: Vec<PossibleView>,
    /// Whether what was told is destroyed; then this is all that remains.
    pub(crate) purged: bool,
}

impl RequestView {
    pub(crate) fn of(id: &StatementId, r: &AidRequest, now: Timestamp) -> Self {
        let step = |s: &record::state::StepTaken| StepView {
            statement: s.statement.to_string(),
            time: s.time.to_string(),
            to: s.to.to_string(),
            role: s.role.to_string(),
            reason: s.reason.to_string(),
        };
        let item = |i: &record::state::HeldItem| ItemView {
            commitment: i.item.commitment.to_string(),
            sealed_sha256: i.item.sealed_sha256.to_string(),
            kind: i
                .kind
                .map_or_else(|| "request".to_owned(), |k| crate::words::coded(&k)),
            told: i.told.to_string(),
        };
        let possible = aid::allowed(r.standing, Role::Requester).map(|t| PossibleView {
            to: t.to.to_string(),
            reasons: t.reasons.iter().map(ToString::to_string).collect(),
        });
        Self {
            id: id.to_string(),
            stage: r.standing.stage.to_string(),
            class: r.class().map(|c| c.to_string()),
            received: r.received.to_string(),
            acknowledgement: Due::of(r, Promise::Acknowledgement, now),
            first_assistance: Due::of(r, Promise::FirstAssistance, now),
            team: r.team.iter().map(ToString::to_string).collect(),
            scope_until: r.scope_until.map(|t| t.to_string()),
            share_with_helpers: r.consent.share_with_helpers,
            publish_anonymised: r.consent.publish_anonymised,
            items: r.items.iter().map(item).collect(),
            steps: r.steps.iter().map(step).collect(),
            possible: possible.collect(),
            purged: r.standing.stage == aid::Stage::Purged,
        }
    }
}

/// Whose requests.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeyQuery {
    /// Key of a requester or proxy, as a C2SP vkey; without it all requests that are open.
    key: Option<String>,
    /// With `harm_until`: requests, ended ones too, that told harm from this moment on.
    harm_from: Option<String>,
    /// And before this moment.
    harm_until: Option<String>,
}

/// Requests for help
///
/// Those of a key, ended ones too; or those that told harm in a time; or those that are open, the
/// longest waiting first. They say nothing of who asked or what was told.
#[utoipa::path(get, path = "/aid/requests", params(KeyQuery), tag = "aid", responses(
    (status = 200, body = Answer<Page<RequestView>>),
    (status = 400, description = "Not a key", body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<KeyQuery>,
) -> Result<Json<Answer<Page<RequestView>>>, ApiError> {
    let key: Option<Vkey> = query.key.as_deref().map(parsed).transpose()?;
    let moment = |text: &Option<String>| text.as_deref().map(parsed::<Timestamp>).transpose();
    let harm = moment(&query.harm_from)?.zip(moment(&query.harm_until)?);
    let now = app.now();
    let state = app.record().state();
    let asked = |r: &AidRequest| match (&key, harm) {
        (Some(key), _) => r.is_of(key),
        (None, Some((from, until))) => r.told_harm(from, until),
        (None, None) => r.is_open(),
    };
    let requests = state.aid.requests.iter();
    let mut found: Vec<_> = requests.filter(|(_, r)| asked(r)).collect();
    found.sort_by_key(|(id, r)| (r.received, **id));
    let total = Count::exact(
        found.len(),
        "requests",
        "asked under the key, or with harm told in the time, or open",
    );
    let rows = found.iter().take(MAX_PAGE_ROWS);
    let rows = rows.map(|(id, r)| RequestView::of(id, r, now)).collect();
    let next = None;
    Ok(Answer::of(&state, Page { rows, next, total }))
}

/// A request for help
#[utoipa::path(get, path = "/aid/requests/{id}", params(("id" = String, Path)), tag = "aid", responses(
    (status = 200, body = Answer<RequestView>),
    (status = 404, description = "No such request", body = ErrorBody)))]
pub(crate) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<RequestView>>, ApiError> {
    let id: StatementId = parsed(&id)?;
    let now = app.now();
    let state = app.record().state();
    let request = state.aid.requests.get(&id).ok_or_else(unknown)?;
    Ok(Answer::of(&state, RequestView::of(&id, request, now)))
}

pub(super) fn unknown() -> ApiError {
    ApiError::not_found("there is no such request for help")
}
