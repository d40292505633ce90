//! A member's desk without a screen: from the entries of a docket to what a key may say now, to the exact
//! statement before it is signed, to the entry, to the receipt. The browser's scripts show forms, hold keys
//! and sign; sealing, canonical form and rules are the record's own, so that no script does them a second
//! time (docs/desk.md).
//!
//! Text in, JSON out; time and randomness are arguments.

mod blind;
mod draft;
mod forms;
mod next;
mod readers;
mod receipt;
mod tasks;

use std::collections::BTreeMap;

use record::body::charter::Clock;
use record::ids::StatementId;
use record::kind::Content;
use record::rules;
use record::seal::Opening;
use record::state::{Case, State};
use record::statement::Verified;
use record::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

pub use blind::Packet;
pub use forms::{Field, Is, Variant, fields, forms};
pub use readers::{Reading, What, may_read, may_review_blind, may_work, reading_text};

/// Entries of a record, enough to judge what is to be said: those that hold for all cases, and one case's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Docket {
    /// Index and envelope of each entry, by index.
    entries: Vec<(u64, String)>,
    /// The present moment; for an injected clock that of the record, else the browser's.
    now: Timestamp,
}

/// A record as far as it concerns one desk.
#[derive(Debug)]
pub struct Desk {
    state: State,
    now: Timestamp,
    next_index: u64,
}

/// What opens sealed statements, by statement, as far as a desk has it.
pub(crate) type Kept = BTreeMap<StatementId, Opening>;

impl Desk {
    /// Judges the entries of a docket, `{"entries": [[index, envelope], …], "now": moment}`: signatures and rules,
    /// as every verifier does.
    ///
    /// # Errors
    /// A sentence with the first entry that does not hold.
    pub fn open(docket: &str) -> Result<Self, String> {
        let docket: Docket = serde_json::from_str(docket).map_err(|e| e.to_string())?;
        let mut state = State::default();
        let mut next_index = 0;
        for (index, envelope) in &docket.entries {
            let at = |problem: String| format!("entry {index} of the docket: {problem}");
            let statement = Verified::parse(envelope.as_bytes()).map_err(|e| at(e.to_string()))?;
            rules::admit(&mut state, *index, &statement).map_err(|e| at(e.to_string()))?;
            next_index = index + 1;
        }
        Ok(Self {
            state,
            now: docket.now,
            next_index,
        })
    }

    /// Whose record it is, and what is sealed in its cases.
    #[must_use]
    pub fn answer(&self) -> Value {
        let charter = self.state.global.charter.as_ref();
        let cases = self.state.cases.values().map(|case| {
            let sealed = case.sealed.iter().map(|(id, sealed)| {
                json!({
                    "statement": id, "type": sealed.kind.as_str(), "author": sealed.author,
                    "until": sealed.seal.until, "open": case.contents.contains_key(id),
                })
            });
            let reviewed = case.reviews.iter().all(|(_, id)| case.contents.contains_key(id));
            let blind = case.mask.is_some() && (case.reviews.is_empty() || !reviewed);
            json!({
                "blind": blind, "case": case.id, "phase": case.phase.as_str(), "round": case.round, "panel": case.panel,
                "sealed": sealed.collect::<Vec<_>>(),
            })
        });
        json!({
            "origin": charter.map(|c| c.origin().to_string()),
            "demonstration": charter.map(|c| c.demonstration), "log": charter.map(|c| &c.log),
            "injected_clock": charter.map(|c| c.clock == Clock::Injected),
            "now": self.now, "time": self.state.global.time,
            "cases": cases.collect::<Vec<_>>(),
        })
    }
}

/// The contents of a case that are open or that this desk can open.
pub(crate) fn contents(case: &Case, kept: &Kept) -> BTreeMap<StatementId, Content> {
    let sealed = case.sealed.iter().filter_map(|(id, sealed)| {
        let opening = kept.get(id).filter(|o| o.opens(&sealed.seal))?;
        Some((*id, Content::parse(sealed.kind, &opening.value).ok()?))
    });
    let mut all: BTreeMap<_, _> = sealed.collect();
    all.extend(
        case.contents
            .iter()
            .map(|(id, content)| (*id, content.clone())),
    );
    all
}

/// The answer of a function that can fail, as JSON text: its value, or `{"problem": sentence}`.
pub(crate) fn told(answer: Result<Value, String>) -> String {
    answer
        .unwrap_or_else(|problem| json!({"problem": problem}))
        .to_string()
}

pub use receipt::{check_receipt, vkey};
