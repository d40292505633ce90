//! What to look for next, and the reviewers' calibration records, on the demonstration.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{copy_of_demo, run_in, shared};

/// The state of Olympic Destroyer one step before the refutation.
const T0: &str = "demo/bundles/olympic-2018-1.bundle";
const CHECKS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/examples/olympic-2018.checks.jsonc"
);

fn ranked(value: &Value) -> Vec<&str> {
    let all = value["next"]["checks"].as_array().unwrap().iter();
    all.map(|c| c["id"].as_str().unwrap()).collect()
}

#[test]
fn checking_the_rich_header_ranks_above_another_likeness() {
    let args = ["next", "--bundle", T0, "--checks", CHECKS, "--json"];
    let value: Value = serde_json::from_str(&run_in(shared(), &args).code(0)).unwrap();
    assert_eq!(value["demonstration"], true);
    let order = ranked(&value);
    let at = |id: &str| order.iter().position(|c| *c == id).unwrap();
    assert!(at("infrastructure-pivot") < at("rich-header"), "{order:?}");
    assert!(at("rich-header") < at("code-similarity"), "{order:?}");
    assert!(at("code-similarity") < at("motive-essay"), "{order:?}");
    for check in value["next"]["checks"].as_array().unwrap() {
        assert_eq!(check["evsi"], 0.0, "{check}");
    }
    let out = run_in(shared(), &args[..5]).code(0);
    assert!(
        out.contains("no single check can justify publication yet"),
        "{out}"
    );
    assert!(
        out.contains("mostly whether somebody is imitated, little about who did it"),
        "{out}"
    );
}

#[test]
fn without_a_file_every_item_is_a_candidate() {
    let args = ["next", "olympic-2018", "--record", "demo", "--json"];
    let dir = copy_of_demo(); // the record is opened for itself alone
    let value: Value = serde_json::from_str(&run_in(dir.path(), &args).code(0)).unwrap();
    let mut order = ranked(&value);
    order.sort_unstable();
    assert_eq!(order, ["O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8"]);
    // once an indictment is in, the published bundle of the last stage says the same
    let last = [
        "next",
        "--bundle",
        "demo/bundles/olympic-2018-4.bundle",
        "--json",
    ];
    let bundled: Value = serde_json::from_str(&run_in(dir.path(), &last).code(0)).unwrap();
    assert_eq!(value["next"], bundled["next"]);
}

#[test]
fn a_file_of_checks_that_is_no_distribution_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(CHECKS).unwrap();
    let bad = dir.path().join("bad.jsonc");
    std::fs::write(&bad, text.replace("970000", "970001")).unwrap();
    let bad = bad.display().to_string();
    let ran = run_in(shared(), &["next", "--bundle", T0, "--checks", &bad]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("check rich-header") && ran.err.contains("1000001"),
        "{ran:?}"
    );
    let ran = run_in(shared(), &["next"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

/// Submits a statement to the copied demonstration at a time; gives its identifier.
fn say(dir: &Path, key: &str, at: &str, statement: &Value) -> String {
    std::fs::write(dir.join("statement.json"), statement.to_string()).unwrap();
    let key = format!("demo/keys-of-the-demo/{key}.key");
    let args = [
        "submit",
        "statement.json",
        "--key",
        &key,
        "--record",
        "demo",
        "--at",
        at,
        "--json",
    ];
    let value: Value = serde_json::from_str(&run_in(dir, &args).code(0)).unwrap();
    value["statement"].as_str().unwrap().to_owned()
}

#[test]
fn a_question_from_asking_to_a_weight() {
    let copy = copy_of_demo();
    let dir = copy.path();
    let out = run_in(dir, &["calibration", "demo"]).code(0);
    assert!(out.contains("every reviewer counts the same"), "{out}");
    let (before, closes) = ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z");
    // a panel window later: until then the answer may still be opened
    let after = "2030-02-08T00:00:00Z";
    let hash = "0".repeat(64);
    let ask = json!({"question": "rain", "closes": closes, "outcomes": ["yes", "no"], "text_sha256": hash});
    say(
        dir,
        "registrar",
        before,
        &json!({"type": "calibration.ask", "body": ask}),
    );
    let answer = json!({"question": "rain", "content": {"ppm": [800_000, 200_000]}});
    let answer = json!({"type": "calibration.answer", "body": answer});
    let id = say(dir, "panel-africa", before, &answer);
    let resolve = json!({"question": "rain", "outcome": "yes", "evidence_sha256": hash});
    say(
        dir,
        "registrar",
        after,
        &json!({"type": "calibration.resolve", "body": resolve}),
    );
    let weight = || {
        let out = run_in(dir, &["calibration", "demo", "--json"]).code(0);
        let value: Value = serde_json::from_str(&out).unwrap();
        let all = value["reviewers"].as_array().unwrap();
        let own = all
            .iter()
            .find(|r| r["reviewer"] == "panel-africa")
            .unwrap();
        own["calibration"]["weight_ppm"].as_u64().unwrap()
    };
    // unopened: skill is cut off at -1; 1 - (1/30)/3
    assert_eq!(weight(), 988_889);
    let key = "demo/keys-of-the-demo/registrar.key";
    run_in(dir, &["disclose", &id, "--record", "demo", "--key", key]).code(0);
    // Brier .08 against .5: skill .84; 1 + (1/30)(.84)/3
    assert_eq!(weight(), 1_009_333);
    let out = run_in(dir, &["calibration", "demo"]).code(0);
    assert!(out.contains("1.009333") && out.contains("rain"), "{out}");
}
