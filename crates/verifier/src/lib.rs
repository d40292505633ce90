//! The bundle verifier for the browser: the very same checks and the very same method as the
//! command, as functions from JSON text to JSON text. `abi.rs` exports them from wasm32 as plain
//! `extern "C"` functions, so no bindgen tool is needed and anyone can rebuild the module with
//! plain cargo and compare its hash.

#[cfg(target_arch = "wasm32")]
mod abi;

use record::bundle::{self, Bundle, Verification};
use record::derive;
use record::state::FindingRecord;
use record::trust::TrustFile;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a caller asks: a bundle, perhaps a trust file, perhaps changes to re-run with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    bundle: String,
    #[serde(default)]
    trust: Option<String>,
    #[serde(default)]
    changes: Vec<String>,
}

/// Verifies a bundle: `{"bundle": text, "trust": text?}` to
/// `{"verdict": "verified" | "self-consistent" | "failed", "checks": […], …}`.
#[must_use]
pub fn verify(request: &str) -> String {
    answer(request, |_, _| Ok(Value::Null))
}

/// Verifies, then re-runs the method with changes in the grammar of `replay --set` and
/// `--without`: the answer of [`verify`] and `{"rerun": {"before": …, "after": …}}`.
#[must_use]
pub fn replay(request: &str) -> String {
    answer(request, |request, (verification, record)| {
        let state = &verification.state;
        let charter = state.global.charter.as_ref();
        let charter = charter.ok_or("the bundle has no charter")?;
        let case = state.cases.get(&record.finding.proposal.case);
        let case = case.ok_or("the bundle does not hold the finding's case")?;
        let after = derive::rerun(case, record, charter, &request.changes);
        let after = after.map_err(|e| e.to_string())?;
        Ok(json!({"before": *record.replayed, "after": after, "result_sha256": after.sha256()}))
    })
}

type Found<'a> = (&'a Verification, &'a FindingRecord);

fn answer(request: &str, more: impl Fn(&Request, Found<'_>) -> Result<Value, String>) -> String {
    let parsed: Result<Request, _> = serde_json::from_str(request);
    let answer = match parsed {
        Ok(request) => answer_to(&request, more)
            .unwrap_or_else(|problem| json!({"verdict": "failed", "problem": problem})),
        Err(e) => {
            json!({"verdict": "failed", "problem": format!("the request is not understood: {e}")})
        }
    };
    answer.to_string()
}

fn answer_to(
    request: &Request,
    more: impl Fn(&Request, Found<'_>) -> Result<Value, String>,
) -> Result<Value, String> {
    let trust = request
        .trust
        .as_deref()
        .map(TrustFile::parse)
        .transpose()
        .map_err(|e| e.to_string())?;
    let (verification, bundle) = bundle::verify(request.bundle.as_bytes(), trust.as_ref());
    let found = bundle
        .as_ref()
        .and_then(|b: &Bundle| verification.finding(b));
    let verdict = match (verification.holds(), verification.pinned) {
        (false, _) => "failed",
        (true, false) => "self-consistent",
        (true, true) => "verified",
    };
    let rerun = found
        .map(|record| more(request, (&verification, record)))
        .transpose()?;
    Ok(json!({
        "verdict": verdict,
        "checks": verification.report.checks,
        "as_of_size": verification.as_of_size,
        "as_of_time": verification.as_of_time,
        "later_withdrawal": "not checked",
        "demonstration": verification.state.global.charter.as_ref().map(|c| c.demonstration),
        "finding": found.map(|f| &f.finding.proposal),
        "result": found.map(|f| f.replayed.bytes()),
        "rerun": rerun,
    }))
}
