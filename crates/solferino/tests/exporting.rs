//! Findings in the formats of others, as the command writes them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{copy_of_demo, run_in, shared};

fn bundles() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(shared().join("demo/bundles")).unwrap();
    let mut all: Vec<PathBuf> = entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "bundle"))
        .collect();
    all.sort();
    assert!(all.len() >= 5, "a bundle for each case: {all:?}");
    all
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn every_demonstration_case_exports_valid_stix_twice_the_same() {
    let dir = tempfile::tempdir().unwrap();
    for bundle in bundles() {
        let out = dir.path().join("out.json");
        let args = ["export", "stix", text(&bundle), "--out", "out.json"];
        let ran = run_in(dir.path(), &args);
        assert!(ran.err.contains("signers not pinned"), "{}", ran.err);
        ran.code(0);
        let first = std::fs::read_to_string(&out).unwrap();
        let again = run_in(dir.path(), &["export", "stix", text(&bundle)]).code(0);
        assert!(
            first == again,
            "{bundle:?} differs from one export to the next"
        );
        run_in(dir.path(), &["stix", "validate", "--quiet", "out.json"]).code(0);
        // Another's file is never overwritten.
        run_in(dir.path(), &args).code(1);
        std::fs::remove_file(&out).unwrap();
    }
}

#[test]
fn a_record_exports_what_its_bundle_does_and_a_damaged_bundle_nothing() {
    let demo = copy_of_demo();
    let dir = demo.path();
    let out = run_in(
        dir,
        &[
            "export",
            "stix",
            "demo",
            "olympic-2018",
            "--at",
            "https://record.example",
        ],
    )
    .code(0);
    let stix: Value = serde_json::from_str(&out).unwrap();
    let objects = stix["objects"].as_array().unwrap();
    let (note, others) = objects.split_last().unwrap();
    assert_eq!(note["abstract"], "Where it is served");
    let url = note["external_references"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://record.example/findings/"), "{url}");
    let without = run_in(dir, &["export", "stix", "demo", "olympic-2018"]).code(0);
    let without: Value = serde_json::from_str(&without).unwrap();
    assert_eq!(
        without["objects"],
        json!(others),
        "an address changes no other object"
    );
    let which = run_in(dir, &["export", "stix", "demo"]);
    assert_eq!(which.code, 2, "{}", which.err);

    let bundle = bundles().remove(0);
    let damaged = std::fs::read_to_string(bundle)
        .unwrap()
        .replacen("result {", "result  {", 1);
    std::fs::write(dir.join("damaged.bundle"), damaged).unwrap();
    for format in ["stix", "case-uco", "jsonl"] {
        let ran = run_in(dir, &["export", format, "damaged.bundle", "--out", "x"]);
        assert_eq!(ran.code, 4, "{}", ran.err);
        assert!(!dir.join("x").exists());
    }
}

#[test]
fn definitions_stand_alone() {
    let dir = tempfile::tempdir().unwrap();
    let out = run_in(dir.path(), &["export", "stix", "--definitions"]).code(0);
    std::fs::write(dir.path().join("definitions.json"), &out).unwrap();
    run_in(
        dir.path(),
        &["stix", "validate", "--quiet", "definitions.json"],
    )
    .code(0);
    let all: Value = serde_json::from_str(&out).unwrap();
    for definition in all["objects"].as_array().unwrap() {
        if definition["type"] == "extension-definition" {
            let schema: Value =
                serde_json::from_str(definition["schema"].as_str().unwrap()).unwrap();
            assert_eq!(schema["title"], definition["name"]);
        }
    }
}

#[test]
fn the_feed_and_the_lines_have_every_finding() {
    let feed = run_in(
        shared(),
        &["export", "atom", "demo", "--at", "https://record.example"],
    )
    .code(0);
    assert!(feed.starts_with("<?xml"));
    let entries = feed.matches("<entry>").count();
    assert!(entries >= 5, "{entries}");
    assert!(feed.contains("<link rel=\"self\" type=\"application/atom+xml\" href=\"https://record.example/feed.atom\"/>"));
    for bundle in bundles() {
        let out = run_in(shared(), &["export", "jsonl", text(&bundle)]).code(0);
        let mut lines = out
            .lines()
            .map(|l| serde_json::from_str::<Value>(l).unwrap());
        assert_eq!(lines.next().unwrap()["kind"], "finding");
        let mut before = None;
        for line in lines {
            let index = line["index"].as_u64();
            assert!(index > before, "in index order");
            before = index;
        }
    }
}

/// What others' readers say of the same files. `SOLFERINO_PYTHON` names a Python that has the packages `stix2`,
/// `case-utils` and `feedparser`.
#[test]
fn readers_of_others_take_the_exports() {
    let python = std::env::var("SOLFERINO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let dir = tempfile::tempdir().unwrap();
    for (n, bundle) in bundles().iter().enumerate() {
        for format in ["stix", "case-uco"] {
            let out = format!("{n}.{format}.json");
            run_in(dir.path(), &["export", format, text(bundle), "--out", &out]).code(0);
        }
    }
    let feed = run_in(shared(), &["export", "atom", "demo"]).code(0);
    std::fs::write(dir.path().join("feed.atom"), feed).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/readers_of_others.py");
    let ran = Command::new(&python).arg(script).arg(dir.path()).output();
    let Ok(ran) = ran else {
        println!("SKIPPED: there is no {python}; nothing of others read the exports");
        return;
    };
    let (out, err) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    println!("{out}");
    assert!(ran.status.success(), "{out}\n{err}");
}
