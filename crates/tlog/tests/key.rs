//! Key names, public and private keys.

use solferino_tlog as tlog;
use tlog::{KeyError, KeyName, KeyNameError, KeyType, SigningKey, VerifierKey};

use crate::support::{log_key, subtree_key, witness_key};

/// Key of the example in the signed-note specification.
pub(crate) const SPEC_KEY: &str =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// Key pair of the example in the documentation of Go's sumdb/note.
const GO_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn published_keys_read_and_display_as_written() {
    let key: VerifierKey = SPEC_KEY.parse().unwrap();
    assert_eq!((key.name(), key.key_id()), ("example.com/foo", 0x530d_903a));
    assert_eq!(key.key_type(), KeyType::Ed25519);
    assert_eq!(key.to_string(), SPEC_KEY);
    let private = SigningKey::parse(GO_PRIVATE).unwrap();
    assert_eq!(private.to_text(), GO_PRIVATE);
    assert_eq!(private.verifier_key().to_string(), GO_PUBLIC);
}

#[test]
fn keys_of_every_type_round_trip() {
    for key in [log_key(), witness_key(1), subtree_key("witness.example/pq")] {
        let public = key.verifier_key();
        assert_eq!(VerifierKey::parse(&public.to_string()), Ok(public.clone()));
        let again = SigningKey::parse(&key.to_text()).unwrap();
        assert_eq!(again.verifier_key(), public);
        let signature = again.sign_raw(b"message");
        assert_eq!(public.verify_raw(b"message", &signature), Ok(()));
        assert!(matches!(
            public.verify_raw(b"massage", &signature),
            Err(KeyError::Signature { .. })
        ));
        let rebuilt = VerifierKey::new(
            public.name(),
            public.public_key_bytes(),
            key.verifier_key().key_type(),
        );
        assert_eq!(rebuilt, Ok(public));
    }
}

#[test]
fn the_same_bytes_have_another_id_for_another_type() {
    let public = log_key().verifier_key();
    let bytes = public.public_key_bytes();
    let other = VerifierKey::new(public.name(), bytes, KeyType::CosignatureV1).unwrap();
    assert_ne!(public.key_id(), other.key_id());
}

#[test]
fn debug_does_not_show_the_seed() {
    let debug = format!("{:?}", log_key());
    let text = log_key().to_text();
    let secret = text.rsplit('+').next().unwrap();
    assert!(!debug.contains(secret));
    assert!(!debug.contains("7, 7") && !debug.contains("0707"));
    assert!(debug.contains("example.org/log"));
}

#[test]
fn wrong_keys_are_refused_by_name() {
    let refused = |text: &str| VerifierKey::parse(text).unwrap_err();
    let id = |given| KeyError::IdMismatch {
        computed: 0x530d_903a,
        given,
    };
    assert_eq!(
        refused(&SPEC_KEY.replace("530d903a", "530d903b")),
        id(0x530d_903b)
    );
    assert_eq!(
        refused(&SPEC_KEY.replace("530d903a", "530D903A")),
        KeyError::IdForm
    );
    assert_eq!(
        refused(&SPEC_KEY.replace("530d903a", "30d903a")),
        KeyError::IdForm
    );
    assert_eq!(
        refused(&SPEC_KEY.replace("530d903a", "+30d903a")),
        KeyError::IdForm
    );
    assert_eq!(refused("example.com"), KeyError::Parts);
    assert_eq!(refused("example.com+530d903a"), KeyError::Parts);
    assert_eq!(refused("example.com+530d903a+"), KeyError::NoData);
    assert!(matches!(
        refused(&format!("{SPEC_KEY}\n")),
        KeyError::Data(_)
    ));
    assert!(matches!(
        refused(SPEC_KEY.trim_end_matches('k')),
        KeyError::Data(_)
    ));
    let empty = SPEC_KEY.strip_prefix("example.com/foo").unwrap();
    assert_eq!(refused(empty), KeyError::Name(KeyNameError::Empty));
    let name = KeyNameError::Character { character: ' ' };
    assert_eq!(refused(&SPEC_KEY.replace('/', " ")), KeyError::Name(name));
    // Type 0x05, an RFC 6962 tree head, is a key of the specification, but not of this project.
    assert_eq!(
        refused("example.com+530d903a+BQAA"),
        KeyError::Unsupported { type_byte: 5 }
    );
    assert_eq!(
        refused("example.com+530d903a+BgAA"),
        KeyError::Length {
            length: 2,
            expected: 1312
        }
    );
    assert_eq!(
        refused("example.com+530d903a+AQAA"),
        KeyError::Length {
            length: 2,
            expected: 32
        }
    );
    assert_eq!(
        SigningKey::parse(GO_PUBLIC).unwrap_err(),
        KeyError::NotPrivate
    );
    let other_id = GO_PRIVATE.replace("c74f20a3", "c74f20a4");
    assert!(matches!(
        SigningKey::parse(&other_id),
        Err(KeyError::IdMismatch { .. })
    ));
}

#[test]
fn points_under_which_anybody_could_sign_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    // The second coordinate 2 is on no point of the curve.
    let mut no_point = [0; 32];
    no_point[0] = 2;
    for bytes in [identity, [0; 32], no_point] {
        let key = VerifierKey::new("a", &bytes, KeyType::Ed25519);
        assert_eq!(key, Err(KeyError::Point));
    }
}

#[test]
fn key_names_hold_no_spaces_plus_signs_or_control_characters() {
    for good in ["a", "example.org/log", "é\u{200b}", "#", "—", "a-b_c"] {
        assert_eq!(KeyName::new(good).unwrap(), good);
    }
    assert_eq!(KeyName::new(""), Err(KeyNameError::Empty));
    for character in [
        ' ', '+', '\n', '\r', '\t', '\0', '\u{1f}', '\u{a0}', '\u{2003}', '\u{3000}',
    ] {
        let name = format!("a{character}b");
        assert_eq!(
            KeyName::new(&name),
            Err(KeyNameError::Character { character })
        );
    }
}
