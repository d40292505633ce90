//! Checkpoints: what a log signs about its whole tree (tlog-checkpoint).

use std::fmt;

use crate::hash::{Hash, HashError};
use crate::key::VerifierKey;
use crate::key_type::KeyType;
use crate::note::{Note, NoteError};
use crate::note_verify::{VerifiedSignature, VerifyError, sign_note};
use crate::signer::{SignError, SigningKey};
use crate::text::{DecimalError, parse_decimal};

/// Origin, size and root of a log's tree. Displays as the text of the note:
/// `origin\nsize\nbase64(root)\n`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// The log's identity; equal to the name of its key.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Merkle tree hash of these leaves. Nothing here ties it to the size, also not at size 0:
    /// a log may sign nonsense, and that signature is evidence.
    pub root: Hash,
}

/// Why a text is not a checkpoint as this project reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The last line has no end.
    #[error("the checkpoint does not end with a newline")]
    MissingFinalNewline,
    /// Fewer lines than origin, size and root.
    #[error("the checkpoint has {lines} lines, fewer than 3")]
    TooFewLines {
        /// Lines found.
        lines: usize,
    },
    /// The first line is empty.
    #[error("the checkpoint's origin is empty")]
    EmptyOrigin,
    /// A control character in the origin.
    #[error("the checkpoint's origin holds a control character")]
    OriginCharacter,
    /// The second line is not a canonical decimal.
    #[error("the checkpoint's size is not a number")]
    Size(#[source] DecimalError),
    /// The third line is not canonical base64 of 32 bytes.
    #[error("the checkpoint's root is not a hash")]
    Root(#[source] HashError),
    /// An empty line after the root.
    #[error("line {line} of the checkpoint is empty")]
    EmptyLine {
        /// Line in the checkpoint, from 1.
        line: usize,
    },
    /// A line after the root. The specification allows and discourages them, as no monitor can
    /// audit them; this project refuses them.
    #[error("line {line} of the checkpoint is an extension line, which is not accepted")]
    ExtensionLine {
        /// Line in the checkpoint, from 1.
        line: usize,
    },
}

/// Why a signed checkpoint was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The bytes are not a note.
    #[error("the signed checkpoint is not a note")]
    Note(#[source] NoteError),
    /// Signatures of the note fail.
    #[error("the signed checkpoint does not verify")]
    Verify(#[source] VerifyError),
    /// The log's key did not sign.
    #[error("the log {name} did not sign the checkpoint")]
    NotSignedByLog {
        /// Name of the log's key.
        name: String,
    },
    /// The note's text is not a checkpoint.
    #[error("the signed text is not a checkpoint")]
    Checkpoint(#[source] CheckpointError),
    /// The origin is not the name of the log's key.
    #[error("the checkpoint is of {origin}, the key of {name}")]
    Origin {
        /// Origin line found.
        origin: String,
        /// Name of the log's key.
        name: String,
    },
    /// The key given for the log is a cosigner's.
    #[error("the key {name} signs {actual:?}, a log's key signs Ed25519 or subtree/v1")]
    LogKeyType {
        /// Name of the key.
        name: String,
        /// Type of the key.
        actual: KeyType,
    },
}

impl Checkpoint {
    /// A checkpoint whose origin can stand in a line.
    ///
    /// # Errors
    /// [`CheckpointError::EmptyOrigin`], [`CheckpointError::OriginCharacter`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if origin.is_empty() {
            return Err(CheckpointError::EmptyOrigin);
        }
        if origin.bytes().any(|byte| byte < b' ') {
            return Err(CheckpointError::OriginCharacter);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// Reads the text of a checkpoint in its one spelling, without extension lines.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::MissingFinalNewline)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::TooFewLines {
                lines: body.split('\n').count(),
            });
        };
        let size = parse_decimal(size).map_err(CheckpointError::Size)?;
        let root = Hash::from_base64(root).map_err(CheckpointError::Root)?;
        match lines.next() {
            None => Self::new(origin, size, root),
            Some("") => Err(CheckpointError::EmptyLine { line: 4 }),
            Some(_) => Err(CheckpointError::ExtensionLine { line: 4 }),
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            self.root.to_base64()
        )
    }
}

/// Signs a checkpoint as its log: a note with one signature of type 0x01 or 0x06, as the key says.
/// A log with keys of both types appends the second signature ([`crate::cosign`] with time 0).
///
/// # Errors
/// [`SignError::Origin`] unless the key's name is the origin; as [`sign_note`].
pub fn sign_checkpoint(checkpoint: &Checkpoint, key: &SigningKey) -> Result<Note, SignError> {
    let (name, origin) = (key.verifier().name(), checkpoint.origin.as_str());
    if name != origin {
        return Err(SignError::Origin {
            name: name.to_owned(),
            origin: origin.to_owned(),
        });
    }
    sign_note(&checkpoint.to_string(), key)
}

/// Reads a signed checkpoint and verifies the log's own signature; the origin has to be the name
/// of the log's key. Signatures by others are left unverified ([`open_checkpoint_with`]).
///
/// # Errors
/// [`OpenError`].
pub fn open_checkpoint(
    note_bytes: &[u8],
    log_key: &VerifierKey,
) -> Result<(Checkpoint, Note), OpenError> {
    open_checkpoint_with(note_bytes, log_key, &[]).map(|(checkpoint, note, _)| (checkpoint, note))
}

/// Like [`open_checkpoint`], and also verifies the signatures by `cosigners`. Gives every verified
/// signature, the log's among them. Whether the cosignatures suffice is for a
/// [`crate::Policy`] to say.
///
/// # Errors
/// [`OpenError`], also where one cosignature by a key in `cosigners` fails.
pub fn open_checkpoint_with(
    note_bytes: &[u8],
    log_key: &VerifierKey,
    cosigners: &[VerifierKey],
) -> Result<(Checkpoint, Note, Vec<VerifiedSignature>), OpenError> {
    let name = || log_key.name().to_owned();
    if !log_key.key_type().signs_for_logs() {
        return Err(OpenError::LogKeyType {
            name: name(),
            actual: log_key.key_type(),
        });
    }
    let note = Note::parse(note_bytes).map_err(OpenError::Note)?;
    let mut known = vec![log_key.clone()];
    known.extend_from_slice(cosigners);
    // The text counts for nothing before a trusted signature on it has verified.
    let verified = note.verify(&known).map_err(OpenError::Verify)?;
    if !verified.iter().any(|signature| signature.key == *log_key) {
        return Err(OpenError::NotSignedByLog { name: name() });
    }
    let checkpoint = Checkpoint::parse(&note.text).map_err(OpenError::Checkpoint)?;
    if checkpoint.origin != log_key.name() {
        return Err(OpenError::Origin {
            origin: checkpoint.origin,
            name: name(),
        });
    }
    Ok((checkpoint, note, verified))
}
