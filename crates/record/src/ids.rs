//! Bounded identifiers. `FromStr` is the only way in; each prints back byte for byte.
//!
//! Entries can never be taken back, so they hold no free text: only these, numbers and hashes. The one
//! exception is the text of norms ([`crate::law`]), which is public by nature.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use tlog::{Hash, VerifierKey};

/// Longest identifier, in bytes.
pub const MAX_ID_BYTES: usize = 64;
/// Longest media type, in bytes.
pub const MAX_MEDIA_TYPE_BYTES: usize = 100;

/// A text is not the identifier it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// What is accepted.
    pub wanted: &'static str,
}

/// Defines a string newtype whose only way in is a checked `FromStr`. Copies share one text: what
/// the state holds of a statement is the statement's own.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let ok: fn(&str) -> bool = $ok;
                if ok(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError { text: shortened(text), wanted: $wanted })
                }
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::text::parsed(from)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.to_string()
            }
        }
    };
}

checked_text!(
    /// A case: `olympic-2018`.
    CaseId, "a case identifier: 1 to 64 of a-z, 0-9 and -, starting with a letter or digit", is_slug
);
checked_text!(
    /// A member of the record: `panel-africa`.
    MemberId, "a member identifier: 1 to 64 of a-z, 0-9 and -, starting with a letter or digit", is_slug
);
checked_text!(
    /// A short word of a controlled or local vocabulary: `sports`, `open-source`.
    Slug, "a short word: 1 to 64 of a-z, 0-9 and -, starting with a letter or digit", is_slug
);
checked_text!(
    /// An instrument or other text that norms stand in, as its corpus file names it: `GGE15`.
    InstrumentId, "an instrument: 1 to 16 of A-Z and 0-9, starting with a letter", |t| {
        (1..=16).contains(&t.len()) && t.as_bytes()[0].is_ascii_uppercase()
            && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    }
);
checked_text!(
    /// ISO 3166-1 alpha-2 code.
    Country, "an ISO 3166-1 alpha-2 code: two capital letters", |t| t.len() == 2 && t.bytes().all(|b| b.is_ascii_uppercase())
);
checked_text!(
    /// An article, paragraph or principle number: `13(c)`, `71(g)`, `4`.
    Article, "an article number: 1 to 32 of A-Z, a-z, 0-9, and . ( ) / -", |t| {
        (1..=32).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b".()/-".contains(&b))
    }
);
checked_text!(
    /// An actor or item of the method's input: `LAZARUS`, `O7`.
    InputId, "an identifier: one letter or digit and up to 63 of A-Z a-z 0-9 . _ -", is_input_id
);
checked_text!(
    /// A media type (RFC 6838), without parameters: `text/plain`.
    MediaType, "a media type like text/plain", is_media_type
);
checked_text!(
    /// A public key as a C2SP vkey: `name+hash+base64`.
    Vkey, "a C2SP vkey (name+hash+base64)", |t| t.parse::<VerifierKey>().is_ok_and(|k| k.to_string() == t)
);

checked_text!(
    /// An age X25519 recipient: `age1` and 58 characters of Bech32 (age-encryption.org/v1).
    AgeRecipient, "an age recipient: age1 and 58 characters of Bech32", |t| {
        t.len() == 62 && t.strip_prefix("age1").is_some_and(|rest| {
            rest.bytes().all(|b| b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b))
        })
    }
);

impl std::borrow::Borrow<str> for Vkey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Vkey {
    /// Reads a vkey and gives the key with it, so that its point is read once.
    ///
    /// # Errors
    /// What the parser of tlog says.
    pub(crate) fn read(text: &str) -> Result<(Self, VerifierKey), tlog::KeyError> {
        // The parser of tlog reads the one spelling only, so the text is what the key prints.
        let key = VerifierKey::parse(text)?;
        Ok((Self(text.into()), key))
    }

    /// Takes a vkey that was read before, from an entry of one's own log: not its point again.
    ///
    /// # Errors
    /// What the parser of tlog says.
    pub(crate) fn known(text: &str) -> Result<Self, tlog::KeyError> {
        VerifierKey::check_text(text)?;
        Ok(Self(text.into()))
    }

    /// Where a vkey's text stands in a table of keys: by its key id, the first four bytes of a digest
    /// of name and key. Who grinds keys to share a slot pays four thousand million hashes for each.
    pub(crate) fn slot_of(text: &str) -> u64 {
        // A byte at a time: it is near the beginning, and this is done for every entry.
        let name = text.bytes().position(|byte| byte == b'+');
        let id = name.and_then(|name| text.get(name + 1..name + 9));
        // Whatever is no vkey shares one slot, and gets no further.
        let id = id.and_then(|id| u32::from_str_radix(id, 16).ok());
        crate::state::slot_of(id.unwrap_or(0).to_be_bytes())
    }

    /// The parsed key. A `Vkey` was checked on the way in, so this fails only on a bug.
    ///
    /// # Errors
    /// What the parser of tlog says.
    pub fn verifier(&self) -> Result<VerifierKey, tlog::KeyError> {
        self.0.parse()
    }

    /// The name in the text: what stands before the key's identifier.
    #[must_use]
    pub fn name(&self) -> &str {
        let end = self.0.bytes().position(|byte| byte == b'+');
        self.0
            .get(..end.unwrap_or(self.0.len()))
            .unwrap_or_default()
    }

    /// SHA-256 of the vkey text: the digest a member commits to before the key is used.
    #[must_use]
    pub fn digest(&self) -> Hash {
        tlog::sha256(self.0.as_bytes())
    }
}

/// The identity of a statement: its RFC 6962 leaf hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatementId(pub Hash);

impl StatementId {
    /// Of the exact bytes of a log entry.
    #[must_use]
    pub fn of_entry(entry: &[u8]) -> Self {
        Self(tlog::leaf_hash(entry))
    }
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for StatementId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self).map_err(|_| IdError {
            text: shortened(text),
            wanted: "a statement identifier: 64 lower-case hex digits",
        })
    }
}

fn is_slug(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_input_id(text: &str) -> bool {
    let first = text.bytes().next();
    text.len() <= method::MAX_ID_LEN
        && first.is_some_and(|b| b.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn is_media_type(text: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty()
            && p.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".+-_".contains(&b))
    };
    text.len() <= MAX_MEDIA_TYPE_BYTES
        && text
            .split_once('/')
            .is_some_and(|(a, b)| part(a) && part(b))
}

/// At most 80 characters of a refused text, for its error message.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
