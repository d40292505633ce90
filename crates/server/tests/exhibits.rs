//! Exhibits: who may put them in, what is checked, and what comes out again.

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::channel::Channel;
use rehearsal::SeatSpecRole;
use server::{Config, upload_text};
use tlog::{Hash, SigningKey};

use crate::client::{Client, Reply};
use crate::desk::{NASTY, ORIGIN, Stage, played};

pub(crate) fn signed(key: &SigningKey, origin: &str, hash: &Hash) -> String {
    let signature = key.sign_raw(upload_text(origin, hash).as_bytes());
    format!(
        "Solferino {} {}",
        key.verifier_key(),
        STANDARD.encode(signature)
    )
}

pub(crate) async fn put(client: &Client, hash: &Hash, authorization: &str, body: Body) -> Reply {
    let request = Request::put(format!("/api/v1/exhibits/{hash}"));
    let request = request.header(AUTHORIZATION, authorization);
    client.send(request.body(body).unwrap()).await
}

fn member(stage: &Stage) -> SigningKey {
    stage
        .cast
        .one(SeatSpecRole::Investigator)
        .unwrap()
        .key
        .clone()
}

/// How many contents the vault holds.
fn kept(stage: &Stage) -> usize {
    stage.record.vault().list().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_puts_an_exhibit_in_and_again() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let content = vec![7u8; 300_000];
    let hash = tlog::sha256(&content);
    let authorization = signed(&member(&stage), ORIGIN, &hash);
    let reply = put(&client, &hash, &authorization, Body::from(content.clone())).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let stored = stage.record.vault().check(&hash).unwrap();
    let answer = reply.json();
    assert_eq!(answer["sha256"], hash.to_string());
    assert_eq!(
        answer["ciphertext_sha256"],
        stored.ciphertext_sha256.to_string()
    );
    assert_eq!(answer["size"], 300_000);
    let again = put(&client, &hash, &authorization, Body::from(content)).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, answer));
    let hidden = client.get(&format!("/api/v1/exhibits/{hash}")).await;
    assert_eq!(hidden.refused().0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_may_and_a_stranger_may_not() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let (reporter, report) = stage.report("a-reporter");
    let hash = tlog::sha256(b"account");
    let authorization = signed(&reporter, ORIGIN, &hash);
    let before = put(&client, &hash, &authorization, Body::from("account")).await;
    assert_eq!(before.refused(), (403, "upload-not-authorised".to_owned()));
    assert!(!stage.record.vault().contains(&hash).unwrap());
    stage.admit(report);
    let after = put(&client, &hash, &authorization, Body::from("account")).await;
    assert_eq!(after.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_signed_for_this_content_and_this_record() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let key = member(&stage);
    let hash = tlog::sha256(b"content");
    let other = tlog::sha256(b"other");
    let stale_next = stage
        .cast
        .one(SeatSpecRole::Investigator)
        .unwrap()
        .next
        .clone();
    for (what, authorization, status) in [
        ("nothing", String::new(), 401),
        ("another scheme", "Bearer token".to_owned(), 401),
        (
            "no signature",
            format!("Solferino {}", key.verifier_key()),
            401,
        ),
        (
            "not base64",
            format!("Solferino {} !!", key.verifier_key()),
            401,
        ),
        ("another content", signed(&key, ORIGIN, &other), 403),
        (
            "another record",
            signed(&key, "other.example/log", &hash),
            403,
        ),
        (
            "a key not yet in force",
            signed(&stale_next, ORIGIN, &hash),
            403,
        ),
    ] {
        let reply = put(&client, &hash, &authorization, Body::from("content")).await;
        assert_eq!(
            reply.refused(),
            (status, "upload-not-authorised".to_owned()),
            "{what}"
        );
        assert!(!stage.record.vault().contains(&hash).unwrap(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn content_of_another_hash_is_not_kept() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let hash = tlog::sha256(b"announced");
    let authorization = signed(&member(&stage), ORIGIN, &hash);
    for body in ["delivered", "", "announced and more"] {
        let reply = put(&client, &hash, &authorization, Body::from(body)).await;
        assert_eq!(
            reply.refused(),
            (422, "exhibit-mismatch".to_owned()),
            "{body}"
        );
    }
    assert_eq!(kept(&stage), 1, "the rule of selection, from the founding");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_cap_holds_on_both_sides_announced_or_not() {
    let stage = Stage::founded();
    let config = Config {
        max_exhibit_bytes: 1_000,
        ..Config::default()
    };
    let client = Client::with(&stage.record, config);
    let key = member(&stage);
    for (length, status) in [(1_000usize, 201), (1_001, 413)] {
        let content = vec![1u8; length];
        let hash = tlog::sha256(&content);
        let authorization = signed(&key, ORIGIN, &hash);
        let announced = Request::put(format!("/api/v1/exhibits/{hash}"))
            .header(AUTHORIZATION, &authorization)
            .header(CONTENT_LENGTH, length);
        let reply = client
            .send(announced.body(Body::from(content.clone())).unwrap())
            .await;
        assert_eq!(reply.status, status, "{length} announced");
        if status == 413 {
            let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(1);
            tokio::spawn(async move {
                for part in content.chunks(100) {
                    let sent = sender.send_data(Bytes::copy_from_slice(part)).await;
                    if sent.is_err() {
                        return;
                    }
                }
            });
            let reply = put(&client, &hash, &authorization, Body::new(body)).await;
            assert_eq!(reply.refused(), (413, "exhibit-too-large".to_owned()));
        }
    }
    assert_eq!(kept(&stage), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_cut_short_leaves_nothing() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let hash = tlog::sha256(b"first part, second part");
    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(1);
    tokio::spawn(async move {
        sender
            .send_data(Bytes::from_static(b"first part"))
            .await
            .unwrap();
        sender.abort(std::io::ErrorKind::ConnectionReset.into());
    });
    let reply = put(
        &client,
        &hash,
        &signed(&member(&stage), ORIGIN, &hash),
        Body::new(body),
    )
    .await;
    assert_eq!(reply.refused(), (400, "exhibit-cut-short".to_owned()));
    assert_eq!(kept(&stage), 1, "the rule of selection, from the founding");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_exhibit_of_a_published_finding_comes_out_as_an_attachment() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let case = client.data(&format!("/api/v1/cases/{}", played.case)).await;
    let exhibits = case["exhibits"].as_array().unwrap();
    assert!(!exhibits.is_empty());
    let mut nasty = 0;
    for exhibit in exhibits {
        assert_eq!(exhibit["public"], true);
        let hash = exhibit["sha256"].as_str().unwrap();
        let reply = client.get(&format!("/api/v1/exhibits/{hash}")).await;
        assert_eq!(reply.status, 200);
        assert_eq!(tlog::sha256(&reply.body).to_string(), hash);
        assert_eq!(reply.header("content-type"), "application/octet-stream");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(
            reply
                .header("content-disposition")
                .starts_with("attachment")
        );
        assert_eq!(reply.header("content-length"), reply.body.len().to_string());
        nasty += usize::from(reply.json()["what"] == NASTY);
    }
    assert_eq!(nasty, 1);
    // The reporter's own account is in the vault and was never declared; the rule of selection is for everyone.
    let declared: Vec<_> = exhibits
        .iter()
        .filter_map(|e| e["sha256"].as_str())
        .collect();
    let rule = tlog::sha256(rehearsal::SELECTION_RULE).to_string();
    let kept = played.stage.record.vault().list().unwrap();
    let hidden: Vec<_> = kept
        .iter()
        .map(ToString::to_string)
        .filter(|h| !declared.contains(&h.as_str()) && *h != rule)
        .collect();
    assert!(!hidden.is_empty());
    for hash in hidden {
        assert_eq!(
            client
                .get(&format!("/api/v1/exhibits/{hash}"))
                .await
                .refused()
                .0,
            404
        );
    }
}
