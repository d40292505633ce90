//! Writers and readers at one time: a page never repeats and never skips.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rehearsal::SeatSpecRole;
use serde_json::{Value, json};

use super::{Peer, malware, tool};

const V1: &str = "2015-01-01T00:00:00.000Z";
const WRITERS: usize = 4;
const POSTS: usize = 15;
const EACH: usize = 20;

/// Four writers add new objects and supersede old ones, in small posts.
async fn write(peer: Arc<Peer>, writer: usize) {
    for post in 0..POSTS {
        let mut objects: Vec<Value> = (0..EACH)
            .map(|n| malware(writer * 100_000 + post * EACH + n))
            .collect();
        objects.push(tool(
            (writer * POSTS + post) % 50,
            &format!("2016-01-01T00:{writer:02}:{post:02}.000Z"),
        ));
        let body = json!({"objects": objects}).to_string();
        let reply = peer
            .post_as(SeatSpecRole::Investigator, "claims", body)
            .await;
        assert_eq!(reply.json()["success_count"], EACH + 1, "{}", reply.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_during_writing_is_complete_in_order_and_without_repetition() {
    let peer = Arc::new(Peer::new().await);
    let start: Vec<Value> = (0..50).map(|n| tool(n, V1)).collect();
    peer.hold(&start).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(peer.clone(), writer)))
        .collect();
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = ["", "&match[version]=all", "&match[type]=malware"]
        .into_iter()
        .map(|filters| {
            let (peer, done) = (peer.clone(), done.clone());
            tokio::spawn(async move {
                loop {
                    // The last round begins after the writing ended, and has to see all of it.
                    let last = done.load(Ordering::SeqCst);
                    let lines = peer.walk("manifest", filters, 7).await;
                    check(&lines, filters);
                    if last {
                        return lines.len();
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let mut found = Vec::new();
    for reader in readers {
        found.push(reader.await.unwrap());
    }
    let added = WRITERS * POSTS * EACH;
    assert_eq!(found, [50 + added, 50 + added + WRITERS * POSTS, added]);
}

fn check(lines: &[Value], filters: &str) {
    let dates: Vec<&str> = lines
        .iter()
        .map(|line| line["date_added"].as_str().unwrap())
        .collect();
    assert!(
        dates.windows(2).all(|pair| pair[0] < pair[1]),
        "{filters}: out of order"
    );
    let seen: HashSet<_> = lines
        .iter()
        .map(|line| (line["id"].as_str(), line["version"].as_str()))
        .collect();
    assert_eq!(seen.len(), lines.len(), "{filters}: something came twice");
    if !filters.contains("malware") {
        let tools: HashSet<_> = lines
            .iter()
            .filter_map(|line| line["id"].as_str())
            .filter(|id| id.starts_with("tool"))
            .collect();
        assert_eq!(
            tools.len(),
            50,
            "{filters}: something that was there at the start is missing"
        );
    }
}
