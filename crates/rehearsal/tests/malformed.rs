//! Malformed input of every kind: the right code, and nothing is stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use record::envelope;
use record::kind::Kind;
use record::refusal::Code;
use record::statement::Statement;
use rehearsal::{MemoryDesk, SeatSpecRole};
use serde_json::{Value, json};

use crate::samples;
use crate::support::{ORIGIN, cast, founded};

fn report() -> Value {
    json!({
        "v": 1, "type": "report", "record": ORIGIN, "issued": "2014-01-01T00:00:00Z",
        "body": {"incident": "disruption", "sector": "health", "happened": "2014-01-01", "account_sha256": tlog::sha256(b"x")},
    })
}

fn signed(payload: &str) -> Vec<u8> {
    envelope::sign(payload.as_bytes(), &cast().key("anyone").unwrap())
}

/// The code with which a desk refuses the bytes; the desk is the same before and after.
fn code(desk: &mut MemoryDesk, entry: Vec<u8>) -> Code {
    let before = (desk.auditor.size(), desk.auditor.root());
    let refusal = desk.submit_one(entry).unwrap_err();
    assert_eq!(
        (desk.auditor.size(), desk.auditor.root()),
        before,
        "a refused statement left something"
    );
    assert!(!refusal.detail.is_empty() && !refusal.code.hint().is_empty());
    refusal.code
}

#[test]
fn malformed_payloads() {
    let mut desk = founded(&cast());
    let change = |path: &str, value: Value| {
        let mut r = report();
        *r.pointer_mut(path).unwrap() = value;
        r.to_string()
    };
    let add = |field: &str| {
        let mut r = report();
        r[field] = json!(1);
        r.to_string()
    };
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let text = report().to_string();
    let payloads = [
        (text.replace("\"v\":1", "\"v\":1,\"v\":1"), Code::Malformed),
        (text.replace("\"v\":1", "\"v\":1.0"), Code::Malformed),
        (
            text.replace("\"v\":1", "\"v\":9007199254740992"),
            Code::Malformed,
        ),
        (change("/v", json!(2)), Code::Malformed),
        (change("/v", json!("1")), Code::Malformed),
        (add("extra"), Code::Malformed),
        (
            text.replace("\"v\":1", &format!("\"v\":{deep}")),
            Code::Malformed,
        ),
        ("[]".into(), Code::Malformed),
        (format!("{text}{text}"), Code::Malformed),
        (change("/type", json!("no.such")), Code::UnknownType),
        (
            change("/issued", json!("2014-01-01 00:00:00")),
            Code::Malformed,
        ),
        (
            change("/issued", json!("2014-01-01T00:00:00.5Z")),
            Code::Malformed,
        ),
        (
            change("/issued", json!("2013-01-01T00:00:00Z")),
            Code::OutsideTolerance,
        ),
        (change("/record", json!("elsewhere")), Code::WrongRecord),
        (
            change("/body/sector", json!("Health; DROP TABLE")),
            Code::MalformedBody,
        ),
        (
            change("/body/happened", json!("2014-02-30")),
            Code::MalformedBody,
        ),
        (
            change("/body/account_sha256", json!("ABCD")),
            Code::MalformedBody,
        ),
        (change("/body", json!({})), Code::MalformedBody),
        (
            change(
                "/body",
                json!({"incident": "disruption", "free_text": "a name"}),
            ),
            Code::MalformedBody,
        ),
    ];
    for (payload, expected) in payloads {
        assert_eq!(code(&mut desk, signed(&payload)), expected, "{payload}");
    }
    assert_eq!(
        code(
            &mut desk,
            envelope::sign(b"{\"v\":\xff}", &cast().key("anyone").unwrap())
        ),
        Code::Malformed
    );
}

#[test]
fn malformed_envelopes() {
    let mut desk = founded(&cast());
    let good = String::from_utf8(signed(&report().to_string())).unwrap();
    let cases = [
        (String::new(), Code::Malformed),
        ("null".into(), Code::Malformed),
        (
            good.replace("\"payloadType\"", "\"payloadtype\""),
            Code::Malformed,
        ),
        (
            good.replace("vnd.solferino.statement", "vnd.in-toto"),
            Code::Malformed,
        ),
        (good.replace("\":\"", "\": \""), Code::Malformed),
        (format!("{good}\n"), Code::Malformed),
        (good.replace("[{", "[").replace("}]", "]"), Code::Malformed),
        (good.replace("anyone+", "anyone+0"), Code::Malformed),
        ("x".repeat(70_000), Code::TooLarge),
    ];
    for (entry, expected) in cases {
        assert_eq!(
            code(&mut desk, entry.clone().into_bytes()),
            expected,
            "{entry:.200}"
        );
    }
    // signed by another key than the one it names
    let other = String::from_utf8(envelope::sign(
        report().to_string().as_bytes(),
        &cast().key("another").unwrap(),
    ))
    .unwrap();
    let sig = |text: &str| {
        serde_json::from_str::<Value>(text).unwrap()["signatures"][0]["sig"]
            .as_str()
            .unwrap()
            .to_string()
    };
    assert_eq!(
        code(
            &mut desk,
            good.replace(&sig(&good), &sig(&other)).into_bytes()
        ),
        Code::BadSignature
    );
    // the same again
    desk.submit_one(good.clone().into_bytes()).unwrap();
    assert_eq!(code(&mut desk, good.into_bytes()), Code::AlreadyRecorded);
}

#[test]
fn shapes_that_principle_forbids_have_their_own_codes() {
    let cast = cast();
    let mut desk = founded(&cast);
    let registrar = cast.one(SeatSpecRole::Registrar).unwrap();
    let mut refused = |kind: Kind, path: &str, field: &str, value: Value| {
        let mut body = samples::body(&cast, kind);
        body.pointer_mut(path).unwrap()[field] = value;
        let case = matches!(kind, Kind::Finding).then_some("sample");
        let mut payload = json!({"v": 1, "type": kind.as_str(), "record": ORIGIN, "issued": "2014-01-01T00:00:00Z", "body": body});
        if let Some(case) = case {
            payload["case"] = json!(case);
        }
        code(
            &mut desk,
            envelope::sign(payload.to_string().as_bytes(), &registrar.key),
        )
    };
    // 3: likelihood and confidence are never one number
    assert_eq!(
        refused(
            Kind::Finding,
            "/proposal",
            "overall_score_ppm",
            json!(870_000)
        ),
        Code::FindingShape
    );
    // 6: no configuration can exempt a party
    assert_eq!(
        refused(Kind::CharterAmend, "/text", "exempt", json!(["XA"])),
        Code::CharterShape
    );
    // 12: a warning names nobody
    assert_eq!(
        refused(Kind::Warn, "", "state", json!("XA")),
        Code::WarningShape
    );
    // sealed types cannot be said in the open
    let review = json!({"v": 1, "type": "review", "record": ORIGIN, "issued": "2014-01-01T00:00:00Z", "case": "c", "body": samples::body(&cast, Kind::Review)});
    let reviewer = cast.one(SeatSpecRole::Reviewer).unwrap();
    assert_eq!(
        code(
            &mut desk,
            envelope::sign(review.to_string().as_bytes(), &reviewer.key)
        ),
        Code::MustBeSealed
    );
}

#[test]
fn every_sample_parses_as_its_type() {
    let cast = cast();
    for kind in Kind::ALL {
        let mut body = samples::body(&cast, *kind);
        let mut payload = json!({"v": 1, "type": kind.as_str(), "record": ORIGIN, "issued": "2014-01-01T00:00:00Z"});
        if kind.has_content() {
            let content = body.as_object_mut().unwrap().remove("content").unwrap();
            record::kind::Content::parse(*kind, &content).unwrap();
            payload["sealed"] = json!({"/body/content": {"sha256": tlog::sha256(b""), "until": "2015-01-01T00:00:00Z"}});
        }
        payload["body"] = body;
        let parsed = Statement::parse(&signed(&payload.to_string())).unwrap();
        assert_eq!(parsed.kind, *kind);
    }
}

proptest! {
    #[test]
    fn any_bytes_parse_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Statement::parse(&bytes);
        let _ = record::bundle::verify(&bytes, None);
        let _ = record::trust::TrustFile::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_flipped_bit_of_an_envelope_is_refused(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut entry = signed(&report().to_string());
        let place = at.index(entry.len());
        entry[place] ^= 1 << bit;
        prop_assert!(Statement::parse(&entry).map_err(|_| ()).and_then(|s| s.verify().map_err(|_| ())).is_err());
    }

    #[test]
    fn any_payload_text_is_one_statement_or_none(text in "\\PC{0,80}") {
        let entry = format!("{{\"payload\":\"{}\",\"payloadType\":\"{}\",\"signatures\":[]}}", STANDARD.encode(&text), envelope::PAYLOAD_TYPE);
        prop_assert!(Statement::parse(entry.as_bytes()).is_err());
    }
}
