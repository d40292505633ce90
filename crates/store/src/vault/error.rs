//! What can be wrong with a vault or an exhibit.

use std::io;
use std::path::PathBuf;

use tlog::Hash;

use crate::disk::IoError;

/// Why the vault did not take in or give out an exhibit, or did not open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// More content than the caller allowed.
    #[error("the exhibit is larger than the limit of {limit_bytes} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit_bytes: u64,
    },
    /// No exhibit of this name: never here, or destroyed.
    #[error("the vault holds no exhibit {hash}")]
    Missing {
        /// SHA-256 of the content asked for.
        hash: Hash,
    },
    /// The file is readable but is not what was put in.
    #[error("the {what} of {} is damaged: its SHA-256 is {found}, not {expected}", .path.display())]
    Damaged {
        /// The exhibit's file.
        path: PathBuf,
        /// What was compared: "content" or "ciphertext".
        what: &'static str,
        /// The hash it should have.
        expected: Hash,
        /// The hash it has.
        found: Hash,
    },
    /// The file cannot be decrypted: it is damaged, or was not encrypted to this vault's key.
    #[error("{} cannot be decrypted with this vault's identity: it is damaged or foreign", .path.display())]
    Undecipherable {
        /// The exhibit's file.
        path: PathBuf,
        /// What the decryption reported.
        #[source]
        source: age::DecryptError,
    },
    /// The identity belongs to another vault.
    #[error("this vault was made with the identity of {wanted}, not of {given}")]
    WrongIdentity {
        /// Public key the vault encrypts to.
        wanted: String,
        /// Public key of the identity offered.
        given: String,
    },
    /// Others than its owner may use the identity file.
    #[error("the identity file {} is open to others (mode {mode:04o}); make it 0600", .path.display())]
    IdentityExposed {
        /// The identity file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The identity file is not one line `AGE-SECRET-KEY-1...` (lines starting with # aside).
    #[error("the identity file {} does not hold exactly one age X25519 identity", .path.display())]
    IdentityMalformed {
        /// The identity file.
        path: PathBuf,
    },
    /// The vault was opened without its identity.
    #[error(
        "the vault was opened without its identity, so exhibits can only be listed and checked"
    )]
    NoIdentity,
    /// The folder is a vault already.
    #[error("there is a vault in {} already", .folder.display())]
    AlreadyThere {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder has no `recipient` file with an age public key.
    #[error("there is no vault in {}: its recipient file is missing or malformed", .folder.display())]
    NotAVault {
        /// The folder.
        folder: PathBuf,
    },
    /// What was to be put in could not be read to its end.
    #[error("the content to put in the vault could not be read to its end")]
    Source(#[source] io::Error),
    /// What was to receive the content failed.
    #[error("the content could not be handed on")]
    Sink(#[source] io::Error),
    /// The storage failed.
    #[error(transparent)]
    Io(#[from] IoError),
}
