//! Subtrees: which ranges are some, their proofs, and that nothing else passes.

use solferino_tlog as tlog;
use tlog::{Hash, ProofError, ProveError, Subtree, SubtreeError};

use crate::support::{flip, leaf, tree};

/// Every subtree that ends within `size` leaves, the empty ones left out.
fn subtrees(size: u64) -> Vec<Subtree> {
    let ranges = (0..size).flat_map(|start| (start + 1..=size).map(move |end| (start, end)));
    ranges
        .filter_map(|(start, end)| Subtree::new(start, end).ok())
        .collect()
}

#[test]
fn ranges_are_subtrees_when_aligned_to_their_length() {
    for (start, end) in [
        (0, 0),
        (7, 7),
        (0, 5),
        (5, 6),
        (4, 6),
        (4, 7),
        (8, 13),
        (16, 32),
        (0, u64::MAX),
        (1 << 63, u64::MAX),
    ] {
        let subtree = Subtree::new(start, end).unwrap();
        assert_eq!((subtree.start(), subtree.end()), (start, end));
    }
    for (start, end) in [(1, 3), (2, 5), (2, 6), (1, 15), (4, 9), (1, (1 << 63) + 2)] {
        let error = SubtreeError::Unaligned { start, end };
        assert_eq!(Subtree::new(start, end), Err(error));
    }
    let error = SubtreeError::Reversed { start: 3, end: 2 };
    assert_eq!(Subtree::new(3, 2), Err(error));
}

#[test]
fn hashes_of_subtrees_are_those_of_their_leaves_alone() {
    let whole = tree(40);
    for subtree in subtrees(40) {
        let leaves: Vec<Hash> = (subtree.start()..subtree.end()).map(leaf).collect();
        let hash = tlog::subtree_hash(&whole, &subtree).unwrap();
        assert_eq!(hash, tlog::root_of_leaves(&leaves), "{subtree}");
    }
    let empty = Subtree::new(3, 3).unwrap();
    assert_eq!(tlog::subtree_hash(&whole, &empty), Ok(tlog::empty_root()));
}

#[test]
fn inclusion_in_every_subtree_verifies_and_any_change_fails() {
    let whole = tree(40);
    for subtree in subtrees(40) {
        let hash = tlog::subtree_hash(&whole, &subtree).unwrap();
        for index in subtree.start()..subtree.end() {
            let proof = tlog::subtree_inclusion_proof(&whole, index, &subtree).unwrap();
            let check = |leaf: &Hash, index, proof: &[Hash], hash: &Hash| {
                tlog::verify_subtree_inclusion(leaf, index, &subtree, proof, hash)
            };
            check(&leaf(index), index, &proof, &hash).unwrap();
            let bit = (index * 131 + subtree.end()) as usize;
            assert!(check(&flip(&leaf(index), bit), index, &proof, &hash).is_err());
            assert!(check(&leaf(index), index, &proof, &flip(&hash, bit)).is_err());
            assert!(check(&leaf(index), index ^ 1, &proof, &hash).is_err() || proof.is_empty());
            for position in 0..proof.len() {
                let mut changed = proof.clone();
                changed[position] = flip(&proof[position], bit + position);
                assert!(check(&leaf(index), index, &changed, &hash).is_err());
            }
        }
        let outside = ProveError::OutsideSubtree {
            index: subtree.end(),
            subtree,
        };
        let made = tlog::subtree_inclusion_proof(&whole, subtree.end(), &subtree);
        assert_eq!(made, Err(outside));
    }
}

#[test]
fn consistency_of_every_subtree_verifies_and_any_change_fails() {
    let whole = tree(40);
    for size in 1..=40 {
        let root = tlog::root(&whole, size).unwrap();
        for subtree in subtrees(size) {
            let hash = tlog::subtree_hash(&whole, &subtree).unwrap();
            let proof = tlog::subtree_consistency_proof(&whole, &subtree, size).unwrap();
            let check = |proof: &[Hash], hash: &Hash, root: &Hash| {
                tlog::verify_subtree_consistency(&subtree, size, proof, hash, root)
            };
            check(&proof, &hash, &root).unwrap_or_else(|e| panic!("{subtree} of {size}: {e}"));
            let bit = (size * 131 + subtree.start() * 7 + subtree.end()) as usize;
            assert!(check(&proof, &flip(&hash, bit), &root).is_err());
            assert!(check(&proof, &hash, &flip(&root, bit)).is_err());
            for position in 0..proof.len() {
                let mut changed = proof.clone();
                changed[position] = flip(&proof[position], bit + position);
                assert!(check(&changed, &hash, &root).is_err());
            }
            let mut longer = proof.clone();
            longer.push(leaf(0));
            assert!(check(&longer, &hash, &root).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(check(shorter, &hash, &root).is_err());
            }
        }
    }
}

#[test]
fn subtrees_from_zero_prove_as_trees_do() {
    let whole = tree(70);
    for new in 1..=70 {
        for old in 1..=new {
            let subtree = Subtree::whole(old);
            assert_eq!(
                tlog::subtree_consistency_proof(&whole, &subtree, new),
                tlog::consistency_proof(&whole, old, new),
            );
        }
    }
}

#[test]
fn empty_subtrees_ask_for_nothing_and_too_long_ones_are_refused() {
    let whole = tree(9);
    let (root, empty) = (whole.root(), tlog::empty_root());
    let nothing = Subtree::new(3, 3).unwrap();
    assert_eq!(
        tlog::subtree_consistency_proof(&whole, &nothing, 9),
        Ok(Vec::new())
    );
    let check = |proof: &[Hash], hash: &Hash| {
        tlog::verify_subtree_consistency(&nothing, 9, proof, hash, &root)
    };
    assert_eq!(check(&[], &empty), Ok(()));
    assert!(check(&[], &root).is_err());
    assert_eq!(
        check(&[root], &empty),
        Err(ProofError::TooLong { length: 1 })
    );
    let beyond = Subtree::new(8, 10).unwrap();
    assert_eq!(
        tlog::subtree_consistency_proof(&whole, &beyond, 9),
        Err(ProveError::OldBeyondNew { old: 10, new: 9 })
    );
    assert_eq!(
        tlog::verify_subtree_consistency(&beyond, 9, &[], &root, &root),
        Err(ProofError::OldBeyondNew { old: 10, new: 9 })
    );
}

#[test]
fn a_prefix_proof_shows_the_root_of_the_first_leaves() {
    let whole = tree(70);
    for new in 0..=70 {
        let new_root = tlog::root(&whole, new).unwrap();
        for old in 0..=new {
            let proof = tlog::prefix_proof(&whole, old, new).unwrap();
            let shown = tlog::prefix_root(old, new, &proof, &new_root);
            assert_eq!(shown, Ok(tlog::root(&whole, old).unwrap()), "{old} {new}");
            let mut longer = proof.clone();
            longer.push(leaf(0));
            assert!(tlog::prefix_root(old, new, &longer, &new_root).is_err());
            for position in 0..proof.len() {
                let mut changed = proof.clone();
                changed[position] = flip(&proof[position], (old * 7 + new) as usize);
                assert!(tlog::prefix_root(old, new, &changed, &new_root).is_err());
            }
        }
    }
}
