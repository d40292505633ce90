//! Signature vectors of others: Wycheproof and CCTV (tests/vectors/README.md). They pin which
//! signatures hold (docs/log.md).

use std::collections::BTreeMap;

use solferino_tlog::{KeyType, Signed, SigningKey, VerifierKey, verify_raw_each};

use crate::support::{base64_of, json_lines};

/// The `key` of each line; where it is left out, that of the line before.
fn with_keys(text: &str) -> Vec<(serde_json::Value, Vec<u8>)> {
    let mut key = Vec::new();
    let mut rows = Vec::new();
    for row in json_lines(text) {
        if let Some(next) = base64_of(&row, "key") {
            key = next;
        }
        rows.push((row, key.clone()));
    }
    rows
}

fn holds(key: &[u8], key_type: KeyType, message: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = VerifierKey::new("vector", key, key_type) else {
        return false;
    };
    let held = key.verify_raw(message, signature).is_ok();
    let (head, rest) = message.split_at(message.len() / 3);
    let signed = Signed {
        key: &key,
        message: [head, rest],
        signature,
    };
    // Beside signatures that hold, and by itself.
    let (other, text) = beside();
    let beside = other.verifier_key();
    let good = other.sign_raw(text);
    let good = Signed {
        key: &beside,
        message: [text, b""],
        signature: &good,
    };
    assert_eq!(
        verify_raw_each(&[good, signed, good, signed]),
        [true, held, true, held]
    );
    assert_eq!(verify_raw_each(&[signed]), [held]);
    held
}

fn beside() -> (SigningKey, &'static [u8]) {
    let key = SigningKey::from_seed("beside", [5; 32], KeyType::Ed25519);
    (key.unwrap(), b"a text that was signed well")
}

#[test]
fn as_many_as_one_likes_are_checked_each_by_itself() {
    let (key, text) = beside();
    let verifier = key.verifier_key();
    let messages: Vec<_> = (0..131_u32).map(|n| n.to_be_bytes()).collect();
    let mut signatures: Vec<_> = messages
        .iter()
        .map(|message| key.sign_raw(&[text, message].concat()))
        .collect();
    for (at, signature) in signatures
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| at % 7 == 3)
    {
        signature[at % 64] ^= 4;
    }
    signatures[20].pop();
    let signed: Vec<_> = messages
        .iter()
        .zip(&signatures)
        .map(|(message, signature)| Signed {
            key: &verifier,
            message: [text, message],
            signature,
        })
        .collect();
    for count in [0, 1, 31, 32, 33, 131] {
        let held = verify_raw_each(&signed[..count]);
        let expected: Vec<_> = (0..count).map(|at| at % 7 != 3 && at != 20).collect();
        assert_eq!(held, expected);
    }
}

#[test]
fn wycheproof_ed25519_vectors_come_out_as_stated() {
    let rows = with_keys(include_str!("vectors/wycheproof-ed25519.jsonl"));
    let mut valid = 0;
    for (row, key) in &rows {
        let (message, signature) = (base64_of(row, "msg"), base64_of(row, "sig"));
        let held = holds(
            key,
            KeyType::Ed25519,
            &message.unwrap(),
            &signature.unwrap(),
        );
        assert_eq!(held, row["valid"].as_bool().unwrap(), "{row}");
        valid += u32::from(held);
    }
    assert_eq!((rows.len(), valid), (151, 88));
}

#[test]
fn the_strict_rule_refuses_small_order_and_accepts_other_torsion() {
    let rows = json_lines(include_str!("vectors/cctv-ed25519.jsonl"));
    // For each flag: vectors accepted, vectors refused.
    let mut flags: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut accepted = 0;
    for row in &rows {
        let key = base64_of(row, "key").unwrap();
        let signature = base64_of(row, "sig").unwrap();
        let message = row["msg"].as_str().unwrap().as_bytes();
        let held = holds(&key, KeyType::Ed25519, message, &signature);
        let flagged = |flag: &str| row["flags"].as_array().unwrap().iter().any(|f| f == flag);
        let refused_by_rule = [
            "low_order_A",
            "low_order_R",
            "low_order_residue",
            "non_canonical_A",
            "non_canonical_R",
            "reencoded_k",
        ];
        assert_eq!(held, !refused_by_rule.into_iter().any(flagged), "{row}");
        accepted += u32::from(held);
        for flag in row["flags"].as_array().unwrap() {
            let counts = flags.entry(flag.as_str().unwrap().to_owned()).or_default();
            if held {
                counts.0 += 1;
            } else {
                counts.1 += 1;
            }
        }
    }
    let counted: Vec<_> = flags
        .iter()
        .map(|(flag, (yes, no))| format!("{flag} {yes} {no}"))
        .collect();
    assert_eq!(
        counted,
        [
            "low_order_A 0 526",
            "low_order_R 0 586",
            "low_order_component_A 42 732",
            "low_order_component_R 35 630",
            "low_order_residue 0 583",
            "non_canonical_A 0 226",
            "non_canonical_R 0 316",
            "reencoded_k 0 146",
        ]
    );
    assert_eq!((rows.len(), accepted), (914, 43));
}

#[test]
fn wycheproof_mldsa44_signatures_verify_as_stated() {
    let rows = with_keys(include_str!("vectors/wycheproof-mldsa44-verify.jsonl"));
    let (mut valid, mut with_context) = (0, 0);
    for (row, key) in &rows {
        let message = base64_of(row, "msg").unwrap();
        let signature = base64_of(row, "sig").unwrap();
        let held = holds(key, KeyType::SubtreeV1, &message, &signature);
        // tlog-cosignature signs with an empty context. A signature under another context is
        // valid ML-DSA and still no signature here.
        let context = base64_of(row, "ctx").unwrap_or_default();
        let expected = row["valid"].as_bool().unwrap() && context.is_empty();
        assert_eq!(held, expected, "{} {}", row["tc"], row["comment"]);
        valid += u32::from(held);
        with_context += u32::from(row["valid"].as_bool().unwrap() && !context.is_empty());
    }
    assert_eq!((rows.len(), valid, with_context), (180, 75, 2));
}

#[test]
fn wycheproof_mldsa44_seeds_give_the_same_keys_and_signatures() {
    let rows = with_keys(include_str!("vectors/wycheproof-mldsa44-sign.jsonl"));
    let (mut signed, mut other) = (0, 0);
    for (row, key) in &rows {
        let seed = base64_of(row, "seed").unwrap();
        let Ok(seed) = <[u8; 32]>::try_from(seed) else {
            assert_eq!(row["valid"], false, "{row}");
            other += 1;
            continue;
        };
        let ours = SigningKey::from_seed("vector", seed, KeyType::SubtreeV1).unwrap();
        assert_eq!(ours.verifier_key().public_key_bytes(), key, "{}", row["tc"]);
        // Ours are deterministic and have no context; a digest alone (mu) is never signed.
        let context = base64_of(row, "ctx").unwrap_or_default();
        let random = row.get("rnd").is_some_and(|random| random != "");
        match base64_of(row, "msg") {
            Some(message) if context.is_empty() && !random => {
                let signature = base64_of(row, "sig").unwrap();
                assert_eq!(ours.sign_raw(&message), signature, "{}", row["tc"]);
                signed += 1;
            }
            _ => other += 1,
        }
    }
    assert_eq!((rows.len(), signed, other), (86, 70, 16));
}
