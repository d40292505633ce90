//! MISP: round trips of every vector, differences from the reference conversion, and input that means harm.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use solferino_exchange::jcs;
use solferino_exchange::misp::{self, Bundle, Kind};

use crate::vectors::beside;

fn rows(name: &str) -> Vec<Value> {
    let path = beside(&format!("vectors/misp/{name}"));
    let Some(text) = path.and_then(|path| std::fs::read_to_string(path).ok()) else {
        eprintln!("SKIPPED: {name} is not beside the repository; its pairs were not run");
        return Vec::new();
    };
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Fails at the first place where two values differ.
fn same(a: &Value, b: &Value, at: &str) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if x.keys().eq(y.keys()) => {
            x.iter()
                .for_each(|(name, value)| same(value, &y[name], &format!("{at}/{name}")));
        }
        (Value::Array(x), Value::Array(y)) => {
            let more = x.iter().skip(y.len()).chain(y.iter().skip(x.len())).next();
            assert_eq!(x.len(), y.len(), "{at}: {more:?}");
            x.iter()
                .zip(y)
                .enumerate()
                .for_each(|(n, (x, y))| same(x, y, &format!("{at}/{n}")));
        }
        _ => assert_eq!(jcs::canonical(a), jcs::canonical(b), "{at}"),
    }
}

pub(crate) fn there_and_back(event: &Map<String, Value>, name: &str) -> Bundle {
    let (bundle, report) = misp::event_to_stix(event);
    assert_eq!(report.edited, 0, "{name}");
    let text = serde_json::to_string(&bundle.clone().value()).unwrap();
    let bundle = Bundle::of(serde_json::from_str(&text).unwrap()).unwrap();
    let (again, report) = misp::stix_to_event(&bundle);
    assert_eq!(report.edited, 0, "{name}");
    same(&json!(again), &json!(event), name);
    bundle
}

fn back_and_there(bundle: &Bundle, name: &str) -> Map<String, Value> {
    let (event, _) = misp::stix_to_event(bundle);
    let (again, report) = misp::event_to_stix(&event);
    assert_eq!((report.edited, report.withheld), (0, 0), "{name}");
    same(&again.value(), &bundle.clone().value(), name);
    event
}

#[test]
fn every_vector_makes_both_round_trips() {
    for file in [
        "misp-to-stix21.jsonl",
        "stix21-external-to-misp.jsonl",
        "stix21-internal-to-misp.jsonl",
    ] {
        for row in rows(file) {
            let name = format!("{file} {}", row["name"]);
            if let Value::Object(event) = &row["misp"] {
                there_and_back(event, &name);
            }
            let bundle = Bundle::of(row["stix21"].clone()).expect(&name);
            let event = back_and_there(&bundle, &name);
            there_and_back(&event, &name);
        }
    }
}

/// How many of each type.
fn types(objects: &[Map<String, Value>]) -> BTreeMap<String, i64> {
    let mut count = BTreeMap::new();
    for object in objects {
        *count
            .entry(object["type"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    count
}

fn differences(theirs: &BTreeMap<String, i64>, ours: &BTreeMap<String, i64>) -> Vec<String> {
    let mut names: Vec<_> = theirs.keys().chain(ours.keys()).collect();
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    for name in names {
        let (a, b) = (theirs.get(name).unwrap_or(&0), ours.get(name).unwrap_or(&0));
        // A bar would end a cell of the page's table.
        let name = name.replace('|', "/");
        if a < b {
            found.push(format!("more {name}"));
        } else if a > b {
            found.push(format!("fewer {name}"));
        }
    }
    found
}

/// Prints the kinds of difference with how many pairs have them, and holds them against docs/conformance.md.
fn table(
    file: &str,
    found: &BTreeMap<String, Vec<String>>,
    pairs: usize,
    same: usize,
) -> Result<(), String> {
    if pairs == 0 {
        return Ok(());
    }
    println!("{file}: {pairs} pairs, {same} of one make");
    for (kind, names) in found {
        println!("| `{file}` | {kind} | {} | {}", names.len(), names[0]);
    }
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/conformance.md");
    let page = std::fs::read_to_string(page).unwrap();
    let row = format!("| `{file}` | ");
    let named: BTreeMap<&str, usize> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix(&row)?.split(" | ");
            Some((cells.next()?, cells.next()?.trim().parse().ok()?))
        })
        .collect();
    let found: BTreeMap<&str, usize> = found
        .iter()
        .map(|(kind, names)| (kind.as_str(), names.len()))
        .collect();
    if found == named {
        return Ok(());
    }
    let apart = found.iter().filter(|row| named.get(row.0) != Some(row.1));
    let apart: Vec<_> = apart
        .chain(named.iter().filter(|row| found.get(row.0) != Some(row.1)))
        .collect();
    Err(format!(
        "{file}: docs/conformance.md names other differences: {apart:?}"
    ))
}

#[test]
fn stix_of_the_vectors_against_the_reference() {
    let file = "misp-to-stix21.jsonl";
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut pairs, mut same) = (0, 0);
    for row in rows(file) {
        let (bundle, _) = misp::event_to_stix(&object(&row["misp"]));
        let theirs: Vec<_> = row["stix21"]["objects"]
            .as_array()
            .unwrap()
            .iter()
            .map(object)
            .collect();
        let differ = differences(&types(&theirs), &types(&bundle.objects));
        pairs += 1;
        let apart = differ
            .iter()
            .filter(|kind| *kind != "more extension-definition")
            .count();
        same += usize::from(apart == 0);
        for kind in differ {
            found
                .entry(kind)
                .or_default()
                .push(row["name"].as_str().unwrap().to_owned());
        }
    }
    table(file, &found, pairs, same).unwrap();
}

/// The values of an event's attributes by type, in order.
fn said(event: &Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in event
        .get("Attribute")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let kind = item["type"].as_str().unwrap_or_default().to_owned();
        found
            .entry(kind)
            .or_default()
            .push(item["value"].as_str().unwrap_or_default().to_owned());
    }
    found.values_mut().for_each(|values| values.sort());
    found
}

/// What an event holds, by kind: attributes by type, objects by template, clusters by galaxy.
fn holds(event: &Map<String, Value>) -> BTreeMap<String, i64> {
    let mut count = BTreeMap::new();
    let mut add = |name: String| *count.entry(name).or_default() += 1;
    for item in event
        .get("Attribute")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        add(format!(
            "attribute {}",
            item["type"].as_str().unwrap_or_default()
        ));
    }
    for item in event
        .get("Object")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        add(format!(
            "object {}",
            item["name"].as_str().unwrap_or_default()
        ));
    }
    for galaxy in event
        .get("Galaxy")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        for _ in galaxy["GalaxyCluster"].as_array().into_iter().flatten() {
            add(format!(
                "cluster {}",
                galaxy["type"].as_str().unwrap_or_default()
            ));
        }
    }
    count
}

#[test]
fn misp_of_the_vectors_against_the_reference() {
    let mut held = Vec::new();
    for file in [
        "stix21-external-to-misp.jsonl",
        "stix21-internal-to-misp.jsonl",
    ] {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let (mut pairs, mut same) = (0, 0);
        for row in rows(file) {
            let bundle = Bundle::of(row["stix21"].clone()).unwrap();
            let (event, _) = misp::stix_to_event(&bundle);
            let theirs = match &row["misp"] {
                Value::Object(event) => holds(event),
                _ => BTreeMap::new(),
            };
            let mut differ = differences(&theirs, &holds(&event));
            let (values, other) = (
                said(&event),
                row["misp"].as_object().map(said).unwrap_or_default(),
            );
            let apart = other.iter().filter(|(kind, a)| {
                values
                    .get(*kind)
                    .is_some_and(|b| a.len() == b.len() && *a != b)
            });
            differ.extend(
                apart.map(|(kind, _)| {
                    format!("another value of attribute {}", kind.replace('|', "/"))
                }),
            );
            pairs += 1;
            same += usize::from(
                differ
                    .iter()
                    .all(|kind| kind == "more object original-imported-file"),
            );
            for kind in differ {
                found
                    .entry(kind)
                    .or_default()
                    .push(row["name"].as_str().unwrap().to_owned());
            }
        }
        held.push(table(file, &found, pairs, same));
    }
    assert_eq!(held, [Ok(()), Ok(())]);
}

#[test]
fn what_comes_of_events_is_valid_stix() {
    for row in rows("misp-to-stix21.jsonl") {
        let (bundle, _) = misp::event_to_stix(&object(&row["misp"]));
        for made in &bundle.objects {
            let mut verdict = solferino_exchange::stix::validate::Report::default();
            solferino_exchange::stix::validate::object(made, &mut verdict);
            assert!(verdict.is_valid(), "{}: {made:?}\n{verdict:?}", row["name"]);
        }
    }
}

#[test]
fn the_galaxy_keeps_every_actor_and_merges_none() {
    let Some(path) = beside("data/misp/threat-actor.json") else {
        eprintln!("SKIPPED: the threat-actor galaxy is not beside the repository");
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let galaxy = misp::documents(&bytes).unwrap().remove(0);
    assert_eq!(galaxy.kind, Kind::Galaxy);
    let (bundle, _) = misp::galaxy_to_stix(&galaxy.fields, "2026-01-01T00:00:00.000Z");
    let actors = bundle
        .objects
        .iter()
        .filter(|o| o["type"] == "threat-actor");
    let mut ids: Vec<_> = actors.map(|o| o["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1041);
    let shared = misp::shared_names(&galaxy.fields);
    assert_eq!(shared.len(), 29, "{shared:?}");
    let again = misp::stix_to_galaxy(&bundle).unwrap();
    assert_eq!(
        jcs::canonical_map(&again),
        jcs::canonical_map(&galaxy.fields)
    );
}

#[test]
fn taxonomies_are_kept_as_they_stand() {
    let Some(folder) = beside("data/misp") else {
        eprintln!("SKIPPED: the taxonomies are not beside the repository");
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("taxonomy-")
        {
            let bytes = std::fs::read(&path).unwrap();
            let document = misp::documents(&bytes).unwrap().remove(0);
            assert_eq!(document.kind, Kind::Taxonomy);
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(jcs::canonical(&document.value()), jcs::canonical(&value));
            count += 1;
        }
    }
    assert_eq!(count, 10);
}

fn attribute(n: usize) -> Value {
    json!({"uuid": format!("91ae0a21-c7ae-4c7f-b84b-{n:012x}"), "type": "domain", "category": "Network activity",
        "value": format!("host{n}.example.org"), "to_ids": n.is_multiple_of(2), "timestamp": "1603642920",
        "comment": "seen there", "disable_correlation": false})
}

fn event(attributes: Vec<Value>) -> Map<String, Value> {
    object(
        &json!({"uuid": "a6ef17d6-91cb-4a05-b10b-2f045daf874c", "info": "a case", "date": "2020-10-25",
        "timestamp": "1603642920", "Orgc": {"name": "a team", "uuid": "a0c22599-9e58-4da4-96ac-7051603fa951"},
        "Attribute": attributes}),
    )
}

#[test]
fn an_edit_on_the_other_side_is_not_overwritten() {
    let (mut bundle, _) = misp::event_to_stix(&event(vec![attribute(0), attribute(1)]));
    for made in &mut bundle.objects {
        if made["type"] == "domain-name" && made["value"] == "host1.example.org" {
            made.insert("value".into(), json!("other.example.org"));
        }
    }
    let (again, report) = misp::stix_to_event(&bundle);
    assert_eq!(again["Attribute"][1]["value"], "other.example.org");
    assert_eq!(again["Attribute"][1]["comment"], "seen there");
    assert_eq!(again["Attribute"][0], attribute(0));
    assert_eq!(report.edited, 1);
}

#[test]
fn what_is_left_out_of_a_bundle_takes_what_was_kept_along() {
    let mut secret = attribute(1);
    secret["comment"] = json!("the source is Alice");
    let (mut bundle, _) = misp::event_to_stix(&event(vec![attribute(0), secret]));
    bundle.objects.retain(|made| {
        let id = made["id"].as_str().unwrap();
        !id.ends_with("000000000001") && made.get("value") != Some(&json!("host1.example.org"))
    });
    assert!(!jcs::canonical(&bundle.clone().value()).contains("Alice"));
    let (again, _) = misp::stix_to_event(&bundle);
    assert_eq!(again["Attribute"], json!([attribute(0)]));
    assert_eq!(again["date"], "2020-10-25");
}

#[test]
fn tags_say_what_the_scales_of_stix_have() {
    let tagged = |tags: &[&str]| {
        let mut event = event(vec![]);
        let tags: Vec<_> = tags.iter().map(|name| json!({"name": name})).collect();
        event.insert("Tag".into(), json!(tags));
        let bundle = there_and_back(&event, "tags");
        let made = bundle
            .objects
            .into_iter()
            .find(|o| o["type"] == "grouping")
            .unwrap();
        (
            made.get("confidence").cloned(),
            made.get("object_marking_refs").cloned(),
        )
    };
    let judged =
        |level: &str| format!("estimative-language:confidence-in-analytic-judgment=\"{level}\"");
    for (level, number) in [("low", 15), ("moderate", 50), ("high", 85)] {
        assert_eq!(tagged(&[&judged(level)]).0, Some(json!(number)));
    }
    for (credibility, number) in [
        ("1", Some(90)),
        ("2", Some(70)),
        ("3", Some(50)),
        ("4", Some(30)),
        ("5", Some(10)),
        ("6", None),
    ] {
        let tag = format!("admiralty-scale:information-credibility=\"{credibility}\"");
        assert_eq!(tagged(&[&tag]).0, number.map(|n| json!(n)), "{tag}");
    }
    let likely = "estimative-language:likelihood-probability=\"very-likely\"";
    assert_eq!(tagged(&[likely]).0, None);
    assert_eq!(
        tagged(&[
            likely,
            &judged("low"),
            "misp:confidence-level=\"completely-confident\""
        ])
        .0,
        Some(json!(15))
    );
    let strict = json!(["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"]);
    assert_eq!(
        tagged(&["tlp:green", "tlp:amber+strict", "tlp:white"]).1,
        Some(strict)
    );
    let clear = json!(["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]);
    assert_eq!(tagged(&["tlp:white"]).1, Some(clear));
    assert_eq!(tagged(&["tlp:unclear"]).1, None);
    for (number, word) in [
        (0, None),
        (1, Some("low")),
        (29, Some("low")),
        (30, Some("moderate")),
        (69, Some("moderate")),
        (70, Some("high")),
        (100, Some("high")),
    ] {
        assert_eq!(misp::confidence_word(number), word);
    }
}
