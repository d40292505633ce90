//! What kinds of contact a state may register, and registrations checked against them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fault::lines;
use crate::{Basis, Day, Party, States};

const CONTACTS: &str = include_str!("../data/contacts.json");
const CONTACTS_FORMAT: &str = "solferino-contacts/1";

/// Why a list of kinds was refused.
#[derive(Debug, Error)]
pub enum ContactKindsError {
    /// Not of the documented form.
    #[error("not of the form docs/norms.md describes")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("format is {0:?}, this program reads {CONTACTS_FORMAT}")]
    Format(String),
    /// An identifier that is none, or stands twice.
    #[error("kind {0:?} stands twice, or is not of a-z, 0-9 and -")]
    Id(String),
    /// A field is empty.
    #[error("kind {0} has an empty field")]
    Empty(String),
}

/// A kind of contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactKind {
    /// Identifier.
    pub id: String,
    /// In words.
    pub title: String,
    /// What it is for.
    pub serves: String,
    /// The text that speaks of it.
    pub source: String,
    /// Whether that was checked against the primary text.
    pub basis: Basis,
}

/// A contact as a state registers it: an office, never a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The state.
    pub state: Party,
    /// Identifier of the kind.
    pub kind: String,
    /// The office, in words.
    pub office: String,
    /// First day.
    pub from: Day,
    /// First day no longer; absent: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// A statement's identifier or a document's SHA-256.
    pub evidence: String,
}

/// All faults of a list of contacts; one is enough that nothing of it is used.
#[derive(Debug, PartialEq, Eq, Error)]
pub struct ContactErrors(pub Vec<ContactError>);

impl fmt::Display for ContactErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(&self.0, f)
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("contact row {row}: {state}, {kind}: {reason}")]
pub struct ContactError {
    /// The row, counted from 1.
    pub row: usize,
    /// The state.
    pub state: String,
    /// The kind.
    pub kind: String,
    /// What is wrong.
    pub reason: ContactFault,
}

/// What is wrong with a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ContactFault {
    /// No state of ISO 3166-1 that is in use.
    #[error("no code of ISO 3166-1 in use")]
    State,
    /// Not in the list of kinds.
    #[error("no kind of contact")]
    Kind,
    /// An empty field.
    #[error("no office, or no evidence")]
    Empty,
    /// Ends before it begins.
    #[error("ends on or before its first day")]
    Order,
    /// Two of one kind at one time.
    #[error("overlaps the one of row {0}: end that one first")]
    Overlap(usize),
}

/// The kinds of contact, by identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactKinds(BTreeMap<String, ContactKind>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    kinds: Vec<ContactKind>,
}

impl ContactKinds {
    /// The project's own.
    ///
    /// # Errors
    /// [`ContactKindsError`] if the shipped file is wrong; a test loads it.
    pub fn shipped() -> Result<Self, ContactKindsError> {
        Self::load(CONTACTS)
    }

    /// Reads a list of kinds.
    ///
    /// # Errors
    /// [`ContactKindsError`] names the first fault; nothing is loaded then.
    pub fn load(text: &str) -> Result<Self, ContactKindsError> {
        let file: File = serde_json::from_str(text)?;
        if file.format != CONTACTS_FORMAT {
            return Err(ContactKindsError::Format(file.format));
        }
        let mut kinds = BTreeMap::new();
        for kind in file.kinds {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            let id = kind.id.clone();
            if [&kind.title, &kind.serves, &kind.source]
                .iter()
                .any(|text| text.trim().is_empty())
            {
                return Err(ContactKindsError::Empty(id));
            }
            let good = !id.is_empty() && id.bytes().all(plain);
            if !good || kinds.insert(id.clone(), kind).is_some() {
                return Err(ContactKindsError::Id(id));
            }
        }
        Ok(Self(kinds))
    }

    /// The kind of an identifier.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&ContactKind> {
        self.0.get(id)
    }

    /// All kinds, in order.
    pub fn iter(&self) -> impl Iterator<Item = &ContactKind> {
        self.0.values()
    }

    /// Checks registrations, whole or not at all: one contact of a kind per state at a time.
    ///
    /// # Errors
    /// [`ContactErrors`] names every faulty row.
    pub fn check(&self, contacts: &[Contact], states: &States) -> Result<(), ContactErrors> {
        let mut faults = Vec::new();
        let mut faulty = BTreeSet::new();
        for (n, contact) in contacts.iter().enumerate() {
            let reason = if states.get(contact.state.as_str()).is_none() {
                Some(ContactFault::State)
            } else if !self.0.contains_key(&contact.kind) {
                Some(ContactFault::Kind)
            } else if contact.office.trim().is_empty() || contact.evidence.trim().is_empty() {
                Some(ContactFault::Empty)
            } else if contact.until.is_some_and(|until| until <= contact.from) {
                Some(ContactFault::Order)
            } else {
                let sound = contacts.iter().enumerate().take(n);
                let mut sound = sound.filter(|(m, _)| !faulty.contains(m));
                sound
                    .find(|(_, earlier)| overlap(earlier, contact))
                    .map(|(m, _)| ContactFault::Overlap(m + 1))
            };
            if let Some(reason) = reason {
                faulty.insert(n);
                faults.push(ContactError {
                    row: n + 1,
                    state: contact.state.to_string(),
                    kind: contact.kind.clone(),
                    reason,
                });
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ContactErrors(faults))
        }
    }
}

fn overlap(a: &Contact, b: &Contact) -> bool {
    let begins_before_end = |x: &Contact, y: &Contact| y.until.is_none_or(|until| x.from < until);
    a.state == b.state && a.kind == b.kind && begins_before_end(a, b) && begins_before_end(b, a)
}
