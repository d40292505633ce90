//! Who is judged: a state or a member of a record.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Longest identifier of a member, in bytes, as in the record.
const MAX_MEMBER_BYTES: usize = 64;
/// Characters of a refused text that an error shows.
const SHOWN: usize = 40;

/// A text names neither a state nor a member.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{0:?} is neither a state (two capital letters) nor a member (1 to 64 of a-z, 0-9 and -, starting with a letter or digit)"
)]
pub struct PartyError(pub String);

/// The spelling of the author that nobody has named.
const UNNAMED: &str = "-";

/// A state by two capital letters, a company, group or other member by its short word, or `-`: the author of the
/// conduct, not named.
///
/// That the letters are a code of ISO 3166-1 is checked against [`crate::States`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Party(String);

impl Party {
    /// The author of the conduct, not named: what a norm says of the act whoever did it.
    #[must_use]
    pub fn unnamed() -> Self {
        Self(UNNAMED.to_owned())
    }

    /// Whether it is the author, not named.
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        self.0 == UNNAMED
    }

    /// Whether it is a state, in the form of its code.
    #[must_use]
    pub fn is_state(&self) -> bool {
        is_code(&self.0)
    }

    /// The code or short word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn is_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_member(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_MEMBER_BYTES).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(plain)
}

impl FromStr for Party {
    type Err = PartyError;
    fn from_str(text: &str) -> Result<Self, PartyError> {
        if is_code(text) || is_member(text) || text == UNNAMED {
            Ok(Self(text.to_owned()))
        } else {
            Err(PartyError(text.chars().take(SHOWN).collect()))
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_unnamed() {
            "the author, not named"
        } else {
            &self.0
        })
    }
}

impl TryFrom<String> for Party {
    type Error = PartyError;
    fn try_from(text: String) -> Result<Self, PartyError> {
        text.parse()
    }
}

impl From<Party> for String {
    fn from(party: Party) -> String {
        party.0
    }
}
