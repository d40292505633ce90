//! Short texts with one accepted form each.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Bytes of an [`Id`] or a [`Label`], at most.
pub const MAX_NAME_BYTES: usize = 128;

/// A text is not of the form its place asks for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct TextError {
    /// What was given, at most its first 64 characters.
    pub text: String,
    /// What is accepted.
    pub wanted: &'static str,
}

/// A text type: checked on the way in, nothing else.
macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $wanted:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                let check: fn(&str) -> bool = $check;
                if check(&text) {
                    return Ok(Self(text));
                }
                let text = text.chars().take(64).collect();
                Err(TextError { text, wanted: $wanted })
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type! {
    /// Names a request or a responder: 1 to 128 visible ASCII characters.
    Id, "1 to 128 visible ASCII characters", is_id
}

text_type! {
    /// Names a country or an organisation: 1 to 128 bytes without control characters, compared as they are.
    Label, "a name of 1 to 128 bytes without control characters or white space around it", is_label
}

text_type! {
    /// A language by its ISO 639 code: two or three lower-case letters.
    Language, "a language code of two or three lower-case letters, such as `en`", is_language
}

fn is_id(text: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_label(text: &str) -> bool {
    let fits = (1..=MAX_NAME_BYTES).contains(&text.len());
    fits && text.trim() == text && !text.chars().any(char::is_control)
}

fn is_language(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_limits() {
        let long = "x".repeat(MAX_NAME_BYTES + 1);
        assert!(Id::from_str(&long[1..]).is_ok() && Label::from_str(&long[1..]).is_ok());
        assert!(Id::from_str(&long).is_err() && Label::from_str(&long).is_err());
        assert!(Id::from_str("a b").is_err() && Label::from_str("a b").is_ok());
        for label in ["", " a", "a ", "a\nb"] {
            assert!(Label::from_str(label).is_err(), "{label:?}");
        }
        assert!(Language::from_str("fr").is_ok() && Language::from_str("swh").is_ok());
        for language in ["", "f", "FR", "fr-CH", "swah"] {
            assert!(Language::from_str(language).is_err(), "{language:?}");
        }
        assert!(serde_json::from_str::<Id>("\"a b\"").is_err());
    }
}
