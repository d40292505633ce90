//! Signing and verifying notes and cosignatures (signed-note, "Signatures"; tlog-cosignature,
//! "Ed25519 signed message").

use crate::checkpoint::Checkpoint;
use crate::key::{KeyType, VerifierKey};
use crate::note::{Note, NoteSignature};
use crate::signer::{SignError, SigningKey};

/// Latest time of a cosignature, in seconds since 1970: 2^63 - 1 (tlog-cosignature).
pub const MAX_TIMESTAMP: u64 = (1 << 63) - 1;

/// A signature of a note that verified under a known key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// Position among the note's signatures, from 0.
    pub position: usize,
    /// The key.
    pub key: VerifierKey,
    /// For a cosignature its time, in seconds since 1970; nothing for other signatures.
    pub timestamp: Option<u64>,
}

/// Why no one can rely on a note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// No signature is by a known key.
    #[error("none of the {signatures} signatures is by one of the {known} known keys")]
    NoKnownKey {
        /// Signatures in the note.
        signatures: usize,
        /// Keys given.
        known: usize,
    },
    /// A signature names a known key and does not verify.
    #[error("the signature by {name} ({key_id:08x}) does not verify")]
    Invalid {
        /// Name of the key.
        name: String,
        /// Id of the key.
        key_id: u32,
    },
    /// A signature names a known key and has a length its type does not have.
    #[error("the signature by {name} ({key_id:08x}) has {length} bytes, its type has {expected}")]
    Length {
        /// Name of the key.
        name: String,
        /// Id of the key.
        key_id: u32,
        /// Length found, in bytes, without the key id.
        length: usize,
        /// Length of this type, in bytes.
        expected: usize,
    },
    /// A cosignature's time is beyond [`MAX_TIMESTAMP`].
    #[error("the cosignature by {name} has the time {timestamp}, beyond 2^63 - 1 seconds")]
    Timestamp {
        /// Name of the key.
        name: String,
        /// Seconds since 1970.
        timestamp: u64,
    },
    /// A known key signed twice; which of two times would hold is not defined.
    #[error("the key {name} ({key_id:08x}) signed twice")]
    SignedTwice {
        /// Name of the key.
        name: String,
        /// Id of the key.
        key_id: u32,
    },
    /// Two different known keys share name and id, so signatures cannot be told apart.
    #[error("two known keys are both called {name} ({key_id:08x})")]
    AmbiguousKeys {
        /// Name of the keys.
        name: String,
        /// Id of the keys.
        key_id: u32,
    },
}

impl Note {
    /// Verifies the signatures by the keys in `known`, in the order of their lines.
    ///
    /// Signatures by other keys are ignored, whatever they hold. A signature that names a known
    /// key has to verify, else the whole note is refused, and at least one known key must have
    /// signed. Cosignatures (type 0x04) are verified over the checkpoint and their time.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<VerifiedSignature>, VerifyError> {
        // An id costs a hash: once for each key, not once for each line.
        let ids: Vec<u32> = known.iter().map(VerifierKey::key_id).collect();
        let mut verified: Vec<VerifiedSignature> = Vec::new();
        for (position, signature) in self.signatures.iter().enumerate() {
            let named = known
                .iter()
                .zip(&ids)
                .filter(|(key, id)| **id == signature.key_id && *key.key_name() == signature.name);
            let mut named = named.map(|(key, _)| key);
            let Some(key) = named.next() else { continue };
            let (name, key_id) = (key.name().to_owned(), signature.key_id);
            if named.any(|other| other != key) {
                return Err(VerifyError::AmbiguousKeys { name, key_id });
            }
            if verified.iter().any(|earlier| earlier.key == *key) {
                return Err(VerifyError::SignedTwice { name, key_id });
            }
            let timestamp = verify_one(&self.text, signature, key)?;
            verified.push(VerifiedSignature {
                position,
                key: key.clone(),
                timestamp,
            });
        }
        if verified.is_empty() {
            let signatures = self.signatures.len();
            return Err(VerifyError::NoKnownKey {
                signatures,
                known: known.len(),
            });
        }
        Ok(verified)
    }
}

/// Verifies one signature line under the key it names; gives the time of a cosignature.
fn verify_one(
    text: &str,
    signature: &NoteSignature,
    key: &VerifierKey,
) -> Result<Option<u64>, VerifyError> {
    let name = || key.name().to_owned();
    let key_id = signature.key_id;
    let expected = match key.key_type() {
        KeyType::Ed25519 => 64,
        KeyType::CosignatureV1 => 72,
    };
    let length = signature.bytes.len();
    let wrong = || VerifyError::Length {
        name: name(),
        key_id,
        length,
        expected,
    };
    let invalid = |_| VerifyError::Invalid {
        name: name(),
        key_id,
    };
    match key.key_type() {
        KeyType::Ed25519 => {
            let raw = <&[u8; 64]>::try_from(signature.bytes.as_slice()).map_err(|_| wrong())?;
            key.verify_raw(text.as_bytes(), raw).map_err(invalid)?;
            Ok(None)
        }
        KeyType::CosignatureV1 => {
            let (time, raw) = signature.bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
            let raw = <&[u8; 64]>::try_from(raw).map_err(|_| wrong())?;
            let timestamp = u64::from_be_bytes(*time);
            if timestamp > MAX_TIMESTAMP {
                return Err(VerifyError::Timestamp {
                    name: name(),
                    timestamp,
                });
            }
            key.verify_raw(&cosigned_message(text, timestamp), raw)
                .map_err(invalid)?;
            Ok(Some(timestamp))
        }
    }
}

/// The bytes a cosignature/v1 signs: header line, time line, the note's whole text.
fn cosigned_message(text: &str, timestamp: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {timestamp}\n{text}").into_bytes()
}

/// Signs `text` as a note with one signature of type 0x01. The text ends with a newline.
///
/// # Errors
/// [`SignError::KeyType`] for a cosigner's key, [`SignError::Text`] for a text no note can carry.
pub fn sign_note(text: &str, key: &SigningKey) -> Result<Note, SignError> {
    key.expect_type(KeyType::Ed25519)?;
    Note::check_text(text).map_err(SignError::Text)?;
    let bytes = key.sign_raw(text.as_bytes()).to_vec();
    Ok(Note {
        text: text.to_owned(),
        signatures: vec![signature_by(key, bytes)],
    })
}

/// Cosigns a checkpoint (type 0x04): "as of `timestamp`, this is the largest consistent tree of
/// this origin that I have seen". `timestamp` is in seconds since 1970. Gives the signature to
/// append to the note's.
///
/// # Errors
/// [`SignError::KeyType`] for a log's key, [`SignError::Checkpoint`] for another text than a
/// checkpoint's, [`SignError::Timestamp`] beyond [`MAX_TIMESTAMP`].
pub fn cosign(
    checkpoint_text: &str,
    key: &SigningKey,
    timestamp: u64,
) -> Result<NoteSignature, SignError> {
    key.expect_type(KeyType::CosignatureV1)?;
    Checkpoint::parse(checkpoint_text).map_err(SignError::Checkpoint)?;
    if timestamp > MAX_TIMESTAMP {
        return Err(SignError::Timestamp { timestamp });
    }
    let mut bytes = timestamp.to_be_bytes().to_vec();
    bytes.extend_from_slice(&key.sign_raw(&cosigned_message(checkpoint_text, timestamp)));
    Ok(signature_by(key, bytes))
}

fn signature_by(key: &SigningKey, bytes: Vec<u8>) -> NoteSignature {
    let verifier = key.verifier();
    NoteSignature {
        name: verifier.key_name().clone(),
        key_id: verifier.key_id(),
        bytes,
    }
}
