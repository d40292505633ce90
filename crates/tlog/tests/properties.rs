//! What holds for any input: no parser panics, and whatever one accepts it writes back the same.

use proptest::prelude::*;
use solferino_tlog as tlog;
use tlog::{
    Checkpoint, EntryBundleId, Hash, Note, NoteSignature, Policy, SigningKey, TileId, TlogProof,
    VerifierKey,
};

use crate::policy::example;
use crate::proof_file::proof;
use crate::support::{log_key, signed_checkpoint, tree};

/// Runs every parser on the bytes; accepted ones have to come back unchanged.
fn parsers_give_back_what_they_accept(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
    }
    if let Ok(policy) = Policy::parse(bytes) {
        assert_eq!(policy.to_string().as_bytes(), bytes);
    }
    for width in [0, 1, 2, 256, 257] {
        if let Ok(entries) = tlog::parse_entry_bundle(bytes, width) {
            let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
            assert_eq!(tlog::encode_entry_bundle(&entries).unwrap(), bytes);
        }
        let _ = tlog::parse_tile(
            bytes,
            &TileId {
                level: 0,
                index: 0,
                width,
            },
        );
    }
    let _ = tlog::open_checkpoint(bytes, &log_key().verifier_key());
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let texts = [
        Checkpoint::parse(text).map(|it| it.to_string()).ok(),
        NoteSignature::parse(text).map(|it| it.to_string()).ok(),
        VerifierKey::parse(text).map(|it| it.to_string()).ok(),
        SigningKey::parse(text).map(|it| it.to_text()).ok(),
        TileId::parse_path(text).map(|it| it.path()).ok(),
        EntryBundleId::parse_path(text).map(|it| it.path()).ok(),
        text.parse::<Hash>().map(|it| it.to_string()).ok(),
        Hash::from_base64(text).map(|it| it.to_base64()).ok(),
    ];
    for accepted in texts.into_iter().flatten() {
        assert_eq!(accepted, text);
    }
}

/// One good text of each format.
fn good_texts() -> Vec<String> {
    let (checkpoint, note) = signed_checkpoint(20, &[1, 2]);
    let mut with_extra = proof(&[1]);
    with_extra.extra = Some(vec![1, 2, 3, 4]);
    vec![
        checkpoint.to_string(),
        note.to_string(),
        note.signatures[1].to_string(),
        with_extra.to_string(),
        example(),
        log_key().to_text(),
        log_key().verifier_key().to_string(),
        "tile/0/x001/234.p/5".to_owned(),
        "tile/entries/x001/234.p/5".to_owned(),
        checkpoint.root.to_string(),
        checkpoint.root.to_base64(),
    ]
}

#[test]
fn good_texts_with_any_byte_changed_left_out_or_doubled() {
    for text in good_texts() {
        parsers_give_back_what_they_accept(text.as_bytes());
        for position in 0..text.len() {
            for byte in [b'\n', b' ', b'0', b'A', b'B', b'+', b'/', b'=', 0x00, 0xff] {
                let mut changed = text.clone().into_bytes();
                changed[position] = byte;
                parsers_give_back_what_they_accept(&changed);
            }
            let mut changed = text.clone().into_bytes();
            let byte = changed.remove(position);
            parsers_give_back_what_they_accept(&changed);
            changed.insert(position, byte);
            changed.insert(position, byte);
            parsers_give_back_what_they_accept(&changed);
        }
    }
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash::from_bytes)
}

proptest! {
    #[test]
    fn parsers_stand_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        parsers_give_back_what_they_accept(&bytes);
    }

    #[test]
    fn parsers_stand_texts_of_their_own_characters(
        text in "([a-c0-2+/=\n —.px#\t]|log |witness |group |quorum |none|tile/|\n\n— ){0,40}"
    ) {
        parsers_give_back_what_they_accept(text.as_bytes());
    }

    #[test]
    fn checkpoints_round_trip(origin in "[^\u{0}-\u{1f}]{1,40}", size: u64, root in hash()) {
        let checkpoint = Checkpoint::new(&origin, size, root).unwrap();
        prop_assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
    }

    #[test]
    fn signed_texts_round_trip_and_verify(text in "([^\u{0}-\u{9}\u{b}-\u{1f}]|\n){0,60}") {
        let note = tlog::sign_note(&format!("{text}\n"), &log_key()).unwrap();
        let again = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(again.verify(&[log_key().verifier_key()]).unwrap().len(), 1);
        prop_assert_eq!(again, note);
    }

    #[test]
    fn bundles_round_trip(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..40)
    ) {
        let slices: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let bytes = tlog::encode_entry_bundle(&slices).unwrap();
        prop_assert_eq!(tlog::parse_entry_bundle(&bytes, entries.len() as u16), Ok(entries));
    }

    #[test]
    fn tile_paths_round_trip(level in 0_u8..64, index: u64, width in 1_u16..=256) {
        let tile = TileId::new(level, index, width).unwrap();
        prop_assert_eq!(TileId::parse_path(&tile.path()), Ok(tile));
        let bundle = EntryBundleId::new(index, width).unwrap();
        prop_assert_eq!(EntryBundleId::parse_path(&bundle.path()), Ok(bundle));
    }

    #[test]
    fn verifiers_stand_any_proof(
        old: u64, new: u64, proof in prop::collection::vec(hash(), 0..70), root in hash()
    ) {
        prop_assert!(tlog::verify_inclusion(&root, old, new, &proof, &proof_root(&proof)).is_err());
        let _ = tlog::verify_consistency(old, new, &proof, &root, &root);
    }

    #[test]
    fn growth_in_two_steps_writes_no_less_than_in_one(old in 0_u64..2000, a in 0_u64..2000, b in 0_u64..2000) {
        let (middle, new) = (old + a, old + a + b);
        let mut steps = tlog::tiles_to_write(old, middle);
        steps.extend(tlog::tiles_to_write(middle, new));
        for tile in tlog::tiles_to_write(old, new) {
            prop_assert!(steps.contains(&tile));
        }
    }

    #[test]
    fn larger_trees_prove_their_growth(old in 0_u64..900, more in 0_u64..900) {
        let (before, after) = (tree(old), tree(old + more));
        let proof = tlog::consistency_proof(&after, old, old + more).unwrap();
        let (old_root, new_root) = (before.root(), after.root());
        prop_assert_eq!(
            tlog::verify_consistency(old, old + more, &proof, &old_root, &new_root), Ok(())
        );
    }
}

/// A root that no random proof leads to.
fn proof_root(proof: &[Hash]) -> Hash {
    let bytes: Vec<u8> = proof.iter().flat_map(|hash| *hash.as_bytes()).collect();
    tlog::sha256(&bytes)
}
