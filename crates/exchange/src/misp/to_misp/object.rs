//! Objects that a label names, and domain objects that have a template.

use serde_json::{Value, json};

use super::attribute::same;
use super::{Back, Labels};
use crate::misp::json::{Object, list, object as map, text, texts, uuid_of};
use crate::misp::table::{self, ObjectRow};
use crate::misp::to_stix::Item;
use crate::misp::{path, uuid_from};

/// An object from the object its label is on.
pub(super) fn labelled<'a>(back: &mut Back<'a>, object: &'a Object, labels: &Labels<'_>) {
    let name = labels.name.unwrap_or_default();
    let row = table::template(name);
    let mut made = begin(back, object, labels, name, row);
    let to_ids = text(object, "type") == Some("indicator");
    let attributes = match (text(object, "type").unwrap_or_default(), row) {
        ("x-misp-object", _) => list(object, "x_misp_attributes").to_vec(),
        ("observed-data", Some(row)) => {
            let seen: Vec<_> = texts(object, "object_refs")
                .filter_map(|id| back.index.get(id))
                .collect();
            observed(back, &made, row, &seen)
        }
        ("indicator", Some(row)) => {
            let tests = text(object, "pattern")
                .and_then(path::equalities)
                .unwrap_or_default();
            compared(&made, row, &tests, to_ids)
        }
        (_, Some(row)) => properties(&made, row, object),
        _ => Vec::new(),
    };
    made.insert("Attribute".into(), Value::Array(attributes));
    back.add(Item::Object, made, object);
}

fn begin(
    back: &Back<'_>,
    object: &Object,
    labels: &Labels<'_>,
    name: &str,
    row: Option<&ObjectRow>,
) -> Object {
    let category = labels
        .meta_category
        .or(row.map(|row| row.category))
        .unwrap_or("misc");
    let mut made = map(json!({"name": name, "meta-category": category}));
    back.common(&mut made, object, labels);
    made
}

/// A template's object over observables without labels.
pub(super) fn over(
    back: &mut Back<'_>,
    object: &Object,
    labels: &Labels<'_>,
    template: &str,
) -> Option<Object> {
    let row = table::template(template)?;
    let mut made = begin(back, object, labels, template, Some(row));
    let attributes = observed(back, &made, row, &[object]);
    if attributes.is_empty() {
        return None;
    }
    made.insert("Attribute".into(), Value::Array(attributes));
    Some(made)
}

/// A template's object that holds all these equalities; `None` if no template does.
pub(super) fn holding(
    back: &mut Back<'_>,
    object: &Object,
    labels: &Labels<'_>,
    tests: &[(String, String)],
) -> Option<Object> {
    let holds = |row: &&ObjectRow| {
        row.domain.is_none()
            && tests
                .iter()
                .all(|(at, _)| row.relations.iter().any(|(.., path)| same(at, path)))
    };
    let row = table::OBJECTS.iter().find(holds)?;
    let mut made = begin(back, object, labels, row.name, Some(row));
    let attributes = compared(&made, row, tests, true);
    made.insert("Attribute".into(), Value::Array(attributes));
    Some(made)
}

fn attribute(of: &Object, kind: &str, relation: &str, value: &str, n: usize) -> Object {
    let of = text(of, "uuid").unwrap_or_default();
    let value = if kind == "AS" && !value.starts_with("AS") {
        format!("AS{value}")
    } else {
        value.to_owned()
    };
    let uuid = uuid_from(&format!("{of} {relation} {value} {n}"));
    map(json!({"uuid": uuid, "type": kind, "object_relation": relation, "value": value}))
}

fn observed(back: &Back<'_>, made: &Object, row: &ObjectRow, seen: &[&Object]) -> Vec<Value> {
    let mut out = Vec::new();
    let mut used: Vec<&str> = Vec::new();
    for (relation, kind, path) in row.relations {
        if used.contains(path) {
            continue;
        }
        used.push(path);
        for value in seen
            .iter()
            .flat_map(|object| path::values(&back.index, object, path))
        {
            out.push(Value::Object(attribute(
                made,
                kind,
                relation,
                &value,
                out.len(),
            )));
        }
    }
    out
}

fn compared(
    made: &Object,
    row: &ObjectRow,
    tests: &[(String, String)],
    to_ids: bool,
) -> Vec<Value> {
    let mut out = Vec::new();
    for (at, value) in tests {
        let found = row.relations.iter().find(|(.., path)| same(at, path));
        if let Some((relation, kind, _)) = found {
            let mut one = attribute(made, kind, relation, value, out.len());
            one.insert("to_ids".into(), Value::Bool(to_ids));
            out.push(Value::Object(one));
        }
    }
    out
}

fn properties(made: &Object, row: &ObjectRow, object: &Object) -> Vec<Value> {
    let mut out = Vec::new();
    for (relation, kind, property) in row.relations {
        if let Some(value) = crate::misp::json::texted(object, property) {
            out.push(Value::Object(attribute(
                made,
                kind,
                relation,
                &value,
                out.len(),
            )));
        }
    }
    out
}

/// A vulnerability, an identity or an analysis without labels.
pub(super) fn domain<'a>(back: &mut Back<'a>, object: &'a Object, labels: &Labels<'_>) {
    let name = match text(object, "type").unwrap_or_default() {
        "identity" => match text(object, "identity_class") {
            // A class of organisations is a sector, which galaxies have.
            Some("class") => return,
            Some("individual") => "person",
            _ => "organization",
        },
        other => other,
    };
    let cve = text(object, "name").filter(|cve| name == "vulnerability" && cve.starts_with("CVE-"));
    if let Some(cve) = cve {
        let mut made = super::attribute::plain("vulnerability", cve.to_owned(), false);
        made.insert("category".into(), json!("External analysis"));
        back.common(&mut made, object, labels);
        if let Some(description) = text(object, "description") {
            made.insert("comment".into(), json!(description));
        }
        back.add(Item::Attribute, made, object);
        return;
    }
    let row = table::template(name);
    let mut made = begin(back, object, labels, name, row);
    let attributes = row
        .map(|row| properties(&made, row, object))
        .unwrap_or_default();
    made.insert("Attribute".into(), Value::Array(attributes));
    back.add(Item::Object, made, object);
}

/// A pattern that no template holds.
pub(super) fn pattern(back: &mut Back<'_>, indicator: &Object, labels: &Labels<'_>) -> Object {
    let mut made = begin(back, indicator, labels, "stix2-pattern", None);
    let uuid = uuid_of(text(indicator, "id").unwrap_or_default()).to_owned();
    let of = map(json!({"uuid": uuid}));
    let text = text(indicator, "pattern").unwrap_or_default();
    let mut one = attribute(&of, "stix2-pattern", "stix2-pattern", text, 0);
    one.insert("to_ids".into(), Value::Bool(true));
    made.insert("Attribute".into(), json!([one]));
    made
}
