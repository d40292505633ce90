//! Notes: reading, signing, verifying.

use solferino_tlog as tlog;
use tlog::{
    KeyNameError, KeyType, MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, MAX_TIMESTAMP, Note, NoteError,
    NoteSignature, SignError, SigningKey, VerifierKey, VerifyError,
};

use crate::key::SPEC_KEY;
use crate::support::{log_key, signed_checkpoint, witness_key};

/// The example of the signed-note specification.
const SPEC_NOTE: &str = "This is an example message.\n\n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
/// The example in the documentation of Go's sumdb/note; Ed25519 is deterministic, so signing the
/// text again has to give it byte by byte.
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const GO_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

/// Key and answer of a witness in the test data of Sunlight: a cosignature/v1 beside a signature of
/// a type (0x05) that is not read here.
const WITNESS_KEY: &str =
    "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
const WITNESS_NOTE: &str = "rome2026h1.example.org\n300\n\
    lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n\
    — rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z\n\
    — witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==\n";

fn parse(text: &str) -> Result<Note, NoteError> {
    Note::parse(text.as_bytes())
}

#[test]
fn the_example_of_the_specification_verifies() {
    let note = parse(SPEC_NOTE).unwrap();
    assert_eq!(note.text, "This is an example message.\n");
    assert_eq!(note.to_string(), SPEC_NOTE);
    let key = VerifierKey::parse(SPEC_KEY).unwrap();
    let verified = note.verify(std::slice::from_ref(&key)).unwrap();
    assert_eq!(
        (verified.len(), &verified[0].key, verified[0].timestamp),
        (1, &key, None)
    );
    let changed = parse(&SPEC_NOTE.replace("message.", "massage.")).unwrap();
    let invalid = VerifyError::Invalid {
        name: "example.com/foo".into(),
        key_id: 0x530d_903a,
    };
    assert_eq!(changed.verify(&[key]), Err(invalid));
}

#[test]
fn signing_gives_the_bytes_go_gives() {
    let key = SigningKey::parse(GO_PRIVATE).unwrap();
    let note = parse(GO_NOTE).unwrap();
    assert_eq!(
        tlog::sign_note(&note.text, &key).unwrap().to_string(),
        GO_NOTE
    );
    note.verify(&[key.verifier_key()]).unwrap();
}

#[test]
fn a_cosignature_of_another_implementation_verifies() {
    let note = parse(WITNESS_NOTE).unwrap();
    assert_eq!(note.to_string(), WITNESS_NOTE);
    let key = VerifierKey::parse(WITNESS_KEY).unwrap();
    assert_eq!(
        (key.key_type(), key.to_string().as_str()),
        (KeyType::CosignatureV1, WITNESS_KEY)
    );
    let verified = note.verify(&[key]).unwrap();
    assert_eq!(
        (verified[0].position, verified[0].timestamp),
        (1, Some(1_767_139_200))
    );
    let other = parse(&WITNESS_NOTE.replace("\n300\n", "\n301\n")).unwrap();
    assert!(
        other
            .verify(&[VerifierKey::parse(WITNESS_KEY).unwrap()])
            .is_err()
    );
}

#[test]
fn the_text_ends_before_the_last_empty_line() {
    for text in ["a\n\nb\n", "\n", "a\n\n", "a\n\n— not a signature\n"] {
        let note = tlog::sign_note(text, &log_key()).unwrap();
        let again = parse(&note.to_string()).unwrap();
        assert_eq!(again, note);
        assert_eq!(again.text, text);
    }
}

#[test]
fn other_forms_of_notes_are_refused_by_name() {
    let refused = |text: &str| parse(text).unwrap_err();
    let control = |offset, byte| NoteError::ControlCharacter { offset, byte };
    assert_eq!(
        refused(&SPEC_NOTE.replace('\n', "\r\n")),
        control(27, b'\r')
    );
    assert_eq!(
        refused(&SPEC_NOTE.replace("is an", "is\tan")),
        control(7, b'\t')
    );
    assert_eq!(
        refused(&SPEC_NOTE.replace("is an", "is\0an")),
        control(7, 0)
    );
    assert_eq!(
        refused(SPEC_NOTE.trim_end()),
        NoteError::MissingFinalNewline
    );
    assert_eq!(refused(""), NoteError::MissingFinalNewline);
    assert_eq!(refused("text\n"), NoteError::NoSeparator);
    assert_eq!(refused("text\n\n"), NoteError::NoSignature);
    assert_eq!(refused(&format!("{SPEC_NOTE}\n")), NoteError::NoSignature);
    assert_eq!(
        Note::parse(b"a\xff\n"),
        Err(NoteError::NotUtf8 { offset: 1 })
    );
    let line = NoteError::SignatureLine { line: 3 };
    for dash in ["- ", "—", "—  ", "– ", " — "] {
        let text = SPEC_NOTE.replace("— ", dash);
        let error = refused(&text);
        let empty_name = NoteError::Name {
            line: 3,
            source: KeyNameError::Empty,
        };
        assert!(error == line || error == empty_name, "{error:?}");
    }
    assert_eq!(refused(&SPEC_NOTE.replace(" Uw2", "Uw2")), line);
    assert_eq!(
        refused(&format!("{SPEC_NOTE}more\n")),
        NoteError::SignatureLine { line: 4 }
    );
    let plus = KeyNameError::Character { character: '+' };
    assert_eq!(
        refused(&SPEC_NOTE.replace("example.com/", "example.com+")),
        NoteError::Name {
            line: 3,
            source: plus
        }
    );
    // Trailing bits: the last digit of `QM=` has two unused bits, `QN=` sets one of them.
    for data in [
        "yaQN=\n", "yaQM\n", "yaQM==\n", "yaQM= \n", " yaQM=\n", "ya-M=\n",
    ] {
        let error = refused(&SPEC_NOTE.replace("yaQM=\n", data));
        assert!(
            matches!(error, NoteError::Base64 { line: 3, .. }),
            "{data:?}: {error:?}"
        );
    }
    assert_eq!(
        refused("text\n\n— a AAAAAA==\n"),
        NoteError::SignatureTooShort { line: 3, length: 4 }
    );
    let twice = format!("{SPEC_NOTE}{}\n", SPEC_NOTE.lines().last().unwrap());
    assert_eq!(refused(&twice), NoteError::DuplicateSignature { line: 4 });
}

#[test]
fn notes_have_a_largest_size_and_number_of_signatures() {
    let line = |number: usize| {
        let name = format!("k{number}").parse().unwrap();
        NoteSignature {
            name,
            key_id: 1,
            bytes: vec![1],
        }
    };
    let mut note = Note {
        text: "a\n".into(),
        signatures: Vec::new(),
    };
    note.signatures.extend((0..MAX_NOTE_SIGNATURES).map(line));
    assert_eq!(parse(&note.to_string()), Ok(note.clone()));
    note.signatures.push(line(MAX_NOTE_SIGNATURES));
    let too_many = NoteError::TooManySignatures {
        count: MAX_NOTE_SIGNATURES + 1,
    };
    assert_eq!(parse(&note.to_string()), Err(too_many));
    let rest = SPEC_NOTE.len() - 1;
    let padded = |length: usize| format!("{}{SPEC_NOTE}", "a".repeat(length));
    assert!(parse(&padded(MAX_NOTE_BYTES - rest - 1)).is_ok());
    let too_large = NoteError::TooLarge {
        length: MAX_NOTE_BYTES + 1,
    };
    assert_eq!(parse(&padded(MAX_NOTE_BYTES - rest)), Err(too_large));
}

#[test]
fn unknown_signatures_are_ignored_and_known_ones_must_hold() {
    let (_, mut note) = signed_checkpoint(5, &[1, 2]);
    let (log, one) = (log_key().verifier_key(), witness_key(1).verifier_key());
    let stranger = witness_key(9).verifier_key();
    assert_eq!(note.verify(std::slice::from_ref(&log)).unwrap().len(), 1);
    let verified = note
        .verify(&[log.clone(), one.clone(), one.clone(), stranger.clone()])
        .unwrap();
    let times: Vec<_> = verified
        .iter()
        .map(|one| (one.position, one.timestamp))
        .collect();
    assert_eq!(times, [(0, None), (1, Some(1_767_139_201))]);
    assert_eq!(
        note.verify(&[stranger]),
        Err(VerifyError::NoKnownKey {
            signatures: 3,
            known: 1
        })
    );
    assert_eq!(
        note.verify(&[]),
        Err(VerifyError::NoKnownKey {
            signatures: 3,
            known: 0
        })
    );
    // One bit of the witness's signature: whoever knows the witness refuses the whole note.
    note.signatures[1].bytes[40] ^= 1;
    assert!(note.verify(std::slice::from_ref(&log)).is_ok());
    assert!(matches!(
        note.verify(&[log, one]),
        Err(VerifyError::Invalid { .. })
    ));
}

#[test]
fn cosignatures_bind_the_time() {
    let (_, note) = signed_checkpoint(5, &[1]);
    let known = [witness_key(1).verifier_key()];
    assert!(note.verify(&known).is_ok());
    let mut later = note.clone();
    later.signatures[1].bytes[7] ^= 1;
    assert!(matches!(
        later.verify(&known),
        Err(VerifyError::Invalid { .. })
    ));
    let mut beyond = note.clone();
    beyond.signatures[1].bytes[0] = 0x80;
    assert!(matches!(
        beyond.verify(&known),
        Err(VerifyError::Timestamp { .. })
    ));
    let mut short = note.clone();
    short.signatures[1].bytes.pop();
    let length = |error| {
        matches!(
            error,
            VerifyError::Length {
                length: 71,
                expected: 72,
                ..
            }
        )
    };
    assert!(length(short.verify(&known).unwrap_err()));
    let mut plain = note;
    plain.signatures[0].bytes.push(0);
    let error = plain.verify(&[log_key().verifier_key()]).unwrap_err();
    assert!(matches!(
        error,
        VerifyError::Length {
            length: 65,
            expected: 64,
            ..
        }
    ));
}

#[test]
fn a_known_key_that_signed_twice_is_refused() {
    let (_, mut note) = signed_checkpoint(5, &[1]);
    note.signatures
        .push(tlog::cosign(&note.text, &witness_key(1), 1).unwrap());
    assert!(note.verify(&[log_key().verifier_key()]).is_ok());
    let error = note.verify(&[witness_key(1).verifier_key()]).unwrap_err();
    assert!(matches!(error, VerifyError::SignedTwice { .. }));
}

#[test]
fn keys_sign_only_what_their_type_says() {
    let (checkpoint, _) = signed_checkpoint(5, &[]);
    let text = checkpoint.to_string();
    assert!(matches!(
        tlog::sign_note(&text, &witness_key(1)),
        Err(SignError::KeyType {
            actual: KeyType::CosignatureV1,
            ..
        })
    ));
    assert!(matches!(
        tlog::cosign(&text, &log_key(), 1),
        Err(SignError::KeyType {
            actual: KeyType::Ed25519,
            ..
        })
    ));
    assert!(matches!(
        tlog::cosign("no checkpoint\n", &witness_key(1), 1),
        Err(SignError::Checkpoint(_))
    ));
    assert!(tlog::cosign(&text, &witness_key(1), MAX_TIMESTAMP).is_ok());
    assert_eq!(
        tlog::cosign(&text, &witness_key(1), MAX_TIMESTAMP + 1),
        Err(SignError::Timestamp {
            timestamp: MAX_TIMESTAMP + 1
        })
    );
    for text in ["no newline", "tab\t\n", ""] {
        assert!(matches!(
            tlog::sign_note(text, &log_key()),
            Err(SignError::Text(_))
        ));
    }
}

#[test]
fn a_single_signature_line_reads_alone() {
    let (_, note) = signed_checkpoint(5, &[1]);
    let line = note.signatures[1].to_string();
    assert_eq!(NoteSignature::parse(&line), Ok(note.signatures[1].clone()));
    assert!(NoteSignature::parse(&format!("{line}\n")).is_err());
    assert!(NoteSignature::parse("").is_err());
}
