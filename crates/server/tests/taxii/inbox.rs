//! The drop box: pending until somebody decides, and the status says what became of it.

use rehearsal::SeatSpecRole;
use serde_json::{Value, json};
use store::taxii::Decision;

use super::{Peer, malware, tool};

const V1: &str = "2015-01-01T00:00:00.000Z";
/// A moment after it: what lies ahead is refused.
const NOW: i64 = 1_790_000_000_000_000;

async fn drop_in(peer: &Peer, role: SeatSpecRole, objects: &[Value]) -> Value {
    let reply = peer
        .post_as(role, "inbox", json!({"objects": objects}).to_string())
        .await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    reply.json()
}

fn counts(status: &Value) -> (&str, u64, u64, u64) {
    let count = |name: &str| status[name].as_u64().unwrap();
    (
        status["status"].as_str().unwrap(),
        count("success_count"),
        count("failure_count"),
        count("pending_count"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_in_waits_and_is_seen_by_nobody_until_it_is_accepted() {
    let peer = Peer::new().await;
    let role = SeatSpecRole::Reviewer;
    let mut broken = tool(3, V1);
    broken["created"] = json!("yesterday");
    let status = drop_in(&peer, role, &[tool(1, V1), malware(2), broken]).await;
    assert_eq!(counts(&status), ("pending", 0, 1, 2));
    assert_eq!(status["pendings"].as_array().unwrap().len(), 2);
    let path = format!("/status/{}/", status["id"].as_str().unwrap());
    assert_eq!(peer.as_member(role, &path).await.json(), status);
    assert_eq!(peer.get("/collections/sightings/objects/").await, json!({}));

    let store = peer.store().await;
    let waiting = store.waiting(0, 10).await.unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(
        store
            .decide(waiting[0].seq, &Decision::Accept, NOW)
            .await
            .unwrap(),
        Some(Ok(()))
    );
    assert_eq!(
        store
            .decide(waiting[0].seq, &Decision::Accept, NOW)
            .await
            .unwrap(),
        None,
        "decided once"
    );
    assert_eq!(
        counts(&peer.as_member(role, &path).await.json()),
        ("pending", 1, 1, 1)
    );
    let no = Decision::Refuse("no sighting of anything".into());
    assert_eq!(
        store.decide(waiting[1].seq, &no, NOW).await.unwrap(),
        Some(Err("no sighting of anything".into()))
    );
    let done = peer.as_member(role, &path).await.json();
    assert_eq!(counts(&done), ("complete", 1, 2, 0));
    assert_eq!(
        done["failures"][1]["message"],
        json!("no sighting of anything")
    );
    assert_eq!(
        peer.get("/collections/sightings/objects/").await["objects"],
        json!([tool(1, V1)])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_may_drop_in_one_identifier_and_neither_learns_of_the_other() {
    let peer = Peer::new().await;
    let mut other = tool(1, V1);
    other["name"] = json!("as the other saw it");
    let first = drop_in(&peer, SeatSpecRole::Reviewer, &[tool(1, V1)]).await;
    let second = drop_in(&peer, SeatSpecRole::Laboratory, &[other.clone()]).await;
    assert_eq!(
        (counts(&first), counts(&second)),
        (("pending", 0, 0, 1), ("pending", 0, 0, 1))
    );
    // The same member contradicting itself is told.
    let third = drop_in(&peer, SeatSpecRole::Reviewer, &[other, tool(1, V1)]).await;
    assert_eq!(counts(&third), ("complete", 1, 1, 0));
    let store = peer.store().await;
    let waiting = store.waiting(0, 10).await.unwrap();
    assert_eq!(
        store
            .decide(waiting[0].seq, &Decision::Accept, NOW)
            .await
            .unwrap(),
        Some(Ok(()))
    );
    let contradicts = store
        .decide(waiting[1].seq, &Decision::Accept, NOW)
        .await
        .unwrap()
        .unwrap();
    assert!(contradicts.unwrap_err().starts_with("conflict"));
    let path = format!("/status/{}/", second["id"].as_str().unwrap());
    let told = peer.as_member(SeatSpecRole::Laboratory, &path).await.json();
    assert_eq!(counts(&told), ("complete", 0, 1, 0));
}
