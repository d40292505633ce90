//! The index against a naive model that is nothing but its definition, and its proofs: every key
//! present, every key absent, any one bit changed.

use std::collections::BTreeMap;

use proptest::prelude::*;
use record::audit::{Auditor, Fault};
use record::index::{End, Found, Index, IndexMap, KeyProof, MAX_INDEX_LAG, Subject, check_proof};
use record::kind::Kind;
use record::refusal::Code;
use record::statement::Draft;
use serde_json::json;
use tlog::{Hash, sha256};

use crate::support;

/// The definition of docs/suppression.md, section 1, read aloud.
fn naive(keys: &[(Hash, Vec<u64>)], depth: usize) -> Hash {
    let hash = |label: &str, parts: &[&[u8]]| {
        sha256(
            &[
                &[label.as_bytes(), b"\n"].concat(),
                parts.concat().as_slice(),
            ]
            .concat(),
        )
    };
    match keys {
        [] => hash("solferino.org/index-empty@v1", &[]),
        [(key, entries)] => {
            let mut chain = Hash::from_bytes([0; 32]);
            for index in entries {
                let parts: [&[u8]; 2] = [chain.as_bytes(), &index.to_be_bytes()];
                chain = hash("solferino.org/index-chain@v1", &parts);
            }
            let n = (entries.len() as u64).to_be_bytes();
            let parts: [&[u8]; 3] = [key.as_bytes(), &n, chain.as_bytes()];
            hash("solferino.org/index-leaf@v1", &parts)
        }
        _ => {
            let bit = |key: &Hash| key.as_bytes()[depth / 8] & (0x80 >> (depth % 8)) != 0;
            let (right, left): (Vec<_>, Vec<_>) = keys.iter().cloned().partition(|(k, _)| bit(k));
            let (left, right) = (naive(&left, depth + 1), naive(&right, depth + 1));
            let parts: [&[u8]; 2] = [left.as_bytes(), right.as_bytes()];
            hash("solferino.org/index-node@v1", &parts)
        }
    }
}

/// Keys that share long prefixes, so that paths are long too.
fn any_key() -> impl Strategy<Value = Hash> {
    (0u8..4, 0usize..256, any::<[u8; 32]>()).prop_map(|(seed, shared, random)| {
        let base = sha256(&[seed]);
        let mut bytes = *base.as_bytes();
        for bit in shared..256 {
            let mask = 0x80 >> (bit % 8);
            bytes[bit / 8] = (bytes[bit / 8] & !mask) | (random[bit / 8] & mask);
        }
        Hash::from_bytes(bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_map_is_its_definition(
        inserts in prop::collection::vec((any_key(), 0u64..3), 0..30),
        absent in prop::collection::vec(any_key(), 8),
        look_early in any::<bool>(),
    ) {
        let mut map = IndexMap::new();
        let mut model: BTreeMap<Hash, Vec<u64>> = BTreeMap::new();
        let mut index = 0;
        for (key, step) in inserts {
            index += step;
            let entries = model.entry(key).or_default();
            if entries.last() != Some(&index) {
                entries.push(index);
            }
            map.insert(&key, index);
            if look_early {
                map.top();
            }
        }
        let keys: Vec<_> = model.clone().into_iter().collect();
        let top = naive(&keys, 0);
        prop_assert_eq!(map.top(), top);
        for (key, entries) in &model {
            let proof = map.prove(key);
            prop_assert_eq!(proof.top(key), Ok((top, Found::Entries(entries.clone()))));
            prop_assert_eq!(proof.to_string().parse::<KeyProof>(), Ok(proof));
        }
        for key in absent.iter().filter(|key| !model.contains_key(key)) {
            let proof = map.prove(key);
            prop_assert_eq!(proof.top(key), Ok((top, Found::Absent)));
            prop_assert_eq!(proof.to_string().parse::<KeyProof>(), Ok(proof));
        }
    }

    #[test]
    fn the_order_of_insertion_leaves_no_trace(
        mut keys in prop::collection::btree_set(any_key(), 0..30)
            .prop_map(|keys| keys.into_iter().collect::<Vec<_>>()),
    ) {
        let build = |keys: &[Hash]| {
            let mut map = IndexMap::new();
            keys.iter().for_each(|key| map.insert(key, 7));
            map.top()
        };
        let forwards = build(&keys);
        keys.reverse();
        prop_assert_eq!(forwards, build(&keys));
    }
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// Every proof that differs from this one in one bit of one of its parts.
fn changed(proof: &KeyProof) -> Vec<KeyProof> {
    let mut all = Vec::new();
    for at in 0..proof.siblings.len() {
        for bit in 0..256 {
            let mut other = proof.clone();
            other.siblings[at] = flipped(&proof.siblings[at], bit);
            all.push(other);
        }
    }
    let mut end = |end: End| {
        all.push(KeyProof {
            end,
            ..proof.clone()
        });
    };
    match &proof.end {
        End::Empty => end(End::Entries(vec![0])),
        End::Entries(entries) => {
            end(End::Empty);
            for at in 0..entries.len() {
                for bit in 0..64 {
                    let mut other = entries.clone();
                    other[at] ^= 1 << bit;
                    end(End::Entries(other));
                }
            }
        }
        End::Other { key, count, chain } => {
            end(End::Empty);
            for bit in 0..256 {
                let (key, count, chain) = (*key, *count, *chain);
                end(End::Other {
                    key: flipped(&key, bit),
                    count,
                    chain,
                });
                end(End::Other {
                    key,
                    count,
                    chain: flipped(&chain, bit),
                });
                end(End::Other {
                    key,
                    count: count ^ (1 << (bit % 64)),
                    chain,
                });
            }
        }
    }
    all
}

#[test]
fn any_one_bit_change_fails() {
    let desk = support::founded(&support::cast());
    let mut index = Index::new();
    desk.entries.iter().for_each(|e| index.push_entry(e));
    let (size, root) = (index.size(), index.root());
    let mut subjects: Vec<Subject> = desk
        .entries
        .iter()
        .flat_map(|e| Subject::of_entry(e))
        .collect();
    subjects.sort();
    subjects.dedup();
    let present = subjects.len();
    subjects.extend((0..20u8).map(|i| Subject::Exhibit(sha256(&[i]))));
    let mut tried = 0;
    for (at, subject) in subjects.iter().enumerate() {
        let proof = index.prove(subject);
        let found = check_proof(size, &root, subject, &proof).unwrap();
        assert_eq!(found == Found::Absent, at >= present, "{subject}");
        for other in changed(&proof) {
            assert!(check_proof(size, &root, subject, &other).is_err());
            tried += 1;
        }
        for bit in 0..256 {
            assert!(check_proof(size, &flipped(&root, bit), subject, &proof).is_err());
        }
        assert!(check_proof(size + 1, &root, subject, &proof).is_err());
    }
    assert!(tried > 10_000, "{tried}");
}

#[test]
fn a_proof_for_one_subject_is_none_for_another() {
    let mut index = Index::new();
    let desk = support::founded(&support::cast());
    desk.entries.iter().for_each(|e| index.push_entry(e));
    let (size, root) = (index.size(), index.root());
    let subjects: Vec<Subject> = desk
        .entries
        .iter()
        .flat_map(|e| Subject::of_entry(e))
        .collect();
    for subject in &subjects {
        let absent = index.prove(&Subject::Exhibit(sha256(subject.to_string().as_bytes())));
        // Another key's absence may end at the same empty place, but never for a key that is there.
        assert!(check_proof(size, &root, subject, &absent).is_err());
        assert_eq!(subject.to_string().parse::<Subject>().as_ref(), Ok(subject));
    }
}

/// A tick that states an index, after the desk's entries.
fn tick(desk: &rehearsal::MemoryDesk, body: serde_json::Value) -> Vec<u8> {
    let log = support::cast().log.clone();
    let time = desk.auditor.state.global.time.unwrap();
    let mut tick = json!({"time": time, "size": desk.entries.len()});
    tick["index"] = body;
    let draft = Draft {
        record: log.verifier_key().name().to_owned(),
        issued: time,
        case: None,
        kind: Kind::Tick,
        body: tick,
    };
    draft.sign(&log, &[0; 32], time).unwrap().entry
}

#[test]
fn the_auditor_holds_the_log_to_the_index_it_states() {
    let desk = support::founded(&support::cast());
    let size = desk.entries.len() as u64;
    let time = desk.auditor.state.global.time.unwrap();
    let audit = |stated: serde_json::Value| {
        let mut auditor = Auditor::default();
        desk.entries.iter().for_each(|e| auditor.entry(e).unwrap());
        auditor.entry(&tick(&desk, stated)).map(|()| auditor)
    };
    let root = |size: u64| {
        let mut index = Index::new();
        let first = desk.entries.iter().take(size as usize);
        first.for_each(|e| index.push_entry(e));
        index.root()
    };
    for behind in [0, 1] {
        let size = size - behind;
        let held = audit(json!({"size": size, "time": time, "sha256": root(size)})).unwrap();
        assert_eq!(held.index.unwrap().last().unwrap().size, size);
    }
    let wrong = [
        json!({"size": size, "time": time, "sha256": root(size - 1)}),
        json!({"size": size - 1, "time": time, "sha256": root(size)}),
        json!({"size": size, "time": time.plus_seconds(-1), "sha256": root(size)}),
    ];
    for stated in wrong {
        let fault = audit(stated).unwrap_err();
        assert_eq!(fault.check(), "index", "{fault}");
    }
    let shapeless = [
        json!({"size": 0, "time": time, "sha256": root(0)}),
        json!({"size": size + 1, "time": time, "sha256": root(size)}),
        json!({"size": size, "time": time.plus_seconds(1), "sha256": root(size)}),
    ];
    for stated in shapeless {
        // The rules alone see these: so does a bundle, which has not all entries.
        let mut auditor = Auditor::of_own_log();
        desk.entries.iter().for_each(|e| auditor.entry(e).unwrap());
        match auditor.entry(&tick(&desk, stated)) {
            Err(Fault::Rule { refusal, .. }) => assert_eq!(refusal.code, Code::IndexShape),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(MAX_INDEX_LAG, 65_536);
}

#[test]
fn an_index_older_than_the_one_stated_before_is_a_fault() {
    let mut desk = support::founded(&support::cast());
    let time = desk.auditor.state.global.time.unwrap();
    let mut index = Index::new();
    desk.entries.iter().for_each(|e| index.push_entry(e));
    let mut roots = Vec::new();
    let mut again = Index::new();
    for entry in &desk.entries {
        again.push_entry(entry);
        roots.push(again.root());
    }
    let size = index.size();
    let good = tick(
        &desk,
        json!({"size": size, "time": time, "sha256": index.root()}),
    );
    desk.submit_one(good).unwrap();
    let back = tick(
        &desk,
        json!({"size": size - 1, "time": time, "sha256": roots[size as usize - 2]}),
    );
    let mut auditor = Auditor::default();
    desk.entries.iter().for_each(|e| auditor.entry(e).unwrap());
    assert_eq!(auditor.entry(&back).unwrap_err().check(), "index");
}
