//! The independence index of the demonstration, as text and as JSON.

use serde_json::Value;

use crate::support::{hashes, run_in, shared};

#[test]
fn the_text_says_what_each_figure_is_and_names_no_state() {
    let before = hashes(&shared().join("demo"));
    let out = run_in(shared(), &["independence", "demo"]).code(0);
    assert_eq!(before, hashes(&shared().join("demo")), "it only reads");
    for words in [
        "no body has decided this",
        "as of 20",
        "selection rule ",
        "by region of the accused, as public claims and findings name them",
        "by region of the victim, as reporters gave it",
        "asked: unit report, counted if it was received; region unknown for 1 of 14, 7.1 %",
        "panels: 18 assigned; regions on one: 6 (6 to 6)",
        "largest source demo-foundation-geneva: 24.1 % (cap 30.0 %)",
        "overdue",
    ] {
        assert!(out.contains(words), "{words} is missing:\n{out}");
    }
    for line in ["unknown", "several", "all"] {
        let rows = out.lines().filter(|l| l.split(' ').next() == Some(line));
        assert!(rows.count() >= 4, "{line} stands in both tables:\n{out}");
    }
    let code = |w: &&str| w.len() == 2 && w.bytes().all(|b| b.is_ascii_uppercase());
    assert_eq!(out.split_whitespace().find(code), None, "{out}");
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
