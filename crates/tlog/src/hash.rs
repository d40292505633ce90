//! SHA-256 hashes and the RFC 6962 section 2.1 domain separation of leaves and nodes.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::text::{Base64Error, base64_into, from_base64, to_base64};

/// Length of a hash in bytes.
pub const HASH_BYTES: usize = 32;

/// Length of a hash in padded base64.
const BASE64_BYTES: usize = 44;

/// What each byte is as a hex digit; `NO_DIGIT` where it is none. Identifiers are read by the million.
const DIGITS: [u8; 256] = digits();
const NO_DIGIT: u8 = 0xff;

const fn digits() -> [u8; 256] {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    digits
}

/// First byte of the input of a leaf hash (RFC 6962 section 2.1).
const LEAF_PREFIX: [u8; 1] = [0x00];
/// First byte of the input of an inner node's hash (RFC 6962 section 2.1).
const NODE_PREFIX: [u8; 1] = [0x01];

/// A SHA-256 value. Displays, parses and serialises as 64 lowercase hex digits; the log formats
/// write it in base64 ([`Hash::to_base64`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_BYTES]);

/// Why a text is not a [`Hash`](struct@Hash).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Not 64 characters of hex.
    #[error("a hash in hex is 64 characters long, this text has {length} bytes")]
    HexLength {
        /// Length found, in bytes.
        length: usize,
    },
    /// A character outside `0-9a-f` (upper case included).
    #[error("a hash in hex holds only 0-9 and a-f")]
    HexDigit,
    /// Not canonical base64.
    #[error("the hash is not canonical base64")]
    Base64(#[source] Base64Error),
    /// Base64 of some other length than 32 bytes.
    #[error("a hash has 32 bytes, this base64 holds {length}")]
    Base64Length {
        /// Length found, in bytes.
        length: usize,
    },
}

impl Hash {
    /// Takes the 32 bytes as they are.
    pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// Standard padded base64, 44 characters, as checkpoints and proofs write it.
    pub fn to_base64(&self) -> String {
        to_base64(&self.0)
    }

    /// Writes what [`Self::to_base64`] gives, without a text of its own.
    pub(crate) fn write_base64(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; BASE64_BYTES];
        f.write_str(base64_into(&self.0, &mut text).ok_or(fmt::Error)?)
    }

    /// Reads canonical standard padded base64 of exactly 32 bytes.
    ///
    /// # Errors
    /// [`HashError::Base64`] for any other spelling, [`HashError::Base64Length`] for any other
    /// length.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        let bytes = from_base64(text).map_err(HashError::Base64)?;
        match <[u8; HASH_BYTES]>::try_from(bytes.as_slice()) {
            Ok(bytes) => Ok(Self(bytes)),
            Err(_) => Err(HashError::Base64Length {
                length: bytes.len(),
            }),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = HashError;

    /// Reads exactly 64 lowercase hex digits.
    fn from_str(text: &str) -> Result<Self, HashError> {
        if text.len() != 2 * HASH_BYTES {
            return Err(HashError::HexLength { length: text.len() });
        }
        let (pairs, _) = text.as_bytes().as_chunks();
        let (mut bytes, mut every) = ([0; HASH_BYTES], 0);
        for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
            every |= high | low;
            *byte = high << 4 | low & 0x0f;
        }
        // Digits are below 16, whatever is none above.
        match every < 16 {
            true => Ok(Self(bytes)),
            false => Err(HashError::HexDigit),
        }
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; HASH_BYTES]> for Hash {
    fn from(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(InHex)
    }
}

/// Reads a hash from a text, without a copy of the text.
struct InHex;

impl Visitor<'_> for InHex {
    type Value = Hash;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hash, E> {
        text.parse().map_err(E::custom)
    }
}

/// SHA-256 of `bytes`, without a prefix.
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Hash of a log entry: SHA-256(0x00 || entry), RFC 6962 section 2.1.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update(LEAF_PREFIX)
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// Hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let digest = Sha256::new()
        .chain_update(NODE_PREFIX)
        .chain_update(left.0)
        .chain_update(right.0);
    Hash(digest.finalize().into())
}

/// Root of the tree without leaves: SHA-256 of the empty string, RFC 6962 section 2.1.
pub fn empty_root() -> Hash {
    sha256(&[])
}
