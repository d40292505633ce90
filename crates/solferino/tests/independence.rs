//! The independence index of the demonstration, word for word and as JSON.

use std::path::Path;

use serde_json::Value;

use crate::support::{hashes, run_in, shared};

/// UPDATE=1 rewrites the transcript; the diff is then reviewed like code.
#[test]
fn the_transcript_of_the_demonstration_holds() {
    let before = hashes(&shared().join("demo"));
    let out = run_in(shared(), &["independence", "demo"]).code(0);
    assert_eq!(before, hashes(&shared().join("demo")), "it only reads");
    let kept =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/independence-of-the-demo.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &out).unwrap();
    }
    let text = std::fs::read_to_string(&kept).unwrap_or_default();
    assert!(
        text == out,
        "{} differs; run this test with UPDATE=1\n{out}",
        kept.display()
    );
}

#[test]
fn as_json_it_is_marked_and_its_counts_add_up() {
    let out = run_in(shared(), &["independence", "demo", "--json"]).code(0);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["demonstration"], true);
    let index = &value["index"];
    for table in ["accused", "victim"] {
        let rows = index[table]["rows"].as_array().unwrap();
        for count in ["asked", "opened", "waiting", "cases"] {
            let sum: u64 = rows.iter().map(|r| r[count].as_u64().unwrap()).sum();
            assert_eq!(index[table]["all"][count], sum, "{table} {count}");
        }
    }
    // five historical cases and a claim, eight reports that wait
    assert_eq!(index["victim"]["all"]["cases"], 6);
    assert_eq!(index["victim"]["all"]["waiting"], 8);
    assert_eq!(index["funding"]["broken"], Value::Null);
    assert!(index["funding"]["entries"].as_u64().unwrap() > 0);
    assert_eq!(index["panels"]["assigned"], 18);
}

#[test]
fn a_folder_that_is_no_record_is_refused_with_a_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let ran = run_in(dir.path(), &["independence", "nowhere"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("hint: "), "{ran:?}");
}
