//! The bundle verifier for the browser: the very same checks and the very same method as the
//! command, as functions from JSON text to JSON text. `abi.rs` exports them from wasm32 as plain
//! `extern "C"` functions, so no bindgen tool is needed and anyone can rebuild the module with
//! plain cargo and compare its hash.

#[cfg(target_arch = "wasm32")]
mod abi;

use record::bundle::{self, Bundle, Verification};
use record::check::Check;
use record::figures;
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

/// Changes to re-run a verified bundle with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    changes: Vec<String>,
}

/// A bundle that was read and verified, kept so that it can be re-run again and again.
#[derive(Debug)]
pub struct Opened {
    verification: Verification,
    bundle: Option<Bundle>,
    changes: Vec<String>,
}

/// Verifies a bundle: `{"bundle": text, "trust": text?}` to
/// `{"verdict": "verified" | "self-consistent" | "failed", "checks": […], …}`.
#[must_use]
pub fn verify(request: &str) -> String {
    match open(request, &mut |_| {}) {
        Ok(opened) => opened.answer().to_string(),
        Err(answer) => answer,
    }
}

/// Verifies, then re-runs the method with changes in the grammar of `replay --set` and
/// `--without`: the answer of [`verify`] and `"rerun"`, which is what `solferino replay --json` prints.
#[must_use]
pub fn replay(request: &str) -> String {
    let opened = match open(request, &mut |_| {}) {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let mut answer = opened.answer();
    if opened.finding().is_none() {
        return answer.to_string();
    }
    match opened.rerun_with(&opened.changes) {
        Ok(rerun) => answer["rerun"] = rerun,
        Err(why) => return problem(why),
    }
    answer.to_string()
}

/// Verifies a bundle, telling each check as it is made, and keeps it.
///
/// # Errors
/// The answer to give where nothing could be verified: `{"verdict": "failed", "problem": …}`.
pub fn open(request: &str, told: &mut dyn FnMut(&Check)) -> Result<Opened, String> {
    let request: Request = serde_json::from_str(request)
        .map_err(|e| problem(format!("the request is not understood: {e}")))?;
    let trust = request.trust.as_deref().map(TrustFile::parse).transpose();
    let trust = trust.map_err(|e| problem(e.to_string()))?;
    let (verification, bundle) =
        bundle::verify_telling(request.bundle.as_bytes(), trust.as_ref(), told);
    Ok(Opened {
        verification,
        bundle,
        changes: request.changes,
    })
}

impl Opened {
    /// The answer of [`verify`].
    #[must_use]
    pub fn answer(&self) -> Value {
        let v = &self.verification;
        let verdict = match (v.holds(), v.pinned) {
            (false, _) => "failed",
            (true, false) => "self-consistent",
            (true, true) => "verified",
        };
        let found = self.finding();
        json!({
            "verdict": verdict,
            "checks": v.report.checks,
            "as_of_size": v.as_of_size,
            "as_of_time": v.as_of_time,
            "later_withdrawal": "not checked",
            "demonstration": v.state.global.charter.as_ref().map(|c| c.demonstration),
            "subject": found.map(|f| self.subject(f)),
            "finding": found.map(|f| &f.finding.proposal),
            "result": found.map(|f| f.replayed.bytes()),
            "rerun": null,
        })
    }

    /// What it is that was verified: `{"record", "case", "finding", "outcome"}`, so that nobody takes one
    /// finding's verdict for another's.
    fn subject(&self, found: &FindingRecord) -> Value {
        let proposal = &found.finding.proposal;
        json!({
            "record": self.verification.state.global.charter.as_ref().map(|c| c.origin()),
            "case": proposal.case,
            "finding": found.statement,
            "outcome": proposal.outcome,
        })
    }

    /// Re-runs with `{"changes": […]}`: what `solferino replay --json` prints with these changes, or
    /// `{"problem": …}`.
    #[must_use]
    pub fn rerun(&self, request: &str) -> String {
        let changes: Result<Changes, _> = serde_json::from_str(request);
        let ran = match changes {
            Ok(asked) => self.rerun_with(&asked.changes),
            Err(e) => Err(format!("the request is not understood: {e}")),
        };
        ran.unwrap_or_else(|why| json!({"problem": why}))
            .to_string()
    }

    fn rerun_with(&self, changes: &[String]) -> Result<Value, String> {
        let finding = self
            .finding()
            .ok_or("the bundle does not hold: there is nothing to re-run")?;
        figures::rerun(&self.verification, finding, changes).map_err(|e| e.to_string())
    }

    fn finding(&self) -> Option<&FindingRecord> {
        self.verification.finding(self.bundle.as_ref()?)
    }
}

fn problem(why: String) -> String {
    json!({"verdict": "failed", "problem": why}).to_string()
}
