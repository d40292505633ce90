//! A claim by others as rows: what it says, by whom, and what was found of it.

use record::body::case::Question;
use record::body::claim::AssertionOutcome;
use record::claim;
use serde::Serialize;
use utoipa::ToSchema;

use crate::words;

/// One assertion of a claim made by others.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Claimed {
    /// Its name within the claim.
    pub(crate) id: String,
    /// What the publisher says, in words. It is the publisher's, not this body's.
    pub(crate) says: String,
    /// Who claims it.
    pub(crate) claimed_by: String,
    /// What open evidence says of it, in a few words; absent before the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    /// What that outcome means, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meaning: Option<String>,
    /// Why it came out so, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) because: Option<String>,
    /// Likelihood and range of the state or group it speaks of, where it was considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) likelihood: Option<String>,
}

/// The assertions of a question with what was found of them, in the claim's order.
pub(crate) fn claimed(question: &Question, found: &[AssertionOutcome]) -> Vec<Claimed> {
    let Some(claim) = question.claim() else {
        return Vec::new();
    };
    let row = |assertion: &record::body::claim::Assertion| {
        let found = found.iter().find(|f| f.id == assertion.id);
        Claimed {
            id: assertion.id.to_string(),
            says: claim::says(&assertion.says),
            claimed_by: claim.publisher.to_string(),
            outcome: found.map(|f| claim::outcome(f.outcome).to_owned()),
            meaning: found.map(|f| claim::meaning(f.outcome).to_owned()),
            because: found.map(|f| claim::because(f.because).to_owned()),
            likelihood: found.and_then(likelihood),
        }
    };
    claim.assertions.iter().map(row).collect()
}

fn likelihood(found: &AssertionOutcome) -> Option<String> {
    let (p, [low, high]) = (found.likelihood_ppm?, found.interval_ppm?);
    Some(format!(
        "{}, {} ({} to {})",
        words::likelihood(p),
        words::percent(p),
        words::percent(low),
        words::percent(high)
    ))
}
