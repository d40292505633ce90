//! Every size up to 600 with every index: proofs hold, changed ones do not, and a second
//! implementation (ct-merkle) makes the same ones.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use solferino_tlog as tlog;
use tlog::{Hash, Tree};

use crate::support::{flip, leaf, tree};

const SIZES: u64 = 600;

/// Roots of all trees up to [`SIZES`], and the leaves.
fn roots(whole: &Tree) -> (Vec<Hash>, Vec<Hash>) {
    let roots = (0..=SIZES).map(|size| tlog::root(whole, size).unwrap());
    (roots.collect(), (0..SIZES).map(leaf).collect())
}

#[test]
fn every_inclusion_up_to_600_holds_and_a_changed_bit_fails() {
    // One bit of the leaf, of the root, of one hash of the proof and of the index, each drawn from
    // all of them in turn. All bits: the test below.
    let whole = tree(SIZES);
    let (roots, leaves) = roots(&whole);
    let mut pairs = 0_usize;
    for size in 1..=SIZES {
        let root = &roots[size as usize];
        let edge = tlog::Edge::of(&whole, size).unwrap();
        for index in 0..size {
            let leaf = &leaves[index as usize];
            let mut proof = tlog::inclusion_proof(&whole, index, size).unwrap();
            assert_eq!(edge.inclusion_proof(&whole, index), Ok(proof.clone()));
            assert!(tlog::verify_inclusion(leaf, index, size, &proof, root).is_ok());
            let bit = pairs * 37 % 256;
            let other_leaf = flip(leaf, bit);
            assert!(tlog::verify_inclusion(&other_leaf, index, size, &proof, root).is_err());
            let other_root = flip(root, bit);
            assert!(tlog::verify_inclusion(leaf, index, size, &proof, &other_root).is_err());
            let other_index = index ^ (1 << (pairs % 64));
            assert!(tlog::verify_inclusion(leaf, other_index, size, &proof, root).is_err());
            if !proof.is_empty() {
                let position = pairs % proof.len();
                proof[position] = flip(&proof[position], bit);
                assert!(tlog::verify_inclusion(leaf, index, size, &proof, root).is_err());
            }
            pairs += 1;
        }
    }
    assert_eq!(pairs, 180_300);
}

#[test]
#[ignore = "every bit of every proof up to 128 leaves: half a minute in a release build"]
fn every_changed_bit_of_every_inclusion_up_to_128_fails() {
    let whole = tree(SIZES);
    let (roots, leaves) = roots(&whole);
    for size in 1..=128_u64 {
        let root = &roots[size as usize];
        for index in 0..size {
            let leaf = &leaves[index as usize];
            let proof = tlog::inclusion_proof(&whole, index, size).unwrap();
            let fails = |leaf: &Hash, index, proof: &[Hash], root: &Hash| {
                assert!(tlog::verify_inclusion(leaf, index, size, proof, root).is_err());
            };
            for bit in 0..256 {
                fails(&flip(leaf, bit), index, &proof, root);
                fails(leaf, index, &proof, &flip(root, bit));
                for position in 0..proof.len() {
                    let mut changed = proof.clone();
                    changed[position] = flip(&proof[position], bit);
                    fails(leaf, index, &changed, root);
                }
            }
            (0..64).for_each(|bit| fails(leaf, index ^ (1 << bit), &proof, root));
        }
    }
}

#[test]
fn consistency_between_sizes_up_to_600_holds_and_a_changed_bit_fails() {
    // Every fifth pair of sizes; of these every pair with one changed bit of each part.
    let whole = tree(SIZES);
    let (roots, _) = roots(&whole);
    let mut pairs = 0_usize;
    for new in 1..=SIZES {
        for old in (1..=new).filter(|old| (old * 3 + new) % 5 == 0) {
            let (old_root, new_root) = (&roots[old as usize], &roots[new as usize]);
            let mut proof = tlog::consistency_proof(&whole, old, new).unwrap();
            let check = |proof: &[Hash], old_root: &Hash, new_root: &Hash| {
                tlog::verify_consistency(old, new, proof, old_root, new_root).is_ok()
            };
            assert!(check(&proof, old_root, new_root));
            let bit = pairs * 37 % 256;
            assert!(!check(&proof, &flip(old_root, bit), new_root));
            assert!(!check(&proof, old_root, &flip(new_root, bit)));
            if !proof.is_empty() {
                let position = pairs % proof.len();
                proof[position] = flip(&proof[position], bit);
                assert!(!check(&proof, old_root, new_root));
            }
            pairs += 1;
        }
    }
    assert_eq!(pairs, 36_060);
}

#[test]
fn a_second_implementation_makes_the_same_roots_and_proofs() {
    // Every size; every seventh index and older size.
    let whole = tree(SIZES);
    let (roots, _) = roots(&whole);
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let joined =
        |proof: Vec<Hash>| -> Vec<u8> { proof.iter().flat_map(|hash| *hash.as_bytes()).collect() };
    for size in 1..=SIZES {
        theirs.push(format!("entry {}", size - 1).into_bytes());
        let root = theirs.root();
        assert_eq!(root.as_bytes().as_slice(), roots[size as usize].as_ref());
        for index in (0..size).filter(|index| index % 7 == size % 7) {
            let ours = joined(tlog::inclusion_proof(&whole, index, size).unwrap());
            let proof = theirs.prove_inclusion(index as usize);
            assert_eq!(proof.as_bytes(), ours, "{index} in {size}");
            let entry = format!("entry {index}").into_bytes();
            assert!(root.verify_inclusion(&entry, index, &proof).is_ok());
        }
        for old in (1..size).filter(|old| old % 7 == size % 7) {
            let ours = joined(tlog::consistency_proof(&whole, old, size).unwrap());
            let proof = theirs.prove_consistency((size - old) as usize);
            assert_eq!(proof.as_bytes(), ours, "{old} to {size}");
        }
    }
}
