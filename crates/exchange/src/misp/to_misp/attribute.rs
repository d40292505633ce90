//! Attributes that a label names.

use serde_json::{Value, json};

use super::{Back, Labels};
use crate::misp::json::{Object, text, texts};
use crate::misp::to_stix::Item;
use crate::misp::{path, table};

/// An attribute from the object its label is on.
pub(super) fn labelled<'a>(back: &mut Back<'a>, object: &'a Object, labels: &Labels<'_>) {
    let kind = labels.kind.unwrap_or_default();
    let mut made = Object::new();
    made.insert("type".into(), json!(kind));
    let row = table::attribute(kind);
    if let Some(category) = labels.category.or(row.map(|row| row.category)) {
        made.insert("category".into(), json!(category));
    }
    back.common(&mut made, object, labels);
    let id = text(object, "id").unwrap_or_default();
    let stix = text(object, "type").unwrap_or_default();
    let indicator = back.based.get(id).copied();
    made.insert(
        "to_ids".into(),
        json!(stix == "indicator" || indicator.is_some()),
    );
    let comment = [Some(object), indicator]
        .into_iter()
        .flatten()
        .find_map(|o| text(o, "description").or_else(|| text(o, "x_misp_comment")));
    if let Some(comment) = comment {
        made.insert("comment".into(), json!(comment));
    }
    let value = match stix {
        "x-misp-attribute" => text(object, "x_misp_value").map(str::to_owned),
        "vulnerability" | "campaign" => text(object, "name").map(str::to_owned),
        "indicator" => from_pattern(&mut made, object, kind),
        "observed-data" => from_observed(back, &mut made, object, kind)
            .or_else(|| indicator.and_then(|indicator| from_pattern(&mut made, indicator, kind))),
        _ => None,
    };
    if let Some(value) = value {
        made.insert("value".into(), json!(value));
    }
    back.add(Item::Attribute, made, object);
}

fn from_pattern(made: &mut Object, indicator: &Object, kind: &str) -> Option<String> {
    let pattern = text(indicator, "pattern")?;
    if table::LANGUAGES.iter().any(|(name, _)| *name == kind) {
        return Some(pattern.to_owned());
    }
    let row = table::attribute(kind)?;
    let tests = path::equalities(pattern)?;
    let value_at = |path: &str| {
        // misp-stix writes a host with a port as two objects, and an attachment below its mail.
        let host = |at: &str| {
            (at == "domain-name:value" && path == "network-traffic:dst_ref.value")
                || (at == "email-message:body_multipart[*].body_raw_ref.name"
                    && kind == "email-attachment")
        };
        let found = tests.iter().find(|(at, _)| same(at, path) || host(at));
        found.map(|(_, value)| value.clone())
    };
    if let Some(data) = row.data.and_then(value_at) {
        made.insert("data".into(), json!(data));
    }
    join(kind, row.paths.iter().map(|path| value_at(path)))
}

/// Whether two paths lead to one place: other writers of header names and of list places are understood.
pub(super) fn same(a: &str, b: &str) -> bool {
    let plain = |path: &str| -> String {
        path.chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == ':' || *c == '.')
            .collect::<String>()
            .to_ascii_lowercase()
    };
    a == b || plain(a) == plain(b)
}

fn from_observed(
    back: &Back<'_>,
    made: &mut Object,
    observed: &Object,
    kind: &str,
) -> Option<String> {
    let row = table::attribute(kind)?;
    let value_at = |path: &str| {
        let seen = texts(observed, "object_refs").filter_map(|id| back.index.get(id));
        seen.flat_map(|object| path::values(&back.index, object, path))
            .next()
    };
    if let Some(data) = row.data.and_then(value_at) {
        made.insert("data".into(), json!(data));
    }
    join(kind, row.paths.iter().map(|path| value_at(path)))
}

/// The parts as one value; `None` if one is not there.
fn join(kind: &str, parts: impl Iterator<Item = Option<String>>) -> Option<String> {
    let parts: Vec<_> = parts.collect::<Option<_>>()?;
    let value = parts.join("|");
    Some(if kind == "AS" && !value.starts_with("AS") {
        format!("AS{value}")
    } else {
        value
    })
}

/// An attribute of a table's type, for objects without labels.
pub(super) fn plain(kind: &str, value: String, to_ids: bool) -> Object {
    let category = table::attribute(kind).map_or("Other", |row| row.category);
    let value = join(kind, std::iter::once(Some(value))).unwrap_or_default();
    [
        ("type", json!(kind)),
        ("category", json!(category)),
        ("value", json!(value)),
        ("to_ids", Value::Bool(to_ids)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
