//! Findings of a served record over TAXII: what any client of STIX reads is what the record says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::serving::{started, started_saying, stop};
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

fn reports(all: &[Value]) -> usize {
    all.iter().filter(|o| o["type"] == "report").count()
}

/// All objects of the collection `findings` once so many reports are among them.
fn published(url: &str, findings: usize) -> Vec<Value> {
    let until = Instant::now() + PATIENCE;
    let mut all = objects(url, "findings");
    while reports(&all) < findings {
        let count = reports(&all);
        assert!(Instant::now() < until, "{count} reports are published");
        std::thread::sleep(Duration::from_millis(100));
        all = objects(url, "findings");
    }
    all
}

/// The value of a metric, by its name with its labels.
fn metric(url: &str, name: &str) -> u64 {
    let mut answer = ureq::get(format!("{url}/metrics")).call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.unwrap_or_else(|| panic!("{name} is not in {text}"));
    value.trim().parse().unwrap()
}

/// The cases of the findings among objects.
fn cases(objects: &[Value]) -> BTreeSet<String> {
    let reports = objects.iter().filter(|o| o["type"] == "report");
    let finding = "extension-definition--92270e25-15d1-40a4-98fe-36a7450a570c";
    let case = |report: &Value| {
        report["extensions"][finding]["case"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    reports.map(case).collect()
}

/// A finding whose bundle fails is in the log and the metrics, and every other is published.
#[test]
fn a_finding_that_cannot_be_published_holds_back_no_other_and_is_counted() {
    const NAME: &str = "solferino_taxii_publication_failures_total";
    let demo = copy_of_demo();
    let dir = demo.path();
    let export = ["export", "stix", "demo", "notpetya-2017"];
    let exported: Value = serde_json::from_str(&run_in(dir, &export).code(0)).unwrap();
    let observed = exported["objects"].as_array().unwrap().iter();
    let hashes = observed.filter(|o| o["type"] == "observed-data").map(|o| {
        let hash = &o["external_references"][0]["external_id"];
        hash.as_str().unwrap().to_owned()
    });
    let kept = |hash: &String| dir.join(format!("demo/vault/{}/{hash}.age", &hash[..2]));
    let file = hashes
        .map(|hash| kept(&hash))
        .find(|file| file.exists())
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    run_in(dir, &export).code(1);

    let bundles = std::fs::read_dir(dir.join("demo/bundles")).unwrap();
    let names: Vec<_> = bundles
        .map(|b| b.unwrap().file_name().into_string().unwrap())
        .collect();
    let damaged = names
        .iter()
        .filter(|name| name.starts_with("notpetya-2017"))
        .count();
    assert!(damaged > 0 && names.len() > damaged);
    let serve = ["serve", "demo", "--listen", "127.0.0.1:0"];
    let (child, url) = started_saying(dir, &serve, Stdio::null());
    let all = published(&url, names.len() - damaged);
    let failed = metric(&url, &format!("{NAME}{{what=\"finding\"}}"));
    let others =
        ["object", "collection"].map(|what| metric(&url, &format!("{NAME}{{what=\"{what}\"}}")));
    stop(child);
    assert_eq!(reports(&all), names.len() - damaged);
    assert!(!cases(&all).contains("notpetya-2017"), "{:?}", cases(&all));
    assert_eq!((failed, others), (damaged as u64, [0, 0]));
}

#[test]
fn every_finding_of_a_served_record_is_published_as_the_export_writes_it() {
    let demo = copy_of_demo();
    let dir = demo.path();
    let export = [
        "export",
        "stix",
        "demo",
        "notpetya-2017",
        "--at",
        "https://record.example",
    ];
    let exported: Value = serde_json::from_str(&run_in(dir, &export).code(0)).unwrap();
    let feed = run_in(dir, &["export", "atom", "demo"]).code(0);
    let findings = feed.matches("<entry").count();
    assert!(findings > 5, "{findings}");
    let (child, url) = started(dir, &["serve", "demo", "--listen", "127.0.0.1:0"]);
    let all = published(&url, findings);
    stop(child);
    assert_eq!(reports(&all), findings);
    let by_id: BTreeMap<&str, &Value> =
        all.iter().map(|o| (o["id"].as_str().unwrap(), o)).collect();
    let (addresses, exported) = exported["objects"]
        .as_array()
        .unwrap()
        .split_last()
        .unwrap();
    for object in exported {
        let id = object["id"].as_str().unwrap();
        assert_eq!(by_id.get(id), Some(&object), "{id}");
    }
    let id = addresses["id"].as_str().unwrap();
    assert!(
        !by_id.contains_key(id),
        "the server does not know its address, and has no other object of that name"
    );
}
