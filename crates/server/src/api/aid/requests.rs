//! Where requests stand: everything the log says of one, for its requester and for anybody.

use aid::Role;
use axum::Json;
use axum::extract::{Path, State};
use record::ids::{StatementId, Vkey};
use record::state::{Aid, AidRequest, Promise};
use record::time::Timestamp;
use serde::{Deserialize, Serialize};
use tlog::Hash;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Asked, Count, Page, limit, page, parsed};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

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

/// Something that a request leaves behind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KeptView {
    /// What: public-key, steps, class, commitments, sealed-digests, consents, crossed, officers-copies, helpers-copies, own-copies.
    pub(crate) trace: String,
    /// How many.
    pub(crate) count: u32,
}

/// What a purge leaves of a request (docs/aid.md, section 10).
fn remains(id: &StatementId, r: &AidRequest) -> Result<Vec<KeptView>, ApiError> {
    let name = |text: String| text.parse::<aid::Id>().map_err(ApiError::internal);
    let names = |hashes: &mut dyn Iterator<Item = &Hash>| -> Result<Vec<_>, ApiError> {
        hashes.map(|hash| name(hash.to_string())).collect()
    };
    let ledger = aid::Ledger {
        request: name(id.to_string())?,
        steps: u32::try_from(r.steps.len()).unwrap_or(u32::MAX),
        classed: r.class().is_some(),
        commitments: names(&mut r.items.iter().map(|i| &i.item.commitment))?,
        // those of the request itself, and every later one
        consents: r.consents.saturating_add(1),
        crossed: names(&mut r.crossed.iter())?,
        shared_with_helpers: r.was_shown,
    };
    let kept = aid::remains(&ledger).kept.into_iter();
    let kept = kept.map(|k| KeptView {
        trace: k.trace.to_string(),
        count: k.count,
    });
    Ok(kept.collect())
}

/// Everything the record says of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// Identifier.
    pub(crate) id: String,
    /// The key that asked.
    pub(crate) key: String,
    /// `named`: it names a proxy, whose key has signed nothing of it, so nobody shows that the proxy knows of it; `agreed`: the
    /// proxy's key has. Absent without a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<&'static str>,
    /// Since when a word of requester or proxy waits for an answer; absent while the last word is the desk's or the team's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wrote_since: Option<String>,
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
    /// Whether all of the team may help now: not dismissed, vetted, under the code in force. Absent without a team. If not, an
    /// officer sends the request back to `matching`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) team_fit: Option<bool>,
    /// What the team may do: the item that says it, by its commitment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
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
    /// What remains once what was told is destroyed: everything there is, not a selection.
    pub(crate) remains: Vec<KeptView>,
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
    pub(crate) fn of(
        aid: &Aid,
        id: &StatementId,
        r: &AidRequest,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
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
        Ok(Self {
            id: id.to_string(),
            key: r.key.to_string(),
            proxy: r
                .proxy
                .as_ref()
                .map(|_| if r.proxy_agreed { "agreed" } else { "named" }),
            wrote_since: r.wrote_since.map(|t| t.to_string()),
            stage: r.standing.stage.to_string(),
            class: r.class().map(|c| c.to_string()),
            received: r.received.to_string(),
            acknowledgement: Due::of(r, Promise::Acknowledgement, now),
            first_assistance: Due::of(r, Promise::FirstAssistance, now),
            team: r.team.iter().map(ToString::to_string).collect(),
            team_fit: (!r.team.is_empty()).then(|| aid.has_fit_team(r, now)),
            scope: r.scope.map(|s| s.to_string()),
            scope_until: r.scope_until.map(|t| t.to_string()),
            share_with_helpers: r.consent.share_with_helpers,
            publish_anonymised: r.consent.publish_anonymised,
            items: r.items.iter().map(item).collect(),
            steps: r.steps.iter().map(step).collect(),
            possible: possible.collect(),
            purged: r.is_over(now),
            remains: remains(id, r)?,
            kept_until: r.kept_until().map(|t| t.to_string()),
            recipients: aid.recipients_of(r, now).map(ToString::to_string).collect(),
            refused: aid.in_force(&r.refused).map(|id| id.to_string()).collect(),
            before: aid.in_force(&r.before).map(|id| id.to_string()).collect(),
        })
    }
}

/// Whose requests.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeyQuery {
    /// Key of who asked, or of a proxy that signed something of the request, as a C2SP vkey; without it all requests that are open.
    key: Option<String>,
    /// Key that requests name as their proxy and that has signed nothing of them: somebody else asked, and said so.
    named: Option<String>,
    /// With `harm_until`: requests, ended ones too, whose harm can be counted (told, and the request accepted) from this moment on.
    harm_from: Option<String>,
    /// And before this moment.
    harm_until: Option<String>,
    /// The requests after this one: the `next` of the page before.
    after: Option<String>,
    /// At most so many rows, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Where a request stands in a list: the longest waiting first. It never changes, so a page that begins after
/// a request leaves nobody out, whatever came or went meanwhile.
pub(crate) fn order(id: &StatementId, r: &AidRequest) -> (Timestamp, StatementId) {
    (r.received, *id)
}

/// The place in the order of the request that a page begins after.
pub(crate) fn place(
    aid: &Aid,
    after: Option<&str>,
) -> Result<Option<(Timestamp, StatementId)>, ApiError> {
    let Some(after) = after else {
        return Ok(None);
    };
    let id: StatementId = parsed(after)?;
    let request = aid.requests.get(&id).ok_or_else(unknown)?;
    Ok(Some(order(&id, request)))
}

/// Requests for help
///
/// Those of a key, ended ones too; or those that name a key as their proxy, which it has not taken; or those whose harm is for the count of a time; or those that are open, the
/// longest waiting first, in pages: `total` says how many there are, `next` where to go on. They say nothing of who
/// asked or what was told.
#[utoipa::path(get, path = "/aid/requests", params(KeyQuery), tag = "aid", responses(
    (status = 200, body = Answer<Page<RequestView>>),
    (status = 400, description = "Not a key, a moment or a number of rows", body = ErrorBody),
    (status = 404, description = "No such request to go on after", body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<KeyQuery>,
) -> Result<Json<Answer<Page<RequestView>>>, ApiError> {
    let key: Option<Vkey> = query.key.as_deref().map(parsed).transpose()?;
    let moment = |text: &Option<String>| text.as_deref().map(parsed::<Timestamp>).transpose();
    let harm = moment(&query.harm_from)?.zip(moment(&query.harm_until)?);
    let now = app.now();
    let state = app.record().state();
    let named: Option<Vkey> = query.named.as_deref().map(parsed).transpose()?;
    let asked = |r: &AidRequest| match (&key, &named, harm) {
        (Some(key), _, _) => r.is_spoken_for_by(key),
        (None, Some(key), _) => r.is_of(key) && !r.is_spoken_for_by(key),
        (None, None, Some((from, until))) => r.told_harm(from, until),
        (None, None, None) => r.is_open(),
    };
    let requests = state.aid.requests.iter();
    let mut found: Vec<_> = requests.filter(|(_, r)| asked(r)).collect();
    found.sort_by_key(|(id, r)| order(id, r));
    let total = Count::exact(
        found.len(),
        "requests",
        "asked under the key, or naming it as proxy, or with harm for the count of the time, or open",
    );
    let limit = limit(query.limit)?;
    let after = place(&state.aid, query.after.as_deref())?;
    found.retain(|(id, r)| after.is_none_or(|after| order(id, r) > after));
    let rows = found.iter().take(limit + 1);
    let rows = rows.map(|(id, r)| RequestView::of(&state.aid, id, r, now));
    let rows = rows.collect::<Result<_, _>>()?;
    let rows = page(rows, limit, |row: &RequestView| row.id.clone(), total);
    Ok(Answer::of(&state, rows))
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
    let view = RequestView::of(&state.aid, &id, request, now)?;
    Ok(Answer::of(&state, view))
}

pub(super) fn unknown() -> ApiError {
    ApiError::not_found("there is no such request for help")
}
