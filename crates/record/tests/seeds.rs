//! Samples for the fuzz corpus: for every target something valid, and near misses of it.

use serde_json::Value;
use tlog::{
    AddCheckpoint, AddEntries, Checkpoint, CoseReceipt, EntryPackage, Evidence, Hash, KeyType,
    MirrorInfo, Note, SignSubtree, SigningKey, Subtree, TlogProof, Tree,
};

use crate::targets::log_key;

/// Target, name of the file, bytes.
pub(crate) type Seed = (&'static str, String, Vec<u8>);

const BUNDLE: &str = include_str!("../../../docs/vectors/example.bundle");
const TRUST: &str = include_str!("../../../docs/vectors/example.trust");
const VECTORS: &str = include_str!("../../../docs/vectors/format-v1.json");

/// Samples that lie in the repository anyway, and are too large for the corpus.
pub(crate) fn repository_samples() -> Vec<(&'static str, Vec<u8>)> {
    let mut samples = vec![("bundle", BUNDLE.as_bytes().to_vec())];
    for line in BUNDLE.lines().filter(|line| line.starts_with("statement ")) {
        let envelope = line.splitn(4, ' ').nth(3).unwrap().as_bytes().to_vec();
        samples.push(("statement", envelope.clone()));
        samples.push(("envelope", envelope));
    }
    samples
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn tree(size: u64, changed: Option<u64>) -> Tree {
    let name = |index| if Some(index) == changed { 1000 } else { index };
    Tree::from_leaves((0..size).map(|index| tlog::leaf_hash(&entry(name(index)))))
}

fn key(name: &str, key_type: KeyType) -> SigningKey {
    SigningKey::from_seed(name, [9; 32], key_type).unwrap()
}

fn witness() -> SigningKey {
    key("witness.example/w", KeyType::CosignatureV1)
}

fn second_witness() -> SigningKey {
    key("witness.example/pq", KeyType::SubtreeV1)
}

/// A note of `size` leaves, signed by the log and a witness.
fn note(size: u64, root: Hash) -> Note {
    let checkpoint = Checkpoint::new("example.org/log", size, root).unwrap();
    let mut note = tlog::sign_checkpoint(&checkpoint, &log_key().unwrap()).unwrap();
    let cosigned = tlog::cosign(&note.text, &witness(), 1_767_139_200);
    note.signatures.push(cosigned.unwrap());
    note
}

/// The valid samples.
fn valid() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let whole = tree(20, None);
    let signed = note(20, whole.root());
    let checkpoint = Checkpoint::parse(&signed.text).unwrap();
    let log = log_key().unwrap();
    let mut both = signed.clone();
    let cosigned = tlog::cosign(&both.text, &second_witness(), 1);
    both.signatures.push(cosigned.unwrap());
    let path = tlog::inclusion_proof(&whole, 7, 20).unwrap();
    let proof = |extra| TlogProof {
        extra,
        index: 7,
        path: path.clone(),
        checkpoint: signed.to_string(),
    };
    let policy = format!(
        "# a policy\nlog {} https://example.org/log/\nwitness w {}\nwitness pq {}\n\
         group g any w pq\nquorum g\n",
        log.verifier_key(),
        witness().verifier_key(),
        second_witness().verifier_key()
    );
    let cose = CoseReceipt::sign(&checkpoint, &tlog::leaf_hash(&entry(7)), 7, &path, &log);
    let texts = [
        ("note", "note", signed.to_string()),
        ("note", "mldsa", both.to_string()),
        ("note", "line", signed.signatures[1].to_string()),
        ("checkpoint", "text", signed.text.clone()),
        ("checkpoint", "signed", signed.to_string()),
        ("key", "log", log.verifier_key().to_string()),
        ("key", "witness", witness().verifier_key().to_string()),
        ("key", "mldsa", second_witness().verifier_key().to_string()),
        ("key", "private", log.to_text()),
        ("key", "hash", whole.root().to_string()),
        ("key", "hash-base64", whole.root().to_base64()),
        ("policy", "groups", policy),
        ("policy", "none", "quorum none\n".to_owned()),
        ("proof", "plain", proof(None).to_string()),
        ("proof", "extra", proof(Some(vec![1, 2, 3])).to_string()),
        ("tile", "tile", "tile/0/x001/234.p/5".to_owned()),
        ("tile", "bundle", "tile/entries/x001/234".to_owned()),
        (
            "witness_answer",
            "lines",
            tlog::signature_lines_body(&both.signatures[1..]),
        ),
        ("witness_answer", "size", tlog::size_body(20)),
        ("trust", "trust", TRUST.to_owned()),
    ];
    let mut seeds: Vec<_> = texts
        .into_iter()
        .map(|(target, name, text)| (target, name, text.into_bytes()))
        .collect();
    seeds.push(("cose", "receipt", cose.unwrap().to_bytes().unwrap()));
    seeds.push(("tile", "bytes", tlog::sha256(b"hash").as_bytes().to_vec()));
    seeds.extend(requests(&whole, &signed));
    seeds.extend(evidence());
    seeds.extend(record_samples());
    seeds
}

/// Bodies of witnesses and mirrors, and an entry bundle.
fn requests(whole: &Tree, signed: &Note) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let checkpoint = Checkpoint::parse(&signed.text).unwrap();
    let add = AddCheckpoint {
        old: 9,
        proof: tlog::consistency_proof(whole, 9, 20).unwrap(),
        note: signed.clone(),
        checkpoint: checkpoint.clone(),
    };
    let subtree = Subtree::new(8, 13).unwrap();
    let sign = SignSubtree {
        subtree,
        hash: tlog::subtree_hash(whole, &subtree).unwrap(),
        proof: tlog::subtree_consistency_proof(whole, &subtree, 20).unwrap(),
        note: signed.clone(),
        checkpoint,
    };
    let request = AddEntries::new("example.org/log", 17, 20, b"ticket").unwrap();
    let mut body = request.to_bytes().unwrap();
    for span in request.spans() {
        let package = EntryPackage {
            entries: (span.first..span.subtree.end()).map(entry).collect(),
            proof: tlog::subtree_consistency_proof(whole, &span.subtree, 20).unwrap(),
        };
        body.extend(package.to_bytes().unwrap());
    }
    let info = MirrorInfo {
        size: 20,
        next: 17,
        ticket: b"ticket".to_vec(),
    };
    let entries = [entry(0), Vec::new(), entry(2)];
    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    let mut bundle = vec![2];
    bundle.extend(tlog::encode_entry_bundle(&entries).unwrap());
    vec![
        ("add_checkpoint", "growth", add.to_string().into_bytes()),
        ("sign_subtree", "subtree", sign.to_string().into_bytes()),
        ("add_entries", "request", body),
        ("mirror_info", "info", info.to_string().into_bytes()),
        ("entry_bundle", "three", bundle),
    ]
}

/// Two histories, at one size and at two.
fn evidence() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let other = tree(9, Some(3));
    let against = |old: u64, prefix| Evidence {
        signers: vec![log_key().unwrap().verifier_key(), witness().verifier_key()],
        prefix,
        older: note(old, tree(old, None).root()),
        newer: note(9, other.root()),
    };
    let prefix = tlog::prefix_proof(&other, 6, 9).unwrap();
    let (same, sizes) = (against(9, Vec::new()), against(6, prefix));
    assert!(same.verify().is_ok() && sizes.verify().is_ok());
    vec![
        ("evidence", "same-size", same.to_string().into_bytes()),
        ("evidence", "two-sizes", sizes.to_string().into_bytes()),
    ]
}

/// JSON, an envelope with its statement, and the first lines of a bundle.
fn record_samples() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let envelope = vectors["statement"]["envelope"].as_str().unwrap();
    let payload = vectors["statement"]["payload"].as_str().unwrap();
    let head: String = BUNDLE
        .lines()
        .take(4)
        .map(|line| format!("{line}\n"))
        .collect();
    let body = format!("{head}result {{}}\n");
    let digest = tlog::sha256(body.as_bytes());
    vec![
        ("json", "payload", payload.as_bytes().to_vec()),
        (
            "json",
            "loose",
            b" { \"b\" : [ 1, -2, null ], \"a\": \"\\u00e9\" } ".to_vec(),
        ),
        ("envelope", "report", envelope.as_bytes().to_vec()),
        ("statement", "report", envelope.as_bytes().to_vec()),
        ("bundle", "one-statement", body.clone().into_bytes()),
        (
            "bundle",
            "with-digest",
            format!("{body}sha256 {digest}\n").into_bytes(),
        ),
    ]
}

/// Valid samples and three near misses of each: its end cut off, a byte doubled, a bit changed.
pub(crate) fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (target, name, bytes) in valid() {
        let middle = bytes.len() / 2;
        let short = bytes[..bytes.len() - 1].to_vec();
        let mut doubled = bytes.clone();
        doubled.insert(middle, bytes[middle]);
        let mut changed = bytes.clone();
        changed[middle] ^= 1;
        seeds.push((target, name.to_owned(), bytes));
        seeds.push((target, format!("{name}-short"), short));
        seeds.push((target, format!("{name}-doubled"), doubled));
        seeds.push((target, format!("{name}-changed"), changed));
    }
    seeds
}
