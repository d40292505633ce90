//! What each fuzz target does, as plain functions: no input makes a parser or verifier panic, and
//! what a parser accepts it writes back byte for byte.
//!
//! The fuzzer calls them through `fuzz_targets/`; an ordinary test of crates/record replays the
//! corpus through [`TARGETS`] and mutates it for a bounded time.

use record::bundle::Bundle;
use record::envelope::Envelope;
use record::statement::Statement;
use record::trust::TrustFile;
use tlog::{
    AddCheckpoint, AddEntries, Checkpoint, CoseReceipt, EntryBundleId, Evidence, Hash, KeyType,
    MirrorInfo, Note, NoteSignature, Policy, SignSubtree, SigningKey, TileId, TlogProof,
    VerifierKey,
};

/// A target: its name, which is that of its corpus folder, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, one for every parser of the crates tlog and record.
pub const TARGETS: &[Target] = &[
    ("note", note),
    ("checkpoint", checkpoint),
    ("key", key),
    ("policy", policy),
    ("proof", proof),
    ("entry_bundle", entry_bundle),
    ("tile", tile),
    ("add_checkpoint", add_checkpoint),
    ("sign_subtree", sign_subtree),
    ("witness_answer", witness_answer),
    ("add_entries", add_entries),
    ("mirror_info", mirror_info),
    ("cose", cose),
    ("evidence", evidence),
    ("json", json),
    ("envelope", envelope),
    ("statement", statement),
    ("bundle", bundle),
    ("trust", trust),
];

/// The log key that seeds are signed with.
pub fn log_key() -> Option<SigningKey> {
    SigningKey::from_seed("example.org/log", [7; 32], KeyType::Ed25519).ok()
}

fn same(written: &[u8], read: &[u8]) {
    assert!(written == read, "accepted, and written back differently");
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Signed notes, and the verification of their signatures.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        same(note.to_string().as_bytes(), bytes);
        let keys: Vec<VerifierKey> = log_key().iter().map(SigningKey::verifier_key).collect();
        let _ = note.verify(&keys);
    }
    if let Ok(line) = NoteSignature::parse(text(bytes)) {
        same(line.to_string().as_bytes(), bytes);
    }
}

/// Checkpoints, alone and signed.
pub fn checkpoint(bytes: &[u8]) {
    if let Ok(checkpoint) = Checkpoint::parse(text(bytes)) {
        same(checkpoint.to_string().as_bytes(), bytes);
    }
    if let Some(key) = log_key() {
        let _ = tlog::open_checkpoint(bytes, &key.verifier_key());
    }
}

/// Public and private keys, and hashes, in text form.
pub fn key(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(key) = VerifierKey::parse(text) {
        same(key.to_string().as_bytes(), bytes);
        let _ = key.verify_raw(bytes, &[1; 64]);
    }
    if let Ok(key) = SigningKey::parse(text) {
        same(key.to_text().as_bytes(), bytes);
    }
    if let Ok(hash) = Hash::from_base64(text) {
        same(hash.to_base64().as_bytes(), bytes);
    }
    if let Ok(hash) = text.parse::<Hash>() {
        same(hash.to_string().as_bytes(), bytes);
    }
}

/// Trust policies.
pub fn policy(bytes: &[u8]) {
    if let Ok(policy) = Policy::parse(bytes) {
        same(policy.to_string().as_bytes(), bytes);
        // All witnesses together make every quorum.
        assert!(policy.is_satisfied_by(&policy.witness_keys()));
    }
}

/// Proof files, and their verification.
pub fn proof(bytes: &[u8]) {
    if let Ok(proof) = TlogProof::parse(bytes) {
        same(proof.to_string().as_bytes(), bytes);
        if let Some(key) = log_key() {
            let leaf = tlog::leaf_hash(b"entry 7");
            let _ = proof.verify(&leaf, &key.verifier_key(), None);
        }
    }
}

/// Entry bundles; the first byte is the width less one.
pub fn entry_bundle(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else {
        return;
    };
    if let Ok(entries) = tlog::parse_entry_bundle(bytes, u16::from(*width) + 1) {
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        same(
            &tlog::encode_entry_bundle(&entries).unwrap_or_default(),
            bytes,
        );
    }
}

/// Paths of tiles and bundles, and the bytes of a tile.
pub fn tile(bytes: &[u8]) {
    if let Ok(tile) = TileId::parse_path(text(bytes)) {
        same(tile.path().as_bytes(), bytes);
    }
    if let Ok(bundle) = EntryBundleId::parse_path(text(bytes)) {
        same(bundle.path().as_bytes(), bytes);
    }
    let width = (bytes.len() / 32).try_into().unwrap_or_default();
    if let Ok(tile) = TileId::new(0, 0, width) {
        let whole = bytes.len().is_multiple_of(32);
        assert_eq!(tlog::parse_tile(bytes, &tile).is_ok(), whole);
    }
}

/// `add-checkpoint` of a witness.
pub fn add_checkpoint(bytes: &[u8]) {
    if let Ok(body) = AddCheckpoint::parse(bytes) {
        same(body.to_string().as_bytes(), bytes);
        let (size, root) = (body.checkpoint.size, body.checkpoint.root);
        let _ = tlog::verify_consistency(body.old, size, &body.proof, &root, &root);
    }
}

/// `sign-subtree` of a witness.
pub fn sign_subtree(bytes: &[u8]) {
    if let Ok(body) = SignSubtree::parse(bytes) {
        same(body.to_string().as_bytes(), bytes);
        let (size, root) = (body.checkpoint.size, body.checkpoint.root);
        let _ =
            tlog::verify_subtree_consistency(&body.subtree, size, &body.proof, &body.hash, &root);
    }
}

/// What a witness answers: signature lines, or a size.
pub fn witness_answer(bytes: &[u8]) {
    if let Ok(lines) = tlog::parse_signature_lines(bytes) {
        same(tlog::signature_lines_body(&lines).as_bytes(), bytes);
    }
    if let Ok(size) = tlog::parse_size_body(bytes) {
        same(tlog::size_body(size).as_bytes(), bytes);
    }
}

/// `add-entries` of a mirror: the beginning, and as many packages as there are.
pub fn add_entries(bytes: &[u8]) {
    let Ok((request, mut rest)) = AddEntries::parse(bytes) else {
        return;
    };
    let mut written = request.to_bytes().unwrap_or_default();
    for span in request.spans() {
        let Ok((package, tail)) = span.parse(rest) else {
            break;
        };
        written.extend(package.to_bytes().unwrap_or_default());
        let _ = span.verify(&package, &[], request.end, &tlog::empty_root());
        rest = tail;
    }
    written.extend_from_slice(rest);
    same(&written, bytes);
}

/// What a mirror answers.
pub fn mirror_info(bytes: &[u8]) {
    if let Ok(info) = MirrorInfo::parse(bytes) {
        same(info.to_string().as_bytes(), bytes);
    }
}

/// COSE receipts, and their verification.
pub fn cose(bytes: &[u8]) {
    if let Ok(receipt) = CoseReceipt::parse(bytes) {
        same(&receipt.to_bytes().unwrap_or_default(), bytes);
        if let Some(key) = log_key() {
            let _ = receipt.verify(&tlog::leaf_hash(b"entry 2"), &key.verifier_key());
        }
    }
}

/// Evidence of equivocation, and its verdict.
pub fn evidence(bytes: &[u8]) {
    if let Ok(evidence) = Evidence::parse(bytes) {
        same(evidence.to_string().as_bytes(), bytes);
        if let Ok(shown) = evidence.verify() {
            assert_eq!(shown.older.origin, shown.newer.origin);
            assert_ne!(shown.prefix_root, shown.older.root);
        }
    }
}

/// Strict JSON and its canonical form, which reads as the same value and does not change again.
pub fn json(bytes: &[u8]) {
    if let Ok(value) = record::json::parse(bytes) {
        let canonical = record::json::canonical(&value);
        let again = record::json::parse(canonical.as_bytes());
        assert!(again.is_ok_and(|again| again == value));
        let again = record::json::parse(canonical.as_bytes());
        assert!(again.is_ok_and(|again| record::json::canonical(&again) == canonical));
    }
}

/// Envelopes: only the canonical spelling is read.
pub fn envelope(bytes: &[u8]) {
    if let Ok(envelope) = Envelope::parse(bytes) {
        let canonical = record::json::parse(bytes).map(|value| record::json::canonical(&value));
        assert!(canonical.is_ok_and(|text| text.as_bytes() == bytes));
        let _ = envelope.verify();
    }
}

/// Statements: whatever is read has the identity of its bytes.
pub fn statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::parse(bytes) {
        assert_eq!(statement.id.to_string(), tlog::leaf_hash(bytes).to_string());
        let _ = statement.verify();
    }
}

/// Bundles: the last line's digest, the lines, and the whole verification.
pub fn bundle(bytes: &[u8]) {
    if let Ok(body) = Bundle::check_digest(bytes) {
        let _ = Bundle::parse(body);
        let _ = record::bundle::verify(bytes, None);
    }
    // Also without a digest, which no mutation keeps right.
    let _ = Bundle::parse(text(bytes));
}

/// Trust files.
pub fn trust(bytes: &[u8]) {
    if let Ok(file) = TrustFile::parse(text(bytes)) {
        same(file.to_string().as_bytes(), bytes);
    }
}
