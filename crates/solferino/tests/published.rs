//! Findings of a served record over TAXII: what any client of STIX reads is what the record says.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::serving::{started, stop};
use crate::support::{copy_of_demo, run_in};

/// Longest wait for the server's first look at its record; never reached where things work.
const PATIENCE: Duration = Duration::from_secs(60);
const COLLECTIONS: &str = "taxii2/solferino/collections";

fn get(url: &str) -> Value {
    let mut answer = ureq::get(url).call().unwrap();
    serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
}

/// All objects of a collection, page by page.
fn objects(url: &str, collection: &str) -> Vec<Value> {
    let base = format!("{url}/{COLLECTIONS}/{collection}/objects/?match%5Bversion%5D=all");
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("{base}{next}"));
        all.extend(page["objects"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str() {
            Some(cursor) if page["more"] == true => next = format!("&next={cursor}"),
            _ => return all,
        }
    }
}

#[test]
fn every_finding_of_a_served_record_is_published_as_the_export_writes_it() {
    let demo = copy_of_demo();
    let dir = demo.path();
    let exported = run_in(dir, &["export", "stix", "demo", "notpetya-2017"]).code(0);
    let exported: Value = serde_json::from_str(&exported).unwrap();
    let feed = run_in(dir, &["export", "atom", "demo"]).code(0);
    let findings = feed.matches("<entry").count();
    assert!(findings > 5, "{findings}");
    let (child, url) = started(dir, &["serve", "demo", "--listen", "127.0.0.1:0"]);
    let until = Instant::now() + PATIENCE;
    let reports = |all: &[Value]| all.iter().filter(|o| o["type"] == "report").count();
    let mut all = objects(&url, "findings");
    while reports(&all) < findings {
        assert!(
            Instant::now() < until,
            "{} reports are published",
            reports(&all)
        );
        std::thread::sleep(Duration::from_millis(100));
        all = objects(&url, "findings");
    }
    stop(child);
    assert_eq!(reports(&all), findings);
    let by_id: BTreeMap<&str, &Value> =
        all.iter().map(|o| (o["id"].as_str().unwrap(), o)).collect();
    for object in exported["objects"].as_array().unwrap() {
        let id = object["id"].as_str().unwrap();
        assert_eq!(by_id.get(id), Some(&object), "{id}");
    }
}
