//! A public attribution by others, from its files to a case that checks it.

use std::path::Path;

use serde_json::{Value, json};

use crate::founding::founded;
use crate::support::{run_in, shared};

const TEXT: &str = "The group Evil Org attacked the clinic.\nIt acts for XB.\n";

/// A bundle as an agency might publish it, with a name that tries to leave its line.
fn bundle() -> Value {
    let object = |kind: &str, n: u8, more: Value| {
        let mut out = json!({"type": kind, "spec_version": "2.1", "id": format!("{kind}--{n}"),
            "created": "2026-11-19T10:00:00.000Z", "modified": "2026-11-19T10:00:00.000Z"});
        out.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        out
    };
    let relation = |n: u8, from: &str, kind: &str, to: &str| {
        object(
            "relationship",
            n,
            json!({"relationship_type": kind, "source_ref": from, "target_ref": to}),
        )
    };
    json!({"type": "bundle", "id": "bundle--1", "objects": [
        object("campaign", 1, json!({"name": "Clinic"})),
        object("threat-actor", 2, json!({"name": "Evil\",\n\"kind\": \"who\" Org"})),
        object("location", 3, json!({"country": "XB"})),
        object("malware", 4, json!({"name": "Wiper", "is_family": true})),
        relation(5, "campaign--1", "attributed-to", "threat-actor--2"),
        relation(6, "threat-actor--2", "located-at", "location--3"),
        relation(7, "campaign--1", "uses", "malware--4"),
        object("indicator", 8, json!({"pattern": "[a:b=1]"})),
    ]})
}

fn files(dir: &Path) {
    std::fs::write(dir.join("claim.txt"), TEXT).unwrap();
    std::fs::write(dir.join("claim.json"), bundle().to_string()).unwrap();
}

#[test]
fn a_claim_is_imported_and_its_case_opened() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    founded(dir);
    files(dir);
    run_in(dir, &["key", "new", "reporter", "--out", "reporter.key"]).code(0);
    let import = |more: &[&str]| {
        let args = [
            "claim",
            "import",
            "claim.txt",
            "claim.json",
            "--record",
            "ours",
            "--case",
            "claim-2026",
        ];
        run_in(dir, &[&args[..], more].concat())
    };
    let nobody = import(&["--out", "first"]);
    assert!(
        nobody.code == 1 && nobody.err.contains("--publisher"),
        "{nobody:?}"
    );
    let origin = ["--publisher", "some-agency", "--published", "2026-11-19"];
    import(&[&origin[..], &["--out", "first"]].concat()).code(0);
    let report = std::fs::read_to_string(dir.join("first/report.jsonc")).unwrap();
    assert!(
        report.contains(&tlog::sha256(TEXT.as_bytes()).to_string()),
        "{report}"
    );
    let submit = |file: &str, key: &str| {
        run_in(
            dir,
            &["submit", file, "--key", key, "--record", "ours", "--json"],
        )
        .code(0)
    };
    let report: Value =
        serde_json::from_str(&submit("first/report.jsonc", "reporter.key")).unwrap();
    let report = report["statement"].as_str().unwrap();
    let out = import(&[&origin[..], &["--out", "drafts", "--report", report]].concat()).code(0);
    assert!(out.contains("3 assertions, each its publisher's"), "{out}");
    assert!(out.contains("1 x indicator: not an attribution"), "{out}");
    for file in ["case.open", "exhibit-text", "exhibit-objects"] {
        submit(&format!("drafts/{file}.jsonc"), "registrar.key");
    }
    let shown = run_in(dir, &["case", "show", "claim-2026", "--record", "ours"]).code(0);
    assert!(
        shown.contains("\"XB is responsible\" (claimed by some-agency)"),
        "{shown}"
    );
    let case = run_in(
        dir,
        &["case", "show", "claim-2026", "--record", "ours", "--json"],
    )
    .code(0);
    let case: Value = serde_json::from_str(&case).unwrap();
    assert_eq!(case["question"]["kind"], "claim");
    assert_eq!(case["question"]["assertions"].as_array().unwrap().len(), 3);
    // both files lie in the vault byte for byte
    let text = tlog::sha256(TEXT.as_bytes()).to_string();
    run_in(
        dir,
        &[
            "exhibit", "get", &text, "--record", "ours", "--out", "back.txt",
        ],
    )
    .code(0);
    assert_eq!(std::fs::read_to_string(dir.join("back.txt")).unwrap(), TEXT);
    let objects = case["question"]["objects_sha256"].as_str().unwrap();
    run_in(
        dir,
        &[
            "exhibit",
            "get",
            objects,
            "--record",
            "ours",
            "--out",
            "back.json",
        ],
    )
    .code(0);
    assert_eq!(
        std::fs::read_to_string(dir.join("back.json")).unwrap(),
        bundle().to_string()
    );
    // an existing folder is left alone
    let again = import(&[&origin[..], &["--out", "drafts"]].concat());
    assert!(again.code == 1 && again.err.contains("hint: "), "{again:?}");
}

#[test]
fn a_file_that_is_no_claim_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    files(dir);
    std::fs::write(dir.join("twice.json"), "{\"objects\": [], \"objects\": []}").unwrap();
    std::fs::write(dir.join("bytes.txt"), b"\xff\xfe").unwrap();
    for args in [
        ["claim.txt", "twice.json"],
        ["claim.txt", "claim.txt"],
        ["bytes.txt", "claim.json"],
    ] {
        let ran = run_in(dir, &["claim", "import", args[0], args[1]]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(
            ran.err.contains("problem: ") && ran.err.contains("hint: "),
            "{ran:?}"
        );
    }
    let out = run_in(
        dir,
        &["claim", "import", "claim.txt", "claim.json", "--json"],
    )
    .code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["assertions"].as_array().unwrap().len(), 3);
    assert_eq!(value["read"]["format"], "stix");
}

#[test]
fn the_demonstration_shows_what_was_found_of_each_assertion() {
    let case = "olympic-claim-2018";
    let out = run_in(shared(), &["finding", "show", case, "--record", "demo"]).code(0);
    assert!(
        out.contains("\"KP is responsible\": cannot tell from open evidence"),
        "{out}"
    );
    assert!(
        out.contains("early-press-reports claimed on 2018-02-26"),
        "{out}"
    );
    assert!(out.contains("names nobody"), "{out}");
    let bundle = format!("demo/bundles/{case}-1.bundle");
    let out = run_in(
        shared(),
        &["replay", &bundle, "--without", "item.O1", "--json"],
    )
    .code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    let outcome = |side: &str| value[side]["claim"]["assertions"][2]["outcome"].clone();
    assert_eq!(
        (outcome("before"), outcome("after")),
        (json!("supported"), json!("cannot-tell"))
    );
}
