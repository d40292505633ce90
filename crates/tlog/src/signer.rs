//! Private keys of note signers. The seed comes from the caller: nothing here is random.

use std::fmt;

use ed25519_dalek::Signer as _;

use crate::checkpoint::CheckpointError;
use crate::key::{KeyError, KeyType, VerifierKey, expect_id, join_data, parse_parts};
use crate::note::NoteError;

/// Start of a private key in text form (the convention of Go's sumdb/note).
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// Why something was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key signs notes where cosignatures are asked for, or the other way round.
    #[error("the key {name} signs {actual:?}, this needs {needed:?}")]
    KeyType {
        /// Name of the key.
        name: String,
        /// Type of the key.
        actual: KeyType,
        /// Type the signature has.
        needed: KeyType,
    },
    /// The text cannot be the text of a note.
    #[error("the text cannot be signed as a note")]
    Text(#[source] NoteError),
    /// The text is not a checkpoint, so it cannot be cosigned.
    #[error("the text is not a checkpoint")]
    Checkpoint(#[source] CheckpointError),
    /// The time does not fit a cosignature.
    #[error("the time {timestamp} is beyond 2^63 - 1 seconds")]
    Timestamp {
        /// Seconds since 1970.
        timestamp: u64,
    },
    /// A log signs only checkpoints of its own origin.
    #[error("the key {name} does not sign for the origin {origin}")]
    Origin {
        /// Name of the key.
        name: String,
        /// Origin line of the checkpoint.
        origin: String,
    },
}

/// An Ed25519 private key with its name and what it signs. Its memory is wiped when dropped, and
/// `Debug` shows the public half only.
#[derive(Clone)]
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    verifier: VerifierKey,
}

impl SigningKey {
    /// A key from its 32-byte RFC 8032 seed.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: [u8; 32], key_type: KeyType) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        let public = key.verifying_key().to_bytes();
        let verifier = VerifierKey::from_ed25519(name, public, key_type)?;
        Ok(Self { key, verifier })
    }

    /// Reads `PRIVATE+KEY+name+hex(id)+base64(type || seed)`.
    ///
    /// # Errors
    /// [`KeyError`], also where the id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text
            .strip_prefix(PRIVATE_PREFIX)
            .ok_or(KeyError::NotPrivate)?;
        let (name, given, key_type, seed) = parse_parts(rest)?;
        let key = Self::from_seed(name, seed, key_type)?;
        expect_id(key.verifier.key_id(), given).map(|()| key)
    }

    /// The private key as text, as [`SigningKey::parse`] reads it. The text is the secret.
    pub fn to_text(&self) -> String {
        let data = join_data(self.verifier.key_type(), &self.key.to_bytes());
        let (name, id) = (self.verifier.name(), self.verifier.key_id());
        format!("{PRIVATE_PREFIX}{name}+{id:08x}+{data}")
    }

    /// The public half.
    pub fn verifier_key(&self) -> VerifierKey {
        self.verifier.clone()
    }

    /// The public half, borrowed.
    pub(crate) fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Ed25519 signature (RFC 8032) over exactly `message`.
    pub fn sign_raw(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// Refuses a key of another type than the signature needs.
    pub(crate) fn expect_type(&self, needed: KeyType) -> Result<(), SignError> {
        let actual = self.verifier.key_type();
        if actual == needed {
            return Ok(());
        }
        Err(SignError::KeyType {
            name: self.verifier.name().to_owned(),
            actual,
            needed,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.verifier).finish()
    }
}
