//! Pulling over TAXII, from servers of every kind, and loading from files.

use std::path::Path;

use serde_json::{Value, json};

use crate::founding::founded;
use crate::serving::{serve, stop};
use crate::support::run_in;
use crate::taxii_peer::{Peer, Said};

const V1: &str = "2020-01-01T00:00:00.000Z";

/// A tool of that number.
pub(crate) fn tool(n: usize) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1", "id": format!("tool--{n:08x}-0000-4000-8000-000000000000"),
        "created": V1, "modified": V1, "name": format!("tool {n}"),
    })
}

/// A bundle of tools in a file.
pub(crate) fn bundle(dir: &Path, name: &str, numbers: std::ops::Range<usize>) {
    let objects: Vec<Value> = numbers.map(tool).collect();
    let bundle = json!({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects});
    std::fs::write(dir.join(name), bundle.to_string()).unwrap();
}

/// Pulls into `ours` as claims by `them`; the report of the one collection.
fn pull(dir: &Path, url: &str) -> Value {
    let out = run_in(
        dir,
        &[
            "taxii", "pull", url, "--record", "ours", "--name", "them", "--json",
        ],
    )
    .code(0);
    serde_json::from_str::<Value>(&out).unwrap()["collections"][0].take()
}

/// What a served record has in `claims-them`, in order, by one request.
fn held(dir: &Path) -> Vec<Value> {
    let (child, url) = serve(dir);
    let url =
        format!("{url}/taxii2/solferino/collections/claims-them/objects/?match%5Bversion%5D=all");
    let text = ureq::get(&url)
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    stop(child);
    let mut page: Value = serde_json::from_str(&text).unwrap();
    assert_ne!(page["more"], json!(true));
    serde_json::from_value(page["objects"].take()).unwrap_or_default()
}

fn tools(numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers.map(tool).collect()
}

#[test]
fn pulling_from_our_own_server_takes_everything_and_goes_on_where_it_stopped() {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (theirs, ours) = (theirs.path(), ours.path());
    founded(theirs);
    founded(ours);
    bundle(theirs, "first.json", 0..2_500);
    run_in(
        theirs,
        &["taxii", "load", "ours", "first.json", "--name", "source"],
    )
    .code(0);
    let (child, url) = serve(theirs);
    let url = format!("{url}/taxii2/");
    let pulled = |args: &[&str]| {
        let base = [
            "taxii",
            "pull",
            &url,
            "--record",
            "ours",
            "--name",
            "them",
            "--collection",
            "claims-source",
        ];
        run_in(ours, &[&base[..], args].concat())
    };
    let out = pulled(&["--json"]).code(0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (
            &report["collections"][0]["pages"],
            &report["collections"][0]["added"]
        ),
        (&json!(3), &json!(2_500))
    );
    assert_eq!(report["into"], "claims-them");
    bundle(theirs, "second.json", 2_000..2_700);
    let loaded = run_in(
        theirs,
        &["taxii", "load", "ours", "second.json", "--name", "source"],
    )
    .code(0);
    assert!(
        loaded.contains("200 new, 500 there before, 0 refused"),
        "{loaded}"
    );
    let out = pulled(&["--json"]).code(0);
    let report: Value = serde_json::from_str(&out).unwrap();
    // One comes twice: the last of the time before, by design.
    let counts = ["pages", "added", "there_before"]
        .map(|name| report["collections"][0][name].as_u64().unwrap());
    assert_eq!(counts, [1, 200, 1]);
    let unknown = run_in(
        ours,
        &[
            "taxii",
            "pull",
            &url,
            "--record",
            "ours",
            "--collection",
            "no such",
        ],
    )
    .code_err(1);
    assert!(
        unknown.contains("no collection") && unknown.contains("Findings"),
        "{unknown}"
    );
    stop(child);
    let far = pulled(&[]);
    assert_eq!(
        far.code, 1,
        "a server that is gone is a problem, after some tries: {far:?}"
    );
}

#[test]
fn a_server_that_gives_next_is_followed_with_the_same_filters() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    // Refuses any `next` that does not come with the filters of the first page, as servers do.
    let peer = Peer::start(
        |_, path, query| match (path, query.get("next").map(String::as_str)) {
            (_, None) => Said::page(
                &tools(0..3),
                Some("a/b c"),
                Some("2024-01-01T00:00:00.000003Z"),
            ),
            (_, Some("a/b c"))
                if query.get("match[version]").is_some_and(|v| v == "all")
                    && !query.contains_key("added_after") =>
            {
                Said::page(&tools(3..5), None, Some("2024-01-01T00:00:00.000005Z"))
            }
            _ => Said::status(400, &[]),
        },
    );
    let report = pull(dir, &peer.collection());
    assert_eq!((&report["pages"], &report["added"]), (&json!(2), &json!(5)));
    assert_eq!(held(dir), tools(0..5));
}

#[test]
fn a_server_without_next_is_followed_by_added_after_and_shared_moments_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    // Seven objects; numbers 1 to 4 share one date_added; three a page; strictly later than added_after.
    let dated = |n: usize| match n {
        0 => 1,
        1..=4 => 2,
        n => n,
    };
    let peer = Peer::start(move |_, _, query| {
        let after = query.get("added_after").map_or(0, |text| {
            let micros = text.rsplit('.').next().unwrap().trim_end_matches('Z');
            micros.parse::<usize>().unwrap()
        });
        // Bulk servers keep milliseconds: dates are whole thousands.
        let left: Vec<usize> = (0..7).filter(|n| dated(*n) * 1_000 > after).collect();
        let page: Vec<usize> = left.iter().take(5).copied().collect();
        let last = page
            .last()
            .map(|n| format!("2024-01-01T00:00:00.{:06}Z", dated(*n) * 1_000));
        let objects: Vec<Value> = page.iter().map(|n| tool(*n)).collect();
        Said::more(&objects, left.len() > page.len(), last.as_deref())
    });
    let report = pull(dir, &peer.collection());
    assert_eq!(report["added"], json!(7), "{report}");
    assert_eq!(held(dir), tools(0..7));
}

#[test]
fn a_forgotten_cursor_and_an_interruption_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    // The first cursor is forgotten at once; then the position has to serve.
    let peer = Peer::start(
        |count, _, query| match (query.get("next"), query.get("added_after")) {
            (Some(_), _) => Said::status(404, &[]),
            (None, None) => Said::page(
                &tools(0..2),
                Some("gone"),
                Some("2024-01-01T00:00:00.000002Z"),
            ),
            (None, Some(after)) if after == "2024-01-01T00:00:00.000001Z" && count < 100 => {
                Said::page(&tools(1..4), None, Some("2024-01-01T00:00:00.000004Z"))
            }
            _ => Said::status(400, &[]),
        },
    );
    assert_eq!(pull(dir, &peer.collection())["added"], json!(4));
    assert_eq!(held(dir), tools(0..4));
}

#[test]
fn a_busy_server_is_waited_for_as_it_asks_and_not_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let peer = Peer::start(|count, _, _| match count {
        0 => Said::status(429, &[("Retry-After", "1")]),
        1 => Said::status(503, &[]),
        _ => Said::page(&tools(0..1), None, Some("2024-01-01T00:00:00.000001Z")),
    });
    let begun = std::time::Instant::now();
    assert_eq!(pull(dir, &peer.collection())["added"], json!(1));
    assert!(
        begun.elapsed().as_secs() >= 3,
        "it waited one second, then two"
    );
    let long = Peer::start(|_, _, _| Said::status(429, &[("Retry-After", "86400")]));
    let err = run_in(
        dir,
        &["taxii", "pull", &long.collection(), "--record", "ours"],
    )
    .code_err(1);
    assert!(err.contains("86400"), "{err}");
    assert_eq!(long.requests(), 1);
}

#[test]
fn a_peer_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    let fails = |url: &str, wanted: &str| {
        let err = run_in(
            dir,
            &["taxii", "pull", url, "--record", "ours", "--name", "them"],
        )
        .code_err(1);
        assert!(err.contains(wanted), "{wanted}: {err}");
    };
    // Says more for ever, without a way to it or with the same one.
    let stuck =
        Peer::start(|_, _, _| Said::more(&tools(0..2), true, Some("2024-01-01T00:00:00.000002Z")));
    fails(&stuck.collection(), "no way to it");
    assert!(stuck.requests() < 5);
    let circle = Peer::start(|n, _, _| {
        Said::page(
            &tools(0..2),
            Some(["a", "b"][n % 2]),
            Some("2024-01-01T00:00:00.000002Z"),
        )
    });
    fails(&circle.collection(), "no way to it");
    assert!(circle.requests() < 50);
    // A date of the far future would end all later pulls in silence: it is not where the next one begins.
    let ahead = Peer::start(|n, asked, _| {
        assert!(!asked.contains("added_after=9"), "{asked}");
        Said::page(&tools(n..n + 1), None, Some("9998-01-01T00:00:00.000001Z"))
    });
    for _ in 0..2 {
        let args = [
            "taxii",
            "pull",
            &ahead.collection(),
            "--record",
            "ours",
            "--name",
            "ahead",
        ];
        let err = run_in(dir, &args).code_err(0);
        assert!(err.contains("lies in the future"), "{err}");
    }
    assert_eq!(ahead.requests(), 2);
    // Sends elsewhere, by redirect or by discovery; nothing is asked there.
    let elsewhere = Peer::start(|_, _, _| Said::page(&tools(0..1), None, None));
    let target = elsewhere.url.clone();
    let redirect = Peer::start(move |_, _, _| Said::status(302, &[("Location", &target)]));
    fails(&redirect.collection(), "302");
    let target = elsewhere.url.clone();
    let discovery = Peer::start(move |_, _, _| {
        Said::json(&json!({"title": "x", "api_roots": [format!("{target}/api/")]}))
    });
    fails(&format!("{}/taxii2/", discovery.url), "not followed");
    assert_eq!(elsewhere.requests(), 0);
    // Not JSON, and JSON with one key twice.
    for body in ["<html>", "{\"objects\":[],\"objects\":[]}"] {
        let broken = Peer::start(move |_, _, _| Said::text(body));
        fails(&broken.collection(), "JSON");
    }
    // What was sound in a page stays, what is not is named; a second content never replaces the first.
    let mut other = tool(1);
    other["name"] = json!("another content");
    let mixed = Peer::start(move |_, _, _| {
        Said::page(
            &[
                tool(1),
                json!(7),
                json!({"type": "tool"}),
                other.clone(),
                json!({"type": "tool", "id": "tool--x"}),
            ],
            None,
            Some("2024-01-01T00:00:00.000009Z"),
        )
    });
    let report = pull(dir, &mixed.collection());
    let counts = ["added", "there_before", "refused", "kept_though_invalid"]
        .map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts[2], 3, "{report}");
    let held = held(dir);
    assert!(
        held.contains(&tool(1)) && held.contains(&json!({"type": "tool", "id": "tool--x"})),
        "{held:?}"
    );
    let other = run_in(
        dir,
        &[
            "taxii",
            "pull",
            "ftp://peer.example/taxii2/",
            "--record",
            "ours",
        ],
    )
    .code_err(2);
    assert!(other.contains("https://"), "{other}");
}

#[test]
fn a_file_that_is_cut_loads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    bundle(dir, "whole.json", 0..3_000);
    let whole = std::fs::read(dir.join("whole.json")).unwrap();
    std::fs::write(dir.join("cut.json"), &whole[..whole.len() - 10]).unwrap();
    let err = run_in(
        dir,
        &[
            "taxii",
            "load",
            "ours",
            "whole.json",
            "cut.json",
            "--name",
            "them",
        ],
    )
    .code_err(1);
    assert!(
        err.contains("cut.json") && err.contains("nothing was stored"),
        "{err}"
    );
    run_in(
        dir,
        &[
            "taxii",
            "load",
            "ours",
            "whole.json",
            "--name",
            "Not A Name",
        ],
    )
    .code(1);
    let loaded = run_in(
        dir,
        &["taxii", "load", "ours", "whole.json", "--name", "them"],
    )
    .code(0);
    assert!(
        loaded.contains("3000 new, 0 there before, 0 refused"),
        "{loaded}"
    );
}
