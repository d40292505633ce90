//! Closed lists of words, each with one spelling for files, statements and text keys.

/// A text is not a word of a closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {list}; the words are {words}")]
pub struct WordError {
    /// What was given, at most its first 64 characters.
    pub text: String,
    /// Name of the list.
    pub list: &'static str,
    /// The words it has, with commas.
    pub words: String,
}

/// Characters of a refused word that its error shows.
const SHOWN_CHARS: usize = 64;

impl WordError {
    pub(crate) fn new(text: &str, list: &'static str, words: &[&str]) -> Self {
        Self {
            text: text.chars().take(SHOWN_CHARS).collect(),
            list,
            words: words.join(", "),
        }
    }
}

/// An enum that is a closed list of words: `ALL`, `as_str`, `Display`, `FromStr` and serde, all with the same spelling.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident, $list:literal;
        $($(#[$doc:meta])* $variant:ident = $word:literal,)*
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every word, in the order of docs/aid.md.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word as files, statements and text keys spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::WordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::WordError::new(text, $list, &[$($word,)*])),
                }
            }
        }
    };
}

pub(crate) use words;
