//! Who may put content into the vault: somebody who signs for it.

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::Vkey;
use record::state::State;
use tlog::{Hash, KeyType};

use crate::error::ApiError;

/// Authentication scheme of an upload.
const SCHEME: &str = "Solferino ";

/// What an uploader signs: that this content is meant for this record.
#[must_use]
pub fn upload_text(origin: &str, sha256: &Hash) -> String {
    format!("solferino.org/upload@v1\n{origin}\n{sha256}\n")
}

/// Lets a current member, a reporter, a complainant or the accused through.
pub(crate) fn authorise(
    headers: &HeaderMap,
    state: &State,
    origin: &str,
    sha256: &Hash,
) -> Result<(), ApiError> {
    let (key, signature) = credentials(headers).ok_or_else(|| {
        denied(
            StatusCode::UNAUTHORIZED,
            "an upload is signed: Authorization: Solferino <vkey> <base64 signature>",
        )
    })?;
    let verifier = key
        .verifier()
        .ok()
        .filter(|k| k.key_type() == KeyType::Ed25519);
    let holds = verifier.is_some_and(|k| {
        k.verify_raw(upload_text(origin, sha256).as_bytes(), &signature)
            .is_ok()
    });
    if !holds {
        return Err(denied(
            StatusCode::FORBIDDEN,
            "the signature does not verify under the key given",
        ));
    }
    let member = state
        .global
        .member_of(&key)
        .is_some_and(|(_, m)| !m.revoked && m.seated);
    let revoked = state.global.keys.contains_key(&key) && !member;
    let reporter = state.statements.has_report_by(&key);
    // The accused has no key here but the one its notice names; its reply lies in the vault as well.
    let notices = || state.cases.values().filter_map(|case| case.notice.as_ref());
    let replies = || notices().any(|notice| notice.reply_key == key);
    // Whoever complains has a text that goes with it.
    let complains = || state.global.open_complaints.contains_key(&key);
    if member || (!revoked && (reporter || replies() || complains())) {
        return Ok(());
    }
    Err(denied(
        StatusCode::FORBIDDEN,
        "only a current member, the key of a report or of an open complaint, or the reply key of a notice puts exhibits in",
    ))
}

fn denied(status: StatusCode, message: &'static str) -> ApiError {
    let hint = "sign \"solferino.org/upload@v1\\n<origin>\\n<sha256>\\n\" with a current member's or a reporter's key";
    ApiError::new(status, "upload-not-authorised", message, hint)
}

/// Key and signature of an `Authorization: Solferino <vkey> <base64 signature>`.
pub(crate) fn credentials(headers: &HeaderMap) -> Option<(Vkey, [u8; 64])> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (key, signature) = text.strip_prefix(SCHEME)?.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    Some((key.parse().ok()?, signature.try_into().ok()?))
}
