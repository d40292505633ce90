//! Proofs that a key is in the map, in exactly these entries, or that it is not.
//!
//! Checking shares with [`super::map`] only the definitions of the hashes.

use std::fmt;
use std::str::FromStr;

use tlog::Hash;

use super::map::{KEY_BITS, bit, chain, chain_start, empty, leaf, node};

/// Most indexes that a proof may list.
pub const MAX_LISTED: usize = 100_000;

/// Where the path of a key ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// At the key's own leaf: the entries that bear it, ascending, all of them.
    Entries(Vec<u64>),
    /// At an empty subtree: the key is absent.
    Empty,
    /// At the leaf of another key: this one is absent.
    Other {
        /// The other key.
        key: Hash,
        /// How many entries bear it.
        count: u64,
        /// The chain over their indexes.
        chain: Hash,
    },
}

/// What shows whether and where a key is in a map. Displays as `<siblings> <end>`
/// (docs/suppression.md, section 5); an accepted text displays as the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProof {
    /// Hashes of the other halves, from the top down; at most 256.
    pub siblings: Vec<Hash>,
    /// What stands where the path ends.
    pub end: End,
}

/// What a proof says of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is in exactly these entries.
    Entries(Vec<u64>),
    /// No entry bears it.
    Absent,
}

/// Why a proof shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProofError {
    /// Longer than a key.
    #[error("the path has {0} hashes, a key only {KEY_BITS} bits")]
    TooLong(usize),
    /// No index, an index twice, or out of order.
    #[error("the entries of a key are listed ascending, each once, at least one")]
    Order,
    /// The other leaf is the key's own, or stands elsewhere.
    #[error("the other key does not stand where the path of this one ends")]
    OtherKey,
    /// It leads to another tree.
    #[error("the proof leads to another index than the one stated")]
    Root,
    /// Not the text of a proof.
    #[error("{0:?} is not the proof of a key: siblings or -, then where its path ends")]
    Text(String),
}

impl KeyProof {
    /// Top of the tree that the proof belongs to, and what it says of the key.
    ///
    /// # Errors
    /// [`KeyProofError`] for a proof that belongs to no tree.
    pub fn top(&self, key: &Hash) -> Result<(Hash, Found), KeyProofError> {
        let depth = self.siblings.len();
        if depth > KEY_BITS {
            return Err(KeyProofError::TooLong(depth));
        }
        let (mut hash, found) = match &self.end {
            End::Empty => (empty(), Found::Absent),
            End::Other {
                key: other,
                count,
                chain,
            } => {
                let same_path = (0..depth).all(|d| bit(other, d) == bit(key, d));
                if other == key || !same_path {
                    return Err(KeyProofError::OtherKey);
                }
                (leaf(other, *count, chain), Found::Absent)
            }
            End::Entries(entries) => {
                if entries.is_empty() || !entries.is_sorted_by(|a, b| a < b) {
                    return Err(KeyProofError::Order);
                }
                let chained = entries.iter().fold(chain_start(), |c, i| chain(&c, *i));
                let hash = leaf(key, entries.len() as u64, &chained);
                (hash, Found::Entries(entries.clone()))
            }
        };
        for (d, sibling) in self.siblings.iter().enumerate().rev() {
            hash = if bit(key, d) {
                node(sibling, &hash)
            } else {
                node(&hash, sibling)
            };
        }
        Ok((hash, found))
    }
}

impl fmt::Display for KeyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.siblings.is_empty() {
            f.write_str("-")?;
        }
        for (at, hash) in self.siblings.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}", hash.to_base64())?;
        }
        match &self.end {
            End::Empty => f.write_str(" empty"),
            End::Other { key, count, chain } => write!(f, " other:{key}:{count}:{chain}"),
            End::Entries(entries) => {
                f.write_str(" entries")?;
                entries.iter().try_for_each(|index| write!(f, ":{index}"))
            }
        }
    }
}

impl FromStr for KeyProof {
    type Err = KeyProofError;

    fn from_str(text: &str) -> Result<Self, KeyProofError> {
        let wrong = || KeyProofError::Text(text.chars().take(80).collect());
        let (siblings, end) = text.split_once(' ').ok_or_else(wrong)?;
        let siblings = match siblings {
            "-" => Vec::new(),
            hashes => hashes
                .split(',')
                .take(KEY_BITS + 1)
                .map(|hash| Hash::from_base64(hash).map_err(|_| wrong()))
                .collect::<Result<_, _>>()?,
        };
        let proof = Self {
            siblings,
            end: parse_end(end).ok_or_else(wrong)?,
        };
        // One spelling only.
        if proof.to_string() == text {
            Ok(proof)
        } else {
            Err(wrong())
        }
    }
}

fn parse_end(text: &str) -> Option<End> {
    if text == "empty" {
        return Some(End::Empty);
    }
    if let Some(other) = text.strip_prefix("other:") {
        let mut parts = other.split(':');
        let (key, count, chain) = (parts.next()?, parts.next()?, parts.next()?);
        return Some(End::Other {
            key: key.parse().ok()?,
            count: count.parse().ok()?,
            chain: chain.parse().ok()?,
        });
    }
    let entries = text.strip_prefix("entries:")?;
    let entries = entries.split(':').take(MAX_LISTED + 1);
    let entries: Vec<u64> = entries.map(|i| i.parse().ok()).collect::<Option<_>>()?;
    (entries.len() <= MAX_LISTED).then_some(End::Entries(entries))
}
