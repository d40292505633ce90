//! docs/vectors: what docs/format.md means, in bytes. `UPDATE=1 cargo test` rewrites them.

use record::body::members::possession_text;
use record::envelope;
use record::kind::Kind;
use record::seal;
use record::statement::{CONTENT, Draft, Statement};
use record::{bundle, trust};
use rehearsal::{Procedure, vkey};
use serde_json::json;
use tlog::{KeyType, SigningKey};

use crate::pages::same;
use crate::support::{ORIGIN, at, cast, founded, script, until_votes, vote_and_open};
use crate::threats::clock;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn statement_seal_and_possession() {
    let cast = cast();
    let seed = [0x17; 32];
    let key = SigningKey::from_seed("reporter.example", seed, KeyType::Ed25519).unwrap();
    let draft = |kind, body| Draft {
        record: ORIGIN.into(),
        issued: at("2026-11-22T01:17:00Z"),
        case: None,
        kind,
        body,
    };
    let report = json!({"incident": "ransomware", "sector": "health", "happened": "2026-11-21", "account_sha256": tlog::sha256(b"account")});
    let signed = draft(Kind::Report, report)
        .sign(&key, &seed, at("2027-01-01T00:00:00Z"))
        .unwrap();
    let parsed = Statement::parse(&signed.entry).unwrap();
    let mut review = draft(
        Kind::Review,
        json!({"content": {"posterior_ppm": [600_000, 400_000], "blind": true}}),
    );
    review.case = Some("example".parse().unwrap());
    let sealed = review
        .sign(&key, &seed, at("2027-01-01T00:00:00Z"))
        .unwrap();
    let opening = sealed.opening.unwrap();
    let lab = cast.one(rehearsal::SeatSpecRole::Laboratory).unwrap();
    let enrol = cast
        .enrolment(lab, record::body::members::EnrolledRole::Laboratory)
        .unwrap();
    let page = json!({
        "key": {"name": "reporter.example", "seed": hex(&seed), "vkey": vkey(&key).unwrap(), "private": key.to_text(), "vkey_sha256": vkey(&key).unwrap().digest()},
        "statement": {
            "payload": String::from_utf8(parsed.payload().to_vec()).unwrap(),
            "pae": hex(&envelope::pre_authentication_encoding(parsed.payload())),
            "envelope": String::from_utf8(signed.entry.clone()).unwrap(),
            "id": parsed.id,
        },
        "seal": {
            "seed": hex(&seed), "pointer": CONTENT, "salt": seal::salt(&seed, CONTENT), "value": opening.value,
            "sha256": seal::digest(&opening.salt, CONTENT, &opening.value),
            "envelope": String::from_utf8(sealed.entry).unwrap(),
        },
        "possession": {"text": possession_text(ORIGIN, &enrol), "enrol": enrol},
    });
    let printed = serde_json::to_string_pretty(&page).unwrap();
    same("vectors/format-v1.json", &(printed + "\n"));
}

#[test]
fn trust_file_and_bundle() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    let s = script("example");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let bundle = bundle::build(state, &state.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    let trust = trust::of_charter(state.global.charter.as_ref().unwrap()).unwrap();
    same("vectors/example.trust", &trust.to_string());
    same("vectors/example.bundle", &bundle.to_string());
}

/// A record with both keys, witnesses and a clock of its own, for other readers (browser/tests/second.test.mjs).
#[test]
fn bundle_with_two_keys_and_witnesses() {
    let (bundle, trust, tick) = clock::unwitnessed();
    let bundle = clock::cosigned(bundle, &[(1, tick), (2, tick)]);
    let (verified, _) = bundle::verify(bundle.to_string().as_bytes(), Some(&trust));
    assert!(verified.report.failure().is_none(), "{:?}", verified.report);
    same("vectors/two-keys.trust", &trust.to_string());
    same("vectors/two-keys.bundle", &bundle.to_string());
}
