//! The benchmark file: what is read, what is passed over with a note, what is refused and where.

use serde_json::{Value, json};
use solferino_suggest::{Benchmark, FileError};

use crate::support::{file, parse, value};

fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut value = value();
    change(&mut value);
    Benchmark::parse(value.to_string().as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_file_is_read_whole() {
    let file = file();
    let counts = (
        file.releases.len(),
        file.temporal.len(),
        file.open_set.len(),
        file.campaigns.len(),
    );
    assert_eq!(counts, (4, 15, 3, 1));
    assert!(file.notes.is_empty(), "{:?}", file.notes);
    assert_eq!(file.knowledge(0).groups(), 5);
    assert_eq!(file.candidate(0, 5), None);
}

#[test]
fn what_points_nowhere_is_refused_with_its_place() {
    let text = refused(|v| v["temporal"][3]["f"][0] = json!(4_000));
    assert_eq!(
        text,
        "temporal[3]: feature 4000 does not exist, the file has 40"
    );
    assert!(refused(|v| v["openset"][0]["r"] = json!(9)).starts_with("openset[0]: release 9"));
    assert!(refused(|v| v["releases"][1]["profiles"]["x"] = json!([])).contains("no group index"));
    assert!(refused(|v| v["feats"][2] = json!([7])).starts_with("feats[2]"));
    assert!(refused(|v| *v = json!([])).starts_with("not an attribution benchmark"));
}

#[test]
fn unknown_keys_and_misplaced_cases_are_noted() {
    let mut value = value();
    value["later"] = json!({"anything": 1});
    value["releases"][0]["more"] = json!(1);
    value["openset"]
        .as_array_mut()
        .unwrap()
        .push(json!({"r": 0, "g": 1, "f": [1, 2, 3, 4, 5]}));
    value["campaigns"][0]["release"] = Value::Null;
    let notes = parse(&value).notes;
    assert_eq!(notes.len(), 4, "{notes:?}");
    assert!(notes[0].contains("`later`") && notes[1].contains("`releases.more`"));
}

#[test]
fn releases_go_by_tag_or_version() {
    let file = file();
    for name in ["Example-v3.0", "v3.0", "3.0"] {
        assert_eq!(file.release(name).unwrap(), 2);
    }
    assert!(matches!(
        file.release("v30"),
        Err(FileError::Release { .. })
    ));
}
