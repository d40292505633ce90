//! Pulling from servers that give many pages one `date_added`, one in the future, or none.

use std::path::Path;

use serde_json::{Value, json};

use crate::founding::founded;
use crate::support::run_in;
use crate::taxii::tool;
use crate::taxii_peer::{Peer, Said};

/// Pages of the server, more than twice as many as may bring nothing new.
const PAGES: usize = 45;
/// Objects of a page.
const EACH: usize = 5;

/// A server of so many pages, each with objects of its own and another `next`, and one `date_added` for all of them.
fn of_one_date(added_last: Option<&'static str>) -> Peer {
    Peer::start(move |_, _, query| {
        let page = query.get("next").map_or(0, |next| next.parse().unwrap());
        let objects: Vec<Value> = (page * EACH..(page + 1) * EACH).map(tool).collect();
        let next = (page + 1 < PAGES).then(|| (page + 1).to_string());
        Said::page(&objects, next.as_deref(), added_last)
    })
}

/// Pulls as claims by `name`; what is new, and what was there.
fn pull(dir: &Path, url: &str, name: &str) -> (Value, Value) {
    let args = [
        "taxii", "pull", url, "--record", "ours", "--name", name, "--json",
    ];
    let out = run_in(dir, &args).code(0);
    let mut report = serde_json::from_str::<Value>(&out).unwrap()["collections"][0].take();
    (report["added"].take(), report["there_before"].take())
}

#[test]
fn any_number_of_pages_of_one_date_is_pulled_whole_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let all = json!(PAGES * EACH);
    for (name, date) in [
        ("past", Some("2024-01-01T00:00:00.000002Z")),
        ("future", Some("9998-01-01T00:00:00.000002Z")),
        ("none", None),
    ] {
        let peer = of_one_date(date);
        let first = pull(dir, &peer.collection(), name);
        assert_eq!(first, (all.clone(), json!(0)), "{name}");
        // The next pull passes the same pages, all of them held, and ends.
        let again = pull(dir, &peer.collection(), name);
        assert_eq!(again, (json!(0), all.clone()), "{name}");
    }
}

#[test]
fn a_server_that_moves_its_dates_and_says_the_same_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let args = |url: &str| {
        let args = ["taxii", "pull", url, "--record", "ours", "--name", "circle"];
        run_in(dir, &args).code_err(1)
    };
    // Later and later, and never anything else.
    let moving = Peer::start(|n, _, _| {
        let date = format!("2024-01-01T00:00:00.{n:06}Z");
        Said::page(&[tool(1)], Some(&n.to_string()), Some(&date))
    });
    let err = args(&moving.collection());
    assert!(err.contains("no way to it"), "{err}");
    assert!(moving.requests() < 50, "{}", moving.requests());
    // Forgets each cursor that it gives.
    let forgetful = Peer::start(|n, _, query| match query.get("next") {
        Some(_) => Said::status(404, &[]),
        None => {
            let date = format!("2024-01-01T00:00:00.{n:06}Z");
            Said::page(&[tool(1)], Some("gone"), Some(&date))
        }
    });
    let err = args(&forgetful.collection());
    assert!(err.contains("404"), "{err}");
    assert!(forgetful.requests() < 300, "{}", forgetful.requests());
}
