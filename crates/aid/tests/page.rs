//! What the page checks before anything is sealed or signed, by the vectors that `browser/tests/aid-rules.test.mjs` reads too.

use serde_json::{Value, json};
use solferino_aid::{Account, Action, Domain, DomainScope, Network, Request, Scope};
use std::collections::BTreeSet;

/// A vector's shorthand: a text repeated, a list of numbered texts.
fn value(short: &Value) -> Value {
    if let Some(text) = short["text"].as_str() {
        let times = short["times"].as_u64().unwrap();
        return json!(text.repeat(usize::try_from(times).unwrap()));
    }
    if let Some(each) = short["each"].as_str() {
        let lines = 1..=short["count"].as_u64().unwrap();
        let lines: Vec<_> = lines.map(|n| each.replace("{n}", &n.to_string())).collect();
        return json!(lines);
    }
    match short {
        Value::Array(all) => all.iter().map(value).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_page_and_the_officers_reader_take_the_same_forms() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../docs/vectors/aid-form-v1.json")).unwrap();
    let (mut taken, mut refused) = (0, 0);
    for vector in vectors["forms"].as_array().unwrap() {
        let mut form = vectors["base"].clone();
        for (path, short) in vector["set"].as_object().unwrap() {
            *form
                .pointer_mut(&format!("/{}", path.replace('.', "/")))
                .unwrap() = value(short);
        }
        let read = Request::from_json(form.to_string().as_bytes());
        assert_eq!(
            read.is_ok(),
            vector["field"].is_null(),
            "{}: {read:.100?}",
            vector["name"]
        );
        if read.is_ok() {
            taken += 1;
        } else {
            refused += 1;
        }
    }
    assert!(taken > 10 && refused > 15, "{taken} {refused}");
}

/// A scope of one system.
fn scope(kind: &str, entry: &Value) -> Value {
    let mut scope = json!({
        "domains": [], "networks": [], "accounts": [], "hosts": [], "actions": ["examine"], "from_s": 0, "until_s": 1,
    });
    scope[kind] = json!([entry]);
    scope
}

fn judged(scope: Value) -> Result<Scope, String> {
    let scope: Scope = serde_json::from_value(scope).map_err(|e| e.to_string())?;
    scope.check().map_err(|e| e.to_string())?;
    assert_eq!(scope.actions, BTreeSet::from([Action::Examine]));
    Ok(scope)
}

/// The line as it stands, in the place where the page puts what it makes of it.
fn bare(kind: &str, line: &str) -> Value {
    match kind {
        "domains" => {
            json!({"name": line.trim_start_matches("*."), "below": line.starts_with("*.")})
        }
        "accounts" => {
            let (name, service) = line.rsplit_once('@').unwrap_or(("", line));
            json!({"service": service, "name": name})
        }
        _ => json!(line),
    }
}

#[test]
fn the_page_signs_what_the_guard_reads_and_nothing_else() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../docs/vectors/aid-scope-v1.json")).unwrap();
    let (mut signed, mut asked) = (0, 0);
    for vector in vectors["lines"].as_array().unwrap() {
        let (kind, line) = (
            vector["kind"].as_str().unwrap(),
            vector["line"].as_str().unwrap(),
        );
        if vector["signed"].is_null() {
            asked += 1;
            // Other letters of a suffix are refused in their own spelling, which is another vector.
            let read = judged(scope(kind, &bare(kind, line)));
            assert!(read.is_err(), "{kind} {line}: {read:?}");
        } else {
            signed += 1;
            let read = judged(scope(kind, &vector["signed"]));
            assert!(read.is_ok(), "{kind} {line}: {read:?}");
        }
    }
    assert!(signed > 30 && asked > 40, "{signed} {asked}");
}

/// Every rule of the page's list is one of the guard's.
#[test]
fn the_page_knows_the_guards_suffixes() {
    let module = include_str!("../../server/js/aid-suffixes.mjs");
    let rules = module.split('`').nth(1).unwrap();
    let name = |below: &str, top: &str| format!("{below}.{top}").trim_start_matches('.').to_owned();
    let is_suffix = |name: &str| name.parse::<Domain>().unwrap().is_public_suffix();
    let mut read = 0;
    for line in rules.lines() {
        let (top, below) = line.split_once(' ').unwrap();
        for rule in below.split(' ') {
            read += 1;
            if let Some(own) = rule.strip_prefix('!') {
                assert!(!is_suffix(&name(own, top)), "{rule}.{top}");
            } else if let Some(above) = rule.strip_prefix("*.") {
                assert!(
                    is_suffix(&name("any-name", &name(above, top))),
                    "{rule}.{top}"
                );
            } else if rule != "-" {
                assert!(is_suffix(&name(rule, top)), "{rule}.{top}");
                assert!(
                    !is_suffix(&name("any-name", &name(rule, top)))
                        || below.contains(&format!("*.{rule}")),
                    "{rule}.{top}"
                );
            }
        }
    }
    assert!(read > 10_000, "{read}");
}

/// The types that the page's entries become; a field more or less is refused.
#[test]
fn entries_have_no_other_fields() {
    assert!(serde_json::from_value::<DomainScope>(json!({"name": "a.example"})).is_err());
    assert!(
        serde_json::from_value::<Account>(json!({"service": "a.example", "name": "a", "id": 1}))
            .is_err()
    );
    assert!(serde_json::from_value::<Network>(json!("192.0.2.7")).is_err());
}
