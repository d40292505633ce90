//! The figures of a result, and of a re-run beside it, as JSON: the same for the command and the browser.

use method::Evaluation;
use serde_json::{Value, json};

use crate::body::case::Question;
use crate::body::claim::{Assertion, AssertionOutcome};
use crate::bundle::Verification;
use crate::claim;
use crate::derive::{self, DeriveError, Replayed, Verdicts};
use crate::state::FindingRecord;

/// A question with what a proposal or a re-run finds of it.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The question.
    pub question: &'a Question,
    /// Whether anybody is named.
    pub named: bool,
    /// What was found of each assertion, where a claim is checked.
    pub assertions: &'a [AssertionOutcome],
}

impl<'a> Answered<'a> {
    /// What a finding found.
    #[must_use]
    pub fn of(question: &'a Question, proposal: &'a crate::body::outcome::Proposal) -> Self {
        Self {
            question,
            named: proposal.named.is_some(),
            assertions: &proposal.assertions,
        }
    }

    /// How likely, in one sentence; a claim's check that names nobody names nobody here.
    #[must_use]
    pub fn sentence(&self, e: &Evaluation) -> String {
        claim::likelihood_sentence(self.question, self.named, e)
    }

    /// The assertions, each with what was found of it.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'a Assertion, &'a AssertionOutcome)> {
        let all = self.question.claim().into_iter();
        let all = all.flat_map(|c| c.assertions.iter());
        all.filter_map(|a| Some((a, self.assertions.iter().find(|f| f.id == a.id)?)))
            .collect()
    }

    /// The assertions for scripts; nothing where the question was who did it.
    #[must_use]
    pub fn json(&self) -> Value {
        let Some(claim) = self.question.claim() else {
            return Value::Null;
        };
        let rows = self.rows().into_iter().map(|(a, f)| {
            json!({
                "id": a.id, "says": a.says, "words": claim::says(&a.says), "outcome": f.outcome,
                "meaning": claim::meaning(f.outcome), "because": f.because, "why": claim::because(f.because),
                "likelihood_ppm": f.likelihood_ppm, "interval_ppm": f.interval_ppm,
            })
        });
        json!({
            "claimed_by": claim.publisher, "published": claim.published, "text_sha256": claim.text_sha256,
            "objects_sha256": claim.objects_sha256, "assertions": rows.collect::<Vec<_>>(),
        })
    }
}

/// The figures of one result, for scripts.
#[must_use]
pub fn json(replayed: &Replayed, answered: Answered<'_>) -> Value {
    let e = &replayed.evaluation;
    json!({
        "claim": answered.json(),
        "likelihood": answered.sentence(e),
        "confidence": method::confidence_sentence(e),
        "sensitivity": method::sensitivity_sentences(e),
        "standard": e.standard,
        "standard_as_given": replayed.as_given.standard_numeric,
        "naive": e.naive,
        "result_sha256": replayed.sha256(),
        "evaluation": e,
        "laboratories": replayed.laboratories,
        "norms": replayed.verdicts.as_ref().map(Verdicts::summary),
    })
}

/// A verified finding re-run with changes: what `solferino replay --json` prints.
///
/// # Errors
/// [`DeriveError`] for a change that is not understood, names nothing in the case, or leaves invalid inputs.
pub fn rerun(
    v: &Verification,
    finding: &FindingRecord,
    changes: &[String],
) -> Result<Value, DeriveError> {
    let proposal = &finding.finding.proposal;
    let missing = |what: &str| DeriveError::Input(format!("the bundle does not hold {what}"));
    let charter = v.state.global.charter.as_ref();
    let charter = charter.ok_or_else(|| missing("the charter"))?;
    let case = v.state.cases.get(&proposal.case);
    let case = case.ok_or_else(|| missing("the finding's case"))?;
    let after = derive::rerun(case, finding, charter, changes)?;
    let checked = derive::answer(&case.question, &after, charter)?;
    let is = Answered {
        question: &case.question,
        named: checked.named.is_some(),
        assertions: &checked.assertions,
    };
    let was = Answered::of(&case.question, proposal);
    Ok(json!({
        "finding": finding.statement, "proposal": proposal,
        "pinned": v.pinned, "as_of_size": v.as_of_size, "as_of_time": v.as_of_time,
        "same_bits": after.bytes() == finding.replayed.bytes(),
        "inputs": finding.replayed.inputs, "changes": changes,
        "before": json(&finding.replayed, was), "after": json(&after, is),
    }))
}
