//! What shows who can open what is told: the statements that say so, each shown to be in the log
//! (docs/aid-statements.md, section 3). Whoever seals something believes these, not this server.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use record::aid::{Evidence, MAX_SHOWN, ShownEntry};
use record::ids::StatementId;
use record::kind::{Body, Kind};
use record::state::{AidRequest, MemberRole, State as RecordState};
use record::statement::Statement;
use record::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::Record;
use utoipa::ToSchema;

use super::desk::no_desk;
use super::requests::unknown;
use crate::api::answer::{Answer, parsed};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// Desks before the one in force that are given with a request, at most: one of their officers may have offered its team.
const MAX_EARLIER_DESKS: usize = 16;

/// What shows who reads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadersView {
    /// The trust file of this record, as this server says it. Whose log it is, only one from somebody else can say.
    trust: String,
    /// A checkpoint, and entries with their inclusion paths (docs/aid-statements.md, section 3).
    #[schema(value_type = Object)]
    evidence: Value,
}

/// Who reads what is told to the desk
///
/// The signed statements from which it follows: charter, what changed its seats, the desk in force.
#[utoipa::path(get, path = "/aid/readers", tag = "aid", responses(
    (status = 200, body = Answer<ReadersView>),
    (status = 404, description = "This record has no desk", body = ErrorBody)))]
pub(crate) async fn of_desk(State(app): State<App>) -> Result<Json<Answer<ReadersView>>, ApiError> {
    let now = app.now();
    app.blocking(move |record| view(record, None, now)).await
}

/// Who reads what is told in a request
///
/// The same, and the request itself; with a team that may see it, the offer, that it was taken, and the enlistments.
#[utoipa::path(get, path = "/aid/requests/{id}/readers", params(("id" = String, Path)), tag = "aid", responses(
    (status = 200, body = Answer<ReadersView>),
    (status = 404, description = "No such request", body = ErrorBody)))]
pub(crate) async fn of_request(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Answer<ReadersView>>, ApiError> {
    let id: StatementId = parsed(&id)?;
    let now = app.now();
    app.blocking(move |record| view(record, Some(id), now))
        .await
}

fn view(
    record: &Record,
    request: Option<StatementId>,
    now: Timestamp,
) -> Result<Json<Answer<ReadersView>>, ApiError> {
    // Entries are read after the state is let go: both are read under one lock, and nobody takes it twice.
    let (mut indexes, governing) = {
        let state = record.state();
        let place = |id: &StatementId| state.statements.index_of(id);
        let ids = named(&state, request, now)?;
        let indexes: BTreeSet<_> = ids.iter().filter_map(place).collect();
        let last = state.aid.desks.last().and_then(place);
        (indexes, governing(&state, last.unwrap_or(0)))
    };
    for (index, kind) in governing {
        let of_members = [Kind::MemberRotate, Kind::MemberRevoke].contains(&kind);
        if !of_members || of_seat(record, index)? {
            indexes.insert(index);
        }
    }
    let indexes: Vec<u64> = indexes.into_iter().take(MAX_SHOWN).collect();
    let view = ReadersView {
        trust: record.trust_file()?.to_string(),
        evidence: shown(record, &indexes)?,
    };
    Ok(Answer::of(&record.state(), view))
}

/// The entries as evidence: each with its exact text and its inclusion path under one checkpoint.
pub(super) fn shown(record: &Record, indexes: &[u64]) -> Result<Value, ApiError> {
    let (checkpoint, shown) = record.shown(indexes)?;
    let entries = shown.into_iter().map(|shown| ShownEntry {
        index: shown.index,
        path: shown.path,
        envelope: String::from_utf8_lossy(&shown.entry).into_owned(),
    });
    let evidence = Evidence {
        checkpoint: String::from_utf8_lossy(&checkpoint).into_owned(),
        entries: entries.collect(),
    };
    serde_json::to_value(evidence).map_err(ApiError::internal)
}

/// The statements that name readers. Whoever of a team may not help any more is not one of them.
fn named(
    state: &RecordState,
    request: Option<StatementId>,
    now: Timestamp,
) -> Result<Vec<StatementId>, ApiError> {
    let desks = &state.aid.desks;
    let Some(id) = request else {
        return Ok(vec![*desks.last().ok_or_else(no_desk)?]);
    };
    let request = state.aid.requests.get(&id).ok_or_else(unknown)?;
    let skipped = desks.len().saturating_sub(MAX_EARLIER_DESKS);
    let mut ids: Vec<_> = desks.iter().skip(skipped).copied().collect();
    ids.push(id);
    if request.is_shown_to_team() {
        ids.extend(taken(request));
        ids.extend(state.aid.fit_team(request, now));
    }
    Ok(ids)
}

/// The steps by which the present team was offered and taken.
fn taken(request: &AidRequest) -> impl Iterator<Item = StatementId> + '_ {
    let last = |to| request.steps.iter().rev().find(move |s| s.to == to);
    let steps = [last(aid::Stage::Offered), last(aid::Stage::Agreed)];
    steps.into_iter().flatten().map(|s| s.statement)
}

/// The charter and whatever may have changed its seats before an entry.
fn governing(state: &RecordState, before: u64) -> Vec<(u64, Kind)> {
    use Kind::{Charter, CharterAmend, CharterFound, CharterVote, MemberRevoke, MemberRotate};
    let govern = [
        Charter,
        CharterFound,
        CharterAmend,
        CharterVote,
        MemberRotate,
        MemberRevoke,
    ];
    let kinds = state.statements.kinds();
    let kinds = kinds.take_while(|(index, _)| *index < before);
    kinds.filter(|(_, kind)| govern.contains(kind)).collect()
}

/// Whether a rotation, or a member's revocation of itself, is of somebody the charter ever seated.
fn of_seat(record: &Record, index: u64) -> Result<bool, ApiError> {
    let statement = Statement::parse(&record.entry(index)?).map_err(ApiError::internal)?;
    let member = match &statement.body {
        Body::MemberRotate(r) => &r.member,
        Body::MemberRevoke(r) => &r.member,
        _ => return Ok(false),
    };
    let state = record.state();
    let member = state.global.members.get(member);
    Ok(member.is_some_and(|m| matches!(m.role, MemberRole::Seated(_))))
}
