//! ML-DSA-44 signatures of checkpoints and subtrees, in notes, policies and proofs.

use solferino_tlog as tlog;
use tlog::{
    Checkpoint, KeyError, KeyType, Note, OpenError, Policy, SignError, SigningKey, Subtree,
    TlogProof, VerifierKey, VerifyError,
};

use crate::support::{leaf, log_key, signed_checkpoint, subtree_key, tree, witness_key};

const ORIGIN: &str = "example.org/log";
const TIME: u64 = 1_767_139_200;

#[test]
fn the_signed_message_is_the_one_of_the_specification() {
    let (checkpoint, note) = signed_checkpoint(5, &[]);
    let key = subtree_key("witness.example/pq");
    let signature = tlog::cosign(&note.text, &key, TIME).unwrap();
    let (time, raw) = signature.bytes.split_first_chunk::<8>().unwrap();
    assert_eq!((u64::from_be_bytes(*time), raw.len()), (TIME, 2420));
    let mut message = b"subtree/v1\n\0\x12witness.example/pq".to_vec();
    message.extend_from_slice(&TIME.to_be_bytes());
    message.extend_from_slice(b"\x0fexample.org/log");
    message.extend_from_slice(&0_u64.to_be_bytes());
    message.extend_from_slice(&5_u64.to_be_bytes());
    message.extend_from_slice(checkpoint.root.as_bytes());
    let verifier = key.verifier_key();
    assert_eq!(verifier.verify_raw(&message, raw), Ok(()));
    assert!(verifier.verify_raw(&message, &raw[1..]).is_err());
    let text = verifier.to_string();
    assert_eq!(text.split('+').next(), Some("witness.example/pq"));
    assert_eq!(verifier.public_key_bytes().len(), 1312);
}

#[test]
fn a_note_holds_signatures_of_both_kinds() {
    let (_, mut note) = signed_checkpoint(5, &[1]);
    let witness = subtree_key("witness.example/pq");
    note.signatures
        .push(tlog::cosign(&note.text, &witness, TIME).unwrap());
    let note = Note::parse(note.to_string().as_bytes()).unwrap();
    let known = [
        log_key().verifier_key(),
        witness_key(1).verifier_key(),
        witness.verifier_key(),
    ];
    let verified = note.verify(&known).unwrap();
    let times: Vec<_> = verified.iter().map(|one| one.timestamp).collect();
    assert_eq!(times, [None, Some(TIME + 1), Some(TIME)]);
    for byte in [0, 7, 8, 1000, 2427] {
        let mut changed = note.clone();
        changed.signatures[2].bytes[byte] ^= 1;
        assert!(changed.verify(&known).is_err(), "byte {byte}");
    }
    let mut short = note.clone();
    short.signatures[2].bytes.pop();
    let length = VerifyError::Length {
        name: "witness.example/pq".into(),
        key_id: witness.verifier_key().key_id(),
        length: 2427,
        expected: 2428,
    };
    assert_eq!(short.verify(&known), Err(length));
}

#[test]
fn a_log_signs_with_mldsa_alone_or_beside_ed25519() {
    let (checkpoint, both) = signed_checkpoint(5, &[]);
    let key = subtree_key(ORIGIN);
    let note = tlog::sign_checkpoint(&checkpoint, &key).unwrap();
    let bytes = note.to_string().into_bytes();
    let (opened, _) = tlog::open_checkpoint(&bytes, &key.verifier_key()).unwrap();
    assert_eq!(opened, checkpoint);
    assert_eq!(note.signatures[0].bytes[..8], [0; 8]);
    assert!(tlog::open_checkpoint(&bytes, &log_key().verifier_key()).is_err());

    let mut both = both;
    both.signatures
        .push(tlog::cosign(&both.text, &key, 0).unwrap());
    let bytes = both.to_string().into_bytes();
    for key in [log_key().verifier_key(), key.verifier_key()] {
        assert!(tlog::open_checkpoint(&bytes, &key).is_ok());
    }
    let witness = witness_key(1).verifier_key();
    assert!(matches!(
        tlog::open_checkpoint(&bytes, &witness),
        Err(OpenError::LogKeyType { .. })
    ));
}

#[test]
fn policies_and_proofs_take_mldsa_keys() {
    let log = subtree_key(ORIGIN);
    let pq = subtree_key("witness.example/pq");
    let one = witness_key(1);
    let policy = |quorum: &str| {
        let text = format!(
            "log {}\nwitness pq {}\nwitness w1 {}\ngroup both all pq w1\nquorum {quorum}\n",
            log.verifier_key(),
            pq.verifier_key(),
            one.verifier_key()
        );
        Policy::parse(text).unwrap()
    };
    let tree = tree(20);
    let checkpoint = Checkpoint::new(ORIGIN, 20, tree.root()).unwrap();
    let mut note = tlog::sign_checkpoint(&checkpoint, &log).unwrap();
    note.signatures
        .push(tlog::cosign(&note.text, &pq, TIME).unwrap());
    let proof = TlogProof {
        extra: None,
        index: 7,
        path: tlog::inclusion_proof(&tree, 7, 20).unwrap(),
        checkpoint: note.to_string(),
    };
    let proof = TlogProof::parse(proof.to_string()).unwrap();
    let verify = |quorum| proof.verify(&leaf(7), &log.verifier_key(), Some(&policy(quorum)));
    assert_eq!(verify("pq"), Ok(checkpoint));
    assert!(verify("both").is_err());
    // An Ed25519 log key signs no cosignatures, and a cosignature/v1 key no log.
    let line = format!("witness x {}\nquorum x\n", log_key().verifier_key());
    assert!(Policy::parse(line).is_err());
    assert!(Policy::parse(format!("log {}\nquorum none\n", one.verifier_key())).is_err());
}

#[test]
fn subtrees_are_signed_without_a_time() {
    let key = subtree_key("witness.example/pq");
    let verifier = key.verifier_key();
    let whole = tree(13);
    let subtree = Subtree::new(8, 13).unwrap();
    let hash = tlog::subtree_hash(&whole, &subtree).unwrap();
    let signature = tlog::cosign_subtree(ORIGIN, &subtree, &hash, &key).unwrap();
    let check = |origin: &str, subtree: &Subtree, hash| {
        tlog::verify_subtree_cosignature(origin, subtree, hash, &signature, &verifier)
    };
    assert_eq!(check(ORIGIN, &subtree, &hash), Ok(()));
    assert!(check("example.org/other", &subtree, &hash).is_err());
    assert!(check(ORIGIN, &Subtree::new(8, 12).unwrap(), &hash).is_err());
    assert!(check(ORIGIN, &subtree, &whole.root()).is_err());
    let mut timed = signature.clone();
    timed.bytes[7] = 1;
    assert!(matches!(
        tlog::verify_subtree_cosignature(ORIGIN, &subtree, &hash, &timed, &verifier),
        Err(VerifyError::SubtreeTimestamp { timestamp: 1, .. })
    ));
    let other = SigningKey::from_seed("witness.example/pq", [45; 32], KeyType::SubtreeV1).unwrap();
    assert!(matches!(
        tlog::verify_subtree_cosignature(
            ORIGIN,
            &subtree,
            &hash,
            &signature,
            &other.verifier_key()
        ),
        Err(VerifyError::NoKnownKey { .. })
    ));
    // Signing the whole tree without a time is the same as signing its checkpoint so.
    let (checkpoint, note) = signed_checkpoint(5, &[]);
    assert_eq!(
        tlog::cosign_subtree(ORIGIN, &Subtree::whole(5), &checkpoint.root, &key),
        tlog::cosign(&note.text, &key, 0)
    );
    assert!(matches!(
        tlog::cosign_subtree(ORIGIN, &subtree, &hash, &witness_key(1)),
        Err(SignError::KeyType { .. })
    ));
}

#[test]
fn names_and_origins_fit_255_bytes() {
    let key = |length| SigningKey::from_seed(&"n".repeat(length), [1; 32], KeyType::SubtreeV1);
    assert_eq!(key(256).unwrap_err(), KeyError::NameTooLong { length: 256 });
    let key = key(255).unwrap();
    let text = |length| {
        let origin = "o".repeat(length);
        Checkpoint::new(&origin, 5, tree(5).root())
            .unwrap()
            .to_string()
    };
    let mut note = Note {
        text: text(255),
        signatures: vec![tlog::cosign(&text(255), &key, 1).unwrap()],
    };
    assert!(note.verify(&[key.verifier_key()]).is_ok());
    assert_eq!(
        tlog::cosign(&text(256), &key, 1),
        Err(SignError::OriginLength { length: 256 })
    );
    note.text = text(256);
    assert!(matches!(
        note.verify(&[key.verifier_key()]),
        Err(VerifyError::OriginLength { length: 256, .. })
    ));
}

#[test]
fn mldsa_keys_sign_checkpoints_only() {
    let key = subtree_key(ORIGIN);
    assert!(matches!(
        tlog::sign_note("no checkpoint\n", &key),
        Err(SignError::Checkpoint(_))
    ));
    let mut note = tlog::sign_note(&signed_checkpoint(5, &[]).0.to_string(), &key).unwrap();
    note.text = "no checkpoint\n".into();
    assert!(matches!(
        note.verify(&[key.verifier_key()]),
        Err(VerifyError::NotACheckpoint { .. })
    ));
    let short = VerifierKey::new("a", &[0; 1311], KeyType::SubtreeV1);
    let length = KeyError::Length {
        length: 1311,
        expected: 1312,
    };
    assert_eq!(short, Err(length));
}
