//! Attributes.

use serde_json::{Value, json};

use super::{Item, Out, became, describe, hang_on, label, said};
use crate::misp::json::{Object, text, texted};
use crate::misp::{path, table};

/// Converts the attribute at this place of the event.
pub(super) fn convert(out: &mut Out, attribute: &Object, at: usize) {
    let kind = text(attribute, "type").unwrap_or_default();
    let value = texted(attribute, "value").unwrap_or_default();
    let said = said(attribute);
    let mut labels = vec![label("type", kind)];
    if let Some(category) = text(attribute, "category") {
        labels.push(label("category", category));
    }
    let to_ids = attribute.get("to_ids") == Some(&Value::Bool(true));
    let mut indicator = None;
    let language = table::LANGUAGES.iter().find(|(name, _)| *name == kind);
    let primary = if let Some(name) = domain_type(kind).filter(|_| !value.is_empty()) {
        let id = out.id(name, attribute);
        let mut made = out.domain(&id, attribute, &said, labels);
        made.insert("name".into(), json!(value));
        if name == "vulnerability" && value.starts_with("CVE-") {
            made.insert(
                "external_references".into(),
                json!([{"source_name": "cve", "external_id": value}]),
            );
        }
        describe(&mut made, attribute);
        out.push(made);
        id
    } else if let Some((_, language)) = language.filter(|(name, _)| is_pattern(name, &value)) {
        out.indicator(attribute, &said, labels, &value, language)
    } else if let Some((values, seen)) = observables(attribute, kind, &value) {
        let id = out.observed(attribute, &said, labels.clone(), seen);
        if to_ids && let Some(pattern) = path::pattern(&values) {
            let beside = out.indicator(attribute, &said, labels, &pattern, "stix");
            out.relate(&beside, "based-on", &id, None);
            indicator = Some(beside);
        }
        id
    } else {
        custom(out, attribute, kind, &value, labels)
    };
    became(out, attribute, &primary);
    hang_on(out, attribute, &primary, indicator.as_deref());
    out.items.push((Item::Attribute, at, primary));
}

fn is_pattern(language: &str, value: &str) -> bool {
    use crate::stix::pattern::{Edition, Pattern};
    !value.is_empty()
        && (language != "stix2-pattern" || Pattern::parse(value, Edition::V21).is_ok())
}

fn domain_type(kind: &str) -> Option<&'static str> {
    match kind {
        "vulnerability" => Some("vulnerability"),
        "campaign-name" => Some("campaign"),
        _ => None,
    }
}

type Seen = (Vec<(&'static str, String)>, Vec<Object>);

/// The values of an attribute with their paths, and the observables made of them; `None` unless all find a place.
fn observables(attribute: &Object, kind: &str, value: &str) -> Option<Seen> {
    let row = table::attribute(kind)?;
    let mut parts: Vec<&str> = match row.paths {
        [_] => vec![value],
        // The last part has what is left: the data of a registry value may have a bar in it.
        many => value.splitn(many.len(), '|').collect(),
    };
    if kind == "AS" {
        parts = vec![value.strip_prefix("AS")?];
    }
    if parts.len() != row.paths.len() {
        return None;
    }
    let paths = row.paths.iter().copied();
    let mut values: Vec<_> = paths
        .zip(parts)
        .map(|(path, part)| (path, part.to_owned()))
        .collect();
    if let Some((path, data)) = row.data.zip(text(attribute, "data")) {
        values.push((path, data.to_owned()));
    }
    let uuid = text(attribute, "uuid").unwrap_or(value);
    let (seen, placed) = path::build(&values, uuid);
    (placed.iter().all(|p| *p) && seen.iter().all(path::valid)).then_some((values, seen))
}

fn custom(
    out: &mut Out,
    attribute: &Object,
    kind: &str,
    value: &str,
    labels: Vec<Value>,
) -> String {
    let id = out.id("x-misp-attribute", attribute);
    let mut made = out.domain(&id, attribute, &said(attribute), labels);
    made.insert("x_misp_type".into(), json!(kind));
    made.insert("x_misp_value".into(), json!(value));
    for (field, property) in [
        ("category", "x_misp_category"),
        ("comment", "x_misp_comment"),
    ] {
        if let Some(text) = text(attribute, field) {
            made.insert(property.into(), json!(text));
        }
    }
    out.push(made);
    id
}
