//! Every refusal is the standard's error object with its own code.

use axum::body::Body;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rehearsal::SeatSpecRole;
use serde_json::json;
use server::rate::Rate;
use server::{Config, taxii_text};

use super::{MEDIA, Peer, ROOT, basic, tool};
use crate::client::{Client, Reply};
use crate::desk::{ORIGIN, Stage};

const V1: &str = "2015-01-01T00:00:00.000Z";
const POST: &str = "/collections/claims/objects/";

/// Status and code of a refusal in the standard's words.
fn refused(reply: &Reply) -> (u16, String) {
    let object = reply.json();
    assert_eq!(reply.header("content-type"), MEDIA, "{object}");
    assert!(
        object["title"].is_string() && object["description"].is_string(),
        "{object}"
    );
    assert_eq!(
        object["http_status"],
        json!(reply.status.as_u16().to_string())
    );
    (
        reply.status.as_u16(),
        object["error_code"].as_str().unwrap().to_owned(),
    )
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn body() -> String {
    json!({"objects": [tool(1, V1)]}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_406_on_every_address_before_anything_else() {
    let peer = Peer::new().await;
    for path in [
        "/",
        "/collections/",
        "/collections/claims/",
        "/collections/none/objects/",
        "/collections/claims/manifest/",
        "/status/x/",
    ] {
        for accept in [
            "application/json",
            "application/taxii+json;version=2.0",
            "application/stix+json;version=2.1",
        ] {
            let reply = peer
                .send(Method::GET, path, &[("accept", accept)], Body::empty())
                .await;
            assert_eq!(
                refused(&reply),
                is(406, "not-acceptable"),
                "{path} {accept}"
            );
        }
    }
    for accept in [MEDIA, "application/taxii+json", "*/*"] {
        let reply = peer
            .send(Method::GET, "/", &[("accept", accept)], Body::empty())
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, MEDIA),
            "{accept}"
        );
    }
    let reply = peer
        .send(
            Method::POST,
            POST,
            &[("accept", "text/html")],
            Body::from(body()),
        )
        .await;
    assert_eq!(refused(&reply), is(406, "not-acceptable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn content_415_and_413_and_400_and_422() {
    let peer = Peer::new().await;
    let role = SeatSpecRole::Investigator;
    let authorization = peer.basic(role);
    for kind in [
        "application/json",
        "application/stix+json;version=2.1",
        "application/taxii+json;version=2.0",
        "",
    ] {
        let headers = [
            ("accept", MEDIA),
            ("content-type", kind),
            ("authorization", &authorization),
        ];
        let reply = peer
            .send(Method::POST, POST, &headers, Body::from(body()))
            .await;
        assert_eq!(refused(&reply), is(415, "media-type"), "{kind}");
    }
    for (body, code) in [
        ("", "not-json"),
        ("{", "not-json"),
        ("{\"objects\":[{\"a\":}]}", "not-json"),
    ] {
        assert_eq!(
            refused(&peer.post_as(role, "claims", body.into()).await),
            is(400, code),
            "{body}"
        );
    }
    for body in [
        "{}",
        "[]",
        "{\"objects\":[]}",
        "{\"type\":\"bundle\",\"objects\":[]}",
        "{\"objects\":{}}",
    ] {
        let reply = peer.post_as(role, "claims", body.into()).await;
        assert_eq!(refused(&reply), is(422, "not-an-envelope"), "{body}");
    }
    // On both sides of the bound in bytes; spaces are part of the body.
    let padded = |bytes: usize| format!("{}{}", body(), " ".repeat(bytes - body().len()));
    assert_eq!(
        peer.post_as(role, "claims", padded(16 << 20)).await.status,
        202
    );
    assert_eq!(
        refused(&peer.post_as(role, "claims", padded((16 << 20) + 1)).await),
        is(413, "too-large")
    );
    // On both sides of the bound in objects; these are none, so they are failures.
    let many = |count: usize| format!("{{\"objects\":[{}]}}", vec!["{}"; count].join(","));
    assert_eq!(peer.post_as(role, "claims", many(20_000)).await.status, 202);
    assert_eq!(
        refused(&peer.post_as(role, "claims", many(20_001)).await),
        is(413, "too-large")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asking_401_and_403() {
    let peer = Peer::new().await;
    let headers = [("accept", MEDIA), ("content-type", MEDIA)];
    let reply = peer
        .send(Method::POST, POST, &headers, Body::from(body()))
        .await;
    assert_eq!(refused(&reply), is(401, "not-signed-in"));
    assert!(reply.header("www-authenticate").starts_with("Basic realm="));
    // Where no account would help, none is asked for.
    for closed in ["findings", "sightings"] {
        let path = format!("/collections/{closed}/objects/");
        let reply = peer
            .send(Method::POST, &path, &headers, Body::from(body()))
            .await;
        assert_eq!(refused(&reply), is(403, "not-allowed"), "{closed}");
    }
    assert_eq!(
        refused(&peer.post_as(SeatSpecRole::Reviewer, "claims", body()).await),
        is(403, "not-allowed")
    );
    let member = peer
        .stage
        .cast
        .one(SeatSpecRole::Investigator)
        .unwrap()
        .spec
        .id
        .as_str()
        .to_owned();
    for wrong in [
        basic(&member, "guess"),
        basic("nobody", "guess"),
        "Basic ?".into(),
        "Bearer x".into(),
        "Solferino x".into(),
        String::new(),
    ] {
        let headers = [("accept", MEDIA), ("authorization", wrong.as_str())];
        let reply = peer
            .send(Method::GET, "/collections/", &headers, Body::empty())
            .await;
        assert_eq!(refused(&reply), is(401, "not-signed-in"), "{wrong}");
    }
}

/// The `Authorization` of a request signed by a member's key.
fn signed(
    key: &tlog::SigningKey,
    origin: &str,
    method: &Method,
    target: &str,
    seconds: u64,
    body: &str,
) -> String {
    let sha256 = tlog::sha256(body.as_bytes()).to_string();
    let text = taxii_text(origin, method, target, seconds, &sha256);
    format!(
        "Solferino {} {seconds} {sha256} {}",
        key.verifier_key(),
        STANDARD.encode(key.sign_raw(text.as_bytes()))
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_key_signs_one_request_and_nothing_else() {
    let peer = Peer::new().await;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let key = &peer.stage.cast.one(SeatSpecRole::Laboratory).unwrap().key;
    let target = format!("{ROOT}{POST}");
    let send = async |authorization: String, sent: String| {
        let headers = [
            ("accept", MEDIA),
            ("content-type", MEDIA),
            ("authorization", authorization.as_str()),
        ];
        peer.send(Method::POST, POST, &headers, Body::from(sent))
            .await
    };
    let good = signed(key, ORIGIN, &Method::POST, &target, now, &body());
    assert_eq!(send(good.clone(), body()).await.status, 202);
    assert_eq!(
        refused(&send(good, body() + " ").await),
        is(401, "not-signed-in"),
        "another body"
    );
    let stranger = peer.stage.cast.key("a stranger").unwrap();
    for (why, authorization) in [
        (
            "another method",
            signed(key, ORIGIN, &Method::GET, &target, now, &body()),
        ),
        (
            "another address",
            signed(key, ORIGIN, &Method::POST, "/taxii2/", now, &body()),
        ),
        (
            "another record",
            signed(
                key,
                "record.example/other",
                &Method::POST,
                &target,
                now,
                &body(),
            ),
        ),
        (
            "an old time",
            signed(key, ORIGIN, &Method::POST, &target, now - 400, &body()),
        ),
        (
            "no member",
            signed(&stranger, ORIGIN, &Method::POST, &target, now, &body()),
        ),
    ] {
        assert_eq!(
            refused(&send(authorization, body()).await),
            is(401, "not-signed-in"),
            "{why}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_whole_server_refuses_is_said_in_the_standards_words() {
    let stage = tokio::task::spawn_blocking(Stage::founded).await.unwrap();
    let config = Config {
        client_pages: Rate::new(2, 1),
        ..Config::default()
    };
    let client = Client::with(&stage.record, config);
    let wrong = client.ask(Method::PUT, "/taxii2/").await;
    assert_eq!(refused(&wrong), is(405, "method-not-allowed"));
    let long = client
        .get(&format!("/taxii2/?x={}", "x".repeat(3_000)))
        .await;
    assert_eq!(refused(&long), is(414, "uri-too-long"));
    assert_eq!(client.get("/taxii2/").await.status, 200);
    assert_eq!(client.get("/taxii2/").await.status, 200);
    let often = client.get("/taxii2/").await;
    assert_eq!(refused(&often), is(429, "rate-limited"));
    assert_eq!(often.header("retry-after"), "1");
}
