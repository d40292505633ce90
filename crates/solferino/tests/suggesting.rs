//! `suggest` on an invented bundle, and what both commands say when they cannot.

use std::path::Path;

use serde_json::Value;

use crate::support::run_in;

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

fn suggest(more: &[&str]) -> Value {
    let mut args = vec![
        "suggest",
        "case.json",
        "--knowledge",
        "knowledge.json",
        "--json",
    ];
    args.extend(more);
    serde_json::from_str(&run_in(data(), &args).code(0)).unwrap()
}

#[test]
fn a_case_is_ranked_with_states_none_and_costs() {
    let answer = suggest(&["--states", "galaxy.json"]);
    let first = &answer["ranked"][0];
    assert_eq!(
        (first["group"].as_str(), first["state"].as_str()),
        (Some("G9001"), Some("XA"))
    );
    assert!(!first["planting_cost"].is_null() && !answer["reliability"].is_null());
    assert_eq!(answer["unknown_features"][0], "Unheard Of");
    let states = answer["states"].as_object().unwrap();
    let sum: f64 = states.values().map(|p| p.as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{states:?}");
    assert!(states.contains_key("ambiguous") && !states.contains_key("XB"));
    assert_eq!(states["none of these groups"], answer["none_of_these"]);
}

#[test]
fn the_draft_is_one_capped_strand_marked_as_made_by_a_machine() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("draft.json");
    suggest(&[
        "--strand",
        out.to_str().unwrap(),
        "--actor",
        "UNIT-ONE=G9001",
    ]);
    let draft: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let content = &draft["body"]["content"];
    let (strands, items) = (
        content["strands"].as_array().unwrap(),
        content["items"].as_array().unwrap(),
    );
    assert_eq!((strands.len(), items.len()), (1, 1));
    assert_eq!(
        (&strands[0]["machine"], &strands[0]["c_ppm"]),
        (&Value::Bool(true), &Value::from(300_000))
    );
    assert_eq!(
        (&items[0]["kind"], &items[0]["lr"][0]["actor"]),
        (&"suggestion".into(), &"UNIT-ONE".into())
    );
}

#[test]
fn what_cannot_be_read_is_a_problem_with_a_hint() {
    let galaxy = run_in(
        data(),
        &["suggest", "case.json", "--knowledge", "galaxy.json"],
    );
    assert_eq!(galaxy.code, 1);
    assert!(galaxy.err.contains("hint: "), "{}", galaxy.err);
    let benchmark = run_in(data(), &["benchmark", "attribution", "case.json"]);
    assert_eq!(benchmark.code, 1);
    assert!(benchmark.err.contains("missing field"), "{}", benchmark.err);
}
