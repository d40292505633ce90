//! Seals: a field committed now and opened later.
//!
//! Digest = SHA-256(domain ‖ salt ‖ len32(pointer) ‖ pointer ‖ len32(value) ‖ value), the value in
//! RFC 8785 bytes, lengths as 32-bit big-endian (after SD-JWT's salted digests, RFC 9901, with a
//! binary frame so that no two fields can be confused). All salts of one statement come from one
//! seed: the seed opens everything, one salt opens one field.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tlog::Hash;

use crate::json;
use crate::time::Timestamp;

const DIGEST_DOMAIN: &[u8] = b"solferino.org/seal@v1\n";
const SALT_DOMAIN: &[u8] = b"solferino.org/seal-salt@v1\n";

/// What a statement says of a field it withholds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The commitment.
    pub sha256: Hash,
    /// When it is due to be opened; anyone can list what is overdue.
    pub until: Timestamp,
}

/// What opens one sealed field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// JSON pointer (RFC 6901) of the field in the payload.
    pub pointer: String,
    /// 32 bytes, hex.
    pub salt: Hash,
    /// The withheld value.
    pub value: Value,
}

/// The salt of one field, from the statement's seed.
#[must_use]
pub fn salt(seed: &[u8; 32], pointer: &str) -> Hash {
    tlog::sha256(&[SALT_DOMAIN, seed, pointer.as_bytes()].concat())
}

/// The commitment of a value at a pointer under a salt.
#[must_use]
pub fn digest(salt: &Hash, pointer: &str, value: &Value) -> Hash {
    let canonical = json::canonical(value);
    let mut bytes = DIGEST_DOMAIN.to_vec();
    bytes.extend_from_slice(salt.as_bytes());
    for part in [pointer, &canonical] {
        // Both parts come out of one statement of at most 65,535 bytes.
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    tlog::sha256(&bytes)
}

impl Opening {
    /// Whether this opens that seal.
    #[must_use]
    pub fn opens(&self, seal: &Seal) -> bool {
        digest(&self.salt, &self.pointer, &self.value) == seal.sha256
    }
}
