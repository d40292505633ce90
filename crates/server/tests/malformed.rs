//! Every kind of malformed or disallowed submission: its status, its code, and a log that has
//! not grown by it.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::envelope;
use record::ids::CaseId;
use record::kind::Kind;
use record::statement::Draft;
use rehearsal::SeatSpecRole;
use serde_json::{Value, json};
use tlog::SigningKey;

use crate::client::Client;
use crate::desk::{ORIGIN, Stage};
use crate::exhibits::{put, signed};

/// A report whose payload was changed before it was signed.
fn changed(stage: &Stage, key: &SigningKey, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (_, entry) = stage.report("anyone");
    let payload = envelope::Envelope::parse(&entry).unwrap().payload;
    let mut payload: Value = serde_json::from_slice(&payload).unwrap();
    change(&mut payload);
    envelope::sign(record::json::canonical(&payload).as_bytes(), key)
}

fn raw(payload: &[u8], key: &SigningKey) -> Vec<u8> {
    envelope::sign(payload, key)
}

fn deep() -> String {
    format!("{}1{}", "[".repeat(40), "]".repeat(40))
}

fn other_signature(entry: &[u8]) -> Vec<u8> {
    let mut envelope: Value = serde_json::from_slice(entry).unwrap();
    envelope["signatures"][0]["sig"] = json!(STANDARD.encode([7u8; 64]));
    record::json::canonical(&envelope).into_bytes()
}

fn envelopes(good: &[u8]) -> Vec<(&'static str, Vec<u8>, (u16, &'static str))> {
    let text = String::from_utf8(good.to_vec()).unwrap();
    let with_white_space = text.replacen(':', ": ", 1);
    let with_duplicate = text.replacen('{', "{\"payload\":\"\",", 1);
    let with_field = text.replacen('{', "{\"a\":1,", 1);
    let malformed = (400, "malformed");
    vec![
        ("nothing", Vec::new(), malformed),
        ("not JSON", b"<statement/>".to_vec(), malformed),
        ("bad UTF-8", vec![0x7b, 0xff, 0xfe, 0x7d], malformed),
        ("cut short", good[..good.len() / 2].to_vec(), malformed),
        ("followed by more", [good, b"{}"].concat(), malformed),
        ("too deep", deep().into_bytes(), malformed),
        ("a number", b"1".to_vec(), malformed),
        ("duplicate key", with_duplicate.into_bytes(), malformed),
        ("unknown field", with_field.into_bytes(), malformed),
        ("not canonical", with_white_space.into_bytes(), malformed),
        ("largest, but no envelope", vec![b' '; 65_535], malformed),
        ("one byte too large", vec![b' '; 65_536], (413, "too-large")),
        ("far too large", vec![b'x'; 1 << 20], (413, "too-large")),
        (
            "another signature",
            other_signature(good),
            (403, "bad-signature"),
        ),
    ]
}

fn payloads(stage: &Stage, key: &SigningKey) -> Vec<(&'static str, Vec<u8>, (u16, &'static str))> {
    let report = |change: fn(&mut Value)| changed(stage, key, change);
    vec![
        ("payload not JSON", raw(b"no", key), (400, "malformed")),
        ("payload bad UTF-8", raw(&[0xff], key), (400, "malformed")),
        (
            "payload too deep",
            raw(deep().as_bytes(), key),
            (400, "malformed"),
        ),
        (
            "payload duplicate key",
            raw(b"{\"v\":1,\"v\":1}", key),
            (400, "malformed"),
        ),
        (
            "floating point",
            raw(b"{\"v\":1.5}", key),
            (400, "malformed"),
        ),
        (
            "another version",
            report(|p| p["v"] = json!(2)),
            (400, "malformed"),
        ),
        (
            "unknown payload field",
            report(|p| p["note"] = json!("x")),
            (400, "malformed"),
        ),
        (
            "unknown type",
            report(|p| p["type"] = json!("gossip")),
            (400, "unknown-type"),
        ),
        (
            "unknown body field",
            report(|p| p["body"]["note"] = json!("x")),
            (400, "malformed-body"),
        ),
        (
            "wrong body type",
            report(|p| p["body"]["sector"] = json!(7)),
            (400, "malformed-body"),
        ),
        (
            "missing body field",
            report(|p| p["body"] = json!({})),
            (400, "malformed-body"),
        ),
        (
            "a case where none belongs",
            report(|p| p["case"] = json!("a-case")),
            (400, "case-not-allowed"),
        ),
        (
            "another record",
            report(|p| p["record"] = json!("other.example/log")),
            (403, "wrong-record"),
        ),
        (
            "stale",
            report(|p| p["issued"] = json!("2013-01-01T00:00:00Z")),
            (422, "outside-tolerance"),
        ),
        (
            "from the future",
            report(|p| p["issued"] = json!("2015-01-01T00:00:00Z")),
            (422, "outside-tolerance"),
        ),
        (
            "unsealed content",
            report(|p| {
                p["type"] = json!("vote");
                p["body"] = json!({"content": {}});
            }),
            (400, "must-be-sealed"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_malformed_or_not_allowed_is_refused_and_leaves_no_trace() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let (key, good) = stage.report("anyone");
    let (size, checkpoint) = (stage.record.size(), stage.record.checkpoint());
    let mut cases = envelopes(&good);
    cases.extend(payloads(&stage, &key));
    for (what, entry, (status, code)) in cases {
        let reply = client.submit(entry).await;
        assert_eq!(
            reply.refused(),
            (status, code.to_owned()),
            "{what}: {}",
            reply.text()
        );
        let answer = reply.json();
        assert!(!answer["hint"].as_str().unwrap().is_empty(), "{what}");
        assert_eq!(
            answer["clock_dependent"],
            json!(code == "outside-tolerance"),
            "{what}"
        );
        assert_eq!(stage.record.size(), size, "{what}");
        assert_eq!(stage.record.checkpoint(), checkpoint, "{what}");
    }
    assert_eq!(client.submit(good).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_say_it_is_refused() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let (key, good) = stage.report("anyone");
    stage.admit(good.clone());
    let size = stage.record.size();
    let tick = stage.draft(Kind::Tick, None, json!({"time": stage.time, "size": size}));
    let sign = |draft: &Draft, key| draft.sign(key, &[0; 32], stage.time).unwrap().entry;
    let founder = &stage.cast.one(SeatSpecRole::Founder).unwrap().key;
    let digest = stage
        .record
        .state()
        .global
        .charter
        .as_ref()
        .unwrap()
        .digest();
    let again = Draft {
        issued: stage.time.plus_seconds(1),
        ..stage.draft(Kind::CharterFound, None, json!({"charter": digest}))
    };
    let member = stage.cast.one(SeatSpecRole::Investigator).unwrap();
    let declare = json!({"states": [], "employer": "nobody", "funders": []});
    let declare = stage.draft(Kind::MemberDeclare, None, declare);
    let unknown_case: CaseId = "no-such-case".parse().unwrap();
    let close = stage.draft(
        Kind::CaseClose,
        Some(&unknown_case),
        json!({"reason": "exhausted"}),
    );
    let cases = [
        (
            "a tick by a stranger",
            sign(&tick, &key),
            (403, "role-not-allowed"),
        ),
        (
            "a founder twice",
            sign(&again, founder),
            (409, "already-signed"),
        ),
        (
            "an unknown case",
            sign(&close, founder),
            (422, "unknown-case"),
        ),
        (
            "a key not in force",
            sign(&declare, &member.next),
            (403, "role-not-allowed"),
        ),
    ];
    for (what, entry, (status, code)) in cases {
        let reply = client.submit(entry).await;
        assert_eq!(
            reply.refused(),
            (status, code.to_owned()),
            "{what}: {}",
            reply.text()
        );
        assert_eq!(stage.record.size(), size, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_says_nothing_more_and_uploads_nothing() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let member = stage.cast.one(SeatSpecRole::Investigator).unwrap();
    let revoke = json!({"member": member.spec.id, "reason": "ended"});
    stage.admit(
        stage
            .signed(&member.key, Kind::MemberRevoke, None, revoke)
            .entry,
    );
    let declare = json!({"states": [], "employer": "nobody", "funders": []});
    let late = stage
        .signed(&member.key, Kind::MemberDeclare, None, declare)
        .entry;
    assert_eq!(
        client.submit(late).await.refused(),
        (403, "revoked-key".to_owned())
    );
    let hash = tlog::sha256(b"late");
    let authorization = signed(&member.key, ORIGIN, &hash);
    let reply = put(&client, &hash, &authorization, Body::from("late")).await;
    assert_eq!(reply.refused(), (403, "upload-not-authorised".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_are_not_understood_are_refused() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let ok = "ab".repeat(32);
    for path in [
        "/api/v1/statements?limit=0".to_owned(),
        "/api/v1/statements?limit=201".to_owned(),
        "/api/v1/statements?limit=many".to_owned(),
        "/api/v1/statements?after=-1".to_owned(),
        "/api/v1/statements?colour=red".to_owned(),
        "/api/v1/statements?case=NOT%20A%20CASE".to_owned(),
        "/api/v1/statements/xyz".to_owned(),
        "/api/v1/statements/abcdef".to_owned(),
        format!("/api/v1/statements/{}", ok.to_uppercase()),
        format!("/api/v1/statements/{ok}00"),
        "/api/v1/cases/UPPER".to_owned(),
        "/api/v1/cases/%3Cscript%3E".to_owned(),
        "/api/v1/exhibits/nothex".to_owned(),
        "/api/v1/findings?after=x".to_owned(),
    ] {
        let reply = client.get(&path).await;
        assert_eq!(reply.refused(), (400, "bad-request".to_owned()), "{path}");
    }
    for path in [
        "cases/no-case",
        &format!("statements/{ok}"),
        &format!("findings/{ok}"),
        &format!("exhibits/{ok}"),
    ] {
        let reply = client.get(&format!("/api/v1/{path}")).await;
        assert_eq!(reply.refused(), (404, "not-found".to_owned()), "{path}");
    }
}
