//! Why the store of the desk did not do what it was asked.

use std::path::PathBuf;

use tlog::Hash;

use super::{MAX_SEALED_BYTES, MAX_STATEMENT_SEALED_BYTES};
use crate::disk::IoError;
use crate::vault::VaultError;

/// A step of the desk's store failed. No variant holds anything of what was told.
#[derive(Debug, thiserror::Error)]
pub enum AidError {
    /// More than is taken.
    #[error(
        "an age file has {longest} bytes, all together {all}; at most {MAX_SEALED_BYTES} and {MAX_STATEMENT_SEALED_BYTES} are taken"
    )]
    TooLarge {
        /// Longest age file, in bytes.
        longest: usize,
        /// All, in bytes.
        all: usize,
    },
    /// Another age file stands under the commitment.
    #[error("another age file is kept under the commitment {commitment}")]
    Other {
        /// The commitment.
        commitment: Hash,
    },
    /// A file is not what was written.
    #[error("{} is damaged: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// No consent in force names these items for this case.
    #[error("no consent in force lets these items cross: {0}")]
    NoConsent(String),
    /// What was handed over is no opened item.
    #[error("what was handed over is shorter than a salt, so it is no opened item")]
    NotAnItem,
    /// The vault did not take what crossed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The storage.
    #[error(transparent)]
    Io(#[from] IoError),
}
