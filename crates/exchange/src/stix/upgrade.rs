//! STIX 2.0 read as 2.1 (section 1.6 of 2.1 lists what changed).
//!
//! What 2.1 has no place for stays where it was: nothing is dropped.

use serde_json::{Map, Value};

/// Where 2.1 keeps what 2.0 said in `labels`.
const LABELS: &[(&str, &str)] = &[
    ("identity", "roles"),
    ("indicator", "indicator_types"),
    ("malware", "malware_types"),
    ("report", "report_types"),
    ("threat-actor", "threat_actor_types"),
    ("tool", "tool_types"),
];

/// Upgrades one object of STIX 2.0 in place. An object that says it is of 2.1 is left alone.
pub fn object(object: &mut Map<String, Value>) {
    if object.contains_key("spec_version") {
        return;
    }
    object.insert("spec_version".into(), "2.1".into());
    let kind = object
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if let Some((_, name)) = LABELS.iter().find(|(of, _)| *of == kind)
        && !object.contains_key(*name)
        && let Some(labels) = object.remove("labels")
    {
        object.insert((*name).into(), labels);
    }
    match kind.as_str() {
        "indicator" => {
            object
                .entry("pattern_type")
                .or_insert_with(|| "stix".into());
            object
                .entry("pattern_version")
                .or_insert_with(|| "2.0".into());
        }
        // 2.0 did not tell families and samples apart, and a name was required.
        "malware" => {
            object.entry("is_family").or_insert(Value::Bool(false));
        }
        // A count of sightings, under its 2.1 name already; observed data keeps its container, which 2.1 deprecates.
        _ => {}
    }
    for name in ["created", "modified"] {
        if let Some(Value::String(time)) = object.get_mut(name) {
            milliseconds(time);
        }
    }
}

/// 2.1 asks for milliseconds where 2.0 was content with less.
fn milliseconds(time: &mut String) {
    let Some(bare) = time.strip_suffix('Z') else {
        return;
    };
    let digits = bare.split_once('.').map_or(0, |(_, digits)| digits.len());
    if digits < 3 {
        let point = if digits == 0 && !bare.contains('.') {
            "."
        } else {
            ""
        };
        *time = format!("{bare}{point}{}Z", "0".repeat(3 - digits));
    }
}
