//! Evidence of equivocation.

use solferino_tlog as tlog;
use tlog::{
    Checkpoint, Evidence, EvidenceError, EvidenceFormError, Hash, Note, ProofError, SignerRole,
    SigningKey, Tree,
};

use crate::support::{flip, leaf, log_key, subtree_key, tree, witness_key};

const ORIGIN: &str = "example.org/log";

/// A note over a root, signed by the log and by a witness.
fn note(size: u64, root: Hash) -> Note {
    let checkpoint = Checkpoint::new(ORIGIN, size, root).unwrap();
    let mut note = tlog::sign_checkpoint(&checkpoint, &log_key()).unwrap();
    let cosigned = tlog::cosign(&note.text, &witness_key(1), 1_767_139_200);
    note.signatures.push(cosigned.unwrap());
    note
}

/// The same evidence, with both notes signed by a second witness too, and against all signers.
fn against_all(mut evidence: Evidence) -> Evidence {
    let second = subtree_key("witness.example/pq");
    for note in [&mut evidence.older, &mut evidence.newer] {
        let cosigned = tlog::cosign(&note.text, &second, 1_767_139_200);
        note.signatures.push(cosigned.unwrap());
    }
    let keys = [log_key(), witness_key(1), second];
    evidence.signers = keys.map(|key| key.verifier_key()).to_vec();
    evidence
}

/// The tree of `size` leaves of another history: leaf 3 is another one.
fn other_tree(size: u64) -> Tree {
    Tree::from_leaves((0..size).map(|index| leaf(if index == 3 { 1000 } else { index })))
}

/// Evidence that the log showed `old` leaves of one history and `new` ones of another.
pub(crate) fn evidence(old: u64, new: u64) -> Evidence {
    let other = other_tree(new);
    let prefix = if old == new {
        Vec::new()
    } else {
        tlog::prefix_proof(&other, old, new).unwrap()
    };
    Evidence {
        signers: vec![log_key().verifier_key()],
        prefix,
        older: note(old, tree(old).root()),
        newer: note(new, other.root()),
    }
}

#[test]
fn two_roots_of_one_size_are_evidence_by_themselves() {
    let evidence = against_all(evidence(9, 9));
    let file = evidence.to_string();
    let read = Evidence::parse(&file).unwrap();
    assert_eq!(read.to_string(), file);
    let shown = read.verify().unwrap();
    let roles: Vec<_> = shown.signers.iter().map(|(_, role)| *role).collect();
    use SignerRole::{Cosigner, Log};
    assert_eq!(roles, [Log, Cosigner, Cosigner]);
    assert_eq!((shown.older.size, shown.newer.size), (9, 9));
    assert_eq!(shown.prefix_root, other_tree(9).root());
}

#[test]
fn trees_of_any_two_sizes_are_shown_to_contradict_each_other() {
    for new in 4..=20 {
        for old in 4..=new {
            let file = evidence(old, new).to_string();
            let shown = Evidence::parse(&file).unwrap().verify().unwrap();
            assert_eq!(shown.prefix_root, other_tree(old).root(), "{old} {new}");
        }
        // Before leaf 3 the two histories are the same, and so are the notes.
        for old in 0..=3 {
            let shown = evidence(old, new).verify();
            assert_eq!(shown, Err(EvidenceError::Consistent), "{old} {new}");
        }
    }
    let mut nonsense = evidence(0, 9);
    nonsense.older = note(0, leaf(7));
    assert_eq!(nonsense.verify().unwrap().prefix_root, tlog::empty_root());
}

#[test]
fn what_shows_nothing_is_told_by_name() {
    let verdict = |change: fn(&mut Evidence)| {
        let mut evidence = evidence(6, 9);
        change(&mut evidence);
        evidence.verify().unwrap_err()
    };
    let unproven = EvidenceError::Unproven { older: 6, newer: 9 };
    assert_eq!(verdict(|e| e.prefix.clear()), unproven);
    // A wrong proof is no evidence: anybody can make one.
    assert!(matches!(
        verdict(|e| e.prefix[1] = flip(&e.prefix[1], 9)),
        EvidenceError::Prefix(ProofError::RootMismatch { .. })
    ));
    assert!(matches!(
        verdict(|e| e.prefix.push(leaf(0))),
        EvidenceError::Prefix(ProofError::TooLong { .. })
    ));
    assert_eq!(
        verdict(|e| std::mem::swap(&mut e.older, &mut e.newer)),
        EvidenceError::Order { older: 9, newer: 6 }
    );
    assert_eq!(
        verdict(|e| e.older = note(6, other_tree(6).root())),
        EvidenceError::Consistent
    );
    assert!(matches!(
        verdict(|e| {
            let other = Checkpoint::new("example.org/other", 6, leaf(0)).unwrap();
            e.older.text = other.to_string();
        }),
        EvidenceError::Origins { .. }
    ));
    assert!(matches!(
        verdict(|e| e.older.text = "no checkpoint\n".into()),
        EvidenceError::Checkpoint(_)
    ));
    assert_eq!(
        verdict(|e| e.signers.clear()),
        EvidenceError::SignerCount { count: 0 }
    );
    for position in 0..3 {
        let mut forged = against_all(evidence(6, 9));
        forged.newer.signatures[position].bytes[40] ^= 1;
        assert!(matches!(
            forged.verify(),
            Err(EvidenceError::NotSigned { .. })
        ));
        forged.newer.signatures.remove(position);
        assert!(matches!(
            forged.verify(),
            Err(EvidenceError::NotSigned { .. })
        ));
    }
}

#[test]
fn a_key_that_vouched_for_nothing_is_no_signer() {
    let stranger =
        SigningKey::from_seed("example.org/stranger", [3; 32], tlog::KeyType::Ed25519).unwrap();
    let mut evidence = evidence(9, 9);
    for note in [&mut evidence.older, &mut evidence.newer] {
        let signed = tlog::sign_note(&note.text, &stranger).unwrap();
        note.signatures.extend(signed.signatures);
    }
    evidence.signers = vec![stranger.verifier_key()];
    assert!(matches!(
        evidence.verify(),
        Err(EvidenceError::NotOfTheLog { .. })
    ));
}

#[test]
fn other_forms_of_files_are_refused_by_name() {
    let good = evidence(6, 9).to_string();
    let refused = |from: &str, to: &str| Evidence::parse(good.replacen(from, to, 1)).unwrap_err();
    assert_eq!(refused("@v1", "@v2"), EvidenceFormError::Header);
    assert_eq!(
        refused("\n\n", "\n"),
        EvidenceFormError::Blocks { count: 4 }
    );
    assert_eq!(
        refused("signer ", "Signer "),
        EvidenceFormError::Line { line: 2 }
    );
    assert_eq!(refused("signer ", ""), EvidenceFormError::Line { line: 2 });
    assert!(matches!(
        refused("signer ", "signer x"),
        EvidenceFormError::Key { line: 2, .. }
    ));
    assert!(matches!(
        refused("prefix ", "prefix  "),
        EvidenceFormError::HashLine { line: 3, .. }
    ));
    let signer = format!("signer {}\n", log_key().verifier_key());
    assert_eq!(
        refused(&signer, &signer.repeat(2)),
        EvidenceFormError::RepeatedSigner { line: 3 }
    );
    // One order only: signers, then hashes.
    let hash = format!("prefix {}\n", leaf(0).to_base64());
    assert_eq!(
        refused(&signer, &format!("{hash}{signer}")),
        EvidenceFormError::Line { line: 3 }
    );
    let none = EvidenceFormError::Count {
        signers: 0,
        hashes: 4,
    };
    assert_eq!(refused(&signer, ""), none);
    assert!(matches!(
        refused("example.org/log\n6\n", "\n6\n"),
        EvidenceFormError::Blocks { .. } | EvidenceFormError::Checkpoint { .. }
    ));
    assert!(matches!(
        refused("\n6\n", "\n06\n"),
        EvidenceFormError::Checkpoint { which: "first", .. }
    ));
    assert!(matches!(
        Evidence::parse(good.trim_end()),
        Err(EvidenceFormError::Note {
            which: "second",
            ..
        })
    ));
}

#[test]
fn files_have_limits() {
    let mut evidence = evidence(6, 9);
    let key = |number: u8| witness_key(number).verifier_key();
    evidence.signers = (0..64).map(key).collect();
    evidence.prefix = (0..64).map(leaf).collect();
    assert_eq!(Evidence::parse(evidence.to_string()), Ok(evidence.clone()));
    let count = |evidence: &Evidence| Evidence::parse(evidence.to_string()).unwrap_err();
    let mut longer = evidence.clone();
    longer.prefix.push(leaf(64));
    assert_eq!(
        count(&longer),
        EvidenceFormError::Count {
            signers: 64,
            hashes: 65
        }
    );
    evidence.signers.push(key(64));
    assert_eq!(
        count(&evidence),
        EvidenceFormError::Count {
            signers: 65,
            hashes: 0
        }
    );
    let length = tlog::MAX_EVIDENCE_BYTES + 1;
    assert_eq!(
        Evidence::parse(vec![b'a'; length]),
        Err(EvidenceFormError::TooLarge { length })
    );
}
