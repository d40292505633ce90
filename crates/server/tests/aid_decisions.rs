//! What is decided in a request gets through whatever else floods the server, and is bounded itself.

use axum::body::Body;
use axum::http::{Request, header};
use record::kind::Kind;
use rehearsal::SeatSpecRole;
use serde_json::json;
use server::Config;
use server::rate::Rate;

use crate::aid::{Help, SEALED, ask, item, post_from};
use crate::client::{Client, Reply};

const DECIDE: &str = "/api/v1/aid/statements";

async fn submit_from(client: &Client, path: &str, entry: &str, from: &str) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/vnd.dsse+json")
        .header("x-forwarded-for", from);
    client
        .send(request.body(Body::from(entry.to_owned())).unwrap())
        .await
}

/// Garbage until the limit is reached; it is reached soon.
async fn flood(client: &Client, path: &str, from: &str) {
    for _ in 0..100 {
        if submit_from(client, path, "{}", from).await.status == 429 {
            return;
        }
    }
    panic!("no limit was reached");
}

fn config() -> Config {
    Config {
        behind_proxy: true,
        client_writes: Rate::new(2, 1),
        all_writes: Rate::new(4, 1),
        client_decisions: Rate::new(4, 1),
        all_decisions: Rate::new(1_000, 1),
        ..Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_gets_through_a_flood_of_submissions_from_here_and_from_everywhere() {
    let help = Help::new();
    let client = Client::with(&help.stage.record, config());
    let asked = ask(&client, &help.request(SEALED)).await.json();
    let id = asked["data"]["id"].as_str().unwrap();
    // the general limit is used up, of this address and of all; so is that of telling more
    for from in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] {
        while post_from(&client, "/api/v1/aid/items", "{}", from)
            .await
            .status
            != 429
        {}
        flood(&client, "/api/v1/statements", from).await;
    }
    let consent = json!({"request": id, "purpose": "publish-anonymised", "granted": true});
    let consent = help.signed(&help.key, Kind::AidConsent, consent);
    flood(&client, "/api/v1/statements", "192.0.2.1").await;
    assert_eq!(
        submit_from(&client, "/api/v1/statements", &consent, "192.0.2.1")
            .await
            .status,
        429
    );
    assert_eq!(
        submit_from(&client, DECIDE, &consent, "192.0.2.1")
            .await
            .status,
        201
    );
    let withdrawn = json!({"request": id, "to": "withdrawn", "reason": "taken-back"});
    let withdrawn = help.signed(&help.key, Kind::AidStep, withdrawn);
    let reply = submit_from(&client, DECIDE, &withdrawn, "192.0.2.1").await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert!(
        reply.text().starts_with("c2sp.org/tlog-proof@v1"),
        "a receipt"
    );
    let row = client.data(&format!("/api/v1/aid/requests/{id}")).await;
    assert_eq!(row["stage"], "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_in_for_decisions_is_bounded_and_takes_nothing_else() {
    let help = Help::new();
    let client = Client::with(&help.stage.record, config());
    let asked = ask(&client, &help.request(SEALED)).await.json();
    let id = asked["data"]["id"].as_str().unwrap();
    let size = help.stage.record.size();
    let stranger = help.stage.cast.key("requester 2").unwrap();
    let step = json!({"request": id, "to": "withdrawn", "reason": "taken-back"});
    let foreign = help.signed(&stranger, Kind::AidStep, step.clone());
    let refused = submit_from(&client, DECIDE, &foreign, "192.0.2.1").await;
    assert_eq!(refused.refused(), (403, "aid-not-yours".to_owned()));
    let nobodys = json!({"request": "0".repeat(64), "to": "withdrawn", "reason": "taken-back"});
    let nobodys = help.signed(&help.key, Kind::AidStep, nobodys);
    assert_eq!(
        submit_from(&client, DECIDE, &nobodys, "192.0.2.1")
            .await
            .status,
        404
    );
    // the signature is looked at before the log is asked
    let own = help.signed(&help.key, Kind::AidStep, step);
    let key = |text: &str| {
        text.replace(
            &stranger.verifier_key().to_string(),
            &help.key.verifier_key().to_string(),
        )
    };
    let forged = key(&foreign);
    assert_ne!(forged, own);
    let refused = submit_from(&client, DECIDE, &forged, "192.0.2.1").await;
    assert!(
        [400, 403].contains(&refused.status.as_u16()),
        "{}",
        refused.text()
    );
    let registrar = help.stage.cast.one(SeatSpecRole::Registrar).unwrap();
    let warn = json!({"sectors": ["health"], "advisory_sha256": "1".repeat(64)});
    let other = help.signed(&registrar.key, Kind::Warn, warn);
    assert_eq!(
        submit_from(&client, DECIDE, &other, "192.0.2.2")
            .await
            .refused()
            .0,
        400
    );
    let added = json!({"request": id, "kind": "message", "items": item(b"more")});
    let added = help.signed(&help.key, Kind::AidItem, added);
    assert_eq!(
        submit_from(&client, DECIDE, &added, "192.0.2.2")
            .await
            .refused()
            .0,
        400
    );
    assert_eq!(
        submit_from(&client, DECIDE, "{}", "192.0.2.2")
            .await
            .refused()
            .0,
        400
    );
    // an address has its share, and all together have theirs
    flood(&client, DECIDE, "192.0.2.1").await;
    assert_eq!(
        submit_from(&client, DECIDE, "{}", "192.0.2.9").await.status,
        400
    );
    let few = Config {
        client_decisions: Rate::new(1_000, 1_000),
        all_decisions: Rate::new(4, 1),
        ..config()
    };
    flood(&Client::with(&help.stage.record, few), DECIDE, "192.0.2.1").await;
    assert_eq!(
        help.stage.record.size(),
        size,
        "nothing of it reached the log"
    );
}
