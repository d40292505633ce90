//! Checking proofs of subtrees, after the verification algorithms of
//! draft-ietf-plants-merkle-tree-certs sections 4.3.2 and 4.4.3. Shares nothing with the code that
//! makes them but the node hash.

use crate::hash::{Hash, empty_root, node_hash};
use crate::subtree::Subtree;
use crate::verify::{ProofError, Side, expect_root, verify_inclusion};

/// Checks that `leaf` is leaf number `index` of the log whose `subtree` has this `hash`.
///
/// # Errors
/// [`ProofError`] saying in which way the proof fails.
pub fn verify_subtree_inclusion(
    leaf: &Hash,
    index: u64,
    subtree: &Subtree,
    proof: &[Hash],
    hash: &Hash,
) -> Result<(), ProofError> {
    let outside = ProofError::OutsideSubtree {
        index,
        subtree: *subtree,
    };
    let within = index.checked_sub(subtree.start()).ok_or(outside)?;
    if index >= subtree.end() {
        return Err(outside);
    }
    verify_inclusion(leaf, within, subtree.width(), proof, hash)
}

/// Checks that the tree of `size` leaves with this `root` holds the `subtree` with this `hash`.
///
/// An empty subtree is part of every tree: it asks for an empty proof and the empty root, and says
/// nothing about `root`.
///
/// # Errors
/// [`ProofError`] saying in which way the proof fails.
pub fn verify_subtree_consistency(
    subtree: &Subtree,
    size: u64,
    proof: &[Hash],
    hash: &Hash,
    root: &Hash,
) -> Result<(), ProofError> {
    let length = proof.len();
    if subtree.end() > size {
        let (old, new) = (subtree.end(), size);
        return Err(ProofError::OldBeyondNew { old, new });
    }
    if subtree.width() == 0 {
        expect_root(Side::Old, empty_root(), hash)?;
        return if proof.is_empty() {
            Ok(())
        } else {
            Err(ProofError::TooLong { length })
        };
    }
    let mut walk = Walk {
        first: subtree.start(),
        last: subtree.end() - 1,
        tree: size - 1,
    };
    walk.skip_what_the_subtree_holds();
    // Either the whole subtree is one node, whose hash is known, or the proof begins with the part
    // of it that it is built up from.
    let (start, rest) = if walk.first == walk.last {
        (*hash, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::TooShort { length })?;
        (*first, rest)
    };
    let (mut subtree_computed, mut root_computed) = (start, start);
    for sibling in rest {
        if walk.tree == 0 {
            return Err(ProofError::TooLong { length });
        }
        if walk.last & 1 == 1 || walk.last == walk.tree {
            // The sibling stands left; as long as the subtree is not complete it is part of it.
            if walk.first < walk.last {
                subtree_computed = node_hash(sibling, &subtree_computed);
            }
            root_computed = node_hash(sibling, &root_computed);
            while walk.last & 1 == 0 {
                walk.shift();
            }
        } else {
            root_computed = node_hash(&root_computed, sibling);
        }
        walk.shift();
    }
    if walk.tree != 0 {
        return Err(ProofError::TooShort { length });
    }
    expect_root(Side::Old, subtree_computed, hash)?;
    expect_root(Side::New, root_computed, root)
}

/// The first and last leaf of the subtree and the last leaf of the tree, as nodes of one level
/// (`fn`, `sn` and `tn` of the draft).
struct Walk {
    first: u64,
    last: u64,
    tree: u64,
}

impl Walk {
    /// Up to the largest node that ends where the subtree ends and lies within it.
    fn skip_what_the_subtree_holds(&mut self) {
        if self.last == self.tree {
            while self.first != self.last {
                self.shift();
            }
        } else {
            while self.first != self.last && self.last & 1 == 1 {
                self.shift();
            }
        }
    }

    fn shift(&mut self) {
        self.first >>= 1;
        self.last >>= 1;
        self.tree >>= 1;
    }
}
