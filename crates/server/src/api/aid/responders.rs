//! Responders, as the record has them: what an officer needs to vet one and to build a round.

use axum::Json;
use axum::extract::State;
use record::body::aid::ItemKind;
use record::ids::StatementId;
use record::state::{Aid, Responder};
use record::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, Asked, Count, Page, PageQuery, limit, page, parsed};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// Days for which what a responder reported is named here: the window of the weekly cap, and rest after it.
const REPORT_DAYS: i64 = 14;
const DAY_S: i64 = 86_400;

/// What a responder did, sealed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// The request.
    pub(crate) request: String,
    /// The item.
    pub(crate) commitment: String,
}

/// A responder who is enlisted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ResponderView {
    /// Identifier: the enlistment in force.
    pub(crate) id: String,
    /// What a requester tells its team is sealed to it.
    pub(crate) recipient: String,
    /// Commitment of its profile.
    pub(crate) profile: String,
    /// Whether the code of conduct it signed is the desk's.
    pub(crate) signed: bool,
    /// Until when it is vetted, if it ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vetted_until: Option<String>,
    /// Why it may not help now, if it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unfit: Option<String>,
    /// Requests that it is offered or works on.
    pub(crate) engaged: Vec<String>,
    /// What it reported in the last fourteen days and is still kept.
    pub(crate) reports: Vec<ReportView>,
}

impl ResponderView {
    fn of(aid: &Aid, id: &StatementId, responder: &Responder, now: Timestamp) -> Self {
        let since = now.plus_seconds(-REPORT_DAYS * DAY_S);
        let requests = || aid.requests.iter().filter(|(_, r)| !r.is_over(now));
        let engaged = requests().filter(|(_, r)| r.is_open() && aid.is_of_team(r, &responder.key));
        let reports = requests().flat_map(|(request, r)| {
            let mine = r.items.iter().filter(|i| {
                i.kind == Some(ItemKind::Report) && i.signer == responder.key && i.told >= since
            });
            mine.map(|i| ReportView {
                request: request.to_string(),
                commitment: i.item.commitment.to_string(),
            })
        });
        let code = aid.desk.as_ref().map(|d| &d.code);
        Self {
            id: id.to_string(),
            recipient: responder.body.recipient.to_string(),
            profile: responder.body.profile.commitment.to_string(),
            signed: code == Some(&responder.body.code),
            vetted_until: responder.vetted_until.map(|t| t.to_string()),
            unfit: aid.unfit(id, now).map(str::to_owned),
            engaged: engaged.map(|(id, _)| id.to_string()).collect(),
            reports: reports.collect(),
        }
    }
}

/// Responders
///
/// Those enlisted and not dismissed, each once, by identifier. Their profiles are sealed to the officers.
#[utoipa::path(get, path = "/aid/responders", params(PageQuery), tag = "aid", responses(
    (status = 200, body = Answer<Page<ResponderView>>),
    (status = 400, description = "Not an identifier, or not a limit", body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Answer<Page<ResponderView>>>, ApiError> {
    let limit = limit(query.limit)?;
    let after: Option<StatementId> = query.after.as_deref().map(parsed).transpose()?;
    let now = app.now();
    let state = app.record().state();
    let aid = &state.aid;
    let in_force = aid.responder_keys.values();
    let mut all: Vec<_> = in_force
        .filter_map(|id| Some((id, aid.responders.get(id).filter(|r| !r.dismissed)?)))
        .collect();
    all.sort_by_key(|(id, _)| **id);
    let total = Count::exact(all.len(), "responders", "enlisted and not dismissed");
    let rest = all
        .iter()
        .filter(|(id, _)| after.is_none_or(|after| **id > after));
    let rows = rest.take(limit + 1);
    let rows = rows.map(|(id, r)| ResponderView::of(aid, id, r, now));
    let rows = page(rows.collect(), limit, |row| row.id.clone(), total);
    Ok(Answer::of(&state, rows))
}
