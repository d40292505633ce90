//! Whoever asks for help, by the command: in a queue that hides nobody, with consents of its own, behind a guard that knows what
//! was signed.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::helping::{Desk, form, id_after, now};
use crate::serving::stop;
use crate::support::run_in;

/// The record's folder holds 201 requests of as many keys.
fn flood(dir: &Path) {
    let record = store::Record::open(&dir.join("ours"), |_, _| {}).unwrap();
    let now = now();
    for n in 0..201_u8 {
        let sealed = vec![n; 64];
        let item =
            json!({"commitment": tlog::sha256(&sealed), "sealed_sha256": tlog::sha256(&sealed)});
        let draft = record::statement::Draft {
            record: crate::founding::ORIGIN.to_owned(),
            issued: now,
            case: None,
            kind: record::kind::Kind::AidRequest,
            body: json!({
                "items": [item], "desk": 1, "recipient": rehearsal::aid::REQUESTER_RECIPIENT,
                "consent": {"share_with_helpers": true, "publish_anonymised": false},
            }),
        };
        let seed = [n.wrapping_add(1); 32];
        let name = record::aid::REQUESTER_NAME;
        let key = tlog::SigningKey::from_seed(name, seed, tlog::KeyType::Ed25519).unwrap();
        let entry = draft.sign(&key, &[0; 32], now).unwrap().entry;
        record
            .submit_with_items_blocking(entry, vec![sealed])
            .unwrap();
    }
}

#[test]
fn whoever_asks_after_two_hundred_others_stands_in_the_list() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open_after(dir.path(), || flood(dir.path()));
    let form = form("Nobody").to_json().unwrap();
    std::fs::write(dir.path().join("form.json"), form).unwrap();
    let last = desk.aid(&[
        "request",
        "--form",
        "form.json",
        "--words-out",
        "last.words",
    ]);
    let last = id_after(&last, "asked: request ");
    let rows = desk.aid(&["list", "--json"]);
    let rows: Value = serde_json::from_str(&rows).unwrap();
    let ids: BTreeSet<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 202);
    assert!(ids.contains(&json!(last).to_string()));
    assert!(desk.aid(&["list"]).contains(&last));
    stop(desk.child);
}

#[test]
fn consents_are_given_and_taken_back_with_the_words_and_without_one_nobody_is_offered() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    desk.enlisted("free", "Somebody", true);
    let request = desk.asked("a.words", &form("Nobody"));
    let flags = || {
        let row = desk.row("a.words");
        [
            row["share_with_helpers"].clone(),
            row["publish_anonymised"].clone(),
        ]
    };
    assert_eq!(flags(), [json!(true), json!(false)]);
    desk.aid(&[
        "consent",
        &request,
        "share-with-helpers",
        "--take-back",
        "--words",
        "a.words",
    ]);
    desk.aid(&[
        "consent",
        &request,
        "publish-anonymised",
        "--words",
        "a.words",
    ]);
    assert_eq!(flags(), [json!(false), json!(true)]);
    let (_, offers) = desk.round("without.json", &[&request]);
    assert_eq!(offers, json!({}), "nobody is offered what may not be shown");
    desk.aid(&[
        "consent",
        &request,
        "share-with-helpers",
        "--words",
        "a.words",
    ]);
    assert_eq!(flags(), [json!(true), json!(true)]);
    let item = desk.row("a.words")["items"][0]["commitment"]
        .as_str()
        .unwrap()
        .to_owned();
    let case = [
        "consent",
        &request,
        "case",
        "--into",
        "case-2026-1",
        "--item",
        &item,
        "--words",
        "a.words",
    ];
    desk.aid(&case);
    desk.aid(&[&case[..], &["--take-back"]].concat());
    let kept = desk.row("a.words")["remains"].clone();
    let count = |trace: &str| {
        let kept = kept
            .as_array()
            .unwrap()
            .iter()
            .find(|k| k["trace"] == trace);
        kept.map_or(0, |k| k["count"].as_u64().unwrap())
    };
    assert_eq!(
        (count("consents"), count("commitments"), count("public-key")),
        (6, 1, 1)
    );
    // What was allowed to cross is not called back by taking the consent back, and officers may have copies.
    assert_eq!((count("crossed"), count("officers-copies")), (1, 1));
    // Of nobody else's request.
    desk.asked("b.words", &form("Nobody"));
    let foreign = [
        "consent",
        &request,
        "share-with-helpers",
        "--take-back",
        "--words",
        "b.words",
    ];
    let refused = desk.refused(&foreign);
    assert!(refused.contains("aid-not-yours"), "{refused}");
    stop(desk.child);
}

/// Seals a scope and signs it; gives the commitment.
fn sign_scope(desk: &Desk<'_>, words: &str, request: &str, content: &Value) -> String {
    std::fs::write(desk.dir.join("scope.json"), content.to_string()).unwrap();
    let out = desk.aid(&["scope", request, "scope.json", "--words", words]);
    id_after(&out, "signed: item ")
}

#[test]
fn the_guard_lets_through_what_the_requester_signed_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    desk.enlisted("free", "Somebody", true);
    let request = desk.asked("a.words", &form("Nobody"));
    let (round, _) = desk.round("one.json", &[&request]);
    assert!(!round.is_empty());
    desk.aid(&["agree", &request, "--words", "a.words"]);
    let from = now();
    let until = from.plus_seconds(86_400);
    let scope = json!({
        "domains": [{"name": "campaign.example", "below": true}], "networks": [], "accounts": [], "hosts": [],
        "actions": ["collect-logs", "advise"], "from_s": from.unix_seconds(), "until_s": until.unix_seconds(),
    });
    let item = sign_scope(&desk, "a.words", &request, &scope);
    // The team reads it, with its own files; a stranger does not.
    let open = |name: &str, out: &str| {
        let (key, age) = (format!("{name}.key"), format!("{name}.age"));
        let args = [
            "aid",
            "open",
            &request,
            "--key",
            &key,
            "--identity",
            &age,
            "--out",
            out,
            "--url",
            &desk.url,
        ];
        run_in(desk.dir, &args)
    };
    let opened = open("free", "team").code(0);
    assert!(opened.contains("campaign.example"), "{opened}");
    desk.enlisted("tied", "Somebody else", true);
    assert!(open("tied", "none").code_err(5).contains("aid-not-yours"));
    let file = format!("team/{item}.item");
    let plan = |name: &str, action: &str, domain: &str| {
        let plan = json!({"action": action, "targets": [{"domain": domain}]});
        std::fs::write(desk.dir.join(name), plan.to_string()).unwrap();
    };
    plan("good.json", "collect-logs", "mail.campaign.example");
    plan("bad.json", "isolate", "somebody-else.example");
    let good = desk.aid(&["guard", &request, &file, "good.json"]);
    assert!(
        good.contains("within the scope") && good.contains("judges what the plan declares"),
        "{good}"
    );
    let bad = desk.refused(&["guard", &request, &file, "bad.json"]);
    assert!(
        bad.contains("isolate") && bad.contains("somebody-else.example"),
        "{bad}"
    );
    // What nobody signed: the same scope with another salt, or a wider one.
    let mut plaintext = std::fs::read(desk.dir.join(&file)).unwrap();
    plaintext[0] ^= 1;
    std::fs::write(desk.dir.join("unsigned.item"), &plaintext).unwrap();
    let unsigned = desk.refused(&["guard", &request, "unsigned.item", "good.json"]);
    assert!(unsigned.contains("is not what the requester"), "{unsigned}");
    // Another request's.
    let other = desk.asked("b.words", &form("Nobody"));
    let foreign = desk.refused(&["guard", &other, &file, "good.json"]);
    assert!(foreign.contains("is not what the requester"), "{foreign}");
    // Once it has run out, by what was signed in the log, whatever the text says.
    let late = until.to_string();
    let expired = desk.refused(&["guard", &request, &file, "good.json", "--at", &late]);
    assert!(expired.contains("was signed until"), "{expired}");
    // And a team that may no longer see anything reads nothing.
    desk.aid(&[
        "consent",
        &request,
        "share-with-helpers",
        "--take-back",
        "--words",
        "a.words",
    ]);
    assert!(open("free", "after").code_err(5).contains("aid-not-yours"));
    stop(desk.child);
}
