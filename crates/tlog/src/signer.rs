//! Private keys of note signers. The seed comes from the caller: nothing here is random.

use std::fmt;

use ed25519_dalek::Signer as _;

use crate::checkpoint::CheckpointError;
use crate::key::{KeyError, Parts, VerifierKey, join_data};
use crate::key_type::KeyType;
use crate::mldsa::MlDsaSecret;
use crate::note::NoteError;

/// Start of a private key in text form (the convention of Go's sumdb/note).
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// Why something was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key signs notes where cosignatures are asked for, or the other way round.
    #[error("the key {name} signs {actual:?}, this needs a key for {needed}")]
    KeyType {
        /// Name of the key.
        name: String,
        /// Type of the key.
        actual: KeyType,
        /// What is to be signed.
        needed: &'static str,
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
    /// The signed message of subtree/v1 cannot hold the origin.
    #[error("subtree/v1 signs origins of 1 to 255 bytes, this one has {length}")]
    OriginLength {
        /// Length in bytes.
        length: usize,
    },
}

/// A private key with its name and what it signs. Its memory is wiped when dropped, and `Debug`
/// shows the public half only.
#[derive(Clone)]
pub struct SigningKey {
    key: PrivateKey,
    verifier: VerifierKey,
}

#[derive(Clone)]
enum PrivateKey {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    MlDsa44(MlDsaSecret),
}

impl SigningKey {
    /// A key from its 32-byte seed: that of RFC 8032, or for [`KeyType::SubtreeV1`] that of
    /// FIPS 204 (algorithm 6).
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::NameTooLong`].
    pub fn from_seed(name: &str, seed: [u8; 32], key_type: KeyType) -> Result<Self, KeyError> {
        let (key, public) = match key_type {
            KeyType::Ed25519 | KeyType::CosignatureV1 => {
                let key = ed25519_dalek::SigningKey::from_bytes(&seed);
                let public = key.verifying_key().to_bytes().to_vec();
                (PrivateKey::Ed25519(Box::new(key)), public)
            }
            KeyType::SubtreeV1 => {
                let key = MlDsaSecret::from_seed(seed);
                let public = key.public_bytes();
                (PrivateKey::MlDsa44(key), public)
            }
        };
        let verifier = VerifierKey::new(name, &public, key_type)?;
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
        let parts = Parts::split(rest)?;
        let seed = <[u8; 32]>::try_from(parts.bytes.as_slice()).map_err(|_| KeyError::Length {
            length: parts.bytes.len(),
            expected: 32,
        })?;
        let key = Self::from_seed(parts.name, seed, parts.key_type)?;
        parts.expect_id(key.verifier.key_id()).map(|()| key)
    }

    /// The private key as text, as [`SigningKey::parse`] reads it. The text is the secret.
    pub fn to_text(&self) -> String {
        let seed = match &self.key {
            PrivateKey::Ed25519(key) => key.to_bytes(),
            PrivateKey::MlDsa44(key) => key.seed(),
        };
        let data = join_data(self.verifier.key_type(), &seed);
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

    /// Signature over exactly `message`: Ed25519 (RFC 8032, 64 bytes), or deterministic ML-DSA-44
    /// with an empty context (FIPS 204, 2420 bytes) for [`KeyType::SubtreeV1`].
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        match &self.key {
            PrivateKey::Ed25519(key) => key.sign(message).to_vec(),
            PrivateKey::MlDsa44(key) => key.sign(message),
        }
    }

    /// The error for a key that does not sign what is asked for.
    pub(crate) fn wrong_type(&self, needed: &'static str) -> SignError {
        SignError::KeyType {
            name: self.verifier.name().to_owned(),
            actual: self.verifier.key_type(),
            needed,
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.verifier).finish()
    }
}
