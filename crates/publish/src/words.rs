//! A finding in sentences: likelihood and confidence each in its own, names only where the finding puts them.

use method::{Likelihood, Standard};
use record::body::charter::CharterText;
use record::body::claim::Says;
use record::body::outcome::{Outcome, Placement, WithdrawReason};
use record::claim;
use record::state::{Case, FindingRecord, FindingStatus};

/// A finding in its case, under its charter.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) charter: &'a CharterText,
    pub(crate) case: &'a Case,
    pub(crate) finding: &'a FindingRecord,
}

/// A probability in parts per million, rounded half up.
pub(crate) fn ppm(p: f64) -> u32 {
    // p is in [0, 1], so the product fits
    (p * 1_000_000.0 + 0.5) as u32
}

/// The ICD 203 word of a probability in parts per million.
pub(crate) fn likelihood(ppm: u32) -> &'static str {
    word(f64::from(ppm) / 1_000_000.0).text()
}

fn word(p: f64) -> Likelihood {
    method::likelihood_word(p)
}

/// A standard as people read it.
pub(crate) fn standard(standard: Standard) -> &'static str {
    match standard {
        Standard::None => "none",
        Standard::S1 => "S1",
        Standard::S2 => "S2",
        Standard::S3 => "S3",
    }
}

/// An outcome's name on the wire.
pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Attributed => "attributed",
        Outcome::NotAttributed => "not-attributed",
        Outcome::Exonerated => "exonerated",
        Outcome::ClaimChecked => "claim-checked",
    }
}

/// The STIX confidence of the analytic confidence (docs/export.md).
pub(crate) fn confidence(level: method::Confidence) -> u8 {
    match level {
        method::Confidence::Low => 15,
        method::Confidence::Moderate => 50,
        method::Confidence::High => 85,
    }
}

/// The English short name of a state; its code where there is none.
pub(crate) fn state(code: &str) -> String {
    let states = norms::States::shipped();
    let name = states.ok().and_then(|all| {
        let state = all.get(code)?;
        Some(state.names.en.clone())
    });
    name.unwrap_or_else(|| code.to_owned())
}

/// What a finding is called. A state stands in it only from the placement in the title on.
pub(crate) fn title(v: Told<'_>) -> String {
    let p = &v.finding.finding.proposal;
    let said = match (p.outcome, &p.named) {
        (Outcome::Attributed, Some(named)) if named.placement == Placement::Title => {
            format!("attributed to {}", state(named.state.as_str()))
        }
        (Outcome::Attributed, _) => "a state is assessed as responsible".to_owned(),
        (Outcome::NotAttributed, _) => "not attributed".to_owned(),
        (Outcome::Exonerated, _) => "a claim checked, and a state cleared".to_owned(),
        (Outcome::ClaimChecked, _) => "a claim checked".to_owned(),
    };
    let mark = if v.charter.demonstration {
        "Demonstration: "
    } else {
        ""
    };
    format!("{mark}finding on case {}: {said}", p.case)
}

/// The outcome in one sentence, with what became of the finding.
pub(crate) fn outcome_sentence(v: Told<'_>) -> String {
    let p = &v.finding.finding.proposal;
    let mut said = match (p.outcome, &p.named) {
        (Outcome::Attributed, Some(named)) => {
            let unit = named.actor.as_ref();
            let unit = unit.map(|u| format!(", unit {u}")).unwrap_or_default();
            let reached = standard(p.standard);
            format!(
                "Attributed to {}{unit} at standard {reached}.",
                state(named.state.as_str())
            )
        }
        (Outcome::Attributed, None) => "Attributed.".to_owned(),
        (Outcome::NotAttributed, _) => {
            "Not attributed: the evidence reaches no standard of proof, and nobody is named."
                .to_owned()
        }
        (Outcome::Exonerated, _) => {
            "A claim by others was checked; it accuses whom the evidence clears.".to_owned()
        }
        (Outcome::ClaimChecked, _) => {
            "A claim by others was checked; this finding names nobody.".to_owned()
        }
    };
    if !p.exonerated.is_empty() {
        let cleared: Vec<_> = p.exonerated.iter().map(|c| state(c.as_str())).collect();
        said.push_str(&format!(" The evidence clears {}.", cleared.join(", ")));
    }
    said.push_str(&status_sentence(v));
    said
}

fn status_sentence(v: Told<'_>) -> String {
    match &v.finding.status {
        FindingStatus::Standing => String::new(),
        FindingStatus::Superseded(by) => format!(" Superseded by finding {by}."),
        FindingStatus::Withdrawn(_, WithdrawReason::EvidenceUnsound) => {
            " Withdrawn: evidence proved unsound.".to_owned()
        }
        FindingStatus::Withdrawn(_, WithdrawReason::Procedure) => {
            " Withdrawn: the procedure was not kept.".to_owned()
        }
    }
}

/// How likely, in one sentence; confidence never stands in it.
pub(crate) fn likelihood_sentence(v: Told<'_>) -> String {
    let named = v.finding.finding.proposal.named.is_some();
    claim::likelihood_sentence(&v.case.question, named, &v.finding.replayed.evaluation)
}

/// How sure the analysis is of itself, in one sentence; likelihood never stands in it.
pub(crate) fn confidence_sentence(v: Told<'_>) -> String {
    method::confidence_sentence(&v.finding.replayed.evaluation)
}

/// What an assertion of a claim says, with whose claim it is.
pub(crate) fn claimed(publisher: &str, says: &Says) -> String {
    format!("Claimed by {publisher}: {}.", claim::says(says))
}
