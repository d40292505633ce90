//! Plain words for what the record says in codes; no word here adds a judgement.

use record::body::deciding::Choice;
use record::body::outcome::{Outcome, Proposal};
use record::state::FindingStatus;
use record::table::Phase;

/// Where a case stands.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Open => "Evidence is being gathered and weighed",
        Phase::Review => "The panel is reviewing",
        Phase::Notified => "The party concerned has been told and may reply",
        Phase::Answered => "The right of reply has been given; the panel is deciding",
        Phase::Decided => "A finding has been published",
        Phase::Closed => "Closed",
    }
}

/// Who did it, in one sentence.
pub(crate) fn outcome(proposal: &Proposal) -> String {
    match (proposal.outcome, &proposal.named) {
        (Outcome::Attributed, Some(named)) => {
            let to = match &named.actor {
                Some(actor) => format!("Attributed to {actor}, an actor of {}.", named.state),
                None => format!("Attributed to an actor of {}.", named.state),
            };
            // An exoneration stands beside whatever else is found.
            match proposal.exonerated.is_empty() {
                true => to,
                false => format!("{to} {}", exonerated(proposal)),
            }
        }
        (Outcome::Attributed, None) => "Attributed.".to_owned(),
        (Outcome::NotAttributed, _) => {
            "Not known: the evidence does not reach the lowest standard of proof. This is neither innocence nor guilt.".to_owned()
        }
        (Outcome::Exonerated, _) => exonerated(proposal),
        (Outcome::ClaimChecked, _) => {
            "A public claim by others was checked. It names nobody as far as open evidence carries, and clears nobody; what was found of each assertion stands below.".to_owned()
        }
    }
}

fn exonerated(proposal: &Proposal) -> String {
    let states: Vec<_> = proposal
        .exonerated
        .iter()
        .map(ToString::to_string)
        .collect();
    format!(
        "Exonerated: {}. A public claim by others speaks of it; the evidence clears it.",
        states.join(", ")
    )
}

/// The wire name of an outcome.
pub(crate) fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Attributed => "attributed",
        Outcome::NotAttributed => "not-attributed",
        Outcome::Exonerated => "exonerated",
        Outcome::ClaimChecked => "claim-checked",
    }
}

/// The wire name of a standard.
pub(crate) fn standard_code(standard: method::Standard) -> &'static str {
    match standard {
        method::Standard::None => "none",
        method::Standard::S1 => "S1",
        method::Standard::S2 => "S2",
        method::Standard::S3 => "S3",
    }
}

/// What it would cost to forge the result.
pub(crate) fn planting(planting: &method::PlantingCost) -> String {
    match planting {
        method::PlantingCost::Flips { cost: 1, items } => {
            format!(
                "Forging one item would change the result: {}.",
                items.join(", ")
            )
        }
        method::PlantingCost::Flips { cost, items } => format!(
            "Forging {cost} items would change the result, no fewer: {}.",
            items.join(", ")
        ),
        method::PlantingCost::None { plantable } => format!(
            "None: forging any or all of the {plantable} items that can be planted would not change the result."
        ),
        method::PlantingCost::MoreThan { k, plantable, best } => {
            let met = best.as_ref().map_or_else(String::new, |set| {
                format!("; forging {} would: {}", set.len(), set.join(", "))
            });
            format!(
                "More than {k} of the {plantable} items that can be planted; larger sets were not \
                 all tried{met}."
            )
        }
    }
}

/// The wire name of what became of a finding.
pub(crate) fn status_code(status: &FindingStatus) -> &'static str {
    match status {
        FindingStatus::Standing => "standing",
        FindingStatus::Superseded(_) => "superseded",
        FindingStatus::Withdrawn(..) => "withdrawn",
    }
}

/// The wire name of a choice.
pub(crate) fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::Publish => "publish",
        Choice::Object => "object",
        Choice::Abstain => "abstain",
    }
}

/// A probability in parts per million as a percentage, never rounded to certainty or to nothing.
pub(crate) fn percent(ppm: u32) -> String {
    match ppm {
        0..=999 => "below 0.1 %".to_owned(),
        999_001.. => "above 99.9 %".to_owned(),
        _ => format!("{:.1} %", f64::from(ppm) / 10_000.0),
    }
}

/// The ICD 203 word for parts per million.
pub(crate) fn likelihood(ppm: u32) -> &'static str {
    method::likelihood_word(f64::from(ppm) / 1_000_000.0).text()
}

/// An enumeration's value as files and the API spell it.
pub(crate) fn coded(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
