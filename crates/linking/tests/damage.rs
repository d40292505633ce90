//! An index that was cut, changed or made up is refused, and never makes a question fail.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use solferino_linking::{Index, OpenError, Policy};

use crate::support::{ask, built, told};

fn sample() -> Vec<u8> {
    let (bytes, _) = built(&told(&[
        ("a", &[1, 2, 3, 13]),
        ("b", &[2, 3, 26]),
        ("c", &[3]),
    ]));
    bytes
}

/// The checksum made to fit again.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 32;
    let checksum = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = sample();
    assert!(Index::open(bytes.as_slice()).is_ok());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Index::open(changed).is_err(), "byte {at}");
    }
}

#[test]
fn every_cut_and_every_addition_is_noticed() {
    let bytes = sample();
    for length in 0..bytes.len() {
        assert!(Index::open(&bytes[..length]).is_err(), "cut to {length}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    let error = Index::open(longer).unwrap_err();
    assert!(matches!(error, OpenError::Length { .. }), "{error}");
    assert_eq!(
        Index::open(b"{}".as_slice()).unwrap_err(),
        OpenError::NotAnIndex
    );
}

#[test]
fn sizes_nobody_has_are_refused_before_any_memory_is_asked_for() {
    for at in [16, 24, 32, 40, 48] {
        let mut bytes = sample();
        bytes[at..at + 8].fill(0xff);
        assert!(Index::open(sealed(bytes)).is_err(), "count at {at}");
    }
}

proptest! {
    #[test]
    fn what_opens_answers_even_if_it_was_made_up(
        changes in prop::collection::vec((0_usize..10_000, any::<u8>()), 1..4),
        question in prop::collection::vec(0..30_u32, 0..20),
    ) {
        let mut bytes = sample();
        let end = bytes.len() - 32;
        for (at, byte) in changes {
            bytes[at % end] = byte;
        }
        // Whoever makes up an index makes up its checksum too.
        if let Ok(index) = Index::open(sealed(bytes)) {
            let links = ask(&index, &question, &Policy::default());
            for link in links.links {
                prop_assert!(!index.case(link.case).name.is_empty());
            }
        }
    }
}
