//! What a purge destroys and what it cannot, told to the requester (docs/aid.md, section 10).

use crate::text::Id;
use crate::words::words;
use crate::workflow::{Stage, Standing, Step, StepRefused, Waits, step};
use serde::{Deserialize, Serialize};

words! {
    /// Something that a request leaves behind. The catalogue has a sentence for each under `aid.remains.WORD`.
    Trace, "trace";
    /// The key of the request: whoever has the words can show that it was theirs.
    PublicKey = "public-key",
    /// Times, stages and reason codes of all steps.
    Steps = "steps",
    /// The class.
    Class = "class",
    /// Salted commitments: they open to nothing once salt and content are gone.
    Commitments = "commitments",
    /// Digests of the sealed files: no file is left that has them.
    SealedDigests = "sealed-digests",
    /// Consents given and taken back.
    Consents = "consents",
    /// Items that crossed to a case by the requester's own consent: they belong to that case now.
    Crossed = "crossed",
    /// Copies that officers made: the code of conduct binds them to destroy these, and nobody can compute whether they did.
    OfficersCopies = "officers-copies",
    /// Copies that helpers were given: the code of conduct binds them to destroy these, and nobody can compute whether they did.
    HelpersCopies = "helpers-copies",
    /// What the requester keeps: the words, the receipts, their own copies.
    OwnCopies = "own-copies",
}

words! {
    /// What is destroyed. The catalogue has a sentence for each under `aid.destroyed.WORD`.
    Destroyed, "destroyed thing";
    /// The key under which the contents lay.
    RequestKey = "request-key",
    /// The sealed files: form, messages, needs, reports, scopes.
    SealedFiles = "sealed-files",
    /// The salts of the commitments, which lay in them.
    Salts = "salts",
}

/// What the desk holds of a request, in numbers and names that are public anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The request.
    pub request: Id,
    /// Steps that are recorded.
    pub steps: u32,
    /// Whether it has a class.
    pub classed: bool,
    /// Its items, by commitment.
    pub commitments: Vec<Id>,
    /// Consents given or taken back.
    pub consents: u32,
    /// Items that crossed to a case, by commitment.
    pub crossed: Vec<Id>,
    /// Whether anything was shared with helpers.
    pub shared_with_helpers: bool,
}

/// One line of what remains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// What.
    pub trace: Trace,
    /// How many.
    pub count: u32,
    /// Which, where they have names.
    pub names: Vec<Id>,
}

/// What becomes of a request by its purge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remains {
    /// The request.
    pub request: Id,
    /// What is destroyed.
    pub destroyed: Vec<Destroyed>,
    /// What remains: everything there is, not a selection.
    pub kept: Vec<Kept>,
}

/// From when on nothing of a request is kept, if nothing happens before: nothing if it is not at its end. Once it is purged, the moment it came to that.
#[must_use]
pub fn purge_due_s(standing: &Standing, waits: &Waits) -> Option<i64> {
    match standing.stage {
        Stage::Withdrawn | Stage::Purged => Some(standing.since_s),
        Stage::Closed | Stage::Declined | Stage::Referred => {
            Some(standing.since_s.saturating_add_unsigned(waits.retention_s))
        }
        _ => None,
    }
}

/// Whether nothing of a request is kept any more at a moment. Nobody has to take a step for that: withdrawal and the end of retention suffice.
#[must_use]
pub fn is_over(standing: &Standing, waits: &Waits, at_s: i64) -> bool {
    purge_due_s(standing, waits).is_some_and(|due_s| due_s <= at_s)
}

/// Purges a request: the standing after it, and what remains, to be shown to the requester before and after.
///
/// # Errors
/// [`StepRefused`] if the step is not one to [`Stage::Purged`] that the workflow allows.
pub fn purge(
    standing: &Standing,
    wish: &Step,
    waits: &Waits,
    ledger: &Ledger,
) -> Result<(Standing, Remains), StepRefused> {
    if wish.to != Stage::Purged {
        let (from, to) = (standing.stage, wish.to);
        return Err(StepRefused::WrongStage {
            from,
            to,
            possible: vec![Stage::Purged],
        });
    }
    let after = step(standing, wish, waits)?;
    Ok((after, remains(ledger)))
}

/// What a purge of this request destroys and leaves.
#[must_use]
pub fn remains(ledger: &Ledger) -> Remains {
    let commitments = count(ledger.commitments.len());
    let crossed = count(ledger.crossed.len());
    let lines = [
        (Trace::PublicKey, 1, vec![ledger.request.clone()]),
        (Trace::Steps, ledger.steps.saturating_add(1), Vec::new()),
        (Trace::Class, u32::from(ledger.classed), Vec::new()),
        (Trace::Commitments, commitments, ledger.commitments.clone()),
        (Trace::SealedDigests, commitments, Vec::new()),
        (Trace::Consents, ledger.consents, Vec::new()),
        (Trace::Crossed, crossed, ledger.crossed.clone()),
        (Trace::OfficersCopies, 1, Vec::new()),
        (
            Trace::HelpersCopies,
            u32::from(ledger.shared_with_helpers),
            Vec::new(),
        ),
        (Trace::OwnCopies, 1, Vec::new()),
    ];
    let there = lines.into_iter().filter(|(_, count, _)| *count > 0);
    Remains {
        request: ledger.request.clone(),
        destroyed: Destroyed::ALL.to_vec(),
        kept: there
            .map(|(trace, count, names)| Kept {
                trace,
                count,
                names,
            })
            .collect(),
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
