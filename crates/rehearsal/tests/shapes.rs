//! A list where an object is due, an object where a word is due, `null` where nothing is: refused at every
//! level of every type, by one code, however the payload is written.

use std::sync::LazyLock;

use record::envelope;
use record::kind::{Content, Kind};
use record::refusal::{Code, Refusal};
use record::statement::Statement;
use rehearsal::Procedure;
use serde_json::{Value, json};

use crate::pages::same;
use crate::samples;
use crate::support::{ORIGIN, at, cast, founded, script, until_votes, vote_and_open};

/// Objects of up to so many fields are tried as a list in every order, larger ones in a few.
const ALL_ORDERS: usize = 5;

/// A payload of every type, and every payload of a whole case.
fn payloads() -> Vec<Value> {
    let cast = cast();
    let sample = |kind: &Kind| {
        let mut body = samples::body(&cast, *kind);
        let mut payload = json!({"v": 1, "type": kind.as_str(), "record": ORIGIN, "issued": "2014-01-01T00:00:00Z"});
        if kind.has_content() {
            body.as_object_mut().unwrap().remove("content");
            payload["sealed"] = json!({"/body/content": {"sha256": tlog::sha256(b""), "until": "2015-01-01T00:00:00Z"}});
        }
        payload["body"] = body;
        payload
    };
    let mut all: Vec<Value> = Kind::ALL.iter().map(sample).collect();
    let hash = tlog::sha256(b"index");
    all[0]["body"]["index"] = json!({"size": 0, "time": "2014-01-01T00:00:00Z", "sha256": hash});
    let claim = json!({"kind": "claim", "publisher": "press", "published": "2014-01-01", "text_sha256": hash,
        "assertions": [{"id": "a", "says": {"kind": "state-responsible", "state": "XA"}}, {"id": "b", "says": {"kind": "observed", "item": "I", "of": "malware"}}]});
    let mut claimed = sample(&Kind::CaseOpen);
    claimed["body"]["question"] = claim;
    all.push(claimed);
    let mut desk = founded(&cast);
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    let s = script("example");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
    let said = |entry: &Vec<u8>| {
        serde_json::from_slice(Statement::parse(entry).unwrap().payload()).unwrap()
    };
    all.extend(desk.entries.iter().map(said));
    all
}

/// The contents of every type that has one, and those opened in a whole case.
fn contents(payloads: &[Value]) -> Vec<(Kind, Value)> {
    let cast = cast();
    let with = Kind::ALL.iter().filter(|kind| kind.has_content());
    let mut all: Vec<(Kind, Value)> = with
        .map(|kind| (*kind, samples::body(&cast, *kind)["content"].clone()))
        .collect();
    for payload in payloads.iter().filter(|p| p["type"] == "disclose") {
        let value = &payload["body"]["value"];
        let fits = |kind: &&Kind| Content::parse(**kind, value).is_ok();
        all.extend(
            Kind::ALL
                .iter()
                .find(fits)
                .map(|kind| (*kind, value.clone())),
        );
    }
    all
}

/// Every pointer into a value, the value itself first; what `value` of an opening holds is a content.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields.iter().filter(|(key, _)| *key != "value") {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(inner, &format!("{at}/{key}"), out);
            }
        }
        Value::Array(items) => {
            for (n, inner) in items.iter().enumerate() {
                pointers(inner, &format!("{at}/{n}"), out);
            }
        }
        _ => {}
    }
}

/// What another reader may not take for the value.
fn mistaken(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let mut lists = Vec::new();
            orders(fields.values().cloned().collect(), 0, &mut lists);
            let mut out: Vec<Value> = lists.into_iter().map(Value::Array).collect();
            let mut unsaid = fields.clone();
            unsaid.insert("unsaid".to_owned(), Value::Null);
            out.push(Value::Object(unsaid));
            out
        }
        Value::String(word) => vec![json!({word: null}), json!([word])],
        other => vec![json!([other]), json!(other.to_string()), Value::Null],
    }
}

fn orders(mut values: Vec<Value>, from: usize, out: &mut Vec<Vec<Value>>) {
    if values.len() > ALL_ORDERS {
        for _ in 0..values.len() {
            values.rotate_left(1);
            out.push(values.clone());
        }
        return;
    }
    if from + 1 >= values.len() {
        out.push(values);
        return;
    }
    for n in from..values.len() {
        values.swap(from, n);
        orders(values.clone(), from + 1, out);
    }
}

/// Whoever says it; nothing here asks for a signature.
static KEY: LazyLock<String> =
    LazyLock::new(|| cast().key("anyone").unwrap().verifier_key().to_string());

/// The code with which a payload is refused, in its canonical form and in another; both are one.
fn code(payload: &Value) -> Option<Code> {
    let read = |text: &str| {
        let entry = envelope::assemble(text.as_bytes(), &KEY, &[0; 64]);
        Statement::parse(&entry).map_err(|e| Refusal::from(e).code)
    };
    let canonical = record::json::canonical(payload);
    let (one, other) = (read(&canonical), read(&format!(" {canonical}")));
    assert_eq!(
        one.as_ref().err(),
        other.as_ref().err(),
        "two ways to read {canonical}"
    );
    one.err()
}

#[test]
fn no_other_shape_says_the_same() {
    let mut payloads = payloads();
    // as a nameless reporter wrote them
    let hash = tlog::sha256(b"account");
    let mut report = payloads[Kind::ALL.iter().position(|k| *k == Kind::Report).unwrap()].clone();
    report["body"] = json!(["disruption", "health", "2014-01-01", "europe", hash, null]);
    assert_eq!(code(&report), Some(Code::Malformed));
    report["body"] = json!({"incident": {"disruption": null}, "sector": "health", "happened": "2014-01-01", "account_sha256": hash});
    assert_eq!(code(&report), Some(Code::MalformedBody));
    report["body"] = json!({"incident": "disruption", "sector": "health", "happened": "2014-01-01", "account_sha256": hash, "region": null});
    assert_eq!(code(&report), Some(Code::MalformedBody));
    let whole = json!([1, "report", ORIGIN, "2014-01-01T00:00:00Z", null, {"incident": "disruption", "sector": "health", "happened": "2014-01-01", "account_sha256": hash}, {}]);
    assert_eq!(code(&whole), Some(Code::Malformed));
    let mut seen = std::collections::BTreeSet::new();
    payloads.retain(|payload| seen.insert(shape(payload)));
    let mut tried = 0;
    for payload in &payloads {
        assert_eq!(code(payload), None, "{payload}");
        let mut places = Vec::new();
        pointers(payload, "", &mut places);
        for place in places {
            // a list is a list to every reader; its items are places of their own
            let there = payload.pointer(&place).unwrap();
            let others = if there.is_array() {
                Vec::new()
            } else {
                mistaken(there)
            };
            for other in others {
                let mut changed = payload.clone();
                *changed.pointer_mut(&place).unwrap() = other;
                assert!(code(&changed).is_some(), "{place} of {changed}");
                tried += 1;
            }
        }
    }
    assert!(tried > 5_000, "{tried} shapes were tried");
}

/// The type, and which fields stand where: a whole case says much twice.
fn shape(payload: &Value) -> String {
    let mut places = Vec::new();
    pointers(payload, "", &mut places);
    format!("{} {}", payload["type"], places.join(" "))
}

#[test]
fn no_other_shape_opens_the_same() {
    let contents = contents(&payloads());
    assert!(contents.len() > 15);
    for (kind, content) in &contents {
        Content::parse(*kind, content).unwrap();
        let mut places = Vec::new();
        pointers(content, "", &mut places);
        for place in places {
            let there = content.pointer(&place).unwrap();
            let others = if there.is_array() {
                Vec::new()
            } else {
                mistaken(there)
            };
            for other in others {
                let mut changed = content.clone();
                *changed.pointer_mut(&place).unwrap() = other;
                let read = Content::parse(*kind, &changed);
                assert!(read.is_err(), "{place} of a {kind}: {changed}");
            }
        }
    }
}

/// For the second implementation, which tries the same on them (browser/tests/second.test.mjs).
#[test]
fn a_payload_of_every_type_is_kept_for_other_readers() {
    let payloads = payloads();
    let kinds = &payloads[..=Kind::ALL.len()];
    let contents: Vec<Value> = contents(&payloads)
        .into_iter()
        .map(|(kind, content)| json!({"type": kind.as_str(), "content": content}))
        .collect();
    let page = json!({"payloads": kinds, "contents": contents});
    let printed = serde_json::to_string_pretty(&page).unwrap();
    same("vectors/shapes-v1.json", &(printed + "\n"));
}
