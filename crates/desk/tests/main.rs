//! The desk without a screen: what it offers, filled in, drafted, signed, judged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise

mod beside;
mod blind;
mod forms;
mod handing;
mod room;

use record::statement::{Draft, Statement};
use rehearsal::{Desk as _, SeatSpecRole};
use serde_json::{Value, json};
use solferino_desk::Desk;

use crate::room::Room;

/// Evidence strong enough that a state is named.
pub(crate) fn items(exhibits: &[tlog::Hash]) -> Value {
    let item = |n: usize, strand: &str, organisation: &str, state: &str| {
        json!({
            "id": format!("I{n}"), "strand": strand, "kind": "forensic", "reliability": "A", "credibility": 1,
            "phi_ppm": 20_000, "lr": [{"actor": "UNIT-ONE", "mban": [1_500, 2_000, 2_500]}],
            "upstream": [format!("upstream-{n}")], "exhibits": [exhibits[n - 1]], "recheckable": true,
            "source": {"organisation": organisation, "state": state, "bloc": "neutral"},
        })
    };
    json!([
        item(1, "ONE", "responder-one", "CR"),
        item(2, "TWO", "responder-two", "MU"),
        item(3, "THREE", "responder-three", "CH"),
    ])
}

#[test]
fn a_case_from_report_to_finding_by_what_the_desk_offers() {
    let mut room = Room::founded();
    let reporter = room.cast.key("someone").unwrap();
    let [registrar, investigator] =
        [SeatSpecRole::Registrar, SeatSpecRole::Investigator].map(|role| room.player(role));
    let panel: Vec<_> = room
        .cast
        .with_role(SeatSpecRole::Reviewer)
        .take(4)
        .collect();
    let names: Vec<_> = panel.iter().map(|p| p.spec.id.to_string()).collect();
    let panel: Vec<_> = panel.iter().map(|p| p.key.clone()).collect();
    for key in panel.iter().chain([&registrar, &investigator]) {
        room.sit(key);
    }

    assert_eq!(room.offered(&reporter), ["report"]);
    let account = tlog::sha256(b"What happened to us.");
    let report = json!({"incident": "disruption", "sector": "health", "happened": "2026-11-19", "account_sha256": account});
    room.say(&reporter, "report", None, &report);
    room.say(&reporter, "consent", None, &json!({"level": "public"}));
    room.say(&registrar, "case.open", Some("clinic-2026"), &json!({}));

    let mut exhibits = Vec::new();
    for n in 1..=3 {
        let stored = room.memory.store(format!("Log {n}").as_bytes()).unwrap();
        let declared = json!({
            "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": 5,
            "media_type": "text/plain", "acquired": "2026-11-19", "how": "handed-over",
            "source": format!("responder-{n}"), "upstream": [format!("upstream-{n}")], "tlp": "amber",
        });
        room.say(&investigator, "exhibit", None, &declared);
        exhibits.push(stored.sha256);
    }
    let hypotheses = json!({"content": {
        "actors": [
            {"id": "UNIT-ONE", "kind": "state", "state": "XX", "prior_ppm": 300_000},
            {"id": "CRIME", "kind": "non-state", "prior_ppm": 200_000},
            {"id": "U", "kind": "none-of-these", "prior_ppm": 500_000},
        ],
        "delta_ppm": 10_000, "relations": [{"state": "XX", "allied": ["ours"], "adversary": ["theirs"]}],
    }});
    assert!(
        !room
            .offered(&registrar)
            .contains(&"review.assign".to_owned())
    );
    room.say(&investigator, "hypotheses", None, &hypotheses);
    let strand = |id: &str| json!({"id": id, "rho_ppm": 300_000, "c_ppm": 20_000});
    let assessment = json!({"content": {
        "strands": [strand("ONE"), strand("TWO"), strand("THREE")], "items": items(&exhibits),
    }});
    room.say(&investigator, "assessment", None, &assessment);
    room.say(
        &registrar,
        "review.assign",
        None,
        &json!({"reviewers": names}),
    );
    room.visit(&investigator);

    for reviewer in &panel {
        assert!(!room.offered(reviewer).contains(&"disclose".to_owned()));
        let review = json!({"content": {"posterior_ppm": [900_000, 50_000, 50_000]}});
        room.say(reviewer, "review", None, &review);
        assert!(!room.offered(reviewer).contains(&"review".to_owned()));
    }
    for reviewer in &panel {
        room.say(reviewer, "disclose", None, &json!({}));
    }
    assert!(
        !room.offered(&panel[0]).contains(&"vote".to_owned()),
        "the party is told first"
    );
    let reply_key = room.cast.key("a-fresh-key").unwrap();
    let key = reply_key.verifier_key().to_string();
    room.say(&registrar, "notice", None, &json!({"reply_key": key}));
    assert_eq!(room.offered(&reply_key), ["report", "reply"]);
    assert_eq!(room.always(&reply_key), ["complaint"]);
    room.say(&reply_key, "reply", None, &json!({"text_sha256": account}));
    room.wait(8 * 86_400);
    for reviewer in &panel {
        room.say(
            reviewer,
            "vote",
            None,
            &json!({"content": {"choice": "publish"}}),
        );
    }
    room.say(
        &panel[2],
        "dissent",
        None,
        &json!({"ground": "too-early", "text_sha256": account}),
    );
    for reviewer in &panel {
        room.say(reviewer, "disclose", None, &json!({}));
    }
    while room.offered(&registrar).contains(&"disclose".to_owned()) {
        room.say(&registrar, "disclose", None, &json!({}));
    }
    room.wait(8 * 86_400);
    room.say(&registrar, "finding", None, &json!({}));
    let state = &room.memory.auditor.state;
    let finding = state.cases.values().next().unwrap().standing().unwrap();
    assert_eq!(
        finding
            .finding
            .proposal
            .named
            .as_ref()
            .unwrap()
            .state
            .to_string(),
        "XX"
    );
    assert_eq!(finding.dissents.len(), 1);
}

#[test]
fn a_draft_is_what_the_command_would_sign() {
    let room = Room::founded();
    let key = room.cast.key("someone").unwrap();
    let body = json!({
        "incident": "hijacking", "sector": "press", "happened": "2026-11-19",
        "account_sha256": tlog::sha256(b"x"),
    });
    let seed = tlog::sha256(b"seed");
    let draft = Draft {
        record: room.cast.origin.clone(),
        issued: room.time,
        case: None,
        kind: record::kind::Kind::Report,
        body: body.clone(),
    };
    let signed = draft.sign(&key, seed.as_bytes(), room.time).unwrap();
    let said = json!({"type": "report", "body": body, "seed": seed});
    let drafted: Value = serde_json::from_str(&room.desk().draft(&said.to_string())).unwrap();
    let payload = Statement::parse(&signed.entry).unwrap().payload().to_vec();
    assert_eq!(drafted["payload"].as_str().unwrap().as_bytes(), payload);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_signed() {
    let room = Room::founded();
    let draft = |said: Value| {
        let answer: Value = serde_json::from_str(&room.desk().draft(&said.to_string())).unwrap();
        answer["problem"].as_str().unwrap_or_default().to_owned()
    };
    let seed = tlog::sha256(b"seed");
    let content = json!({"posterior_ppm": [1, 2], "blind": false});
    let review = json!({"type": "review", "case": "x", "body": {"content": content}, "seed": seed});
    assert!(draft(review).contains("sum to 3"));
    assert!(draft(json!({"type": "no-such", "body": {}, "seed": seed})).contains("no-such"));
    let cut = json!({"entries": [[1, "{}"]], "now": room.time});
    assert!(
        Desk::open(&cut.to_string())
            .unwrap_err()
            .starts_with("entry 1 of the docket")
    );
}

#[test]
fn a_receipt_is_checked_under_the_log_key() {
    let room = Room::founded();
    let entry = String::from_utf8(room.memory.entries[3].clone()).unwrap();
    let path =
        tlog::inclusion_proof(&room.memory.auditor.tree, 3, room.memory.auditor.size()).unwrap();
    let checkpoint = String::from_utf8(room.memory.checkpoint().unwrap()).unwrap();
    let proof = tlog::TlogProof {
        index: 3,
        path,
        extra: None,
        checkpoint,
    }
    .to_string();
    let log = room.cast.log.verifier_key().to_string();
    let ask = |entry: &str| -> Value {
        let asked = json!({"entry": entry, "proof": proof, "log": log});
        serde_json::from_str(&solferino_desk::check_receipt(&asked.to_string())).unwrap()
    };
    assert_eq!(ask(&entry)["index"], 3);
    assert!(ask("{}")["problem"].is_string());
}
