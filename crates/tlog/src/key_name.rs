//! Names of note signers (signed-note, "Format").

use std::fmt;
use std::str::FromStr;

/// Separates the parts of a key in text form.
pub(crate) const PLUS: char = '+';

/// A key's name: not empty, without Unicode spaces, plus signs and ASCII control characters.
/// Should be a URL without scheme, such as `example.org/log`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// Why a text is not a [`KeyName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// No character at all.
    #[error("the key name is empty")]
    Empty,
    /// A space, a plus sign or a control character.
    #[error("the key name holds {character:?}")]
    Character {
        /// The first character that a name cannot hold.
        character: char,
    },
}

impl KeyName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`KeyNameError`].
    pub fn new(name: &str) -> Result<Self, KeyNameError> {
        let refused = |c: &char| c.is_whitespace() || *c == PLUS || *c < ' ';
        if name.is_empty() {
            return Err(KeyNameError::Empty);
        }
        match name.chars().find(refused) {
            Some(character) => Err(KeyNameError::Character { character }),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(name: &str) -> Result<Self, KeyNameError> {
        Self::new(name)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for KeyName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for KeyName {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for KeyName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}
