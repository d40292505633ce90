//! Cosignatures of checkpoints and subtrees (tlog-cosignature): what is signed, by whom, and the
//! making. Cosignatures inside notes are checked by [`Note::verify`](crate::Note::verify).

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::key::{MAX_SUBTREE_NAME_BYTES, VerifierKey};
use crate::key_type::KeyType;
use crate::note::NoteSignature;
use crate::note_verify::{VerifyError, split_timed};
use crate::signer::{SignError, SigningKey};
use crate::subtree::Subtree;

/// Latest time of a cosignature, in seconds since 1970: 2^63 - 1 (tlog-cosignature).
pub const MAX_TIMESTAMP: u64 = (1 << 63) - 1;

/// First bytes of the message of a subtree/v1 signature.
const SUBTREE_LABEL: &[u8; 12] = b"subtree/v1\n\0";

/// Why there is no message to sign or to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MessageError {
    /// The note's text is not a checkpoint.
    Checkpoint(CheckpointError),
    /// The origin's length in bytes does not fit the message.
    OriginLength(usize),
}

/// The bytes that a cosignature of a checkpoint signs. For cosignature/v1: header line, time
/// line, the note's whole text. For subtree/v1: the subtree `[0, size)`.
pub(crate) fn checkpoint_message(
    text: &str,
    key: &VerifierKey,
    timestamp: u64,
) -> Result<Vec<u8>, MessageError> {
    if key.key_type() != KeyType::SubtreeV1 {
        return Ok(format!("cosignature/v1\ntime {timestamp}\n{text}").into_bytes());
    }
    let checkpoint = Checkpoint::parse(text).map_err(MessageError::Checkpoint)?;
    let whole = Subtree::whole(checkpoint.size);
    subtree_message(
        key.name(),
        timestamp,
        &checkpoint.origin,
        &whole,
        &checkpoint.root,
    )
}

/// The `cosigned_message` of tlog-cosignature. The name is at most 255 bytes long: keys with
/// longer ones are not made.
fn subtree_message(
    name: &str,
    timestamp: u64,
    origin: &str,
    subtree: &Subtree,
    hash: &Hash,
) -> Result<Vec<u8>, MessageError> {
    let length = origin.len();
    let origin_length = u8::try_from(length)
        .ok()
        .filter(|length| *length > 0)
        .ok_or(MessageError::OriginLength(length))?;
    let name = name.as_bytes();
    let name = name.get(..MAX_SUBTREE_NAME_BYTES).unwrap_or(name);
    let mut message = SUBTREE_LABEL.to_vec();
    message.push(name.len() as u8);
    message.extend_from_slice(name);
    message.extend_from_slice(&timestamp.to_be_bytes());
    message.push(origin_length);
    message.extend_from_slice(origin.as_bytes());
    message.extend_from_slice(&subtree.start().to_be_bytes());
    message.extend_from_slice(&subtree.end().to_be_bytes());
    message.extend_from_slice(hash.as_bytes());
    Ok(message)
}

/// Cosigns a checkpoint (type 0x04 or 0x06, as the key says): "as of `timestamp`, this is the
/// largest consistent tree of this origin that I have seen". `timestamp` is in seconds since 1970.
/// With a subtree/v1 key it may be 0, and the statement is only "consistent with all I have seen";
/// a log signs its own checkpoints so. Gives the signature to append to the note's.
///
/// # Errors
/// [`SignError::KeyType`] for a key of type 0x01, [`SignError::Checkpoint`] for another text than
/// a checkpoint's, [`SignError::OriginLength`] for an origin that subtree/v1 cannot hold,
/// [`SignError::Timestamp`] beyond [`MAX_TIMESTAMP`].
pub fn cosign(
    checkpoint_text: &str,
    key: &SigningKey,
    timestamp: u64,
) -> Result<NoteSignature, SignError> {
    if !key.verifier().key_type().cosigns() {
        return Err(key.wrong_type("cosignatures (type 0x04 or 0x06)"));
    }
    Checkpoint::parse(checkpoint_text).map_err(SignError::Checkpoint)?;
    if timestamp > MAX_TIMESTAMP {
        return Err(SignError::Timestamp { timestamp });
    }
    let message = checkpoint_message(checkpoint_text, key.verifier(), timestamp)?;
    Ok(timed_signature(key, timestamp, &message))
}

/// Signs one subtree of the log `origin` (type 0x06, time 0): "this subtree is consistent with all
/// I have seen of this log".
///
/// # Errors
/// [`SignError::KeyType`] for a key of another type, [`SignError::OriginLength`].
pub fn cosign_subtree(
    origin: &str,
    subtree: &Subtree,
    hash: &Hash,
    key: &SigningKey,
) -> Result<NoteSignature, SignError> {
    if key.verifier().key_type() != KeyType::SubtreeV1 {
        return Err(key.wrong_type("subtrees (type 0x06)"));
    }
    let message = subtree_message(key.verifier().name(), 0, origin, subtree, hash)?;
    Ok(timed_signature(key, 0, &message))
}

/// Checks a signature line that [`cosign_subtree`] makes. The line has to name `key`, and its time
/// has to be 0.
///
/// # Errors
/// [`VerifyError`]: `NoKnownKey` where the line names another key or the key is of another type.
pub fn verify_subtree_cosignature(
    origin: &str,
    subtree: &Subtree,
    hash: &Hash,
    signature: &NoteSignature,
    key: &VerifierKey,
) -> Result<(), VerifyError> {
    let named = signature.key_id == key.key_id() && signature.name == *key.key_name();
    if !named || key.key_type() != KeyType::SubtreeV1 {
        return Err(VerifyError::NoKnownKey {
            signatures: 1,
            known: 1,
        });
    }
    let (timestamp, raw) = split_timed(signature, key)?;
    if timestamp != 0 {
        return Err(VerifyError::SubtreeTimestamp {
            name: key.name().to_owned(),
            timestamp,
        });
    }
    let message = subtree_message(key.name(), 0, origin, subtree, hash)
        .map_err(|error| error.in_signature_by(key))?;
    key.verify_raw(&message, raw)
        .map_err(|_| VerifyError::Invalid {
            name: key.name().to_owned(),
            key_id: signature.key_id,
        })
}

fn timed_signature(key: &SigningKey, timestamp: u64, message: &[u8]) -> NoteSignature {
    let mut bytes = timestamp.to_be_bytes().to_vec();
    bytes.extend_from_slice(&key.sign_raw(message));
    signature_by(key, bytes)
}

/// A signature line by this key.
pub(crate) fn signature_by(key: &SigningKey, bytes: Vec<u8>) -> NoteSignature {
    let verifier = key.verifier();
    NoteSignature {
        name: verifier.key_name().clone(),
        key_id: verifier.key_id(),
        bytes,
    }
}

impl MessageError {
    /// The error of verifying a signature by this key.
    pub(crate) fn in_signature_by(self, key: &VerifierKey) -> VerifyError {
        let name = key.name().to_owned();
        match self {
            Self::Checkpoint(source) => VerifyError::NotACheckpoint { name, source },
            Self::OriginLength(length) => VerifyError::OriginLength { name, length },
        }
    }
}

impl From<MessageError> for SignError {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Checkpoint(source) => Self::Checkpoint(source),
            MessageError::OriginLength(length) => Self::OriginLength { length },
        }
    }
}
