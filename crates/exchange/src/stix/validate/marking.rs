//! Data markings (section 7.2): marking definitions, and what granular markings select.

use serde_json::{Map, Value, json};

use super::code::Code;
use super::report::{At, Report, Shown};

/// The only TLP marking definitions there are (section 7.2.1, "TLP Marking Object Type"): the UUID of each colour.
const TLP: &[(&str, &str)] = &[
    ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"),
    ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// Marking definitions, and markings of any object.
pub(super) fn check(object: &Map<String, Value>, at: At<'_>, report: &mut Report) {
    let is_definition = object.get("type").and_then(Value::as_str) == Some("marking-definition");
    if is_definition {
        definition(object, at, report);
    }
    let itself = object.get("id").filter(|_| is_definition);
    if let Some(Value::Array(refs)) = object.get("object_marking_refs") {
        let here = at.name("object_marking_refs");
        for (n, _) in refs
            .iter()
            .enumerate()
            .filter(|(_, id)| Some(*id) == itself)
        {
            report.error(
                here.index(n),
                Code::Circular,
                "a marking definition is not marked by itself",
            );
        }
    }
    let Some(Value::Array(markings)) = object.get("granular_markings") else {
        return;
    };
    let list = at.name("granular_markings");
    for (n, marking) in markings.iter().enumerate() {
        let here = list.index(n);
        if ["lang", "marking_ref"]
            .iter()
            .all(|name| marking.get(*name).is_some())
        {
            let message = "either lang or marking_ref, never both (section 7.2.3)";
            report.error(here, Code::Exclusive, message);
        }
        if itself.is_some() && marking.get("marking_ref") == itself {
            let place = here.name("marking_ref");
            report.error(
                place,
                Code::Circular,
                "a marking definition is not marked by itself",
            );
        }
        let selectors = marking.get("selectors").and_then(Value::as_array);
        let place = here.name("selectors");
        for (n, selector) in selectors.into_iter().flatten().enumerate() {
            if let Some(text) = selector.as_str()
                && !selects(object, text)
            {
                let message = format_args!(
                    "{} selects nothing in this object (section 7.2.3)",
                    Shown(text)
                );
                report.error(place.index(n), Code::Selector, message);
            }
        }
    }
}

/// Whether a selector leads to something that is there: names and `[index]`, separated by full stops.
fn selects(object: &Map<String, Value>, selector: &str) -> bool {
    let mut steps = selector.split('.');
    let first = steps.next().and_then(|name| object.get(name));
    let found = steps.try_fold(first, |value, step| {
        let index = step
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let value = value?;
        let next = match index {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                value.as_array()?.get(digits.parse::<usize>().ok()?)
            }
            Some(_) => None,
            None => value.as_object()?.get(step),
        };
        next.map(Some)
    });
    matches!(found, Some(Some(_)))
}

fn definition(object: &Map<String, Value>, at: At<'_>, report: &mut Report) {
    let (kind, content) = (object.get("definition_type"), object.get("definition"));
    if object.get("extensions").is_none() {
        for name in ["definition_type", "definition"] {
            if !object.contains_key(name) {
                let message =
                    format_args!("without extensions, {name:?} must be there (section 7.2.1)");
                report.error(at, Code::Marking, message);
            }
        }
        let message = "new marking definitions are advised to be extensions (section 7.2.1)";
        let known = matches!(kind.and_then(Value::as_str), Some("statement" | "tlp"));
        if kind.is_some() && !known {
            report.warn(at.name("definition_type"), Code::Deprecated, message);
        }
    }
    match kind.and_then(Value::as_str) {
        Some("statement") => {
            let statement = content.and_then(|content| content.get("statement"));
            if !statement.is_some_and(Value::is_string) {
                let message = "a statement marking has a text \"statement\" (section 7.2.1)";
                report.error(at.name("definition"), Code::Marking, message);
            }
        }
        Some("tlp") if !is_standard_tlp(object) => {
            let message =
                "TLP markings are the four of the specification, to the letter (section 7.2.1)";
            report.error(at, Code::Marking, message);
        }
        _ => {}
    }
}

fn is_standard_tlp(object: &Map<String, Value>) -> bool {
    TLP.iter().any(|(colour, uuid)| {
        let standard = json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": format!("marking-definition--{uuid}"),
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": format!("TLP:{}", colour.to_ascii_uppercase()),
            "definition": {"tlp": colour},
        });
        standard.as_object() == Some(object)
    })
}
