//! Checkpoints and their log's signature.

use solferino_tlog as tlog;
use tlog::{
    Checkpoint, CheckpointError, DecimalError, HashError, KeyType, OpenError, SignError,
    SigningKey, VerifyError, open_checkpoint,
};

use crate::support::{log_key, signed_checkpoint, tree, witness_key};

/// Example of the tlog-checkpoint specification (its key is not published).
const SPEC_TEXT: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

#[test]
fn the_example_of_the_specification_reads_and_displays() {
    let checkpoint = Checkpoint::parse(SPEC_TEXT).unwrap();
    assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size, 20_852_163);
    assert_eq!(checkpoint.to_string(), SPEC_TEXT);
}

#[test]
fn other_forms_of_checkpoints_are_refused_by_name() {
    let refused = |text: &str| Checkpoint::parse(text).unwrap_err();
    let size = |with: &str| refused(&SPEC_TEXT.replace("20852163", with));
    assert_eq!(
        size("020852163"),
        CheckpointError::Size(DecimalError::LeadingZero)
    );
    assert_eq!(size("00"), CheckpointError::Size(DecimalError::LeadingZero));
    assert_eq!(size(""), CheckpointError::Size(DecimalError::Empty));
    assert_eq!(
        size("+1"),
        CheckpointError::Size(DecimalError::NotADigit { byte: b'+' })
    );
    assert_eq!(
        size("1 "),
        CheckpointError::Size(DecimalError::NotADigit { byte: b' ' })
    );
    assert_eq!(
        size("18446744073709551616"),
        CheckpointError::Size(DecimalError::TooLarge)
    );
    assert!(Checkpoint::parse(&SPEC_TEXT.replace("20852163", "0")).is_ok());
    let crlf = SPEC_TEXT.replace('\n', "\r\n");
    assert_eq!(
        refused(&crlf),
        CheckpointError::Size(DecimalError::NotADigit { byte: b'\r' })
    );
    assert_eq!(
        refused(SPEC_TEXT.trim_end()),
        CheckpointError::MissingFinalNewline
    );
    assert_eq!(refused("a\n1\n"), CheckpointError::TooFewLines { lines: 2 });
    let extended = format!("{SPEC_TEXT}extension\n");
    assert_eq!(
        refused(&extended),
        CheckpointError::ExtensionLine { line: 4 }
    );
    assert_eq!(
        refused(&format!("{SPEC_TEXT}\n")),
        CheckpointError::EmptyLine { line: 4 }
    );
    let (_, rest) = SPEC_TEXT.split_once('\n').unwrap();
    assert_eq!(refused(&format!("\n{rest}")), CheckpointError::EmptyOrigin);
    assert_eq!(
        refused(&format!("a\tb\n{rest}")),
        CheckpointError::OriginCharacter
    );
    // `2I=` has two unused bits; `2J=` sets one of them.
    for root in ["q2J=\n", "q2I\n", "q2I==\n"] {
        let error = refused(&SPEC_TEXT.replace("q2I=\n", root));
        assert!(
            matches!(error, CheckpointError::Root(HashError::Base64(_))),
            "{root:?}"
        );
    }
    let short = CheckpointError::Root(HashError::Base64Length { length: 3 });
    assert_eq!(refused("a\n1\nAAAA\n"), short);
}

#[test]
fn a_signed_checkpoint_opens_under_its_log_only() {
    let (checkpoint, note) = signed_checkpoint(9, &[1]);
    let bytes = note.to_string().into_bytes();
    let log = log_key().verifier_key();
    assert_eq!(
        open_checkpoint(&bytes, &log),
        Ok((checkpoint.clone(), note.clone()))
    );
    let stranger = SigningKey::from_seed("example.org/log", [8; 32], KeyType::Ed25519).unwrap();
    let unknown = VerifyError::NoKnownKey {
        signatures: 2,
        known: 1,
    };
    assert_eq!(
        open_checkpoint(&bytes, &stranger.verifier_key()),
        Err(OpenError::Verify(unknown))
    );
    let witness = witness_key(1).verifier_key();
    assert!(matches!(
        open_checkpoint(&bytes, &witness),
        Err(OpenError::LogKeyType { .. })
    ));
    let mut unsigned = note;
    unsigned.signatures.remove(0);
    assert_eq!(
        tlog::open_checkpoint_with(unsigned.to_string().as_bytes(), &log, &[witness]),
        Err(OpenError::NotSignedByLog {
            name: "example.org/log".into()
        })
    );
    assert!(matches!(
        open_checkpoint(b"", &log),
        Err(OpenError::Note(_))
    ));
}

#[test]
fn origin_and_key_name_belong_together() {
    let other = Checkpoint::new("example.org/other", 3, tree(3).root()).unwrap();
    assert!(matches!(
        tlog::sign_checkpoint(&other, &log_key()),
        Err(SignError::Origin { .. })
    ));
    let note = tlog::sign_note(&other.to_string(), &log_key()).unwrap();
    let error = open_checkpoint(note.to_string().as_bytes(), &log_key().verifier_key());
    assert!(matches!(error, Err(OpenError::Origin { .. })));
    let extended = format!("{}extension\n", signed_checkpoint(3, &[]).0);
    let note = tlog::sign_note(&extended, &log_key()).unwrap();
    let error = open_checkpoint(note.to_string().as_bytes(), &log_key().verifier_key());
    let extension = CheckpointError::ExtensionLine { line: 4 };
    assert_eq!(error, Err(OpenError::Checkpoint(extension)));
    assert!(Checkpoint::new("", 0, tree(0).root()).is_err());
    assert!(Checkpoint::new("a\nb", 0, tree(0).root()).is_err());
}
