//! Making roots, inclusion proofs and consistency proofs from complete subtrees (RFC 6962
//! section 2.1).

use crate::hash::{Hash, empty_root, node_hash};
use crate::subtree::Subtree;
use crate::tree::NodeReader;

/// Why a root or a proof could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The leaf is not in the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// Index of the leaf, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The leaf is not in the subtree.
    #[error("leaf {index} is not in the subtree {subtree}")]
    OutsideSubtree {
        /// Index of the leaf in the log, from 0.
        index: u64,
        /// The subtree.
        subtree: Subtree,
    },
    /// A consistency proof goes from a smaller tree, or a subtree within, to a larger one.
    #[error("the old size {old} is larger than the new size {new}")]
    OldBeyondNew {
        /// Leaves in the old tree.
        old: u64,
        /// Leaves in the new tree.
        new: u64,
    },
    /// A complete subtree could not be read.
    #[error("a node of the tree could not be read")]
    Reader(#[source] E),
}

/// Merkle tree hash of the first `size` leaves.
///
/// # Errors
/// [`ProveError::Reader`] if the reader lacks one of the (at most 64) subtrees.
pub fn root<R: NodeReader>(reader: &R, size: u64) -> Result<Hash, ProveError<R::Error>> {
    range_root(reader, 0, size)
}

/// Inclusion proof of leaf `index` in the tree of the first `size` leaves: at most 64 hashes, from
/// the leaf's sibling up to the root's child (RFC 6962 section 2.1.1).
///
/// # Errors
/// [`ProveError::IndexOutOfRange`] unless `index < size`; [`ProveError::Reader`].
pub fn inclusion_proof<R: NodeReader>(
    reader: &R,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if index >= size {
        return Err(ProveError::IndexOutOfRange { index, size });
    }
    path_within(reader, index, 0, size)
}

/// The siblings between leaf `index` and the root of the leaves `start..end`, from the leaf up.
pub(crate) fn path_within<R: NodeReader>(
    reader: &R,
    index: u64,
    start: u64,
    end: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    path_by(index, start, end, |start, end| {
        range_root(reader, start, end)
    })
}

/// As [`path_within`], with the hashes of ranges from wherever they are.
pub(crate) fn path_by<E>(
    index: u64,
    mut start: u64,
    mut end: u64,
    range: impl Fn(u64, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    // One hash for each level of the tree.
    let mut path = Vec::with_capacity((end - start).max(1).ilog2() as usize + 1);
    while end - start > 1 {
        let middle = start + split_point(end - start);
        if index < middle {
            path.push(range(middle, end)?);
            end = middle;
        } else {
            path.push(range(start, middle)?);
            start = middle;
        }
    }
    // We walked down from the root; the proof is written up from the leaf.
    path.reverse();
    Ok(path)
}

/// Consistency proof from the tree of `old` leaves to the tree of `new` leaves (RFC 6962
/// section 2.1.2). Empty where `old` is 0 or equal to `new`, as nothing has to be shown.
///
/// # Errors
/// [`ProveError::OldBeyondNew`] unless `old <= new`; [`ProveError::Reader`].
pub fn consistency_proof<R: NodeReader>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if old > new {
        return Err(ProveError::OldBeyondNew { old, new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, new);
    // Walk to the subtree that ends exactly where the old tree ends.
    while end != old {
        let middle = start + split_point(end - start);
        if old <= middle {
            path.push(range_root(reader, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(reader, start, middle)?);
            start = middle;
        }
    }
    // If that subtree is the whole old tree, the verifier already has its hash: the old root.
    if start != 0 {
        path.push(range_root(reader, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// What shows the root that the first `old` leaves of the tree of `new` leaves have, to someone who
/// knows only the root of the latter ([`crate::prefix_root`]): a consistency proof that always
/// begins with its first node, also where a consistency proof leaves it out as the old root.
///
/// # Errors
/// [`ProveError::OldBeyondNew`] unless `old <= new`; [`ProveError::Reader`].
pub fn prefix_proof<R: NodeReader>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    let mut path = consistency_proof(reader, old, new)?;
    if old > 0 && (old == new || old.is_power_of_two()) {
        path.insert(0, range_root(reader, 0, old)?);
    }
    Ok(path)
}

/// The largest power of two smaller than `count`, for a `count` of at least 2.
pub(crate) fn split_point(count: u64) -> u64 {
    1 << (count.saturating_sub(1) | 1).ilog2()
}

/// Merkle tree hash of the leaves `start..end`, where `start` is a multiple of the smallest power
/// of two that holds the range, as in every subtree of RFC 6962.
pub(crate) fn range_root<R: NodeReader>(
    reader: &R,
    start: u64,
    end: u64,
) -> Result<Hash, ProveError<R::Error>> {
    let length = end - start;
    if length.is_power_of_two() {
        // Most ranges on the way to a leaf are complete.
        let level = length.ilog2();
        let node = reader.node(level as u8, start >> level);
        return node.map_err(ProveError::Reader);
    }
    let mut peaks = Vec::new();
    let mut position = start;
    while position < end {
        let level = (end - position).ilog2();
        let peak = reader
            .node(level as u8, position >> level)
            .map_err(ProveError::Reader)?;
        peaks.push(peak);
        position += 1 << level;
    }
    let root = peaks
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(&left, &right));
    Ok(root.unwrap_or_else(empty_root))
}
