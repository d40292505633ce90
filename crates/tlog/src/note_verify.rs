//! Signing notes, and verifying their signatures and cosignatures (signed-note, "Signatures";
//! tlog-cosignature).

use crate::checkpoint::CheckpointError;
use crate::cosign::{MAX_TIMESTAMP, checkpoint_message, cosign, signature_by};
use crate::key::VerifierKey;
use crate::key_type::KeyType;
use crate::note::{Note, NoteSignature};
use crate::signer::{SignError, SigningKey};

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
    /// The signature of a subtree has a time, which has to be 0.
    #[error("the signature of a subtree by {name} has the time {timestamp}, not 0")]
    SubtreeTimestamp {
        /// Name of the key.
        name: String,
        /// Seconds since 1970.
        timestamp: u64,
    },
    /// A subtree/v1 signature on a text that is not a checkpoint, so it signs nothing.
    #[error("the signature by {name} is for checkpoints, and the text is not one")]
    NotACheckpoint {
        /// Name of the key.
        name: String,
        /// What the text lacks.
        #[source]
        source: CheckpointError,
    },
    /// A subtree/v1 signature for an origin that its message cannot hold.
    #[error("{name} cannot sign for an origin of {length} bytes, only of 1 to 255")]
    OriginLength {
        /// Name of the key.
        name: String,
        /// Length of the origin in bytes.
        length: usize,
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
    /// signed. Cosignatures (types 0x04 and 0x06) are verified over the checkpoint and their time.
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
    let (timestamp, message, raw) = if key.key_type().is_timed() {
        let (timestamp, raw) = split_timed(signature, key)?;
        let message = checkpoint_message(text, key, timestamp);
        let message = message.map_err(|error| error.in_signature_by(key))?;
        (Some(timestamp), message, raw)
    } else {
        let raw = signature.bytes.as_slice();
        if raw.len() != key.key_type().signature_bytes() {
            return Err(wrong_length(signature, key));
        }
        (None, text.as_bytes().to_vec(), raw)
    };
    key.verify_raw(&message, raw)
        .map_err(|_| VerifyError::Invalid {
            name: key.name().to_owned(),
            key_id: signature.key_id,
        })?;
    Ok(timestamp)
}

/// Time and raw signature of a `timestamped_signature` of the length that its type has.
pub(crate) fn split_timed<'a>(
    signature: &'a NoteSignature,
    key: &VerifierKey,
) -> Result<(u64, &'a [u8]), VerifyError> {
    let wrong = || wrong_length(signature, key);
    let (time, raw) = signature.bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
    if raw.len() != key.key_type().signature_bytes() {
        return Err(wrong());
    }
    let timestamp = u64::from_be_bytes(*time);
    if timestamp > MAX_TIMESTAMP {
        return Err(VerifyError::Timestamp {
            name: key.name().to_owned(),
            timestamp,
        });
    }
    Ok((timestamp, raw))
}

fn wrong_length(signature: &NoteSignature, key: &VerifierKey) -> VerifyError {
    let time = if key.key_type().is_timed() { 8 } else { 0 };
    VerifyError::Length {
        name: key.name().to_owned(),
        key_id: signature.key_id,
        length: signature.bytes.len(),
        expected: time + key.key_type().signature_bytes(),
    }
}

/// Signs `text` as a note with one signature: of type 0x01, or of type 0x06 with time 0, which
/// signs checkpoints only. The text ends with a newline.
///
/// # Errors
/// [`SignError::KeyType`] for a witness's key (type 0x04), [`SignError::Text`] for a text no note
/// can carry; with a subtree/v1 key as [`cosign`].
pub fn sign_note(text: &str, key: &SigningKey) -> Result<Note, SignError> {
    Note::check_text(text).map_err(SignError::Text)?;
    let signature = match key.verifier().key_type() {
        KeyType::Ed25519 => signature_by(key, key.sign_raw(text.as_bytes())),
        KeyType::SubtreeV1 => cosign(text, key, 0)?,
        KeyType::CosignatureV1 => return Err(key.wrong_type("notes (type 0x01 or 0x06)")),
    };
    Ok(Note {
        text: text.to_owned(),
        signatures: vec![signature],
    })
}
