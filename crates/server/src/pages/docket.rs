//! What a desk asks of the server: entries to judge by, and the openings that the command keeps beside the record. Those
//! are given only to those who work on the case: registrars and analysts, and reviewers once that cannot spoil a blind
//! review.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use record::body::charter::Clock;
use record::bundle::select_docket;
use record::ids::{CaseId, StatementId, Vkey};
use record::state::{Case, SealedStatement, State as RecordState};
use record::time::Timestamp;
use serde::{Deserialize, Serialize};
use tlog::KeyType;

use crate::api::credentials;
use crate::app::App;
use crate::error::ApiError;
use crate::tiles::NO_STORE;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    case: Option<CaseId>,
}

/// Entries by index, and the present moment where the record's clock is given.
#[derive(Debug, Serialize)]
struct Docket {
    entries: Vec<(u64, String)>,
    now: Option<Timestamp>,
}

/// `GET /desk/docket?case=ID`: everything the rules need to judge what is said next.
pub(super) async fn docket(
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let docket = app.blocking(move |record| {
        let (chosen, now) =
            {
                let state = record.state();
                let case =
                    match &asked.case {
                        None => None,
                        Some(id) => Some(state.cases.get(id).ok_or_else(|| {
                            ApiError::not_found(format!("there is no case {id}"))
                        })?),
                    };
                let charter = state.global.charter.as_ref();
                let injected = charter.is_some_and(|c| c.clock == Clock::Injected);
                let time = state.global.time.filter(|_| injected);
                (select_docket(&state, case), time.max(record.given_time()))
            };
        let entry = |index: u64| {
            let bytes = record.entry(index)?;
            Ok((index, String::from_utf8_lossy(&bytes).into_owned()))
        };
        let entries: Result<Vec<_>, ApiError> = chosen.into_iter().map(entry).collect();
        Ok(Docket {
            entries: entries?,
            now,
        })
    });
    Ok(([(CACHE_CONTROL, NO_STORE)], Json(docket.await?)).into_response())
}

/// What is signed to read an opening.
fn opening_text(origin: &str, statement: &StatementId) -> String {
    format!("solferino.org/opening@v1\n{origin}\n{statement}\n-\n")
}

/// The key of an `Authorization: Solferino <vkey> <base64 signature>` over a text.
pub(super) fn signer(headers: &HeaderMap, text: &str) -> Result<Vkey, ApiError> {
    let denied = |status, message: &'static str| {
        let hint = "docs/desk.md says what is signed";
        ApiError::new(status, "desk-not-authorised", message, hint)
    };
    let (key, signature) = credentials(headers)
        .ok_or_else(|| denied(StatusCode::UNAUTHORIZED, "this is asked for under a key"))?;
    let verifier = key.verifier().ok();
    let verifier = verifier.filter(|k| k.key_type() == KeyType::Ed25519);
    if verifier.is_some_and(|k| k.verify_raw(text.as_bytes(), &signature).is_ok()) {
        return Ok(key);
    }
    let message = "the signature does not verify under the key given";
    Err(denied(StatusCode::FORBIDDEN, message))
}

pub(super) fn sealed<'a>(
    state: &'a RecordState,
    id: &StatementId,
) -> Result<(&'a Case, &'a SealedStatement), ApiError> {
    let mut cases = state.cases.values();
    let found = cases.find_map(|case| Some((case, case.sealed.get(id)?)));
    found.ok_or_else(absent)
}

/// The same for what is not there and for what is not for the asker.
pub(super) fn absent() -> ApiError {
    ApiError::not_found("no opening of this statement is here for this key")
}

pub(super) fn statement_id(text: &str) -> Result<StatementId, ApiError> {
    text.parse()
        .map_err(|e: record::ids::IdError| ApiError::bad_request(e.to_string()))
}

/// `GET /desk/openings/{statement}`: what opens a statement that was sealed by the command beside the record, for those
/// who may read it. What a desk seals never comes here.
pub(super) async fn opening(
    State(app): State<App>,
    Path(statement): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = statement_id(&statement)?;
    let key = signer(&headers, &opening_text(app.record().origin(), &id))?;
    let kept = app.blocking(move |record| {
        {
            let state = record.state();
            let (case, sealed) = sealed(&state, &id)?;
            let member = state.global.member_of(&key);
            if !member.is_some_and(|(who, m)| desk::may_read(&state, case, sealed, who, m)) {
                return Err(absent());
            }
        }
        record.opening(&id)?.ok_or_else(absent)
    });
    // Nothing for this key is no error: a desk asks for whatever it might be given.
    match kept.await {
        Ok(opening) => Ok(([(CACHE_CONTROL, NO_STORE)], Json(opening)).into_response()),
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_names_record_statement_and_purpose() {
        let id = StatementId::of_entry(b"x");
        let text = opening_text("record.example/x", &id);
        assert_eq!(
            text,
            format!("solferino.org/opening@v1\nrecord.example/x\n{id}\n-\n")
        );
    }
}
