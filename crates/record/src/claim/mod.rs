//! Checking a claim made by others: what open evidence says of each of its assertions.
//!
//! Pure functions of the claim and of the recomputed result; docs/method.md, "Checking a claim
//! made by others", is normative. The default is always "cannot tell".

mod against;
mod words;

use method::{Credibility, ItemKind, Reliability, Standard};

use crate::body::charter::CharterText;
use crate::body::claim::{AssertionOutcome, Because, Claim, Says, Tested};
use crate::body::outcome::{Named, Outcome};
use crate::derive::{DeriveError, Replayed, nameable, ppm, thresholds};
use crate::ids::{Country, InputId};

use against::{Clearing, Subject};
pub use words::{because, likelihood_sentence, meaning, outcome, says};

/// What the check of a claim comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Of the whole finding.
    pub outcome: Outcome,
    /// Who is named: only ever a state the claim speaks of.
    pub named: Option<Named>,
    /// Of each assertion, in the claim's order.
    pub assertions: Vec<AssertionOutcome>,
    /// States the claim speaks of that the evidence clears.
    pub exonerated: Vec<Country>,
    /// The state whose likelihood the finding gives.
    pub subject: Option<Country>,
}

/// Checks a claim against a result.
///
/// # Errors
/// [`DeriveError::Input`] where the result's inputs are not valid.
pub fn check(claim: &Claim, r: &Replayed, charter: &CharterText) -> Result<Checked, DeriveError> {
    let concerned: Vec<Country> = claim.states().into_iter().cloned().collect();
    let clearing = Clearing::new(r, charter)?;
    let named = nameable(&r.evaluation, charter)
        .filter(|n| concerned.contains(&n.state))
        .map(|n| without_unasked_unit(claim, n));
    let ask = Ask {
        r,
        charter,
        clearing: &clearing,
        named: named.as_ref(),
    };
    let assertions = claim.assertions.iter().map(|a| {
        let (outcome, because, subject) = ask.tested(&a.says);
        AssertionOutcome {
            id: a.id.clone(),
            outcome,
            because,
            likelihood_ppm: subject.as_ref().map(|s| ppm(s.p)),
            interval_ppm: subject.as_ref().map(|s| [ppm(s.p5), ppm(s.p95)]),
        }
    });
    let assertions: Vec<_> = assertions.collect();
    let cleared = |state: &&Country| {
        Subject::state(r, state).is_some_and(|subject| clearing.clears(&subject))
    };
    let exonerated: Vec<_> = concerned.iter().filter(cleared).cloned().collect();
    let outcome = match (&named, exonerated.is_empty()) {
        (Some(_), _) => Outcome::Attributed,
        (None, false) => Outcome::Exonerated,
        (None, true) => Outcome::ClaimChecked,
    };
    let subject = named.as_ref().map(|n| n.state.clone());
    Ok(Checked {
        outcome,
        subject: subject.or_else(|| concerned.first().cloned()),
        named,
        assertions,
        exonerated,
    })
}

/// A unit is named only where the claim asks about that unit.
fn without_unasked_unit(claim: &Claim, named: Named) -> Named {
    let asked = |unit: &String| {
        claim.assertions.iter().any(
            |a| matches!(&a.says, Says::UnitResponsible { actor, .. } if actor.as_str() == unit),
        )
    };
    Named {
        actor: named.actor.filter(asked),
        ..named
    }
}

/// One assertion's outcome, its ground, and whose probability stands beside it.
type Answer = (Tested, Because, Option<Subject>);

struct Ask<'a> {
    r: &'a Replayed,
    charter: &'a CharterText,
    clearing: &'a Clearing<'a>,
    named: Option<&'a Named>,
}

impl Ask<'_> {
    fn tested(&self, says: &Says) -> Answer {
        match says {
            Says::StateResponsible { state } => self.state(state),
            Says::StateNotResponsible { state } => self.not_state(state),
            Says::UnitResponsible { actor, state } => self.unit(actor, state.as_ref()),
            Says::Observed { item, of } => {
                let (outcome, because) = observed(self.r, item, *of);
                (outcome, because, None)
            }
        }
    }

    fn is_named(&self, state: &str) -> bool {
        self.named.is_some_and(|n| n.state.as_str() == state)
    }

    fn state(&self, state: &Country) -> Answer {
        let Some(subject) = Subject::state(self.r, state) else {
            return (Tested::CannotTell, Because::NotConsidered, None);
        };
        let (outcome, because) = match self.is_named(state.as_str()) {
            true => (Tested::Supported, Because::StandardReached),
            false => self.against(&subject, Because::Undecided),
        };
        (outcome, because, Some(subject))
    }

    fn not_state(&self, state: &Country) -> Answer {
        let (outcome, because, subject) = self.state(state);
        let outcome = match outcome {
            Tested::Supported => Tested::NotSupported,
            Tested::Exonerated => Tested::Supported,
            Tested::NotSupported | Tested::CannotTell => Tested::CannotTell,
        };
        let because = match because {
            Because::EvidenceAgainst => Because::Undecided,
            other => other,
        };
        (outcome, because, subject)
    }

    fn unit(&self, actor: &InputId, claimed: Option<&Country>) -> Answer {
        let Some((subject, state)) = Subject::actor(self.r, actor) else {
            return (Tested::CannotTell, Because::NotConsidered, None);
        };
        if claimed.is_some_and(|c| state.as_deref() != Some(c.as_str())) {
            return (Tested::CannotTell, Because::OtherState, None);
        }
        let named = state.as_deref().is_some_and(|s| self.is_named(s));
        let enough = thresholds(self.r.evaluation.standard, self.charter)
            .is_some_and(|needed| ppm(subject.p) > needed.p_ppm);
        let (outcome, because) = match (named, enough) {
            (true, true) => (Tested::Supported, Because::StandardReached),
            (true, false) => self.against(&subject, Because::GroupUndecided),
            (false, _) => self.against(&subject, Because::Undecided),
        };
        (outcome, because, Some(subject))
    }

    fn against(&self, subject: &Subject, otherwise: Because) -> (Tested, Because) {
        if self.clearing.clears(subject) {
            (Tested::Exonerated, Because::Cleared)
        } else if self.clearing.speaks_against(subject) {
            (Tested::NotSupported, Because::EvidenceAgainst)
        } else {
            (Tested::CannotTell, otherwise)
        }
    }
}

/// What the item that stands for an observation says of it.
fn observed(r: &Replayed, id: &InputId, of: ItemKind) -> (Tested, Because) {
    let stands_for = |i: &&method::Item| i.id == id.as_str() && i.kind == of;
    let Some(item) = r.inputs.items.iter().find(stands_for) else {
        return (Tested::CannotTell, Because::NoItem);
    };
    if !item.recheckable || item.exhibits.is_empty() {
        return (Tested::CannotTell, Because::NotReCheckable);
    }
    match (item.reliability, Credibility::digit(item.credibility)) {
        (Reliability::F, _) | (_, 6) => (Tested::CannotTell, Because::UnknownGrade),
        (_, 1 | 2) => (Tested::Supported, Because::ReChecked),
        (_, 5) => (Tested::NotSupported, Because::Contradicted),
        _ => (Tested::CannotTell, Because::Doubtful),
    }
}

/// The standard a finding states: in the check of a claim, that of whoever is named.
pub(crate) fn standard(checked: &Checked, r: &Replayed) -> Standard {
    match checked.named {
        Some(_) => r.evaluation.standard,
        None => Standard::None,
    }
}
