//! COSE receipts.

use solferino_tlog as tlog;
use tlog::{Checkpoint, CoseError, CoseReceipt, Hash, KeyType, ProofError, SigningKey};

use crate::support::{flip, leaf, log_key, signed_checkpoint, subtree_key, tree};

/// The receipt of leaf 2 of 4.
pub(crate) fn receipt() -> CoseReceipt {
    let (checkpoint, _) = signed_checkpoint(4, &[]);
    let path = tlog::inclusion_proof(&tree(4), 2, 4).unwrap();
    CoseReceipt::sign(&checkpoint, &leaf(2), 2, &path, &log_key()).unwrap()
}

/// The encoding, put together by hand from RFC 8949, RFC 9052 and RFC 9942.
fn by_hand(receipt: &CoseReceipt) -> (Vec<u8>, Vec<u8>) {
    let mut protected = vec![0xa4, 0x01, 0x27, 0x04, 0x44];
    protected.extend(receipt.key_id.to_be_bytes());
    protected.extend([0x0f, 0xa1, 0x01, 0x6f]);
    protected.extend(b"example.org/log");
    protected.extend([0x19, 0x01, 0x8b, 0x01]);
    let mut proof = vec![0x83, 0x04, 0x02, 0x82];
    for hash in &receipt.path {
        proof.extend([0x58, 0x20]);
        proof.extend(hash.as_bytes());
    }
    let mut whole = vec![0xd2, 0x84, 0x58, protected.len() as u8];
    whole.extend(&protected);
    whole.extend([
        0xa1,
        0x19,
        0x01,
        0x8c,
        0xa1,
        0x20,
        0x81,
        0x58,
        proof.len() as u8,
    ]);
    whole.extend(&proof);
    whole.extend([0xf6, 0x58, 0x40]);
    whole.extend(&receipt.signature);
    let mut signed = vec![0x84, 0x6a];
    signed.extend(b"Signature1");
    signed.extend([0x58, protected.len() as u8]);
    signed.extend(&protected);
    signed.extend([0x40, 0x58, 0x20]);
    signed.extend(tree(4).root().as_bytes());
    (whole, signed)
}

#[test]
fn a_receipt_is_the_cbor_of_the_rfc_and_signs_its_structure() {
    let receipt = receipt();
    let (whole, signed) = by_hand(&receipt);
    assert_eq!(receipt.to_bytes().unwrap(), whole);
    assert_eq!(CoseReceipt::parse(&whole), Ok(receipt.clone()));
    let key = log_key().verifier_key();
    assert_eq!(key.verify_raw(&signed, &receipt.signature), Ok(()));
    assert_eq!(receipt.verify(&leaf(2), &key), Ok((4, tree(4).root())));
}

#[test]
fn every_size_and_index_gives_a_receipt_that_verifies() {
    let key = log_key().verifier_key();
    for size in 2..=40 {
        let (checkpoint, _) = signed_checkpoint(size, &[]);
        for index in 0..size {
            let path = tlog::inclusion_proof(&tree(size), index, size).unwrap();
            let made = CoseReceipt::sign(&checkpoint, &leaf(index), index, &path, &log_key());
            let read = CoseReceipt::parse(&made.unwrap().to_bytes().unwrap()).unwrap();
            let shown = read.verify(&leaf(index), &key);
            assert_eq!(shown, Ok((size, checkpoint.root)));
        }
    }
}

#[test]
fn any_changed_bit_of_a_receipt_fails() {
    let key = log_key().verifier_key();
    let bytes = receipt().to_bytes().unwrap();
    for bit in 0..8 * bytes.len() {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let accepted = CoseReceipt::parse(&changed).and_then(|read| read.verify(&leaf(2), &key));
        assert!(accepted.is_err(), "bit {bit}");
    }
    assert!(receipt().verify(&flip(&leaf(2), 7), &key).is_err());
    for length in 0..bytes.len() {
        assert!(CoseReceipt::parse(&bytes[..length]).is_err());
    }
    let longer = [bytes.as_slice(), &[0xf6]].concat();
    assert_eq!(
        CoseReceipt::parse(&longer),
        Err(CoseError::NotDeterministic)
    );
}

#[test]
fn receipts_are_of_their_log_alone() {
    let other = SigningKey::from_seed("example.org/log", [8; 32], KeyType::Ed25519).unwrap();
    assert!(matches!(
        receipt().verify(&leaf(2), &other.verifier_key()),
        Err(CoseError::KeyId { .. })
    ));
    let renamed = SigningKey::from_seed("example.org/other", [7; 32], KeyType::Ed25519).unwrap();
    assert!(matches!(
        receipt().verify(&leaf(2), &renamed.verifier_key()),
        Err(CoseError::Origin { .. })
    ));
    let (checkpoint, _) = signed_checkpoint(4, &[]);
    let path = tlog::inclusion_proof(&tree(4), 2, 4).unwrap();
    let sign = |checkpoint: &Checkpoint, leaf: &Hash, path: &[Hash], key: &SigningKey| {
        CoseReceipt::sign(checkpoint, leaf, 2, path, key).unwrap_err()
    };
    assert!(matches!(
        sign(&checkpoint, &leaf(2), &path, &renamed),
        CoseError::Origin { .. }
    ));
    let pq = subtree_key("example.org/log");
    assert!(matches!(
        sign(&checkpoint, &leaf(2), &path, &pq),
        CoseError::KeyType { .. }
    ));
    // A log signs no root that its own checkpoint does not have.
    assert!(matches!(
        sign(&checkpoint, &leaf(3), &path, &log_key()),
        CoseError::Inclusion(ProofError::RootMismatch { .. })
    ));
}

#[test]
fn receipts_have_limits() {
    let one = Checkpoint::new("example.org/log", 1, leaf(0)).unwrap();
    let sign = |checkpoint: &Checkpoint, key: &SigningKey| {
        let path: Vec<Hash> = (1..checkpoint.size).map(leaf).collect();
        CoseReceipt::sign(checkpoint, &leaf(0), 0, &path, key)
    };
    assert_eq!(
        sign(&one, &log_key()),
        Err(CoseError::PathLength { length: 0 })
    );
    let named = |length: usize| {
        let origin = "o".repeat(length);
        let root = tlog::node_hash(&leaf(0), &leaf(1));
        let key = SigningKey::from_seed(&origin, [7; 32], KeyType::Ed25519).unwrap();
        sign(&Checkpoint::new(&origin, 2, root).unwrap(), &key)
    };
    let mut longest = named(tlog::MAX_COSE_ORIGIN_BYTES).unwrap();
    longest.path = (0..63).map(leaf).collect();
    (longest.size, longest.index) = (u64::MAX, u64::MAX - 1);
    let bytes = longest.to_bytes().unwrap();
    assert_eq!(CoseReceipt::parse(&bytes), Ok(longest.clone()));
    longest.path.push(leaf(63));
    assert_eq!(
        longest.to_bytes(),
        Err(CoseError::PathLength { length: 64 })
    );
    let length = tlog::MAX_COSE_ORIGIN_BYTES + 1;
    assert_eq!(named(length), Err(CoseError::OriginTooLong { length }));
    let length = tlog::MAX_COSE_BYTES + 1;
    assert_eq!(
        CoseReceipt::parse(&vec![0xf6; length]),
        Err(CoseError::TooLarge { length })
    );
}
