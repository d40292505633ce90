//! The first hour of an incident, step by step, as data (docs/aid.md, section 9).

mod translated;

pub use translated::{PlaybookTexts, TextsOfPlaybook, TextsOfStep, playbooks_in};

use crate::guard::Action;
use crate::need::Incident;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// What `format` says.
pub const PLAYBOOK_FORMAT: &str = "solferino-playbook/1";
/// Minutes of a playbook: the first hour.
pub const MAX_MINUTES: u8 = 60;
/// Words of a plain sentence, at most.
const MAX_PLAIN_WORDS: usize = 15;
/// Bytes of a playbook.
const MAX_BYTES: usize = 65_536;

/// The playbooks that come with the crate, as files.
pub const SHIPPED: &[&str] = &[
    include_str!("../playbooks/phishing-account.toml"),
    include_str!("../playbooks/ransomware-clinic.toml"),
    include_str!("../playbooks/wiper.toml"),
    include_str!("../playbooks/doxing.toml"),
    include_str!("../playbooks/ddos-newsroom.toml"),
];

words! {
    /// Who does a step.
    Who, "who";
    /// The requester or their own people.
    Requester = "requester",
    /// A responder.
    Responder = "responder",
    /// Both, talking to each other.
    Together = "together",
}

/// Public guidance that a step follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name in this playbook.
    pub id: String,
    /// Title and number.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaybookStep {
    /// Its name in this playbook, by which other languages name it too.
    pub id: String,
    /// By which minute.
    pub minutes: u8,
    /// Who does it.
    pub who: Who,
    /// What kind of action it is.
    pub action: Action,
    /// What to do.
    pub text: String,
    /// The same in plain language: short sentences, no terms.
    pub plain: String,
    /// What to keep.
    pub evidence: Vec<String>,
    /// What not to do.
    pub never: Vec<String>,
    /// Which guidance it follows, by id.
    pub sources: Vec<String>,
}

/// A playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// [`PLAYBOOK_FORMAT`].
    pub format: String,
    /// Its name.
    pub id: String,
    /// For which incidents.
    pub incidents: BTreeSet<Incident>,
    /// Title.
    pub title: String,
    /// Title in plain language.
    pub plain: String,
    /// What it follows.
    pub source: Vec<Source>,
    /// The steps, in order.
    pub step: Vec<PlaybookStep>,
}

/// Why a playbook was refused.
#[derive(Debug, Error)]
pub enum PlaybookError {
    /// Not of the documented form; an action outside the closed list is such a case.
    #[error("not of the form docs/aid.md describes: {0}")]
    Shape(#[from] toml::de::Error),
    /// Something that has no sense.
    #[error("{place}: {what}")]
    Value {
        /// Where.
        place: String,
        /// What is wrong, and what would be right.
        what: &'static str,
    },
}

impl PlaybookError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-playbook"
    }
}

impl Playbook {
    /// Reads a playbook.
    ///
    /// # Errors
    /// [`PlaybookError`] if it is not of the documented form or breaks a rule of the page.
    pub fn from_toml(text: &str) -> Result<Self, PlaybookError> {
        if text.len() > MAX_BYTES {
            return refuse("the file", "a playbook has at most 65,536 bytes");
        }
        let playbook: Self = toml::from_str(text)?;
        playbook.check()?;
        Ok(playbook)
    }

    fn check(&self) -> Result<(), PlaybookError> {
        if self.format != PLAYBOOK_FORMAT {
            return refuse(&self.format, "this program reads solferino-playbook/1");
        }
        if !is_slug(&self.id) || self.incidents.is_empty() || self.step.is_empty() {
            return refuse(
                &self.id,
                "an id of lower-case letters, digits and hyphens, incidents, and steps",
            );
        }
        check_plain(&self.id, &self.plain)?;
        let sources: BTreeSet<&str> = self
            .source
            .iter()
            .map(|source| source.id.as_str())
            .collect();
        let mut ids = BTreeSet::new();
        let mut minute = 0;
        for step in &self.step {
            if !is_slug(&step.id) || !ids.insert(step.id.as_str()) {
                return refuse(
                    &step.id,
                    "each step has an id of its own, of lower-case letters, digits and hyphens",
                );
            }
            if step.minutes < minute || step.minutes > MAX_MINUTES {
                return refuse(
                    &step.id,
                    "steps stand in the order of their minutes, and end with the first hour",
                );
            }
            minute = step.minutes;
            if step.text.trim().is_empty() {
                return refuse(&step.id, "a step says what to do");
            }
            check_plain(&step.id, &step.plain)?;
            if step.sources.is_empty()
                || !step.sources.iter().all(|id| sources.contains(id.as_str()))
            {
                return refuse(
                    &step.id,
                    "a step names guidance it follows, from the list of sources",
                );
            }
        }
        Ok(())
    }
}

fn refuse<T>(place: &str, what: &'static str) -> Result<T, PlaybookError> {
    let place = place.chars().take(64).collect();
    Err(PlaybookError::Value { place, what })
}

fn is_slug(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(known)
}

fn check_plain(place: &str, text: &str) -> Result<(), PlaybookError> {
    let long = |sentence: &str| sentence.split_whitespace().count() > MAX_PLAIN_WORDS;
    if text.trim().is_empty() || text.split(['.', '!', '?', '\u{61f}', ':']).any(long) {
        return refuse(
            place,
            "plain language: there is some, and no sentence is longer than 15 words",
        );
    }
    Ok(())
}

/// All playbooks that come with the crate.
///
/// # Errors
/// [`PlaybookError`] if one is not as it has to be; a test reads them all.
pub fn playbooks() -> Result<Vec<Playbook>, PlaybookError> {
    SHIPPED
        .iter()
        .map(|text| Playbook::from_toml(text))
        .collect()
}
