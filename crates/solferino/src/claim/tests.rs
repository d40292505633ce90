//! Claims read from files: whole, hostile, and real ones where they are at hand.

use std::path::Path;

use record::body::claim::Says;
use serde_json::{Value, json};

use super::*;

fn read(value: &Value) -> Draft {
    assertions(value.to_string().as_bytes()).unwrap()
}

fn words(draft: &Draft) -> Vec<String> {
    let all = draft.assertions.iter();
    all.map(|d| format!("{:?} {}", d.basis, record::claim::says(&d.says)))
        .collect()
}

fn bundle(objects: &[Value]) -> Value {
    json!({"type": "bundle", "id": "bundle--1", "objects": objects})
}

fn object(kind: &str, n: u8, more: Value) -> Value {
    let mut out = json!({"type": kind, "spec_version": "2.1", "id": format!("{kind}--{n}"),
        "created": "2018-02-13T10:00:00.000Z", "modified": "2018-02-13T10:00:00.000Z"});
    out.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    out
}

fn relation(n: u8, from: &str, kind: &str, to: &str) -> Value {
    object(
        "relationship",
        n,
        json!({"relationship_type": kind, "source_ref": from, "target_ref": to, "confidence": 85}),
    )
}

/// A claim of the usual shape: a campaign, a group, whom it acts for, a program.
fn usual() -> Vec<Value> {
    vec![
        object("identity", 1, json!({"name": "Some Vendor"})),
        object("campaign", 2, json!({"name": "Games"})),
        object("intrusion-set", 3, json!({"name": "Lazarus Group"})),
        object(
            "identity",
            4,
            json!({"name": "An agency", "identity_class": "government"}),
        ),
        object("location", 5, json!({"country": "kp"})),
        object(
            "malware",
            6,
            json!({"name": "Olympic Destroyer", "is_family": true}),
        ),
        object(
            "report",
            7,
            json!({"name": "R", "published": "2018-02-14T00:00:00Z", "created_by_ref": "identity--1",
            "object_refs": ["campaign--2", "intrusion-set--3"]}),
        ),
        object(
            "opinion",
            8,
            json!({"opinion": "disagree", "object_refs": ["relationship--11"]}),
        ),
        relation(11, "campaign--2", "attributed-to", "intrusion-set--3"),
        relation(12, "intrusion-set--3", "attributed-to", "identity--4"),
        relation(13, "identity--4", "located-at", "location--5"),
        relation(14, "campaign--2", "uses", "malware--6"),
        object("indicator", 9, json!({"pattern": "[a:b=1]"})),
    ]
}

#[test]
fn an_attribution_in_stix_becomes_assertions_with_their_places() {
    let draft = read(&bundle(&usual()));
    assert_eq!(
        words(&draft),
        [
            "Stated Lazarus-Group, acting for KP, did it",
            "Stated KP is responsible",
            "Stated malware was observed: Olympic-Destroyer",
        ]
    );
    assert_eq!(draft.assertions[0].at, "/objects/8");
    assert_eq!(draft.assertions[0].name, "Lazarus Group");
    assert_eq!(draft.assertions[1].object.as_deref(), Some("location--5"));
    assert_eq!(draft.publisher.as_deref(), Some("Some Vendor"));
    assert_eq!(draft.published.as_deref(), Some("2018-02-14"));
    assert!(
        draft
            .notes
            .iter()
            .any(|n| n.contains("opinion--8: disagree"))
    );
    assert!(draft.notes.iter().any(|n| n.contains("confidence 85")));
    assert!(draft.kept.iter().any(|k| k.what == "indicator"));
    assert!(draft.refused.is_empty(), "{:?}", draft.refused);
}

#[test]
fn what_stix_leaves_open_is_refused_or_kept_with_a_reason() {
    let mut objects = usual();
    objects[4] = object("location", 5, json!({"country": "North Korea"}));
    objects[2] = object("intrusion-set", 3, json!({"name": "北"}));
    objects.push(relation(
        15,
        "campaign--2",
        "attributed-to",
        "threat-actor--99",
    ));
    objects.push(json!({"type": "relationship"}));
    objects.push(object(
        "threat-actor",
        20,
        json!({"name": "Gone", "revoked": true}),
    ));
    let draft = read(&bundle(&objects));
    assert_eq!(
        words(&draft),
        ["Stated malware was observed: Olympic-Destroyer"]
    );
    let why: Vec<_> = draft.refused.iter().map(|r| r.why.as_str()).collect();
    for part in [
        "no ISO 3166-1",
        "no identifier",
        "threat-actor--99, which the file does not hold",
        "without type and id",
    ] {
        assert!(why.iter().any(|w| w.contains(part)), "{part}: {why:?}");
    }
    assert!(draft.kept.iter().any(|k| k.why.contains("revoked")));
    // a group that is only mentioned is not accused
    let mentioned = read(&bundle(&usual()[..8]));
    assert_eq!(words(&mentioned), ["Mentioned Lazarus-Group did it"]);
}

#[test]
fn cycles_older_versions_and_two_states_are_read_once() {
    let mut objects = usual();
    objects.push(relation(
        16,
        "identity--4",
        "attributed-to",
        "intrusion-set--3",
    ));
    objects.push(object("location", 30, json!({"country": "CN"})));
    objects.push(relation(
        31,
        "intrusion-set--3",
        "originates-from",
        "location--30",
    ));
    let mut older = object("intrusion-set", 3, json!({"name": "Another name"}));
    older["modified"] = json!("2017-01-01T00:00:00.000Z");
    objects.push(older);
    let said = words(&read(&bundle(&objects)));
    // two states: the group is tied to neither, and each is an assertion of its own
    assert!(
        said.contains(&"Stated Lazarus-Group did it".to_owned()),
        "{said:?}"
    );
    for state in ["Stated KP is responsible", "Stated CN is responsible"] {
        assert_eq!(said.iter().filter(|s| *s == state).count(), 1, "{said:?}");
    }
    assert!(!said.iter().any(|s| s.contains("Another")), "{said:?}");
}

fn event() -> Value {
    json!({"Event": {
        "uuid": "u", "info": "A note", "date": "2018-02-13", "Orgc": {"name": "Some Team"},
        "Tag": [
            {"name": "misp-galaxy:threat-actor=\"Sofacy\""},
            {"name": "misp-galaxy:mitre-malware=\"X-Agent - S0023\""},
            {"name": "misp-galaxy:country=\"sweden\""},
            {"name": "estimative-language:likelihood-probability=\"likely\""},
            {"name": "Threat-Report"}],
        "Galaxy": [
            {"type": "threat-actor", "GalaxyCluster": [{"type": "threat-actor", "uuid": "c", "value": "Sofacy", "meta": {"country": ["RU"]}}]},
            {"type": "country", "GalaxyCluster": [{"type": "country", "value": "sweden", "meta": {"ISO": "SE"}}]}],
        "Attribute": [
            {"type": "threat-actor", "category": "Attribution", "value": "Other Team", "uuid": "a"},
            {"type": "campaign-name", "value": "MartyMcFly"},
            {"type": "domain", "value": "example.org", "Tag": [{"name": "misp-galaxy:threat-actor=\"Third\""}]}],
        "Object": [{"name": "file", "Attribute": [{"type": "sha256", "value": "00"}]}]}})
}

#[test]
fn an_event_in_misp_becomes_assertions_and_galaxies_stay_apart() {
    let draft = read(&event());
    assert_eq!(
        words(&draft),
        [
            "Stated Sofacy did it",
            "Galaxy RU is responsible",
            "Galaxy Sofacy, acting for RU, did it",
            "Galaxy SE is responsible",
            "Stated malware was observed: X-Agent",
            "Stated Other-Team did it",
            "Mentioned Third did it",
        ]
    );
    assert_eq!(draft.publisher.as_deref(), Some("Some Team"));
    assert!(draft.notes[0].contains("estimative-language"));
    let kept = |what: &str| draft.kept.iter().any(|k| k.what == what);
    assert!(kept("campaign-name") && kept("galaxy country") && kept("object file"));
    let wrapped = read(&json!({"response": [event(), event()]}));
    assert_eq!(
        words(&wrapped),
        words(&draft),
        "the same twice is one claim"
    );
    assert_eq!(words(&read(&event()["Event"])), words(&draft));
}

#[test]
fn hostile_files_are_refused_with_their_place() {
    let problem = |bytes: &[u8]| {
        let error = assertions(bytes).unwrap_err();
        assert!(!error.hint().is_empty());
        error.to_string()
    };
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    for (bytes, why) in [
        (
            &b"{\"type\": \"bundle\", \"objects\": [], \"objects\": []}"[..],
            "duplicate key \"objects\"",
        ),
        (
            b"{\"objects\": [{\"id\": \"\xff\"}]}",
            "not UTF-8 from byte 21",
        ),
        (deep.as_bytes(), "deeper than 64"),
        (b"{\"type\": \"bundle\"", "EOF"),
        (b"{} {}", "trailing"),
        (b"", "EOF"),
        (b"{}", "neither"),
        (b"[1, 2]", "neither"),
        (b"{\"objects\": 7}", "neither"),
    ] {
        let said = problem(bytes);
        assert!(said.contains(why), "{why}: {said}");
    }
    assert!(problem(&vec![b' '; MAX_OBJECTS_BYTES + 1]).contains("at most"));
    let many = json!({"objects": vec![json!(1); MAX_OBJECTS + 1]});
    assert!(problem(many.to_string().as_bytes()).contains("objects; at most"));
    // words of strangers stay on their line and steer no terminal
    let name = "Evil\n\"kind\": \u{1b}[2J\u{202e}";
    let draft = read(&bundle(&[
        object("threat-actor", 1, json!({"name": name})),
        object("campaign", 2, json!({"name": "C"})),
        relation(3, "campaign--2", "attributed-to", "threat-actor--1"),
    ]));
    assert!(
        !draft.assertions[0]
            .name
            .chars()
            .any(|c| c.is_control() || c == '\u{202e}')
    );
    assert_eq!(words(&draft), ["Stated Evil-kind-2J did it"]);
}

#[test]
fn a_long_chain_and_a_crowd_end() {
    let mut objects = vec![object("location", 1, json!({"country": "XA"}))];
    for n in 0..400 {
        objects.push(json!({"type": "threat-actor", "id": format!("threat-actor--{n}"), "name": format!("T{n}")}));
        objects.push(json!({"type": "relationship", "id": format!("relationship--{n}"), "relationship_type": "attributed-to",
            "source_ref": format!("threat-actor--{n}"), "target_ref": format!("threat-actor--{}", n + 1)}));
    }
    let draft = read(&bundle(&objects));
    assert_eq!(draft.assertions.len(), 400);
    assert!(
        draft
            .refused
            .iter()
            .any(|r| r.why.contains("further than 100"))
    );
    let tags: Vec<_> = (0..2_000)
        .map(|n| json!({"name": format!("misp-galaxy:threat-actor=\"T{n}\"")}))
        .collect();
    let draft = read(&json!({"Event": {"uuid": "u", "info": "i", "Tag": tags}}));
    assert_eq!(
        (draft.assertions.len(), draft.unlisted),
        (MAX_LISTED, 1_000)
    );
}

/// Files that are no part of the project, in `SOLFERINO_SHARED_VECTORS` or `../shared/vectors` beside
/// the workspace: what is absent is skipped, loudly.
#[test]
#[allow(clippy::print_stderr)]
fn files_of_others_are_read_or_refused_in_words() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let shared = std::env::var_os("SOLFERINO_SHARED_VECTORS").map_or(beside, Into::into);
    let mut read = (0, 0, 0);
    for (file, field) in [
        ("misp/misp-to-stix21.jsonl", "misp"),
        ("misp/stix21-external-to-misp.jsonl", "stix21"),
        ("misp/stix21-internal-to-misp.jsonl", "stix21"),
        ("misp/stix21-internal-to-misp.jsonl", "misp"),
    ] {
        let Ok(text) = std::fs::read_to_string(shared.join(file)) else {
            eprintln!("SKIPPED LOUDLY: no {}", shared.join(file).display());
            continue;
        };
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            match assertions(case[field].to_string().as_bytes()) {
                Ok(draft) => {
                    read.0 += 1;
                    read.1 += draft.assertions.len();
                    for d in &draft.assertions {
                        // each is something a claim can carry
                        let says: Says = serde_json::from_value(json!(d.says)).unwrap();
                        assert_eq!(says, d.says);
                        let place = case[field].pointer(&d.at);
                        assert!(place.is_some(), "{}: {}", case["name"], d.at);
                    }
                }
                Err(e) => {
                    read.2 += 1;
                    eprintln!("{} {field}: {e}", case["name"]);
                }
            }
        }
    }
    eprintln!(
        "{} files read, {} assertions, {} refused",
        read.0, read.1, read.2
    );
}
