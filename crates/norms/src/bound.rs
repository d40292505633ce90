//! Was the party bound by this norm on this day?

use crate::ledger::Standing;
use crate::{Binding, Bound, Day, Entry, Force, Instrument, Ledger, Party};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a party was bound, why, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The answer.
    pub bound: Bound,
    /// Why.
    pub reason: String,
    /// Statements or documents that show it.
    pub evidence: Vec<String>,
}

impl Bounds {
    fn new(bound: Bound, reason: impl Into<String>) -> Self {
        Self {
            bound,
            reason: reason.into(),
            evidence: Vec::new(),
        }
    }

    fn shown(mut self, evidence: Vec<String>) -> Self {
        self.evidence = evidence;
        self
    }
}

/// Whether a party was bound by a norm on a day (docs/norms.md, Binding).
#[must_use]
pub fn bound_when(entry: &Entry, party: &Party, on: Day, ledger: &Ledger<'_>) -> Bounds {
    let text = entry.text();
    if !entry.norm.addressee.fits(party) {
        let kind = if party.is_state() {
            "states"
        } else {
            "others than states"
        };
        return Bounds::new(Bound::NotThen, format!("does not speak to {kind}"));
    }
    if on < entry.issued().last_day() {
        return unissued(entry, on);
    }
    if party.is_unnamed() {
        return unnamed(text, on);
    }
    match &text.binding {
        Binding::Nobody {} | Binding::Restatement {} => yardstick(&text.binding),
        Binding::AllStates { from, note } => {
            if !ledger.states().is_un_member(party.as_str()) {
                let why = "addressed to the member states of the United Nations, and this is none";
                return Bounds::new(Bound::Unknown, why);
            }
            from_day(*from, on, note)
        }
        Binding::Participants { from, states, note } if states.contains(party) => {
            match by_ledger(entry, party, on, ledger) {
                // A participant may have left; that it took the text on again later takes nothing back.
                outside @ Bounds {
                    bound: Bound::NotThen,
                    ..
                } if ledger.began_by(party, text, on) => outside,
                _ => from_day(*from, on, note),
            }
        }
        Binding::Participants { .. } => match by_ledger(entry, party, on, ledger) {
            Bounds {
                bound: Bound::Unknown,
                evidence,
                ..
            } if evidence.is_empty() => Bounds::new(Bound::NotThen, "not among the participants"),
            other => other,
        },
        Binding::Accession {} => {
            in_force(text, on).unwrap_or_else(|| by_ledger(entry, party, on, ledger))
        }
        Binding::Affirmation {} => match by_ledger(entry, party, on, ledger) {
            Bounds {
                bound: Bound::Unknown,
                ..
            } => Bounds::new(Bound::NotThen, "has not affirmed it in the record"),
            other => other,
        },
    }
}

/// What binds nobody through itself measures conduct all the same.
fn yardstick(binding: &Binding) -> Bounds {
    let why = match binding {
        Binding::Nobody {} => "a proposal: binds nobody",
        _ => "restates law: binds nobody through this text",
    };
    Bounds::new(Bound::Yardstick, why)
}

/// Where nobody is named, only the text itself can say something of being bound.
fn unnamed(text: &Instrument, on: Day) -> Bounds {
    match &text.binding {
        binding @ (Binding::Nobody {} | Binding::Restatement {}) => yardstick(binding),
        Binding::AllStates { from, note } | Binding::Participants { from, note, .. }
            if on < *from =>
        {
            from_day(*from, on, note)
        }
        _ => in_force(text, on)
            .unwrap_or_else(|| Bounds::new(Bound::Unknown, "nobody is named as the author")),
    }
}

/// The text may not have stood on the day: it surely did from the last day its date may mean.
fn unissued(entry: &Entry, on: Day) -> Bounds {
    let date = entry.issued();
    let earlier = on.to_string().as_str() < date.as_str();
    match (&entry.text().binding, earlier) {
        (Binding::Restatement {}, _) => Bounds::new(
            Bound::Unknown,
            format!("the text is of {date}; whether the law stood so on {on} is not decided here"),
        ),
        (_, true) => Bounds::new(Bound::NotThen, format!("the text is of {date}")),
        (_, false) => Bounds::new(
            Bound::Unknown,
            format!("the text is of {date}: whether before or after {on} is not known"),
        ),
    }
}

fn from_day(from: Day, on: Day, note: &str) -> Bounds {
    if on < from {
        Bounds::new(Bound::NotThen, format!("only from {from}: {note}"))
    } else {
        Bounds::new(Bound::AtTheTime, format!("from {from}: {note}"))
    }
}

/// A treaty that binds nobody yet.
fn in_force(text: &Instrument, on: Day) -> Option<Bounds> {
    if text.force != Force::Treaty {
        return None;
    }
    match text.in_force {
        None => Some(Bounds::new(Bound::NotThen, "not in force")),
        Some(day) if on < day => {
            let why = format!("in force only from {day}");
            Some(Bounds::new(Bound::NotThen, why))
        }
        Some(_) => None,
    }
}

fn by_ledger(entry: &Entry, party: &Party, on: Day, ledger: &Ledger<'_>) -> Bounds {
    let text = entry.text();
    match ledger.standing(party, text, on) {
        Standing::In {
            why,
            evidence,
            reserved,
        } => reserving(entry, &reserved, why).shown(evidence),
        Standing::Outside { why, evidence } => Bounds::new(Bound::NotThen, why).shown(evidence),
        Standing::Unclear { why, evidence } => Bounds::new(Bound::Unknown, why).shown(evidence),
        Standing::Silent => match ledger.complete_until(text) {
            Some(until) if on <= until => {
                let why =
                    format!("all accessions up to {until} are known, and it is not among them");
                Bounds::new(Bound::NotThen, why)
            }
            _ => Bounds::new(Bound::Unknown, "the ledger does not say"),
        },
    }
}

/// A reservation removes its articles, and nothing else.
fn reserving(entry: &Entry, reserved: &BTreeSet<String>, why: String) -> Bounds {
    let articles = &entry.norm.articles;
    let out: Vec<&str> = articles
        .iter()
        .filter(|a| reserved.contains(*a))
        .map(String::as_str)
        .collect();
    if out.is_empty() {
        Bounds::new(Bound::AtTheTime, why)
    } else if out.len() == articles.len() {
        let why = format!("{why}, with a reservation to {}", out.join(", "));
        Bounds::new(Bound::NotThen, why)
    } else {
        let why = format!(
            "{why}, with a reservation to {}: in part only",
            out.join(", ")
        );
        Bounds::new(Bound::Unknown, why)
    }
}
