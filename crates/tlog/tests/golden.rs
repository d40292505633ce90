//! Whole logs, byte for byte: one that other software built, and one of ours that stays as it is.

use std::collections::BTreeMap;

use solferino_tlog as tlog;
use tlog::{Checkpoint, EntryBundleId, KeyType, Note, Policy, SigningKey, TileId, TlogProof, Tree};

use crate::support::{base64_of, json_lines};

type Files = BTreeMap<String, Vec<u8>>;

/// Everything that a log publishes while it grows through these sizes.
fn published(entries: &[Vec<u8>], sizes: &[usize], key: &SigningKey) -> Files {
    let origin = key.verifier_key().name().to_owned();
    let tree = Tree::from_leaves(entries.iter().map(|entry| tlog::leaf_hash(entry)));
    let mut files = Files::new();
    let mut old = 0;
    for &size in sizes {
        let new = size as u64;
        for tile in tlog::tiles_to_write(old, new) {
            let bytes = tlog::tile_bytes(&tree, &tile).unwrap();
            files.insert(tile.path(), bytes);
        }
        for bundle in tlog::entry_bundles_to_write(old, new) {
            let first = bundle.index as usize * 256;
            let entries: Vec<&[u8]> = entries[first..first + usize::from(bundle.width)]
                .iter()
                .map(Vec::as_slice)
                .collect();
            let bytes = tlog::encode_entry_bundle(&entries).unwrap();
            files.insert(bundle.path(), bytes);
        }
        let root = tlog::root(&tree, new).unwrap();
        let checkpoint = Checkpoint::new(&origin, new, root).unwrap();
        let note = tlog::sign_checkpoint(&checkpoint, key).unwrap();
        let text = note.to_string().into_bytes();
        files.insert(format!("checkpoint.{size}"), text);
        old = new;
    }
    files
}

fn files_of(rows: &[serde_json::Value]) -> Files {
    let file = |row: &serde_json::Value| {
        let path = row["path"].as_str().unwrap().to_owned();
        (path, base64_of(row, "bytes").unwrap())
    };
    rows.iter().map(file).collect()
}

#[test]
fn the_log_that_tessera_built_is_rebuilt_byte_by_byte() {
    let rows = json_lines(include_str!("vectors/tessera-log.jsonl"));
    let (head, rows) = rows.split_first().unwrap();
    let key = SigningKey::parse(head["private_key"].as_str().unwrap()).unwrap();
    let entries: Vec<Vec<u8>> = head["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap().as_bytes().to_vec())
        .collect();
    let sizes: Vec<usize> = (0..=15).collect();
    let ours = published(&entries, &sizes, &key);
    let theirs = files_of(rows);
    assert_eq!(theirs.len(), 46);
    let paths = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&ours), paths(&theirs));
    for (path, bytes) in &theirs {
        assert_eq!(ours.get(path), Some(bytes), "{path}");
    }
}

/// 300 entries, signed with both kinds of keys and cosigned; with a proof file of each kind.
fn golden() -> Files {
    let name = "golden.example/log";
    let seed = |number| [number; 32];
    let log = SigningKey::from_seed(name, seed(1), KeyType::Ed25519).unwrap();
    let pq_log = SigningKey::from_seed(name, seed(2), KeyType::SubtreeV1).unwrap();
    let witness = SigningKey::from_seed("golden.example/w", seed(3), KeyType::CosignatureV1);
    let pq_witness = SigningKey::from_seed("golden.example/pq", seed(4), KeyType::SubtreeV1);
    let (witness, pq_witness) = (witness.unwrap(), pq_witness.unwrap());
    let entries: Vec<Vec<u8>> = (0..300_usize)
        .map(|number| format!("golden entry {number} {}", "x".repeat(number % 7)).into_bytes())
        .collect();
    let mut files = published(&entries, &[1, 255, 256, 300], &log);
    let tree = Tree::from_leaves(entries.iter().map(|entry| tlog::leaf_hash(entry)));
    let mut note = Note::parse(&files["checkpoint.300"]).unwrap();
    let text = note.text.clone();
    for (key, time) in [
        (&pq_log, 0),
        (&witness, 1_767_139_200),
        (&pq_witness, 1_767_139_201),
    ] {
        note.signatures
            .push(tlog::cosign(&text, key, time).unwrap());
    }
    let path = tlog::inclusion_proof(&tree, 255, 300).unwrap();
    let proof = TlogProof {
        extra: None,
        index: 255,
        path: path.clone(),
        checkpoint: note.to_string(),
    };
    let checkpoint = Checkpoint::parse(&text).unwrap();
    let leaf = tlog::leaf_hash(&entries[255]);
    let cose = tlog::CoseReceipt::sign(&checkpoint, &leaf, 255, &path, &log).unwrap();
    let policy = format!(
        "log {}\nlog {}\nwitness w {}\nwitness pq {}\ngroup g all w pq\nquorum g\n",
        log.verifier_key(),
        pq_log.verifier_key(),
        witness.verifier_key(),
        pq_witness.verifier_key()
    );
    files.insert("255.tlog-proof".to_owned(), proof.to_string().into_bytes());
    files.insert("255.cose".to_owned(), cose.to_bytes().unwrap());
    files.insert("policy".to_owned(), policy.into_bytes());
    files
}

#[test]
fn our_golden_log_stays_as_it_is() {
    let frozen = files_of(&json_lines(include_str!("frozen/golden-log.jsonl")));
    let built = golden();
    let paths = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&built), paths(&frozen));
    for (path, bytes) in &frozen {
        assert_eq!(built.get(path), Some(bytes), "{path}");
    }
    // What is frozen is also good: the proof verifies under the policy, with either log key.
    let policy = Policy::parse(&frozen["policy"]).unwrap();
    let proof = TlogProof::parse(&frozen["255.tlog-proof"]).unwrap();
    let cose = tlog::CoseReceipt::parse(&frozen["255.cose"]).unwrap();
    let entries = tlog::parse_entry_bundle(&frozen["tile/entries/000"], 256).unwrap();
    let leaf = tlog::leaf_hash(&entries[255]);
    for log in policy.logs() {
        let shown = proof.verify(&leaf, &log.key, Some(&policy)).unwrap();
        assert_eq!(shown.size, 300);
    }
    let root = Checkpoint::parse(&Note::parse(&frozen["checkpoint.300"]).unwrap().text);
    let shown = cose.verify(&leaf, &policy.logs()[0].key);
    assert_eq!(shown, Ok((300, root.unwrap().root)));
    for path in frozen.keys().filter(|path| path.starts_with("tile/")) {
        assert!(TileId::parse_path(path).is_ok() || EntryBundleId::parse_path(path).is_ok());
    }
}

/// Writes the frozen file anew, for a change of the formats that is meant.
#[test]
#[ignore = "writes tests/frozen/golden-log.jsonl"]
fn freeze_our_golden_log() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let lines = golden().into_iter().map(|(path, bytes)| {
        let row = serde_json::json!({"path": path, "bytes": engine.encode(bytes)});
        format!("{row}\n")
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/frozen/golden-log.jsonl");
    std::fs::write(path, lines.collect::<String>()).unwrap();
}
