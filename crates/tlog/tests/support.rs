//! Keys, trees and texts that several tests share.

use solferino_tlog as tlog;
use tlog::{Checkpoint, Hash, KeyType, Note, SigningKey, Tree};

/// The leaf hash of a small entry that differs for each index.
pub(crate) fn leaf(index: u64) -> Hash {
    tlog::leaf_hash(format!("entry {index}").as_bytes())
}

/// A tree of `size` such leaves.
pub(crate) fn tree(size: u64) -> Tree {
    Tree::from_leaves((0..size).map(leaf))
}

/// The key of the log `example.org/log`.
pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_seed("example.org/log", [7; 32], KeyType::Ed25519).unwrap()
}

/// The key of witness number `number`.
pub(crate) fn witness_key(number: u8) -> SigningKey {
    let name = format!("witness.example/w{number}");
    SigningKey::from_seed(&name, [100 + number; 32], KeyType::CosignatureV1).unwrap()
}

/// An ML-DSA-44 key of this name.
pub(crate) fn subtree_key(name: &str) -> SigningKey {
    SigningKey::from_seed(name, [44; 32], KeyType::SubtreeV1).unwrap()
}

/// The lines of a file of vectors.
pub(crate) fn json_lines(text: &str) -> Vec<serde_json::Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The bytes of a base64 field; nothing where there is none.
pub(crate) fn base64_of(row: &serde_json::Value, field: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let text = row[field].as_str()?;
    Some(
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap(),
    )
}

/// A signed checkpoint of a tree of `size` leaves, cosigned by these witnesses.
pub(crate) fn signed_checkpoint(size: u64, witnesses: &[u8]) -> (Checkpoint, Note) {
    let checkpoint = Checkpoint::new("example.org/log", size, tree(size).root()).unwrap();
    let mut note = tlog::sign_checkpoint(&checkpoint, &log_key()).unwrap();
    for &number in witnesses {
        let time = 1_767_139_200 + u64::from(number);
        note.signatures
            .push(tlog::cosign(&note.text, &witness_key(number), time).unwrap());
    }
    (checkpoint, note)
}

/// The hash with one bit turned over; `bit` is taken modulo 256.
pub(crate) fn flip(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}
