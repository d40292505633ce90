//! Whose an object is: nobody keeps another's identifier, or a version of it, for good.

use rehearsal::SeatSpecRole::{Investigator, Registrar, Reviewer};
use serde_json::{Value, json};
use store::taxii::Decision;

use super::{Peer, tool, uuid};

const V1: &str = "2015-01-01T00:00:00.000Z";
const V2: &str = "2016-01-01T00:00:00.000Z";

fn named(version: &str, name: &str) -> Value {
    let mut object = tool(1, version);
    object["name"] = json!(name);
    object
}

/// Why the one object of a status was not stored; empty if it was.
fn refused(status: &Value) -> &str {
    status["failures"][0]["message"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_takes_back_shuts_out_nobody_else() {
    let peer = Peer::new().await;
    let path = format!(
        "/collections/claims/objects/tool--{}/?match[version]=all",
        uuid(1)
    );
    peer.hold(&[named(V1, "a lie")]).await;
    let truth = named(V1, "as it was");
    let status = peer.post_of(Registrar, std::slice::from_ref(&truth)).await;
    assert!(refused(&status).contains("another member"), "{status}");
    assert_eq!(peer.delete(Investigator, &path).await.status, 200);
    // It goes for who took it back, and for nobody else.
    let other = peer.post(&[named(V1, "another lie")]).await;
    assert!(refused(&other).contains("taken back"), "{other}");
    let status = peer.post_of(Registrar, std::slice::from_ref(&truth)).await;
    assert_eq!(refused(&status), "", "{status}");
    let status = peer.post_of(Registrar, &[named(V2, "later")]).await;
    assert_eq!(refused(&status), "", "{status}");
    let held = peer.walk("objects", "&match[version]=all", 10).await;
    assert_eq!(held, [truth, named(V2, "later")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_gives_an_object_to_whose_it_is() {
    let peer = Peer::new().await;
    let store = peer.store().await;
    let claims = store.collection("claims").await.unwrap().unwrap();
    let id = format!("tool--{}", uuid(1));
    let member = |role| peer.stage.cast.one(role).unwrap().spec.id.to_string();
    peer.hold(&[
        named(V1, "a lie"),
        named(V2, "revoked by a liar"),
        tool(2, V1),
    ])
    .await;
    let gone = store.assign(&claims, &id, &member(Registrar), 5).await;
    assert_eq!(gone.unwrap(), 2);
    assert_eq!(peer.walk("objects", "", 10).await, [tool(2, V1)]);
    // Who had it does not bring it again, in whatever version; whose it is does.
    for object in [named(V1, "a lie"), named("2017-01-01T00:00:00.000Z", "new")] {
        let status = peer.post(&[object]).await;
        assert!(refused(&status).contains("assigned"), "{status}");
    }
    let truth = [named(V1, "as it was"), named(V2, "later")];
    let status = peer.post_of(Registrar, &truth).await;
    assert_eq!(status["success_count"], 2, "{status}");
    // The same content stays a success for everybody.
    let same = peer.post(std::slice::from_ref(&truth[0])).await;
    assert_eq!(same["success_count"], 1, "{same}");
    // A mistake is mended the same way, and what was brought rightly stays.
    let again = store.assign(&claims, &id, &member(Registrar), 6).await;
    assert_eq!(again.unwrap(), 0);
    let back = store.assign(&claims, &id, &member(Investigator), 7).await;
    assert_eq!(back.unwrap(), 2);
    let status = peer.post(&[named("2017-01-01T00:00:00.000Z", "new")]).await;
    assert_eq!(status["success_count"], 1, "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_takes_no_version_that_nothing_could_correct() {
    let peer = Peer::new().await;
    let far = tool(1, "9999-12-31T23:59:59.999Z");
    let body = json!({"objects": [far, tool(2, V1)]}).to_string();
    let status = peer.post_as(Reviewer, "inbox", body).await.json();
    assert!(refused(&status).contains("ahead"), "{status}");
    assert_eq!(status["pending_count"], 1);
    // What came in while the clock was wrong is refused when it is accepted.
    let store = peer.store().await;
    let inbox = store.collection("inbox").await.unwrap().unwrap();
    let text = json!({"objects": [tool(3, "2030-01-01T00:00:00.000Z")]}).to_string();
    let read = store::taxii::envelope(text.as_bytes(), store::taxii::Check::Must, 10).unwrap();
    let then = store::taxii::time::micros("2030-01-01T00:00:00Z").unwrap();
    store
        .post(&inbox, "m", "s", read.objects, then)
        .await
        .unwrap();
    let waiting = store.waiting(0, 10).await.unwrap();
    assert_eq!(waiting.len(), 2);
    let now = store::taxii::time::micros("2027-01-01T00:00:00Z").unwrap();
    let mut decided = Vec::new();
    for one in &waiting {
        let done = store.decide(one.seq, &Decision::Accept, now).await;
        decided.push(done.unwrap().unwrap());
    }
    assert_eq!(decided[0], Ok(()));
    let why = decided[1].as_ref().unwrap_err();
    assert!(why.contains("ahead"), "{why}");
    let held = peer.get("/collections/sightings/objects/").await;
    assert_eq!(held["objects"], json!([tool(2, V1)]));
}
