//! Handing one entry to a log, and what its answer means.

use store::cosigning::{Reply, Transport};
use tlog::{TlogProof, leaf_hash};

use super::Target;

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The log proved that it is recorded, or said that its refusal is logged.
    Settled,
    /// Neither; why.
    Waits(String),
    /// The log refuses it, and logged too many refusals lately to log this one now.
    Refused,
    /// The log takes nothing from here at present, or there was no answer; why.
    Away(String),
}

/// Submits an entry, and asks that a refusal be logged: a relay's receipt says that one or the
/// other is in the log by merge-by.
pub(super) fn hand_over(transport: &dyn Transport, target: &Target, entry: &[u8]) -> Fate {
    let base = target.url.trim_end_matches('/');
    let url = format!("{base}/api/v1/statements?log-refusal=true");
    match transport.post(&url, entry) {
        Ok(reply) => fate(target, entry, &reply),
        Err(problem) => Fate::Away(problem),
    }
}

fn fate(target: &Target, entry: &[u8], reply: &Reply) -> Fate {
    match reply.status {
        200 | 201 => match recorded(target, entry, &reply.body) {
            Ok(()) => Fate::Settled,
            Err(problem) => Fate::Waits(format!("its receipt does not hold: {problem}")),
        },
        202 => Fate::Waits("the log keeps it too and has not published it".into()),
        400..=499 if names_a_refusal(&reply.body) => Fate::Settled,
        429 if code_of(&reply.body).as_deref() == Some("too-many-refusals") => Fate::Refused,
        status @ (429 | 503) => Fate::Away(format!("the log answered {status}")),
        status => Fate::Waits(format!("the log answered {status}")),
    }
}

/// The code of an error body.
fn code_of(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    value.get("code")?.as_str().map(str::to_owned)
}

/// That the answer proves the entry to be in the log.
fn recorded(target: &Target, entry: &[u8], proof: &[u8]) -> Result<(), String> {
    let proof = TlogProof::parse(proof).map_err(|e| e.to_string())?;
    let verified = proof.verify(&leaf_hash(entry), &target.log, None);
    verified
        .map(|_| ())
        .map_err(|e| record::trust::with_sources(&e))
}

/// Whether an error body names the log's refusal of the entry. If that is a lie, the receipt
/// still stands, and the refusal is not in the index.
fn names_a_refusal(body: &[u8]) -> bool {
    let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    value.get("logged_as").is_some_and(|id| id.is_string())
}
