//! What is a requester's own and what is not: who names them, who helped them once, and what they said last.

use axum::http::StatusCode;
use record::ids::StatementId;
use record::kind::Kind;
use rehearsal::Procedure;
use serde_json::{Value, json};
use tlog::SigningKey;

use crate::aid::{Help, item, read};
use crate::client::Client;
use crate::desk::DiskDesk;

/// Says something whose items are held, as it was sealed.
pub(crate) fn tell(
    help: &Help,
    key: &SigningKey,
    kind: Kind,
    mut body: Value,
    sealed: &str,
) -> StatementId {
    let mut desk = DiskDesk(help.stage.record.clone());
    let now = help.stage.record.state().global.time.unwrap();
    let mut p = Procedure::new(&help.stage.cast, &mut desk, now);
    if kind == Kind::AidEnlist {
        body["profile"] = item(sealed.as_bytes())[0].clone();
    } else {
        body["items"] = item(sealed.as_bytes());
    }
    let entry = p.sign(key, kind, None, body).unwrap().entry;
    let sealed = vec![sealed.as_bytes().to_vec()];
    let taken = help.stage.record.submit_with_items_blocking(entry, sealed);
    taken.unwrap().id
}

/// An enlistment whose profile is held.
pub(crate) fn enlist(help: &Help, responder: &SigningKey) -> StatementId {
    let mut body = rehearsal::aid::enlistment(b"p").unwrap();
    body["profile"] = Value::Null;
    tell(help, responder, Kind::AidEnlist, body, "profile")
}

fn message(help: &Help, key: &SigningKey, request: StatementId, text: &str) {
    let body = json!({"request": request, "kind": "message"});
    tell(help, key, Kind::AidItem, body, text);
}

/// The rows of a list by who asked, named or spoke.
async fn listed(client: &Client, by: &str, key: &SigningKey) -> Vec<Value> {
    let key = key.verifier_key().to_string();
    let key = key
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let page = client
        .data(&format!("/api/v1/aid/requests?{by}={key}"))
        .await;
    page["rows"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_as_proxy_by_a_stranger_finds_nothing_of_it_among_their_own() {
    let help = Help::new();
    let client = Client::unlimited(&help.stage.record);
    let attacker = help.stage.cast.key("requester 2").unwrap();
    let mine = rehearsal::aid::request(&[], None);
    let mine = tell(&help, &help.key, Kind::AidRequest, mine, "my story");
    let lie = rehearsal::aid::request(&[], Some(&help.key));
    let lie = tell(
        &help,
        &attacker,
        Kind::AidRequest,
        lie,
        "MESSAGE OF THE DESK",
    );
    let own = listed(&client, "key", &help.key).await;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["id"], json!(mine));
    assert!(own[0].get("proxy").is_none());
    let named = listed(&client, "named", &help.key).await;
    assert_eq!(named.len(), 1);
    assert_eq!(
        (&named[0]["id"], &named[0]["proxy"], &named[0]["key"]),
        (
            &json!(lie),
            &json!("named"),
            &json!(attacker.verifier_key().to_string())
        )
    );
    // who speaks for them says so
    message(&help, &help.key, lie, "I speak for them");
    assert_eq!(listed(&client, "named", &help.key).await.len(), 0);
    let own = listed(&client, "key", &help.key).await;
    assert_eq!(own.len(), 2);
    let spoken = own.iter().find(|row| row["id"] == json!(lie)).unwrap();
    assert_eq!(spoken["proxy"], json!("agreed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_waits_for_an_answer_is_marked_until_it_is_answered() {
    let help = Help::new();
    let client = Client::unlimited(&help.stage.record);
    let body = rehearsal::aid::request(&[], None);
    let id = tell(&help, &help.key, Kind::AidRequest, body, "my story");
    let since = |row: Value| row.get("wrote_since").cloned();
    let path = format!("/api/v1/aid/requests/{id}");
    assert_eq!(since(client.data(&path).await), None);
    message(&help, &help.key, id, "and another thing");
    let told = client.data(&path).await["items"][1]["told"].clone();
    assert_eq!(since(client.data(&path).await), Some(told));
    let officer = rehearsal::aid::officer(&help.stage.cast).unwrap();
    message(&help, &officer, id, "thank you");
    assert_eq!(since(client.data(&path).await), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_dismissed_after_the_work_reads_nothing_and_nothing_is_sealed_to_it() {
    let help = Help::new();
    let client = Client::unlimited(&help.stage.record);
    let (record, cast) = (&help.stage.record, &help.stage.cast);
    let officer = rehearsal::aid::officer(cast).unwrap();
    let responder = cast.key("responder 1").unwrap();
    let body = rehearsal::aid::request(&[], None);
    let id = tell(&help, &help.key, Kind::AidRequest, body, "my story");
    let enlisted = enlist(&help, &responder);
    let play = |work: &dyn Fn(&mut Procedure<'_, DiskDesk>)| {
        let mut desk = DiskDesk(record.clone());
        let now = record.state().global.time.unwrap();
        work(&mut Procedure::new(cast, &mut desk, now));
    };
    play(&|p| {
        let until = p.time.plus_seconds(86_400);
        let vet = json!({"responder": enlisted, "until": until});
        p.say(&officer, Kind::AidVet, None, vet).unwrap();
        p.triage(id, "P2").unwrap();
        p.matched(id, &[enlisted]).unwrap();
        p.step(&help.key, id, "agreed", "team-taken", Value::Null)
            .unwrap();
    });
    let body = json!({"request": id, "kind": "scope"});
    tell(&help, &help.key, Kind::AidItem, body, "what may be done");
    play(&|p| {
        let until = p.time.plus_seconds(3_600);
        let of = tlog::sha256(b"what may be done");
        let scope = json!({"request": id, "scope": of, "until": until});
        p.say(&help.key, Kind::AidScope, None, scope).unwrap();
        p.step(&responder, id, "in-progress", "scope-signed", Value::Null)
            .unwrap();
        p.step(&responder, id, "resolved", "work-done", Value::Null)
            .unwrap();
    });
    let row = format!("/api/v1/aid/requests/{id}");
    let sealed = format!("{row}/sealed/{}", tlog::sha256(b"what may be done"));
    let reads = || async {
        let signed = help.signature(&responder, &sealed, 0);
        let status = read(&client, &sealed, Some(signed)).await.status;
        let to = client.data(&row).await["recipients"].clone();
        let listed = to.to_string().contains(rehearsal::aid::RESPONDER_RECIPIENT);
        (status, listed)
    };
    assert_eq!(reads().await, (StatusCode::OK, true));
    assert_eq!(client.data(&row).await["team_fit"], json!(true));
    play(&|p| {
        let body = json!({"responder": enlisted, "reason": "conduct"});
        p.say(&officer, Kind::AidDismiss, None, body).unwrap();
    });
    assert_eq!(reads().await, (StatusCode::FORBIDDEN, false));
    let row = client.data(&row).await;
    assert!(row.get("team_fit").is_none(), "nobody is left of it");
    assert_eq!(
        (&row["stage"], &row["team"]),
        (&json!("resolved"), &json!([]))
    );
    let traces = row["remains"].to_string();
    assert!(traces.contains("helpers-copies") && traces.contains("officers-copies"));
}
