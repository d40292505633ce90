//! Checking inclusion and consistency proofs, after the verification algorithms of RFC 9162
//! sections 2.1.3.2 and 2.1.4.2 (the trees are those of RFC 6962). Shares nothing with the code
//! that makes proofs but the node hash.

use std::fmt;

use crate::hash::{Hash, empty_root, node_hash};
use crate::subtree::Subtree;

/// Most hashes a proof can hold that this project writes or reads from a file; trees stay below
/// 2^63 leaves.
pub const MAX_PROOF_HASHES: usize = 63;

/// Which of the two roots of a consistency proof is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The root of the only tree (inclusion), or of the larger, newer one (consistency).
    New,
    /// The root of the smaller, older tree, or of the subtree (consistency).
    Old,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "tree",
            Self::Old => "old tree",
        })
    }
}

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf cannot be in a tree of this size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// Index of the leaf, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The leaf cannot be in the subtree.
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
    /// The proof ends before the root is reached.
    #[error("the proof of {length} hashes is too short")]
    TooShort {
        /// Hashes in the proof.
        length: usize,
    },
    /// The proof goes on above the root.
    #[error("the proof of {length} hashes is too long")]
    TooLong {
        /// Hashes in the proof.
        length: usize,
    },
    /// The proof leads to another root than the one given.
    #[error("the proof leads to the {side} root {computed}, not to {given}")]
    RootMismatch {
        /// Which root differs.
        side: Side,
        /// Root the proof leads to.
        computed: Hash,
        /// Root given by the caller.
        given: Hash,
    },
}

/// Checks that `leaf` is leaf number `index` of the tree of `size` leaves with this `root`.
///
/// # Errors
/// [`ProofError`] saying in which way the proof fails.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    let computed = root_of_inclusion(leaf, index, size, proof)?;
    expect_root(Side::New, computed, root)
}

/// The root that the proof leads to, if `leaf` is leaf number `index` of `size`.
pub(crate) fn root_of_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutOfRange { index, size });
    }
    let length = proof.len();
    let mut cursor = Cursor {
        node: index,
        last: size - 1,
    };
    let mut computed = *leaf;
    for sibling in proof {
        if cursor.last == 0 {
            return Err(ProofError::TooLong { length });
        }
        if cursor.sibling_is_left() {
            computed = node_hash(sibling, &computed);
        } else {
            computed = node_hash(&computed, sibling);
        }
        cursor.climb();
    }
    if cursor.last != 0 {
        return Err(ProofError::TooShort { length });
    }
    Ok(computed)
}

/// Checks that the tree of `new` leaves with `new_root` starts with the tree of `old` leaves with
/// `old_root`.
///
/// Every tree extends the empty one, so `old` = 0 asks for an empty proof and the empty root;
/// equal sizes ask for an empty proof and equal roots.
///
/// # Errors
/// [`ProofError`] saying in which way the proof fails.
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::OldBeyondNew { old, new });
    }
    let length = proof.len();
    if old == 0 {
        expect_root(Side::Old, empty_root(), old_root)?;
    }
    if old == new {
        expect_root(Side::New, *old_root, new_root)?;
    }
    if old == 0 || old == new {
        return if proof.is_empty() {
            Ok(())
        } else {
            Err(ProofError::TooLong { length })
        };
    }
    // From here 0 < old < new. A complete old tree is itself the node the proof starts from.
    let (start, rest) = match proof.split_first() {
        None => return Err(ProofError::TooShort { length }),
        Some(_) if old.is_power_of_two() => (*old_root, proof),
        Some((first, rest)) => (*first, rest),
    };
    let (old_computed, new_computed) = fold_growth(old, new, start, rest, length)?;
    expect_root(Side::Old, old_computed, old_root)?;
    expect_root(Side::New, new_computed, new_root)
}

/// The root that the first `old` leaves of the tree of `new` leaves with `new_root` have, as shown
/// by a [`crate::prefix_proof`]. Whatever root of `old` leaves the log showed elsewhere: if it is
/// another one, the two trees are inconsistent.
///
/// # Errors
/// [`ProofError`] where the proof does not lead to `new_root`; it then shows nothing.
pub fn prefix_root(
    old: u64,
    new: u64,
    proof: &[Hash],
    new_root: &Hash,
) -> Result<Hash, ProofError> {
    if old > new {
        return Err(ProofError::OldBeyondNew { old, new });
    }
    let length = proof.len();
    let (start, rest) = match proof.split_first() {
        None if old == 0 => return Ok(empty_root()),
        None => return Err(ProofError::TooShort { length }),
        Some(_) if old == 0 => return Err(ProofError::TooLong { length }),
        Some((first, rest)) => (*first, rest),
    };
    if old == new {
        return match rest {
            [] => expect_root(Side::New, start, new_root).map(|()| start),
            _ => Err(ProofError::TooLong { length }),
        };
    }
    let (old_computed, new_computed) = fold_growth(old, new, start, rest, length)?;
    expect_root(Side::New, new_computed, new_root).map(|()| old_computed)
}

/// Both roots that a consistency proof leads to, for 0 < `old` < `new`. `start` is the node the
/// proof starts from, `rest` what follows it, `length` that of the whole proof, for errors.
fn fold_growth(
    old: u64,
    new: u64,
    start: Hash,
    rest: &[Hash],
    length: usize,
) -> Result<(Hash, Hash), ProofError> {
    let mut cursor = Cursor {
        node: old - 1,
        last: new - 1,
    };
    while cursor.node & 1 == 1 {
        cursor.shift();
    }
    let (mut old_computed, mut new_computed) = (start, start);
    for sibling in rest {
        if cursor.last == 0 {
            return Err(ProofError::TooLong { length });
        }
        if cursor.sibling_is_left() {
            old_computed = node_hash(sibling, &old_computed);
            new_computed = node_hash(sibling, &new_computed);
        } else {
            new_computed = node_hash(&new_computed, sibling);
        }
        cursor.climb();
    }
    if cursor.last != 0 {
        return Err(ProofError::TooShort { length });
    }
    Ok((old_computed, new_computed))
}

/// Position on the way up: a node and the last node of the same level (`fn` and `sn` of the RFC).
struct Cursor {
    node: u64,
    last: u64,
}

impl Cursor {
    /// Whether the next hash of the proof stands left of the node.
    fn sibling_is_left(&self) -> bool {
        self.node & 1 == 1 || self.node == self.last
    }

    /// Goes up past the sibling just used, and past levels where the node has no sibling.
    fn climb(&mut self) {
        if self.sibling_is_left() {
            while self.node & 1 == 0 && self.node != 0 {
                self.shift();
            }
        }
        self.shift();
    }

    fn shift(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }
}

pub(crate) fn expect_root(side: Side, computed: Hash, given: &Hash) -> Result<(), ProofError> {
    if computed == *given {
        return Ok(());
    }
    Err(ProofError::RootMismatch {
        side,
        computed,
        given: *given,
    })
}
