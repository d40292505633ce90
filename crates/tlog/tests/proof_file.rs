//! Proof files.

use solferino_tlog as tlog;
use tlog::{DecimalError, OpenError, Policy, ProofFileError, TlogProof, TlogProofError};

use crate::policy::example;
use crate::support::{flip, leaf, log_key, signed_checkpoint, tree};

/// A proof of leaf 11 of 20, cosigned by these witnesses.
pub(crate) fn proof(witnesses: &[u8]) -> TlogProof {
    let (_, note) = signed_checkpoint(20, witnesses);
    let path = tlog::inclusion_proof(&tree(20), 11, 20).unwrap();
    TlogProof {
        extra: None,
        index: 11,
        path,
        checkpoint: note.to_string(),
    }
}

#[test]
fn a_proof_reads_as_it_was_written_and_verifies() {
    let mut proof = proof(&[1, 2, 4]);
    for extra in [None, Some(b"context".to_vec())] {
        proof.extra = extra;
        let text = proof.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"));
        let again = TlogProof::parse(&text).unwrap();
        assert_eq!(again, proof);
        assert_eq!(again.to_string(), text);
        let policy = Policy::parse(example()).unwrap();
        let log = log_key().verifier_key();
        let checkpoint = again.verify(&leaf(11), &log, Some(&policy)).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (20, tree(20).root()));
        assert_eq!(again.verify(&leaf(11), &log, None), Ok(checkpoint));
    }
}

#[test]
fn each_check_of_a_proof_can_fail() {
    let policy = Policy::parse(example()).unwrap();
    let log = log_key().verifier_key();
    let good = proof(&[1, 2, 4]);
    let wrong_leaf = flip(&leaf(11), 3);
    assert!(matches!(
        good.verify(&wrong_leaf, &log, Some(&policy)),
        Err(TlogProofError::Inclusion(_))
    ));
    let quorum = |cosigned| TlogProofError::Quorum {
        cosigned,
        quorum: "X-and-Y".into(),
    };
    assert_eq!(
        proof(&[1, 2, 9]).verify(&leaf(11), &log, Some(&policy)),
        Err(quorum(2))
    );
    assert_eq!(
        proof(&[]).verify(&leaf(11), &log, Some(&policy)),
        Err(quorum(0))
    );
    let (_, mut note) = signed_checkpoint(20, &[1, 2, 4, 5]);
    note.signatures[4].bytes[70] ^= 1;
    let mut spoiled = good.clone();
    spoiled.checkpoint = note.to_string();
    // More than enough witnesses, but one known signature is wrong: the whole note is refused.
    assert!(matches!(
        spoiled.verify(&leaf(11), &log, Some(&policy)),
        Err(TlogProofError::Checkpoint(OpenError::Verify(_)))
    ));
    assert!(spoiled.verify(&leaf(11), &log, None).is_ok());
    let stranger =
        tlog::SigningKey::from_seed("example.org/log", [9; 32], tlog::KeyType::Ed25519).unwrap();
    let name = "example.org/log".to_owned();
    assert_eq!(
        good.verify(&leaf(11), &stranger.verifier_key(), Some(&policy)),
        Err(TlogProofError::LogNotInPolicy { name })
    );
    let mut elsewhere = good;
    elsewhere.index = 10;
    assert!(elsewhere.verify(&leaf(11), &log, None).is_err());
    elsewhere.index = 20;
    assert!(elsewhere.verify(&leaf(11), &log, None).is_err());
}

#[test]
fn other_forms_of_proof_files_are_refused_by_name() {
    let text = proof(&[1]).to_string();
    let refused = |text: &str| TlogProof::parse(text).unwrap_err();
    assert_eq!(refused(&text.replace("@v1", "@v2")), ProofFileError::Header);
    assert_eq!(
        refused(&text.replacen('\n', "\r\n", 1)),
        ProofFileError::Header
    );
    assert_eq!(refused(""), ProofFileError::NoSeparator);
    assert_eq!(
        refused("c2sp.org/tlog-proof@v1\n\n"),
        ProofFileError::IndexLine { line: 2 }
    );
    let index = |with: &str| refused(&text.replace("index 11\n", with));
    assert_eq!(
        index("index 011\n"),
        ProofFileError::Index(DecimalError::LeadingZero)
    );
    assert_eq!(
        index("index \n"),
        ProofFileError::Index(DecimalError::Empty)
    );
    assert_eq!(index("index: 11\n"), ProofFileError::IndexLine { line: 2 });
    assert_eq!(index(""), ProofFileError::IndexLine { line: 2 });
    assert_eq!(index("extra \nindex 11\n"), ProofFileError::EmptyExtra);
    assert!(matches!(
        index("extra ab\nindex 11\n"),
        ProofFileError::Extra(_)
    ));
    assert!(matches!(
        index("extra AB==\nindex 11\n"),
        ProofFileError::Extra(_)
    ));
    assert!(matches!(
        index("extra AA==\nextra AA==\nindex 11\n"),
        ProofFileError::IndexLine { line: 3 }
    ));
    assert!(matches!(
        index("index 11\nextra AA==\n"),
        ProofFileError::PathHash { line: 3, .. }
    ));
    assert!(matches!(
        index("index 11\nAAAA\n"),
        ProofFileError::PathHash { line: 3, .. }
    ));
    let hash = format!("{}\n", leaf(0).to_base64());
    let with = |count| text.replace("index 11\n", &format!("index 11\n{}", hash.repeat(count)));
    let length = proof(&[]).path.len();
    assert!(TlogProof::parse(with(63 - length)).is_ok());
    assert_eq!(refused(&with(64 - length)), ProofFileError::PathTooLong);
    assert!(matches!(refused(text.trim_end()), ProofFileError::Note(_)));
    assert!(matches!(
        refused(&text.replace("\n20\n", "\n020\n")),
        ProofFileError::Checkpoint(_)
    ));
    assert_eq!(
        TlogProof::parse(b"\xff"),
        Err(ProofFileError::NotUtf8 { offset: 0 })
    );
    let large = "a".repeat(2_000_001);
    assert_eq!(
        refused(&large),
        ProofFileError::TooLarge { length: 2_000_001 }
    );
}
