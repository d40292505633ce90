//! Trees, proofs and their checks against each other and against known roots.

use solferino_tlog as tlog;
use tlog::{Hash, NodeReader as _, ProofError, ProveError, Side, Tree};

use crate::support::{flip, leaf, tree};

/// Entries and roots of the tree that Certificate Transparency implementations test with.
const CT_ENTRIES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const CT_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn known_roots_come_out() {
    let mut tree = Tree::new();
    for (entry, root) in CT_ENTRIES.iter().zip(CT_ROOTS) {
        tree.push(tlog::leaf_hash(&hex::decode(entry).unwrap()));
        assert_eq!(tree.root().to_string(), root, "{} leaves", tree.size());
    }
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Tree::new().root().to_string(), empty);
    assert_eq!(tlog::empty_root().to_string(), empty);
}

#[test]
fn three_ways_to_the_root_agree() {
    let whole = tree(300);
    let leaves: Vec<Hash> = (0..300).map(leaf).collect();
    for size in 0..=300_u64 {
        let expected = tlog::root_of_leaves(&leaves[..size as usize]);
        assert_eq!(tree(size).root(), expected, "{size} leaves");
        assert_eq!(tlog::root(&whole, size), Ok(expected), "{size} leaves");
    }
}

#[test]
fn inclusion_proofs_verify_and_any_change_fails() {
    let whole = tree(130);
    for size in 1..=130 {
        let root = tlog::root(&whole, size).unwrap();
        for index in 0..size {
            let leaf = leaf(index);
            let proof = tlog::inclusion_proof(&whole, index, size).unwrap();
            tlog::verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
            // A different bit each time: over all sizes and indexes every bit has its turn.
            let bit = (size * 131 + index * 17) as usize;
            assert!(tlog::verify_inclusion(&flip(&leaf, bit), index, size, &proof, &root).is_err());
            assert!(tlog::verify_inclusion(&leaf, index, size, &proof, &flip(&root, bit)).is_err());
            for position in 0..proof.len() {
                let mut changed = proof.clone();
                changed[position] = flip(&proof[position], bit + position);
                assert!(tlog::verify_inclusion(&leaf, index, size, &changed, &root).is_err());
            }
        }
    }
}

#[test]
fn inclusion_proofs_of_another_shape_fail() {
    let whole = tree(70);
    for size in 1..=70 {
        let root = tlog::root(&whole, size).unwrap();
        for index in 0..size {
            let proof = tlog::inclusion_proof(&whole, index, size).unwrap();
            let length = proof.len();
            let mut longer = proof.clone();
            longer.push(leaf(index));
            assert_eq!(
                tlog::verify_inclusion(&leaf(index), index, size, &longer, &root),
                Err(ProofError::TooLong { length: length + 1 })
            );
            if let Some((_, shorter)) = proof.split_last() {
                assert_eq!(
                    tlog::verify_inclusion(&leaf(index), index, size, shorter, &root),
                    Err(ProofError::TooShort { length: length - 1 })
                );
            }
            let other = if index == 0 { size } else { index - 1 };
            assert!(tlog::verify_inclusion(&leaf(index), other, size, &proof, &root).is_err());
        }
    }
}

#[test]
fn consistency_proofs_verify_and_any_change_fails() {
    let whole = tree(80);
    let roots: Vec<Hash> = (0..=80)
        .map(|size| tlog::root(&whole, size).unwrap())
        .collect();
    for new in 0..=80_u64 {
        for old in 0..=new {
            let (old_root, new_root) = (&roots[old as usize], &roots[new as usize]);
            let proof = tlog::consistency_proof(&whole, old, new).unwrap();
            tlog::verify_consistency(old, new, &proof, old_root, new_root).unwrap();
            let bit = (new * 83 + old * 19) as usize;
            let wrong = flip(old_root, bit);
            assert!(tlog::verify_consistency(old, new, &proof, &wrong, new_root).is_err());
            if old > 0 {
                let wrong = flip(new_root, bit);
                assert!(tlog::verify_consistency(old, new, &proof, old_root, &wrong).is_err());
            }
            for position in 0..proof.len() {
                let mut changed = proof.clone();
                changed[position] = flip(&proof[position], bit + position);
                assert!(tlog::verify_consistency(old, new, &changed, old_root, new_root).is_err());
            }
            let mut longer = proof.clone();
            longer.push(leaf(0));
            assert!(tlog::verify_consistency(old, new, &longer, old_root, new_root).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(tlog::verify_consistency(old, new, shorter, old_root, new_root).is_err());
            }
        }
    }
}

#[test]
fn consistency_with_nothing_asks_for_the_empty_root_and_proof() {
    let (root, empty) = (tree(5).root(), tlog::empty_root());
    assert_eq!(tlog::verify_consistency(0, 5, &[], &empty, &root), Ok(()));
    assert_eq!(
        tlog::verify_consistency(0, 5, &[root], &empty, &root),
        Err(ProofError::TooLong { length: 1 })
    );
    assert_eq!(
        tlog::verify_consistency(0, 0, &[], &root, &root),
        Err(ProofError::RootMismatch {
            side: Side::Old,
            computed: empty,
            given: root
        })
    );
}

#[test]
fn impossible_questions_are_errors() {
    let whole = tree(4);
    let out = ProveError::IndexOutOfRange { index: 4, size: 4 };
    assert_eq!(tlog::inclusion_proof(&whole, 4, 4), Err(out));
    let back = ProveError::OldBeyondNew { old: 4, new: 3 };
    assert_eq!(tlog::consistency_proof(&whole, 4, 3), Err(back));
    assert!(matches!(tlog::root(&whole, 5), Err(ProveError::Reader(_))));
    assert!(matches!(
        tlog::root(&whole, u64::MAX),
        Err(ProveError::Reader(_))
    ));
    assert!(matches!(
        tlog::inclusion_proof(&whole, 0, u64::MAX),
        Err(ProveError::Reader(_))
    ));
    assert!(matches!(
        tlog::consistency_proof(&whole, 3, u64::MAX),
        Err(ProveError::Reader(_))
    ));
    assert!(whole.node(255, u64::MAX).is_err());
    let root = whole.root();
    assert_eq!(
        tlog::verify_inclusion(&leaf(0), 4, 4, &[], &root),
        Err(ProofError::IndexOutOfRange { index: 4, size: 4 })
    );
    assert_eq!(
        tlog::verify_consistency(5, 4, &[], &root, &root),
        Err(ProofError::OldBeyondNew { old: 5, new: 4 })
    );
    let long = vec![root; 100];
    assert!(tlog::verify_inclusion(&root, u64::MAX - 1, u64::MAX, &long, &root).is_err());
    assert!(tlog::verify_consistency(u64::MAX - 1, u64::MAX, &long, &root, &root).is_err());
}

#[test]
fn hashes_have_one_spelling() {
    let hash = leaf(1);
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert!(hash.to_string().to_uppercase().parse::<Hash>().is_err());
    assert!(hash.to_string()[1..].parse::<Hash>().is_err());
    assert!("zz".repeat(32).parse::<Hash>().is_err());
    assert!("é".repeat(32).parse::<Hash>().is_err());
    assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
    assert!(Hash::from_base64(hash.to_base64().trim_end_matches('=')).is_err());
    assert!(Hash::from_base64("AAAA").is_err());
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(json, format!("\"{hash}\""));
    assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
    assert!(serde_json::from_str::<Hash>("\"00\"").is_err());
}

#[test]
fn a_tree_appended_to_another_is_the_tree_of_all_leaves() {
    for first in 0..70 {
        for more in 0..70 {
            let mut both = tree(first);
            both.append(&Tree::from_leaves((first..first + more).map(leaf)));
            assert_eq!(both, tree(first + more), "{more} after {first}");
            both.push(leaf(first + more));
            assert_eq!(
                both,
                tree(first + more + 1),
                "{more} after {first}, and one"
            );
        }
    }
    let mut bundles = Tree::new();
    for bundle in 0..5 {
        let leaves = (256 * bundle..256 * (bundle + 1)).map(leaf);
        bundles.append(&Tree::from_leaves(leaves));
    }
    assert_eq!(bundles, tree(5 * 256));
    let leaves: Vec<_> = (0..5 * 256).map(leaf).collect();
    assert_eq!(bundles.leaves(), leaves);
}
