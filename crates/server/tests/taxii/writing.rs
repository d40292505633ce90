//! Adding, statuses, taking back.

use rehearsal::SeatSpecRole;
use serde_json::json;
use store::taxii::{NewCollection, Publication, PublishedIn};

use super::{Peer, malware, tool, uuid};

const V1: &str = "2015-01-01T00:00:00.000Z";
const V2: &str = "2016-01-01T00:00:00.000Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_answered_with_a_status_that_its_account_reads_again() {
    let peer = Peer::new().await;
    let mut broken = tool(2, V1);
    broken.as_object_mut().unwrap().remove("name");
    let status = peer
        .post(&[
            tool(1, V1),
            broken.clone(),
            json!(5),
            json!({"type": "tool"}),
        ])
        .await;
    assert_eq!(status["status"], "complete");
    let counts = [
        "total_count",
        "success_count",
        "failure_count",
        "pending_count",
    ]
    .map(|name| status[name].as_u64().unwrap());
    assert_eq!(counts, [4, 1, 3, 0]);
    let failures = status["failures"].as_array().unwrap();
    assert_eq!(failures[0]["id"], broken["id"]);
    assert!(
        failures
            .iter()
            .all(|f| f["message"].as_str().unwrap().contains("/objects/")),
        "{failures:?}"
    );
    assert!(
        failures[0]["message"].as_str().unwrap().contains("missing"),
        "{failures:?}"
    );
    let path = format!("/status/{}/", status["id"].as_str().unwrap());
    assert_eq!(
        peer.as_member(SeatSpecRole::Investigator, &path)
            .await
            .json(),
        status
    );
    // Nobody else's business, and no way to learn that it is there.
    assert_eq!(
        peer.as_member(SeatSpecRole::Laboratory, &path).await.status,
        404
    );
    assert_eq!(peer.ask(&path).await.status, 401);
    assert_eq!(
        peer.as_member(SeatSpecRole::Investigator, "/status/x/")
            .await
            .status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_changes_nothing() {
    let peer = Peer::new().await;
    peer.hold(&[tool(1, V1), malware(1)]).await;
    let before = peer.walk("manifest", "&match[version]=all", 10).await;
    peer.hold(&[malware(1), tool(1, V1), tool(1, V1)]).await;
    assert_eq!(
        peer.walk("manifest", "&match[version]=all", 10).await,
        before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_envelope_is_stored_whole_in_order_with_its_versions() {
    let peer = Peer::new().await;
    let objects: Vec<_> = (0..1_203)
        .map(|n| tool(n / 2, if n % 2 == 0 { V2 } else { V1 }))
        .collect();
    peer.hold(&objects).await;
    assert_eq!(
        peer.walk("objects", "&match[version]=all", 1_000).await,
        objects
    );
    let last: Vec<_> = objects.iter().step_by(2).cloned().collect();
    assert_eq!(peer.walk("objects", "", 250).await, last);
    let first: Vec<_> = objects
        .iter()
        .filter(|o| o["modified"] == V1 || **o == objects[1_202])
        .cloned()
        .collect();
    assert_eq!(
        peer.walk("objects", "&match[version]=first", 250).await,
        first
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_brought_a_version_takes_it_back_and_nobody_else() {
    let peer = Peer::new().await;
    peer.hold(&[tool(1, V1), tool(1, V2), malware(1)]).await;
    let path = format!("/collections/claims/objects/tool--{}/", uuid(1));
    let others = peer.delete(SeatSpecRole::Laboratory, &path).await;
    assert_eq!(
        (others.status.as_u16(), &others.json()["error_code"]),
        (403, &json!("not-allowed"))
    );
    assert_eq!(peer.delete(SeatSpecRole::Reviewer, &path).await.status, 403);
    // Without a filter it is the latest version, as everywhere.
    let one = peer.delete(SeatSpecRole::Investigator, &path).await;
    assert_eq!(one.status, 200, "{}", one.text());
    assert_eq!(
        peer.get(&path).await["objects"],
        json!([tool(1, V1)]),
        "the one before is the last now"
    );
    peer.hold(&[tool(1, V2)]).await;
    let all = format!("{path}?match[version]=all");
    assert_eq!(
        peer.delete(SeatSpecRole::Investigator, &all).await.status,
        200
    );
    assert_eq!(peer.ask(&path).await.status, 404);
    assert_eq!(
        peer.delete(SeatSpecRole::Investigator, &path).await.status,
        404
    );
    assert_eq!(
        peer.walk("objects", "&match[version]=all", 10).await,
        [malware(1)]
    );
    for closed in ["findings", "sightings", "inbox"] {
        let reply = peer
            .delete(
                SeatSpecRole::Investigator,
                &format!("/collections/{closed}/objects/tool--{}/", uuid(1)),
            )
            .await;
        assert_eq!(reply.status, 403, "{closed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_publishers_may_use_one_identifier_without_shutting_each_other_out() {
    let peer = Peer::new().await;
    let store = peer.store().await;
    let mut theirs = tool(1, V1);
    theirs["name"] = json!("what the other says");
    peer.hold(&[tool(1, V1)]).await;
    let other = store
        .collection_or_new(&NewCollection::pulled(
            "peer.example",
            "http://peer.example/",
        ))
        .await
        .unwrap();
    let read = store::taxii::envelope(
        json!({"objects": [theirs]}).to_string().as_bytes(),
        store::taxii::Check::Count,
        10,
    )
    .unwrap();
    assert_eq!(
        store
            .add(&other, "http://peer.example/", read.objects, 1)
            .await
            .unwrap()
            .added,
        1
    );
    let found = peer.get("/collections/claims-peer.example/objects/").await;
    assert_eq!(found["objects"], json!([theirs]));
    assert_eq!(peer.walk("objects", "", 10).await, [tool(1, V1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_record_publishes_is_there_once_and_a_contradiction_holds_nothing_back() {
    let peer = Peer::new().await;
    let store = peer.store().await;
    let of = |collection, objects: &[serde_json::Value]| Publication {
        collection,
        objects: objects.iter().map(ToString::to_string).collect(),
    };
    let findings = of(PublishedIn::Findings, &[tool(1, V1), malware(2)]);
    assert_eq!(store.publish(&findings, 5).await.unwrap().added, 2);
    assert_eq!(store.publish(&findings, 6).await.unwrap().same, 2);
    let mut changed = malware(2);
    changed["name"] = json!("changed");
    let contradiction = of(PublishedIn::Findings, &[tool(3, V1), changed]);
    // Held in other words: what was said first stays, and everything else arrives, a later version too.
    let mut withdrawn = tool(1, V2);
    withdrawn["revoked"] = json!(true);
    let mut contradiction = contradiction;
    contradiction.objects.push(withdrawn.to_string());
    let done = store.publish(&contradiction, 7).await.unwrap();
    assert_eq!((done.added, done.failures.len()), (2, 1));
    let found = peer.get("/collections/findings/objects/").await;
    assert_eq!(
        found["objects"],
        json!([malware(2), tool(3, V1), withdrawn])
    );
    let indicators = of(PublishedIn::Indicators("a-case".into()), &[tool(9, V1)]);
    store.publish(&indicators, 8).await.unwrap();
    assert_eq!(
        peer.get("/collections/indicators-a-case/objects/").await["objects"],
        json!([tool(9, V1)])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_versions_of_what_another_member_brought() {
    let peer = Peer::new().await;
    peer.hold(&[tool(1, V1)]).await;
    let mut buried = tool(1, V2);
    buried["revoked"] = json!(true);
    let status = peer.post_of(SeatSpecRole::Laboratory, &[buried]).await;
    let why = &status["failures"][0]["message"];
    assert!(why.as_str().unwrap().contains("only its creator"), "{why}");
    // The same bytes again are a success for everybody.
    let same = peer.post_of(SeatSpecRole::Laboratory, &[tool(1, V1)]).await;
    assert_eq!(same["success_count"], 1);
    // Nor does anybody, the creator included, put a version where none can follow.
    let status = peer.post(&[tool(1, "9999-12-31T23:59:59.000Z")]).await;
    let why = &status["failures"][0]["message"];
    assert!(why.as_str().unwrap().contains("ahead"), "{why}");
    assert_eq!(peer.walk("objects", "", 10).await, [tool(1, V1)]);
    // The creator corrects itself.
    peer.hold(&[tool(1, V2)]).await;
    assert_eq!(peer.walk("objects", "", 10).await, [tool(1, V2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_does_not_come_again_in_other_words() {
    let peer = Peer::new().await;
    peer.hold(&[tool(1, V1), tool(1, V2)]).await;
    let seen = peer.walk("manifest", "", 10).await;
    let seen = seen[0]["date_added"].as_str().unwrap().to_owned();
    let path = format!("/collections/claims/objects/tool--{}/", uuid(1));
    assert_eq!(
        peer.delete(SeatSpecRole::Investigator, &path).await.status,
        200
    );
    // Who had paged up to the second version is shown the first again: it is what holds now.
    let after = format!("&added_after={seen}");
    assert_eq!(peer.walk("objects", &after, 10).await, [tool(1, V1)]);
    let mut other = tool(1, V2);
    other["name"] = json!("somebody else did it");
    let status = peer.post(&[other]).await;
    let why = &status["failures"][0]["message"];
    assert!(why.as_str().unwrap().contains("taken back"), "{why}");
    peer.hold(&[tool(1, V2)]).await;
    assert_eq!(peer.walk("objects", "", 10).await, [tool(1, V2)]);
}
