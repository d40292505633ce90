//! Trees as their complete subtrees: the one thing proofs are made from.

use crate::hash::{Hash, empty_root, node_hash};

/// Where the hashes of complete subtrees come from: memory, tiles, a database.
///
/// A reader answers for one append-only sequence of leaves. The same question always has the same
/// answer, because a complete subtree never changes.
pub trait NodeReader {
    /// What can go wrong while reading.
    type Error;

    /// Hash of the complete subtree over the 2^`level` leaves that start at `index` * 2^`level`.
    ///
    /// # Errors
    /// The reader's own, also where the sequence does not hold all these leaves yet.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<T: NodeReader + ?Sized> NodeReader for &T {
    type Error = T::Error;

    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        (**self).node(level, index)
    }
}

/// A subtree was asked for whose leaves are not all in the [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no complete subtree at level {level}, index {index} in a tree of {size} leaves")]
pub struct NodeMissing {
    /// Level asked for; the subtree has 2^level leaves.
    pub level: u8,
    /// Index among the subtrees of that level.
    pub index: u64,
    /// Leaves in the tree.
    pub size: u64,
}

/// An RFC 6962 tree in memory. It keeps the hash of every complete subtree, about two hashes
/// (64 bytes) for each leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// `levels[l][i]` is the complete subtree of 2^l leaves starting at i * 2^l.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree over these leaf hashes, in this order.
    pub fn from_leaves(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::new();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }

    /// Makes room for so many more leaves, and what is above them.
    pub fn reserve(&mut self, leaves: usize) {
        if self.levels.is_empty() {
            self.levels.push(Vec::new());
        }
        for (level, row) in self.levels.iter_mut().enumerate() {
            row.reserve(leaves.checked_shr(level as u32).unwrap_or(0));
        }
    }

    /// Appends a leaf by its hash ([`crate::leaf_hash`] of the entry).
    pub fn push(&mut self, leaf_hash: Hash) {
        self.complete(0, leaf_hash);
    }

    /// Appends the leaves of another tree, in their order. Where this tree has a multiple of as
    /// many leaves as the other's largest complete subtree, what the other has hashed is not hashed again.
    pub fn append(&mut self, more: &Self) {
        let Some((top, below)) = more.levels.split_last() else {
            return;
        };
        let highest = below.len();
        let aligned = highest < 64 && self.size().is_multiple_of(1 << highest);
        let Some(peak) = top.first().filter(|_| aligned) else {
            let leaves = more.levels.first().into_iter().flatten();
            return leaves.for_each(|leaf| self.push(*leaf));
        };
        for (level, row) in below.iter().enumerate() {
            self.level(level).extend_from_slice(row);
        }
        // The largest subtree stands alone on its level; it may be the second half of others here.
        self.complete(highest, *peak);
    }

    /// A level that is there or the next one, which gets half the room of the one below.
    fn level(&mut self, level: usize) -> &mut Vec<Hash> {
        while self.levels.len() <= level {
            let below = self.levels.last().map_or(0, Vec::capacity);
            self.levels.push(Vec::with_capacity(below / 2));
        }
        &mut self.levels[level]
    }

    /// Adds the hash of a complete subtree to its level, and of those that it completes.
    fn complete(&mut self, mut level: usize, mut hash: Hash) {
        loop {
            let row = self.level(level);
            let left = if row.len() % 2 == 1 {
                row.last().copied()
            } else {
                None
            };
            row.push(hash);
            // A right child completes its parent; a left child waits for its sibling.
            let Some(left) = left else { return };
            hash = node_hash(&left, &hash);
            level += 1;
        }
    }

    /// The hashes of the leaves, in their order.
    pub fn leaves(&self) -> &[Hash] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |row| row.len() as u64)
    }

    /// Merkle tree hash of all leaves; [`empty_root`] without leaves.
    pub fn root(&self) -> Hash {
        // A level of odd length ends in a subtree without a sibling: a peak. Right to left.
        let peaks = self
            .levels
            .iter()
            .filter(|row| row.len() % 2 == 1)
            .filter_map(|row| row.last());
        let root = peaks
            .copied()
            .reduce(|right, left| node_hash(&left, &right));
        root.unwrap_or_else(empty_root)
    }
}

impl NodeReader for Tree {
    type Error = NodeMissing;

    fn node(&self, level: u8, index: u64) -> Result<Hash, NodeMissing> {
        let row = self.levels.get(usize::from(level));
        let hash = row
            .zip(usize::try_from(index).ok())
            .and_then(|(row, index)| row.get(index));
        hash.copied().ok_or(NodeMissing {
            level,
            index,
            size: self.size(),
        })
    }
}

/// Merkle tree hash straight from the recursive definition of RFC 6962 section 2.1.
///
/// Slow and obvious on purpose: it shares no code with [`Tree`] or [`crate::root`], and is the
/// second way to a root for those who check the first.
pub fn root_of_leaves(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            // The largest power of two smaller than the number of leaves (which is at least two).
            let split = leaves.len().div_ceil(2).next_power_of_two();
            match leaves.split_at_checked(split) {
                Some((left, right)) => node_hash(&root_of_leaves(left), &root_of_leaves(right)),
                None => empty_root(),
            }
        }
    }
}
