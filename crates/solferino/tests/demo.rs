//! The demonstration: complete, unchanged by a second run, and every bundle of it checkable.

use serde_json::Value;

use crate::support::{hashes, run_in, shared};

const FINDINGS: usize = 18;

fn bundles() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(shared().join("demo/bundles"))
        .unwrap()
        .map(|e| format!("demo/bundles/{}", e.unwrap().file_name().to_string_lossy()))
        .collect();
    names.sort();
    names
}

#[test]
fn the_first_run_tells_what_was_found_and_what_multiplication_says() {
    let out = std::fs::read_to_string(shared().join("first-run.txt")).unwrap();
    assert_eq!(out.matches("no body has decided this").count(), 2, "{out}");
    assert!(
        out.contains("plain multiplication names LAZARUS at 0.978"),
        "{out}"
    );
    assert!(out.contains("18 of 18 bundles verify"), "{out}");
    let rows = out
        .lines()
        .filter(|l| l.contains("-20") && l.contains(" T"))
        .count();
    assert_eq!(rows, FINDINGS, "{out}");
}

/// The promise is for a release binary on two cores; here it shares them with the other tests.
#[test]
fn the_first_run_takes_less_than_a_minute() {
    const MOST_S: f64 = 60.0;
    let out = std::fs::read_to_string(shared().join("first-run.txt")).unwrap();
    let (_, rest) = out.split_once("checked as well in ").unwrap();
    let seconds: f64 = rest.split(' ').next().unwrap().parse().unwrap();
    if std::env::var_os("SOLFERINO_BIN").is_none() {
        eprintln!("SKIPPED LOUDLY: {seconds} s, but not by a release binary (SOLFERINO_BIN)");
        return;
    }
    assert!(seconds < MOST_S, "the demo took {seconds} s");
}

#[test]
fn a_second_run_changes_nothing_and_prints_the_same_table() {
    let before = hashes(&shared().join("demo"));
    let first = std::fs::read_to_string(shared().join("first-run.txt")).unwrap();
    let second = run_in(shared(), &["demo", "--no-serve", "--dir", "demo"]).code(0);
    assert!(
        second.contains("already complete: nothing changed"),
        "{second}"
    );
    let table = |text: &str| text.split("***").nth(2).unwrap().to_owned();
    assert_eq!(table(&first), table(&second));
    assert_eq!(before, hashes(&shared().join("demo")));
}

#[test]
fn the_demo_as_json_is_marked_and_whole() {
    let out = run_in(shared(), &["demo", "--no-serve", "--dir", "demo", "--json"]).code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["demonstration"], true);
    assert!(
        value["notice"]
            .as_str()
            .unwrap()
            .contains("no body has decided")
    );
    assert_eq!(value["stages"].as_array().unwrap().len(), FINDINGS);
    assert_eq!(value["holds"], true);
}

#[test]
fn an_unfinished_folder_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("demo")).unwrap();
    std::fs::write(dir.path().join("demo/mine.txt"), "precious").unwrap();
    let ran = run_in(dir.path(), &["demo", "--no-serve", "--dir", "demo"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("problem: ") && ran.err.contains("hint: "),
        "{ran:?}"
    );
    assert_eq!(hashes(&dir.path().join("demo")).len(), 1);
}

#[test]
fn every_bundle_verifies_with_the_trust_file_and_is_not_pinned_without() {
    let bundles = bundles();
    assert_eq!(bundles.len(), FINDINGS);
    for bundle in bundles {
        let out = run_in(shared(), &["verify", &bundle, "--trust", "demo/trust.txt"]).code(0);
        assert!(out.contains("later withdrawal not checked"), "{out}");
        let out = run_in(shared(), &["verify", &bundle]).code(3);
        assert!(out.contains("self-consistent, signers not pinned"), "{out}");
    }
    let ran = run_in(
        shared(),
        &["verify", "demo/bundles/sony-2014-1.bundle", "--json"],
    );
    let value: Value = serde_json::from_str(&ran.code(3)).unwrap();
    assert_eq!(value["holds"], true, "{value}");
}

#[test]
fn a_bundle_of_other_keys_does_not_pass_the_trust_file() {
    let trust = std::fs::read_to_string(shared().join("demo/trust.txt")).unwrap();
    let other = "0".repeat(64);
    let lines = trust.lines().map(|l| match l.strip_prefix("charter ") {
        Some(_) => format!("charter {other}\n"),
        None => format!("{l}\n"),
    });
    let file = shared().join("other-trust.txt");
    std::fs::write(&file, lines.collect::<String>()).unwrap();
    let out = run_in(
        shared(),
        &[
            "verify",
            "demo/bundles/olympic-2018-1.bundle",
            "--trust",
            "other-trust.txt",
        ],
    )
    .code(4);
    assert!(out.contains("trust        FAILED"), "{out}");
}

#[test]
fn a_replay_is_the_same_and_what_if_shows_both_sides() {
    let bundle = "demo/bundles/olympic-2018-4.bundle";
    let out = run_in(shared(), &["replay", bundle, "--trust", "demo/trust.txt"]).code(0);
    assert!(out.contains("bit for bit the same"), "{out}");
    for what in [
        ["--without", "item.O2"],
        ["--without", "strand.RICH"],
        ["--without", "source.us-doj"],
        ["--set", "item.O8.phi=0.9"],
        ["--set", "delta=0.3"],
    ] {
        let out = run_in(shared(), &["replay", bundle, what[0], what[1]]).code(0);
        assert!(
            out.contains("as published") && out.contains("with the change"),
            "{out}"
        );
    }
    let ran = run_in(shared(), &["replay", bundle, "--without", "item.NONE"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let out = run_in(shared(), &["replay", bundle, "--json"]).code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["same_bits"], true);
    assert_eq!(value["demonstration"], true);
}

#[test]
fn the_reading_commands_read_without_changing_anything() {
    let before = hashes(&shared().join("demo"));
    for args in [
        &["case", "list", "--record", "demo"][..],
        &["case", "show", "olympic-2018", "--record", "demo"],
        &["finding", "show", "olympic-2018", "--record", "demo"],
    ] {
        let out = run_in(shared(), args).code(0);
        assert!(out.contains("no body has decided this"), "{out}");
        let json = run_in(shared(), &[args, &["--json"]].concat()).code(0);
        let value: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["demonstration"], true, "{json}");
    }
    let ran = run_in(shared(), &["case", "show", "nowhere", "--record", "demo"]);
    assert!(ran.code == 1 && ran.err.contains("hint: "), "{ran:?}");
    assert_eq!(before, hashes(&shared().join("demo")));
}

#[test]
fn a_finding_is_found_by_a_unique_beginning() {
    let out = run_in(
        shared(),
        &["case", "show", "olympic-2018", "--record", "demo", "--json"],
    )
    .code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    let id = value["findings"][0]["statement"].as_str().unwrap();
    let out = run_in(
        shared(),
        &["finding", "show", &id[..12], "--record", "demo", "--json"],
    )
    .code(0);
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["statement"], id);
    let ran = run_in(shared(), &["finding", "show", "ff", "--record", "demo"]);
    assert_eq!(ran.code, 1);
}
