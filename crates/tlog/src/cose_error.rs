//! Why a COSE receipt was refused, or could not be made.

use crate::key_type::KeyType;
use crate::verify::ProofError;

/// Why a COSE receipt was refused, or could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Longer than [`crate::MAX_COSE_BYTES`].
    #[error("the receipt has {length} bytes, more than 8192")]
    TooLarge {
        /// Length in bytes.
        length: usize,
    },
    /// Not CBOR.
    #[error("the receipt is not CBOR")]
    Cbor,
    /// CBOR, and not a receipt.
    #[error("the receipt's {0} is not as RFC 9942 and docs/log.md write it")]
    Shape(&'static str),
    /// Another encoding, order, algorithm or label than the one that is written.
    #[error("the receipt is not encoded in the one deterministic way that is read")]
    NotDeterministic,
    /// The encoder failed.
    #[error("the receipt could not be encoded")]
    Encoding,
    /// No hash at all, or more than 63.
    #[error("a receipt carries 1 to 63 hashes, not {length}; a tree of one leaf has no receipts")]
    PathLength {
        /// Hashes in the path.
        length: usize,
    },
    /// Longer than [`crate::MAX_COSE_ORIGIN_BYTES`].
    #[error("the origin has {length} bytes, more than 4096")]
    OriginTooLong {
        /// Length in bytes.
        length: usize,
    },
    /// Receipts are signed with the log's Ed25519 key.
    #[error("a receipt is signed with a log's Ed25519 key, this one is of type {actual:?}")]
    KeyType {
        /// Type of the key.
        actual: KeyType,
    },
    /// The receipt or checkpoint is of another log than the key.
    #[error("this is of the log {found}, the key is of {expected}")]
    Origin {
        /// Origin found.
        found: String,
        /// Name of the key.
        expected: String,
    },
    /// The receipt names another key.
    #[error("the receipt is signed with the key {found:08x}, not with {expected:08x}")]
    KeyId {
        /// Key id in the receipt.
        found: u32,
        /// Id of the key.
        expected: u32,
    },
    /// The path cannot be one of this index and size, or does not lead to the checkpoint.
    #[error("the inclusion proof does not hold")]
    Inclusion(#[source] ProofError),
    /// Leaf, path and signature do not fit together.
    #[error("the log did not sign the root that leaf and path lead to")]
    Signature,
}
