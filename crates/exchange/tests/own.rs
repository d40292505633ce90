//! The project's own vectors for what is promised of the vectors of others (docs/conformance.md), so that each promise has a test
//! everywhere. The identifiers were computed from section 2.9 of STIX 2.1 with Python's `uuid` and `json`, not by this crate; all
//! other answers are those of the specification and of docs/misp.md, by hand.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use solferino_exchange::stix::pattern::{Edition, Pattern, observations};
use solferino_exchange::stix::{id, validate};

use crate::misp::there_and_back;

fn cases(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

#[test]
fn identifiers_are_those_of_the_content() {
    let mut kinds = Vec::new();
    for case in cases(include_str!("vectors/ids.jsonl")) {
        let object = case["object"].as_object().unwrap();
        let made = id::of_content(object);
        assert_eq!(made.as_deref(), case["id"].as_str(), "{object:?}");
        kinds.push(object["type"].as_str().unwrap().to_owned());
    }
    kinds.sort_unstable();
    kinds.dedup();
    // Section 6 has 18 types.
    assert_eq!(kinds.len(), 18, "{kinds:?}");
}

#[test]
fn patterns_that_say_the_same_have_one_form() {
    for case in cases(include_str!("vectors/equivalence.jsonl")) {
        let canonical = |name: &str| {
            let pattern = Pattern::parse(case[name].as_str().unwrap(), Edition::V21).unwrap();
            let canonical = pattern.canonical().unwrap();
            assert_eq!(canonical.canonical().unwrap(), canonical, "{case}");
            let printed = Pattern::parse(&pattern.to_string(), Edition::V21).unwrap();
            assert_eq!(printed.canonical().unwrap(), canonical, "{case}");
            canonical.to_string()
        };
        let same = canonical("a") == canonical("b");
        assert_eq!(same, case["equivalent"].as_bool().unwrap(), "{case}");
    }
}

#[test]
fn patterns_match_what_they_say() {
    for case in cases(include_str!("vectors/matches.jsonl")) {
        let pattern = Pattern::parse(case["pattern"].as_str().unwrap(), Edition::V21).unwrap();
        let given = case["observations"].as_array().unwrap();
        let given: Vec<&Map<String, Value>> = given.iter().filter_map(Value::as_object).collect();
        let found = pattern.matches(&observations(&given)).unwrap();
        assert_eq!(found, case["matches"].as_bool().unwrap(), "{case}");
    }
}

#[test]
fn events_become_what_the_page_says_and_come_back() {
    for case in cases(include_str!("vectors/misp.jsonl")) {
        let event = case["misp"].as_object().unwrap();
        let name = event["info"].as_str().unwrap();
        let bundle = there_and_back(event, name);
        let mut types: BTreeMap<&str, u64> = BTreeMap::new();
        for made in &bundle.objects {
            let mut verdict = validate::Report::default();
            validate::object(made, &mut verdict);
            assert!(verdict.is_valid(), "{name}: {made:?}\n{verdict:?}");
            *types.entry(made["type"].as_str().unwrap()).or_default() += 1;
        }
        // What is beside the native objects: links between them, markings, and what STIX cannot say.
        let beside = ["relationship", "marking-definition", "extension-definition"];
        types.retain(|kind, _| !beside.contains(kind));
        let due: BTreeMap<&str, u64> = case["types"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(kind, count)| (kind.as_str(), count.as_u64().unwrap()))
            .collect();
        assert_eq!(types, due, "{name}");
    }
}
