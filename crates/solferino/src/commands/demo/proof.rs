//! The demonstration checks itself: an audit of the folder, and every bundle under its trust file.

use std::path::Path;

use record::bundle::{self, MAX_BUNDLE_BYTES};
use record::check::Outcome as CheckOutcome;
use serde::Serialize;
use store::AuditReport;

use super::{BUNDLES, TRUST};
use crate::problem::{Outcome, Problem};
use crate::ui::{self, Progress};
use crate::{files, opened};

/// What the checks found.
pub(super) struct Proof {
    pub(super) audited: AuditReport,
    pub(super) bundles: Vec<BundleProof>,
}

/// How one bundle came out.
#[derive(Debug, Serialize)]
pub(super) struct BundleProof {
    pub(super) file: String,
    pub(super) holds: bool,
    /// The first check that failed, with its place.
    pub(super) failure: Option<String>,
}

impl Proof {
    /// Whether everything holds.
    pub(super) fn holds(&self) -> bool {
        self.audited.report.failure().is_none() && self.bundles.iter().all(|b| b.holds)
    }
}

/// Audits and verifies; writes nothing.
pub(super) fn check(dir: &Path) -> Outcome<Proof> {
    let trust = opened::trust(&dir.join(TRUST))?;
    let progress = Progress::start("auditing");
    let audited = store::audit(dir, Some(&trust), |done, total| progress.at(done, total));
    drop(progress);
    let mut bundles = Vec::new();
    let progress = Progress::start("verifying");
    let expected: Vec<_> = {
        let cases = audited.state.cases.values();
        cases
            .flat_map(|c| {
                c.findings
                    .iter()
                    .map(|f| (c.id.clone(), f.finding.proposal.round, f.statement))
            })
            .collect()
    };
    let total = expected.len() as u64;
    for (done, (case, round, finding)) in (0..).zip(expected) {
        progress.at(done, total);
        let name = format!("{case}-{round}.bundle");
        let path = dir.join(BUNDLES).join(&name);
        let bytes = files::read(&path, MAX_BUNDLE_BYTES as u64).map_err(|p: Problem| {
            p.hint("the folder is not whole any more; remove it and run again")
        })?;
        let (v, parsed) = bundle::verify(&bytes, Some(&trust));
        let other = parsed.is_some_and(|b| b.finding != finding);
        let failure = match v.report.failure() {
            Some(check) => Some(format!("{}: {}", check.name, check.detail)),
            None if other => Some("it is of another finding".to_string()),
            None => None,
        };
        bundles.push(BundleProof {
            file: name,
            holds: v.holds() && !other,
            failure,
        });
    }
    Ok(Proof { audited, bundles })
}

/// The summary of the checks.
pub(super) fn print(proof: &Proof) {
    ui::line("");
    let checks = &proof.audited.report.checks;
    let held = checks
        .iter()
        .filter(|c| c.outcome == CheckOutcome::Held)
        .count();
    ui::line(format!(
        "audit of {} entries: {held} checks hold",
        proof.audited.size
    ));
    for check in checks.iter().filter(|c| c.outcome != CheckOutcome::Held) {
        let what = if check.outcome == CheckOutcome::Failed {
            "FAILED"
        } else {
            "not checked"
        };
        ui::line(format!("  {} {what}: {}", check.name, check.detail));
    }
    let good = proof.bundles.iter().filter(|b| b.holds).count();
    ui::line(format!(
        "{good} of {} bundles verify against the trust file and replay bit for bit",
        proof.bundles.len()
    ));
    for bundle in proof.bundles.iter().filter(|b| !b.holds) {
        ui::line(format!(
            "  {} FAILED: {}",
            bundle.file,
            bundle.failure.as_deref().unwrap_or("incomplete")
        ));
    }
}
