//! What a witness decides: pure logic, no I/O. State and request in, verdict and new state out.
//!
//! The order of the checks is tlog-witness's, in two halves: [`read`] needs only the configured
//! logs and runs wherever there is a free core; [`judge`] needs what the witness holds and runs
//! inside the transaction that records its outcome.

use std::collections::BTreeMap;

use tlog::{
    AddCheckpoint, Checkpoint, Hash, Note, ProofError, VerifierKey, VerifyError, WitnessBodyError,
    empty_root, verify_consistency,
};

/// Signature lines of a checkpoint that is read, at most; the log's own and other cosigners'.
pub const MAX_CHECKPOINT_SIGNATURES: usize = 32;

/// The keys a witness trusts, by origin: the name of the log's keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs(BTreeMap<String, Vec<VerifierKey>>);

impl Logs {
    /// Takes the logs of some keys.
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Self {
        let mut logs = Self::default();
        for key in keys {
            logs.0.entry(key.name().to_owned()).or_default().push(key);
        }
        logs
    }

    /// The origins, sorted.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The keys of an origin.
    #[must_use]
    pub fn keys(&self, origin: &str) -> Option<&[VerifierKey]> {
        self.0.get(origin).map(Vec::as_slice)
    }
}

/// What a witness holds of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Size of the tree cosigned last; 0 before the first.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            size: 0,
            root: empty_root(),
        }
    }
}

/// A request whose log has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Size that the asker believes the witness cosigned last.
    pub old: u64,
    /// Consistency proof.
    pub proof: Vec<Hash>,
    /// What is to be cosigned.
    pub checkpoint: Checkpoint,
    /// The checkpoint with those signatures of the log that were verified, and no others.
    pub note: Note,
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The body has not the form of the protocol.
    #[error("the body is not a request to a witness")]
    Body(#[source] WitnessBodyError),
    /// More than [`MAX_CHECKPOINT_SIGNATURES`] signature lines.
    #[error("the checkpoint has {lines} signature lines, more than {MAX_CHECKPOINT_SIGNATURES}")]
    Signatures {
        /// Lines found.
        lines: usize,
    },
    /// The witness does not watch this log.
    #[error("this witness does not watch the log {origin}")]
    UnknownOrigin {
        /// Origin line of the checkpoint.
        origin: String,
    },
    /// Not signed by the log, or wrongly.
    #[error("the checkpoint is not signed by a key this witness trusts for its origin")]
    NotSigned(#[source] VerifyError),
    /// `old` is beyond the checkpoint.
    #[error("the old size {old} is larger than the checkpoint's, {size}")]
    OldBeyondNew {
        /// The old size.
        old: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// `old` is not what the witness cosigned last.
    #[error("the size cosigned last is {size}")]
    Stale {
        /// The size cosigned last.
        size: u64,
    },
    /// Signed by the log, and yet not an extension of what it signed before.
    #[error("the checkpoint is not shown to extend the one cosigned last")]
    Inconsistent(#[source] Contradiction),
}

/// How a signed checkpoint contradicts what the witness holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A tree without leaves has one root only.
    #[error("size 0 with the root {root}, which is not the empty tree's")]
    EmptyRoot {
        /// Root found.
        root: Hash,
    },
    /// The same size, another root: two histories.
    #[error("size {size} with the root {root}; the checkpoint cosigned last has {seen}")]
    SameSize {
        /// Size of both.
        size: u64,
        /// Root shown now.
        root: Hash,
        /// Root cosigned.
        seen: Hash,
    },
    /// The proof fails, or stands where none belongs.
    #[error("the consistency proof does not hold: {0}")]
    Proof(ProofError),
}

impl Refused {
    /// The HTTP status of tlog-witness.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Body(_) | Self::Signatures { .. } | Self::OldBeyondNew { .. } => 400,
            Self::UnknownOrigin { .. } => 404,
            Self::NotSigned(_) => 403,
            Self::Stale { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

/// Reads a request and checks who signed it.
///
/// # Errors
/// [`Refused`]: the form (400), then the origin (404), then the log's signature (403).
pub fn read(logs: &Logs, body: &[u8]) -> Result<Asked, Refused> {
    let request = AddCheckpoint::parse(body).map_err(Refused::Body)?;
    let lines = request.note.signatures.len();
    if lines > MAX_CHECKPOINT_SIGNATURES {
        return Err(Refused::Signatures { lines });
    }
    let origin = &request.checkpoint.origin;
    let keys = logs.keys(origin).ok_or_else(|| Refused::UnknownOrigin {
        origin: origin.clone(),
    })?;
    let verified = request.note.verify(keys).map_err(Refused::NotSigned)?;
    let trusted = verified
        .iter()
        .filter_map(|signature| request.note.signatures.get(signature.position));
    let signatures = trusted.cloned().collect();
    Ok(Asked {
        old: request.old,
        proof: request.proof,
        checkpoint: request.checkpoint,
        note: Note {
            text: request.note.text,
            signatures,
        },
    })
}

/// Decides on a signed request; gives what the witness holds afterwards.
///
/// # Errors
/// [`Refused`]: the sizes (400, 409), then consistency (422).
pub fn judge(seen: &Seen, asked: &Asked) -> Result<Seen, Refused> {
    let (old, size, root) = (asked.old, asked.checkpoint.size, asked.checkpoint.root);
    if old > size {
        return Err(Refused::OldBeyondNew { old, size });
    }
    if old != seen.size {
        return Err(Refused::Stale { size: seen.size });
    }
    if size == 0 && root != empty_root() {
        return Err(Refused::Inconsistent(Contradiction::EmptyRoot { root }));
    }
    if size == seen.size && root != seen.root {
        let seen = seen.root;
        return Err(Refused::Inconsistent(Contradiction::SameSize {
            size,
            root,
            seen,
        }));
    }
    verify_consistency(old, size, &asked.proof, &seen.root, &root)
        .map_err(|error| Refused::Inconsistent(Contradiction::Proof(error)))?;
    Ok(Seen { size, root })
}
