//! `solferino import misp`, `solferino export misp` and `solferino misp convert`, as a person uses them.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::run_in;

fn event(info: &str) -> Value {
    json!({"Event": {"uuid": "a6ef17d6-91cb-4a05-b10b-2f045daf874c", "info": info, "timestamp": "1603642920",
        "x_own_field": [1, null, {"deep": true}], "Attribute": [
            {"uuid": "91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f", "type": "domain", "category": "Network activity",
             "value": "example.org", "to_ids": true, "comment": "seen there", "first_seen": "2020-01-01"}]}})
}

fn write(path: &Path, value: &Value) {
    fs::write(path, value.to_string()).unwrap();
}

fn zipped(path: &Path, bytes: &[u8]) {
    let mut out =
        flate2::write::GzEncoder::new(fs::File::create(path).unwrap(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap();
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn folders_and_packed_files_are_imported_and_exported_as_they_stood() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir_all(at("in/deeper")).unwrap();
    write(&at("in/a.json"), &event("first"));
    zipped(
        &at("in/deeper/b.json.gz"),
        event("second").to_string().as_bytes(),
    );
    let galaxy = json!({"type": "threat-actor", "name": "Threat Actor", "values": [
        {"uuid": "103ebfd8-4280-4027-b61e-69bd9967ad6c", "value": "Grey Heron", "meta": {"synonyms": ["Night Owl"]}},
        {"uuid": "58db02e6-d908-47c2-bc82-ed58ada61331", "value": "Night Owl", "meta": {"country": "XX"}}]});
    write(&at("in/deeper/c.json"), &galaxy);
    fs::write(at("in/readme.md"), "about these").unwrap();
    let out = run_in(
        dir.path(),
        &["import", "misp", "in", "--out", "claims.jsonl"],
    )
    .code(0);
    for line in [
        "read: 2 event",
        "read: 1 galaxy",
        "1 names are claimed by several clusters; none were merged",
        "refused: 0",
        "not read: in/readme.md: its name ends otherwise",
    ] {
        assert!(out.contains(line), "{out}");
    }
    run_in(
        dir.path(),
        &["export", "misp", "claims.jsonl", "--out", "back.json"],
    )
    .code(0);
    assert_eq!(
        read(&at("back.json")),
        json!([event("first"), event("second"), galaxy])
    );
    let again = run_in(
        dir.path(),
        &["import", "misp", "in", "--out", "claims.jsonl"],
    );
    assert_eq!(again.code, 1, "another's file is not overwritten");
}

#[test]
fn an_import_is_whole_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    write(&at("good.json"), &event("good"));
    fs::write(
        at("twice.json"),
        br#"{"info": "a", "uuid": "b", "info": "c"}"#,
    )
    .unwrap();
    let ran = run_in(
        dir.path(),
        &[
            "import",
            "misp",
            "good.json",
            "twice.json",
            "--out",
            "out.jsonl",
        ],
    );
    assert!(
        ran.code == 1 && ran.err.contains("duplicate key"),
        "{}",
        ran.err
    );
    assert!(!at("out.jsonl").exists());
    let skip = [
        "import",
        "misp",
        "good.json",
        "twice.json",
        "--out",
        "out.jsonl",
        "--skip-refused",
        "--json",
    ];
    let report: Value = serde_json::from_str(&run_in(dir.path(), &skip).code(0)).unwrap();
    assert_eq!(
        (&report["read"]["event"], &report["refused"]["count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["refused"]["first"][0]["origin"], "twice.json");
}

#[test]
fn unpacking_stops_at_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let over = vec![b' '; (128 << 20) + 1];
    zipped(&dir.path().join("bomb.json.gz"), &over);
    let ran = run_in(
        dir.path(),
        &["import", "misp", "bomb.json.gz", "--out", "out.jsonl"],
    );
    assert!(
        ran.code == 1 && ran.err.contains("more than 134217728 bytes"),
        "{}",
        ran.err
    );
    assert!(!dir.path().join("out.jsonl").exists());
    fs::write(dir.path().join("large.json"), &over).unwrap();
    let ran = run_in(
        dir.path(),
        &["import", "misp", "large.json", "--out", "out.jsonl"],
    );
    assert!(
        ran.code == 1 && ran.err.contains("more than 134217728 bytes"),
        "{}",
        ran.err
    );
}

#[test]
fn a_conversion_says_what_it_kept_and_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    write(&at("event.json"), &event("a case"));
    let there = run_in(
        dir.path(),
        &[
            "misp",
            "convert",
            "--to",
            "stix",
            "event.json",
            "--out",
            "bundle.json",
        ],
    );
    assert_eq!(there.code, 0, "{}", there.err);
    assert!(
        there.err.contains("kept beside: 1 attribute.first_seen"),
        "{}",
        there.err
    );
    assert!(
        there.err.contains("kept beside: 1 event.x_own_field"),
        "{}",
        there.err
    );
    run_in(
        dir.path(),
        &[
            "misp",
            "convert",
            "--to",
            "misp",
            "bundle.json",
            "--out",
            "again.json",
        ],
    )
    .code(0);
    assert_eq!(read(&at("again.json")), event("a case"));
    let nothing = run_in(
        dir.path(),
        &["misp", "convert", "--to", "misp", "event.json"],
    );
    assert_eq!(nothing.code, 1);
}
