//! Where requests stand: everything the log says of one, for its requester and for anybody.

use aid::Role;
use axum::Json;
use axum::extract::{Path, State};
use record::ids::{StatementId, Vkey};
use record::state::{Aid, AidRequest, Promise};
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
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<String>,
    /// When it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) met: Option<String>,
    /// Whether it is broken, or was kept late.
    pub(crate) late: bool,
    /// How the clock stands: running, overdue, met, late, ended, ended-late.
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
    /// In which capacity it was told.
    pub(crate) role: String,
    /// The key that signed it.
    pub(crate) signer: String,
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
    /// Whether what was told is destroyed: it was withdrawn, or its retention is over. Then this is all that remains.
    pub(crate) purged: bool,
    /// From when on nothing of it is kept, once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept_until: Option<String>,
    /// What is told in it is sealed to these beside the officers': the requester's, the proxy's, and the team's from the moment
    /// the requester takes it, while it may be shown to helpers.
    pub(crate) recipients: Vec<String>,
    /// Enlistments of those who are not offered again: the requester wanted another team, or they left it for a conflict.
    pub(crate) refused: Vec<String>,
    /// Enlistments of those who worked on it.
    pub(crate) before: Vec<String>,
}

impl RequestView {
    pub(crate) fn of(aid: &Aid, id: &StatementId, r: &AidRequest, now: Timestamp) -> Self {
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
            role: i.role.to_string(),
            signer: i.signer.to_string(),
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
            purged: r.is_over(now),
            kept_until: r.kept_until().map(|t| t.to_string()),
            recipients: aid.recipients_of(r).map(ToString::to_string).collect(),
            refused: aid.in_force(&r.refused).map(|id| id.to_string()).collect(),
            before: aid.in_force(&r.before).map(|id| id.to_string()).collect(),
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
}

/// Requests for help
///
/// Those of a key, ended ones too; or those that are open, the longest waiting first. They say
/// nothing of who asked or what was told.
#[utoipa::path(get, path = "/aid/requests", params(KeyQuery), tag = "aid", responses(
    (status = 200, body = Answer<Page<RequestView>>),
    (status = 400, description = "Not a key", body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<KeyQuery>,
) -> Result<Json<Answer<Page<RequestView>>>, ApiError> {
    let key: Option<Vkey> = query.key.as_deref().map(parsed).transpose()?;
    let now = app.now();
    let state = app.record().state();
    let mut found: Vec<_> = match &key {
        Some(key) => state.aid.requests_of(key).collect(),
        None => state
            .aid
            .requests
            .iter()
            .filter(|(_, r)| r.is_open())
            .collect(),
    };
    found.sort_by_key(|(id, r)| (r.received, **id));
    let total = Count::exact(found.len(), "requests", "asked under the key, or open");
    let rows = found.iter().take(MAX_PAGE_ROWS);
    let rows = rows.map(|(id, r)| RequestView::of(&state.aid, id, r, now));
    let rows = rows.collect();
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
    let view = RequestView::of(&state.aid, &id, request, now);
    Ok(Answer::of(&state, view))
}

pub(super) fn unknown() -> ApiError {
    ApiError::not_found("there is no such request for help")
}
