//! The vectors of transparency-dev/merkle: 518 proofs, good and bad (tests/vectors/README.md).

use serde_json::Value;
use solferino_tlog as tlog;
use tlog::{Hash, Subtree};

use crate::support::{base64_of, json_lines};

/// Hashes that are not 32 bytes long cannot even be handed to the verifiers.
fn hash(bytes: Option<Vec<u8>>) -> Option<Hash> {
    Some(Hash::from_bytes(bytes?.try_into().ok()?))
}

fn holds(row: &Value) -> Option<bool> {
    use base64::Engine as _;
    let decode = |text: &Value| {
        let engine = base64::engine::general_purpose::STANDARD;
        engine.decode(text.as_str().unwrap()).unwrap()
    };
    let proof = row["proof"].as_array().unwrap().iter();
    let proof: Option<Vec<Hash>> = proof.map(|text| hash(Some(decode(text)))).collect();
    let proof = proof?;
    let number = |field: &str| row[field].as_u64().unwrap();
    let subtree = || Subtree::new(number("start"), number("end")).ok();
    let named = |field: &str| hash(base64_of(row, field));
    let holds = match row["kind"].as_str().unwrap() {
        "inclusion" => tlog::verify_inclusion(
            &named("leafHash")?,
            number("leafIdx"),
            number("treeSize"),
            &proof,
            &named("root")?,
        ),
        "consistency" => tlog::verify_consistency(
            number("size1"),
            number("size2"),
            &proof,
            &named("root1")?,
            &named("root2")?,
        ),
        "subtree_inclusion" => tlog::verify_subtree_inclusion(
            &named("leafHash")?,
            number("leafIdx"),
            &subtree()?,
            &proof,
            &named("root")?,
        ),
        "subtree_consistency" => {
            let subtree = subtree()?;
            let root = match named("root2") {
                // An empty subtree asks nothing of the root; the suite gives some that are no hash.
                None if subtree.width() == 0 => tlog::empty_root(),
                root => root?,
            };
            let (size, hash) = (number("size"), named("root1")?);
            tlog::verify_subtree_consistency(&subtree, size, &proof, &hash, &root)
        }
        other => unreachable!("{other}"),
    };
    Some(holds.is_ok())
}

#[test]
fn the_518_merkle_vectors_come_out_as_stated_but_two() {
    let rows = json_lines(include_str!("vectors/merkle.jsonl"));
    let mut counts = std::collections::BTreeMap::new();
    let mut other = Vec::new();
    for row in &rows {
        *counts.entry(row["kind"].as_str().unwrap()).or_insert(0) += 1;
        let should_hold = !row["wantErr"].as_bool().unwrap();
        if holds(row).unwrap_or(false) != should_hold {
            other.push(row["file"].as_str().unwrap());
        }
    }
    let expected = [
        ("consistency", 98),
        ("inclusion", 98),
        ("subtree_consistency", 118),
        ("subtree_inclusion", 204),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    // These two say that equal roots of equal trees are consistent, whatever the roots. Theirs have
    // 12 bytes and are no hashes, so they cannot be asked about here.
    assert_eq!(
        other,
        [
            "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json",
            "subtreeconsistency/additional/sizes-are-equal-one-and-proof-is-empty.json",
        ]
    );
}
