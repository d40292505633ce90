//! What stands for an observable.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Set in front of the text before hashing, so that a key is no hash of anything else. It is short: a text of up
/// to 48 bytes still fits one block of SHA-256.
const DOMAIN: &[u8] = b"link 1\n";

/// The first 128 bits of SHA-256 over a domain line and an observable's canonical text.
///
/// Two given texts collide with probability 2^-128; some two of ten million, with less than 2^-82. To find a text with
/// the key of one of ten million known observables takes about 2^104 hashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub(crate) high: u64,
    pub(crate) low: u64,
}

impl Key {
    /// The key of a canonical text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(text.as_bytes());
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self::from_bytes(bytes)
    }

    /// A key from its bytes, highest first.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let all = u128::from_be_bytes(bytes);
        Self {
            high: (all >> 64) as u64,
            low: all as u64,
        }
    }

    /// Its bytes, highest first.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        let all = (u128::from(self.high) << 64) | u128::from(self.low);
        all.to_be_bytes()
    }

    /// Its bucket, given how many leading bits tell buckets apart (at most 31).
    pub(crate) fn bucket(self, bits: u32) -> usize {
        // Shifting by 64 is no shift in Rust, so no bits are a case of their own.
        self.high.checked_shr(64 - bits).unwrap_or(0) as usize
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:016x}{:016x})", self.high, self.low)
    }
}
