//! Submitting: the receipt verifies offline, the same bytes give the same receipt, refusals can
//! be logged.

use axum::body::Body;
use axum::http::{Request, header};
use record::ids::StatementId;
use record::kind::Kind;
use serde_json::json;
use tlog::TlogProof;

use crate::client::Client;
use crate::desk::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_offline_and_is_the_same_the_second_time() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let (_, entry) = stage.report("reporter-one");
    let id = StatementId::of_entry(&entry);

    let reply = client.submit(entry.clone()).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.header("solferino-statement"), id.to_string());
    assert_eq!(reply.header("location"), format!("/api/v1/statements/{id}"));
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    let receipt = TlogProof::parse(reply.text()).unwrap();
    let policy = stage.record.trust_file().unwrap().policy;
    let log = stage.cast.log.verifier_key();
    receipt.verify(&id.0, &log, Some(&policy)).unwrap();
    let other = tlog::leaf_hash(b"another entry");
    assert!(receipt.verify(&other, &log, Some(&policy)).is_err());

    let size = stage.record.size();
    let again = client.submit(entry).await;
    assert_eq!((again.status.as_u16(), again.text()), (200, reply.text()));
    assert_eq!(stage.record.size(), size);
    let shown = client
        .get(&format!("/api/v1/statements/{id}/receipt"))
        .await;
    assert_eq!(shown.text(), reply.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_logged_on_the_submitters_wish_and_only_then() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let stranger = stage.cast.key("stranger").unwrap();
    let body = json!({"kind": "received", "source": "a-foundation", "jurisdiction": "CH", "amount": 1, "currency": "chf", "year": 2014});
    let entry = stage.signed(&stranger, Kind::Funding, None, body).entry;
    let size = stage.record.size();

    let reply = client.submit(entry.clone()).await;
    assert_eq!(reply.refused(), (403, "role-not-allowed".to_owned()));
    assert_eq!(
        (reply.json().get("logged_as"), stage.record.size()),
        (None, size)
    );

    let reply = client
        .submit_to("/api/v1/statements?log-refusal=true", entry.clone())
        .await;
    assert_eq!(reply.refused(), (403, "role-not-allowed".to_owned()));
    let logged = reply.json()["logged_as"].as_str().unwrap().to_owned();
    assert!(stage.record.size() > size);
    let shown = client.data(&format!("/api/v1/statements/{logged}")).await;
    assert_eq!(shown["type"], "refusal");
    assert_eq!(shown["body"]["code"], "role-not-allowed");
    assert_eq!(shown["body"]["submission"], json!(tlog::leaf_hash(&entry)));
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_for_logged_refusals_are_counted_by_address_and_garbage_costs_nobody_any() {
    let stage = Stage::founded();
    let config = server::Config {
        behind_proxy: true,
        ..server::Config::default()
    };
    let client = Client::with(&stage.record, config);
    let from = |address: &'static str, entry: Vec<u8>| {
        let path = "/api/v1/statements?log-refusal=true";
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/vnd.dsse+json");
        let request = request.header("x-forwarded-for", address);
        client.send(request.body(Body::from(entry)).unwrap())
    };
    let size = stage.record.size();
    for n in 0..20 {
        let reply = from("192.0.2.1", format!("{{\"x\":{n}}}").into_bytes()).await;
        assert_eq!(reply.refused().0, 400);
        assert!(reply.json().get("logged_as").is_none());
    }
    assert_eq!(stage.record.size(), size, "nothing was logged of it");
    let refused = |n: u64| {
        let stranger = stage.cast.key("stranger").unwrap();
        let body = json!({"kind": "received", "source": "a-foundation", "jurisdiction": "CH", "amount": n + 1, "currency": "chf", "year": 2014});
        stage.signed(&stranger, Kind::Funding, None, body).entry
    };
    for n in 0..12 {
        let reply = from("192.0.2.1", refused(n)).await;
        assert!(reply.json()["logged_as"].is_string(), "{}", reply.text());
    }
    let full = from("192.0.2.1", refused(12)).await;
    assert_eq!(full.refused(), (429, "too-many-refusals".to_owned()));
    let other = from("192.0.2.2", refused(12)).await;
    assert!(other.json()["logged_as"].is_string(), "{}", other.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_media_types_of_an_envelope_are_taken_and_no_other() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let taken = [
        "application/json",
        "application/json; charset=utf-8",
        "Application/Vnd.Dsse+JSON",
    ];
    for (n, media_type) in taken.into_iter().enumerate() {
        let (_, entry) = stage.report(&format!("reporter-{n}"));
        let request = Request::post("/api/v1/statements").header(header::CONTENT_TYPE, media_type);
        let reply = client.send(request.body(Body::from(entry)).unwrap()).await;
        assert_eq!(reply.status, 201, "{media_type}: {}", reply.text());
    }
    let (_, entry) = stage.report("reporter-x");
    for media_type in [
        "text/plain",
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let request = Request::post("/api/v1/statements").header(header::CONTENT_TYPE, media_type);
        let reply = client
            .send(request.body(Body::from(entry.clone())).unwrap())
            .await;
        assert_eq!(
            reply.refused(),
            (415, "media-type".to_owned()),
            "{media_type}"
        );
    }
    let bare = Request::post("/api/v1/statements")
        .body(Body::from(entry))
        .unwrap();
    assert_eq!(client.send(bare).await.status, 415);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_record_says_so_and_goes_on_being_readable() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    stage.record.stop();
    let reply = client.submit(stage.report("late").1).await;
    assert_eq!(reply.refused(), (503, "overloaded".to_owned()));
    assert!(reply.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(client.get("/api/v1/statements").await.status, 200);
}
