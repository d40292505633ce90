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

/// Types of objects that 2.0 has, beside custom ones (2.0, part 2); its observables lie in containers.
const TYPES: &[&str] = &[
    "attack-pattern",
    "campaign",
    "course-of-action",
    "identity",
    "indicator",
    "intrusion-set",
    "malware",
    "marking-definition",
    "observed-data",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
    "tool",
    "vulnerability",
];

/// Whether an object is one of STIX 2.0: "If objects are found where this property is not present, the implicit value for
/// all STIX Objects other than SCOs is 2.0" (section 3.2, `spec_version`).
#[must_use]
pub fn is_2_0(object: &Map<String, Value>) -> bool {
    let says = object.get("spec_version");
    let says_2_0 = says.is_none() || says.and_then(Value::as_str) == Some("2.0");
    let kind = object.get("type").and_then(Value::as_str);
    says_2_0 && kind.is_some_and(|kind| TYPES.contains(&kind))
}

/// The upgrade of an object that is one of STIX 2.0, or that lies in a bundle that says so; `None` for all others.
#[must_use]
pub fn upgraded(object: &Map<String, Value>, bundle_of_2_0: bool) -> Option<Map<String, Value>> {
    let old = is_2_0(object) || bundle_of_2_0 && !object.contains_key("spec_version");
    old.then(|| {
        let mut upgraded = object.clone();
        self::object(&mut upgraded);
        upgraded
    })
}

/// Upgrades one object of STIX 2.0 in place. An object that says it is of 2.1 is left alone.
pub fn object(object: &mut Map<String, Value>) {
    let says = object.get("spec_version").and_then(Value::as_str);
    if object.contains_key("spec_version") && says != Some("2.0") {
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
