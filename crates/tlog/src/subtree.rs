//! Subtrees of a log: aligned ranges of leaves whose hash can be signed and proven on its own, and
//! the making of their proofs (draft-ietf-plants-merkle-tree-certs, sections 4.1 to 4.4).

use std::fmt;

use crate::hash::Hash;
use crate::prove::{ProveError, path_within, range_root, split_point};
use crate::tree::NodeReader;

/// The leaves `[start, end)` of a log, where `start` is a multiple of the smallest power of two
/// that is not below `end - start`. Its hash is the Merkle tree hash of these leaves alone.
///
/// A range without leaves is a subtree too, wherever it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    start: u64,
    end: u64,
}

/// Why a range of leaves is not a subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubtreeError {
    /// The range ends before it starts.
    #[error("the subtree starts at {start}, after its end {end}")]
    Reversed {
        /// Index of the first leaf.
        start: u64,
        /// Index after the last leaf.
        end: u64,
    },
    /// The start is not a multiple of the power of two that holds the range.
    #[error("[{start}, {end}) is not a subtree: its start is not aligned to its length")]
    Unaligned {
        /// Index of the first leaf.
        start: u64,
        /// Index after the last leaf.
        end: u64,
    },
}

impl Subtree {
    /// The range `[start, end)`, if it is a subtree.
    ///
    /// # Errors
    /// [`SubtreeError`].
    pub fn new(start: u64, end: u64) -> Result<Self, SubtreeError> {
        let width = end
            .checked_sub(start)
            .ok_or(SubtreeError::Reversed { start, end })?;
        // Beyond 2^63 leaves only a start of 0 is aligned: the next power of two needs 65 bits.
        let aligned = match width.checked_next_power_of_two() {
            Some(unit) => width == 0 || start.is_multiple_of(unit),
            None => start == 0,
        };
        if aligned {
            Ok(Self { start, end })
        } else {
            Err(SubtreeError::Unaligned { start, end })
        }
    }

    /// All leaves of a tree of `size` leaves.
    pub const fn whole(size: u64) -> Self {
        Self {
            start: 0,
            end: size,
        }
    }

    /// Index of the first leaf.
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// Index after the last leaf.
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// Number of leaves.
    pub const fn width(&self) -> u64 {
        self.end - self.start
    }
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.start, self.end)
    }
}

/// Hash of the subtree; [`crate::empty_root`] without leaves.
///
/// # Errors
/// [`ProveError::Reader`].
pub fn subtree_hash<R: NodeReader>(
    reader: &R,
    subtree: &Subtree,
) -> Result<Hash, ProveError<R::Error>> {
    range_root(reader, subtree.start, subtree.end)
}

/// Inclusion proof of leaf `index` (of the log) in the subtree: from the leaf's sibling up to the
/// child of the subtree's root (section 4.3).
///
/// # Errors
/// [`ProveError::OutsideSubtree`] unless the subtree holds the leaf; [`ProveError::Reader`].
pub fn subtree_inclusion_proof<R: NodeReader>(
    reader: &R,
    index: u64,
    subtree: &Subtree,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if index < subtree.start || index >= subtree.end {
        let subtree = *subtree;
        return Err(ProveError::OutsideSubtree { index, subtree });
    }
    path_within(reader, index, subtree.start, subtree.end)
}

/// Proof that the subtree is part of the tree of the first `size` leaves (section 4.4.1). Empty
/// where the subtree is empty or the whole tree, as nothing has to be shown.
///
/// # Errors
/// [`ProveError::OldBeyondNew`] unless the subtree ends within the tree; [`ProveError::Reader`].
pub fn subtree_consistency_proof<R: NodeReader>(
    reader: &R,
    subtree: &Subtree,
    size: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    let (first, last) = (subtree.start, subtree.end);
    if last > size {
        let (old, new) = (last, size);
        return Err(ProveError::OldBeyondNew { old, new });
    }
    let mut path = Vec::new();
    if subtree.width() == 0 {
        return Ok(path);
    }
    // Walk down to the part of the tree where the subtree ends; `whole` says whether the verifier
    // knows that part's hash, because it is the whole subtree.
    let (mut start, mut end, mut whole) = (0, size, true);
    while !(start >= first && end == last) {
        let middle = start + split_point(end - start);
        if last <= middle {
            path.push(range_root(reader, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(reader, start, middle)?);
            // The subtree reaches over the middle: its left part is this very hash.
            whole &= first >= middle;
            start = middle;
        }
    }
    if !whole {
        path.push(range_root(reader, start, end)?);
    }
    path.reverse();
    Ok(path)
}
