//! What members hand to each other at the desk. It is encrypted in the browser of whoever gives it to the key of whoever
//! is to read it, and kept here unread: whom it is for is checked, what is in it cannot be (docs/desk.md).

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::{Reading, What, may_read, may_review_blind, may_work};
use record::ids::{CaseId, MemberId, StatementId, Vkey};
use record::kind::Kind;
use record::state::{Case, Member, SealedStatement, State as RecordState};
use record::table::Role;
use serde::{Deserialize, Serialize};
use store::handed::Copy;
use tlog::Hash;

use super::docket::{absent, sealed, signer, statement_id};
use crate::api::exhibit_body;
use crate::app::App;
use crate::error::ApiError;
use crate::limits::{MAX_COPY_BYTES, MAX_OPENING_COPY_BYTES};
use crate::tiles::NO_STORE;

/// How every age file begins (age-encryption.org/v1).
const AGE: &[u8] = b"age-encryption.org/v1\n";

/// The member that a key speaks for, if it may act.
fn acting<'a>(state: &'a RecordState, key: &Vkey) -> Result<(&'a MemberId, &'a Member), ApiError> {
    let member = state.global.member_of(key);
    let member = member.filter(|(_, m)| m.seated && !m.revoked);
    member.ok_or_else(|| {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "desk-not-a-member",
            "the key is no current member's",
            "members alone hand things to each other at the desk",
        )
    })
}

/// `GET /desk/readings`: with which key each current member reads, as it has signed.
pub(super) async fn readings(State(app): State<App>) -> Result<Response, ApiError> {
    let all = app.blocking(|record| {
        let keys: Vec<Vkey> = {
            let state = record.state();
            let members = state.global.members.values();
            let acting = members.filter(|m| m.seated && !m.revoked);
            acting.map(|m| m.key.clone()).collect()
        };
        let mut said = Vec::new();
        for key in keys {
            said.extend(reading_of(record, &key)?);
        }
        Ok(said)
    });
    Ok(([(CACHE_CONTROL, NO_STORE)], Json(all.await?)).into_response())
}

/// A file that does not read is as good as none: its member says it again.
fn reading_of(record: &store::Record, key: &Vkey) -> Result<Option<Reading>, ApiError> {
    let kept = record.reading(key)?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// `PUT /desk/readings`: a member says with which key it reads; a later one takes the place of an earlier one.
pub(super) async fn keep_reading(
    State(app): State<App>,
    Json(said): Json<Reading>,
) -> Result<Response, ApiError> {
    app.blocking(move |record| {
        if !said.holds(record.origin()) {
            let message = "the signature does not verify under the key given";
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "desk-not-authorised",
                message,
                "docs/desk.md says what is signed",
            ));
        }
        acting(&record.state(), &said.key)?;
        let earlier = reading_of(record, &said.key)?;
        if earlier.is_some_and(|e| e.time > said.time) {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "reading-key-older",
                "this member has said another reading key since",
                "say it again with the present time",
            ));
        }
        let bytes = serde_json::to_vec(&said).map_err(ApiError::internal)?;
        Ok(record.keep_reading(&said.key, &bytes)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    case: CaseId,
}

/// Copies for the asker, base64, and who has one, by statement and by what it is of.
#[derive(Debug, Default, Serialize)]
struct Copies {
    mine: BTreeMap<StatementId, BTreeMap<String, Vec<String>>>,
    held: BTreeMap<StatementId, BTreeMap<String, BTreeSet<MemberId>>>,
}

/// `GET /desk/copies?case=ID`: what was handed to the asker in a case.
pub(super) async fn copies(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let text = copies_text(app.record().origin(), &asked.case);
    let key = signer(&headers, &text)?;
    let answer = app.blocking(move |record| {
        let (me, sealed) = {
            let state = record.state();
            let (me, _) = acting(&state, &key)?;
            let case = state.cases.get(&asked.case).ok_or_else(absent)?;
            let closed = |id: &&StatementId| !case.contents.contains_key(*id);
            let sealed: Vec<_> = case.sealed.keys().filter(closed).copied().collect();
            (me.clone(), sealed)
        };
        let mut answer = Copies::default();
        for id in sealed {
            for copy in record.copies(&id)? {
                if copy.reader == me {
                    let bytes = record.copy(&id, &copy)?.unwrap_or_default();
                    let mine = answer.mine.entry(id).or_default();
                    let of = mine.entry(copy.what.clone()).or_default();
                    of.push(STANDARD.encode(bytes));
                }
                let held = answer.held.entry(id).or_default();
                held.entry(copy.what).or_default().insert(copy.reader);
            }
        }
        Ok(answer)
    });
    Ok(([(CACHE_CONTROL, NO_STORE)], Json(answer.await?)).into_response())
}

/// `PUT /desk/copies/{statement}/{what}/{reader}`: one copy, by somebody who may read the original.
pub(super) async fn keep_copy(
    State(app): State<App>,
    Path((statement, what, reader)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let id = statement_id(&statement)?;
    let bad = |e: &dyn std::fmt::Display| ApiError::bad_request(e.to_string());
    let reader: MemberId = reader.parse().map_err(|e: record::ids::IdError| bad(&e))?;
    let what: What = match what.as_str() {
        "opening" => What::Opening,
        "packet" => What::Packet,
        other => return Err(bad(&format!("{other:?} is neither opening nor packet"))),
    };
    let most = match what {
        What::Opening => MAX_OPENING_COPY_BYTES,
        What::Packet => MAX_COPY_BYTES,
    };
    if body.len() > most || !body.starts_with(AGE) {
        let problem = format!("a copy is an age file, here of at most {most} bytes");
        return Err(bad(&problem));
    }
    let digest = tlog::sha256(&body);
    let text = copy_text(app.record().origin(), &id, what, &reader, &digest);
    let key = signer(&headers, &text)?;
    app.blocking(move |record| {
        let giver = {
            let state = record.state();
            let (giver, member) = acting(&state, &key)?;
            let (case, sealed) = sealed(&state, &id)?;
            let may = may_read(&state, case, sealed, giver, member);
            if !may || !entitled(&state, case, &id, sealed, what, &reader) {
                return Err(absent());
            }
            giver.clone()
        };
        let what = what.as_str().to_owned();
        let copy = Copy {
            what,
            reader,
            giver,
        };
        Ok(record.keep_copy(&id, &copy, &body)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn entitled(
    state: &RecordState,
    case: &Case,
    id: &StatementId,
    sealed: &SealedStatement,
    what: What,
    reader: &MemberId,
) -> bool {
    let member = state.global.members.get(reader);
    member.is_some_and(|m| match what {
        What::Opening => may_read(state, case, sealed, reader, m),
        What::Packet => sealed.kind == Kind::Mask && may_review_blind(case, id, reader, m),
    })
}

/// `GET /desk/contents/{sha256}`: a content of the vault, for those who work with it: a case's exhibits, the accounts of
/// its reports and the reply in it for those who may see its analysis, the account of any report for the registrars.
pub(super) async fn content(
    State(app): State<App>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let hash: Hash = sha256
        .parse()
        .map_err(|_| ApiError::bad_request("a content is named by 64 hex digits"))?;
    let key = signer(&headers, &content_text(app.record().origin(), &hash))?;
    {
        let state = app.record().state();
        let (me, member) = acting(&state, &key)?;
        if !may_see(&state, &hash, me, member) {
            return Err(absent());
        }
    }
    let held = app.blocking(move |record| Ok(record.vault().contains(&hash)?));
    if !held.await? {
        return Err(absent());
    }
    let body: Body = exhibit_body(&app, hash)?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CACHE_CONTROL, NO_STORE),
    ];
    Ok((headers, body).into_response())
}

fn may_see(state: &RecordState, hash: &Hash, me: &MemberId, member: &Member) -> bool {
    let registrar = member.role.role() == Role::Registrar;
    let mut reports = state.global.reports.values();
    let account = |r: &&record::state::Report| r.body.account_sha256 == *hash;
    if registrar && reports.any(|r| account(&r)) {
        return true;
    }
    state.cases.values().any(|case| {
        let of_case = |id: &StatementId| state.global.reports.get(id);
        let accounts = || case.reports.iter().filter_map(of_case);
        let reply = case.reply.as_ref().and_then(|r| r.text_sha256);
        let holds = case.exhibits.contains_key(hash)
            || reply == Some(*hash)
            || accounts().any(|r| account(&r));
        holds && may_work(case, me, member)
    })
}

/// What is signed to read what was handed over in a case.
fn copies_text(origin: &str, case: &CaseId) -> String {
    format!("solferino.org/copies@v1\n{origin}\n{case}\n")
}

/// What is signed to hand a copy over.
fn copy_text(
    origin: &str,
    statement: &StatementId,
    what: What,
    reader: &MemberId,
    sha256: &Hash,
) -> String {
    let what = what.as_str();
    format!("solferino.org/copy@v1\n{origin}\n{statement}\n{what}\n{reader}\n{sha256}\n")
}

/// What is signed to read a content.
fn content_text(origin: &str, sha256: &Hash) -> String {
    format!("solferino.org/content@v1\n{origin}\n{sha256}\n")
}
