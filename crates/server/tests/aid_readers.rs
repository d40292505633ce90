//! What shows who reads, as the server gives it: signed statements that a stranger can check.

use record::aid::{Evidence, Readers, readers};
use record::ids::StatementId;
use record::kind::Kind;
use record::trust::TrustFile;
use rehearsal::Procedure;
use serde_json::{Value, json};

use crate::aid::{Help, SEALED, ask};
use crate::aid_apart::enlist;
use crate::client::Client;
use crate::desk::DiskDesk;

/// What an answer shows, under the record's own trust file.
async fn shown(help: &Help, client: &Client, path: &str, request: Option<StatementId>) -> Readers {
    let mut data = client.data(path).await;
    let evidence: Evidence = serde_json::from_value(data["evidence"].take()).unwrap();
    let trust = TrustFile::parse(data["trust"].as_str().unwrap()).unwrap();
    assert_eq!(trust, help.stage.record.trust_file().unwrap());
    readers(&evidence, &trust, request).unwrap()
}

fn recipients(readers: &Readers) -> Vec<&str> {
    let all = readers.readers.iter();
    all.map(|reader| reader.recipient.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_that_name_the_readers_are_given_with_their_proofs() {
    let help = Help::new();
    let client = Client::of(&help.stage.record);
    let desk = shown(&help, &client, "/api/v1/aid/readers", None).await;
    assert_eq!(recipients(&desk), [rehearsal::aid::RECIPIENT]);

    let asked = ask(&client, &help.request(SEALED)).await.json();
    let id: StatementId = asked["data"]["id"].as_str().unwrap().parse().unwrap();
    let path = format!("/api/v1/aid/requests/{id}/readers");
    let own = [
        rehearsal::aid::RECIPIENT,
        rehearsal::aid::REQUESTER_RECIPIENT,
    ];
    assert_eq!(
        recipients(&shown(&help, &client, &path, Some(id)).await),
        own
    );
    // the team from the moment it is taken, and no longer than the requester lets it see
    let responder = enlist(&help, &help.stage.cast.key("responder 1").unwrap());
    let mut disk = DiskDesk(help.stage.record.clone());
    let now = help
        .stage
        .record
        .state()
        .global
        .time
        .unwrap()
        .plus_seconds(60);
    let mut p = Procedure::new(&help.stage.cast, &mut disk, now);
    p.go_to(now).unwrap();
    p.triage(id, "P2").unwrap();
    let officer = rehearsal::aid::officer(&help.stage.cast).unwrap();
    let vet = json!({"responder": responder, "until": p.time.plus_seconds(86_400)});
    p.say(&officer, Kind::AidVet, None, vet).unwrap();
    p.matched(id, &[responder]).unwrap();
    assert_eq!(
        recipients(&shown(&help, &client, &path, Some(id)).await),
        own
    );
    p.step(&help.key, id, "agreed", "team-taken", Value::Null)
        .unwrap();
    let team = shown(&help, &client, &path, Some(id)).await;
    assert_eq!(
        recipients(&team)[2..],
        [rehearsal::aid::RESPONDER_RECIPIENT]
    );
    // and they are the same that the record itself works with
    let row = client.data(&format!("/api/v1/aid/requests/{id}")).await;
    let said = row["recipients"].as_array().unwrap().iter();
    let said: Vec<_> = said.map(|r| r.as_str().unwrap()).collect();
    assert_eq!(recipients(&team)[1..], said[..]);
    let unknown = format!("/api/v1/aid/requests/{}/readers", "0".repeat(64));
    assert_eq!(client.get(&unknown).await.status, 404);
}
