//! The queue of the desk that helps: nobody is hidden behind others, through whichever door one looks.

use record::ids::StatementId;
use record::kind::Kind;
use rehearsal::Procedure;

use crate::aid::{Help, item};
use crate::client::Client;
use crate::desk::DiskDesk;

/// Many who ask at one time; their identifiers in the order of the queue.
fn flood(help: &Help, many: usize) -> Vec<String> {
    let mut desk = DiskDesk(help.stage.record.clone());
    let now = help.stage.record.state().global.time.unwrap();
    let mut p = Procedure::new(&help.stage.cast, &mut desk, now);
    let asked = (0..many).map(|n| {
        let key = help
            .stage
            .cast
            .key(&format!("requester flood-{n}"))
            .unwrap();
        let sealed = format!("sealed {n}").into_bytes();
        let mut body = rehearsal::aid::request(&[], None);
        body["items"] = item(&sealed);
        let entry = p.sign(&key, Kind::AidRequest, None, body).unwrap().entry;
        let id = StatementId::of_entry(&entry);
        let record = &help.stage.record;
        record
            .submit_with_items_blocking(entry, vec![sealed])
            .unwrap();
        id
    });
    let mut ids: Vec<_> = asked.collect();
    let state = help.stage.record.state();
    ids.sort_by_key(|id| (state.aid.requests[id].received, *id));
    ids.iter().map(ToString::to_string).collect()
}

/// Requests of every page of a list, from this address on, and how many pages there were.
async fn all_pages(client: &Client, path: &str) -> (Vec<String>, usize) {
    let (mut found, mut pages, mut after) = (Vec::new(), 0, String::new());
    loop {
        let page = client.data(&format!("{path}{after}")).await;
        pages += 1;
        assert_eq!(
            page["total"]["count"], 201,
            "every page says how many there are"
        );
        let rows = page["rows"].as_array().unwrap();
        found.extend(rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (found, pages),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_others_hide_nobody_who_asks_after_them() {
    let help = Help::new();
    let ids = flood(&help, 201);
    let client = Client::unlimited(&help.stage.record);
    for (limit, pages) in [(200, 2), (50, 5), (67, 3)] {
        let path = format!("/api/v1/aid/requests?limit={limit}");
        assert_eq!(all_pages(&client, &path).await, (ids.clone(), pages));
    }
    let (mut shown, mut path) = (Vec::new(), "/aid/desk".to_owned());
    for (says, n) in [
        ("200 of 201 open requests are shown", 200),
        ("1 of 201 open requests are shown", 1),
    ] {
        let page = client.get(&path).await;
        assert!(page.text().contains(says), "{path} lacks {says:?}");
        let rows = page.text().split("<tr id=\"").skip(1);
        let rows: Vec<_> = rows
            .map(|r| r.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(rows.len(), n);
        shown.extend(rows);
        let next = page.text().split("rel=\"next\" href=\"").nth(1);
        path = next.map_or(String::new(), |p| p.split('"').next().unwrap().to_owned());
    }
    assert_eq!((shown, path.as_str()), (ids.clone(), ""));
    // What a page begins after may be over by then: nobody behind it is lost.
    let first: StatementId = ids[49].parse().unwrap();
    let now = help.stage.record.state().global.time.unwrap();
    for (to, reason) in [
        ("acknowledged", "read-by-person"),
        ("vetting", "checks"),
        ("declined", "not-digital"),
    ] {
        help.step(now, first, to, reason);
    }
    let rest = client
        .data(&format!("/api/v1/aid/requests?after={first}&limit=200"))
        .await;
    assert_eq!(rest["rows"].as_array().unwrap().len(), 151);
    for (query, refused) in [
        ("limit=0", (400, "bad-request")),
        ("limit=201", (400, "bad-request")),
        ("after=x", (400, "bad-request")),
        (&format!("after={}", "0".repeat(64)), (404, "not-found")),
    ] {
        let reply = client.get(&format!("/api/v1/aid/requests?{query}")).await;
        assert_eq!(
            reply.refused(),
            (refused.0, refused.1.to_owned()),
            "{query}"
        );
    }
}
