//! Objects, by their templates.

use serde_json::{Value, json};

use super::{Item, Out, became, describe, hang_on, label, said};
use crate::misp::json::{Object, maps, text, texted};
use crate::misp::path;
use crate::misp::table::{self, ObjectRow};

/// Converts the object at this place of the event; references come later ([`references`]).
pub(super) fn convert(out: &mut Out, object: &Object, at: usize) {
    let name = text(object, "name").unwrap_or_default();
    let mut labels = vec![label("name", name)];
    if let Some(category) = text(object, "meta-category") {
        labels.push(label("meta-category", category));
    }
    let row = table::template(name);
    let mut indicator = None;
    let as_domain = row
        .filter(|row| row.domain.is_some())
        .and_then(|row| domain(out, object, row, &labels));
    let primary = if let Some(id) = as_domain {
        id
    } else if let Some((values, seen)) = row.and_then(|row| observables(object, row)) {
        let said = said(object);
        let id = out.observed(object, &said, labels.clone(), seen);
        if !values.is_empty()
            && let Some(pattern) = path::pattern(&values)
        {
            let beside = out.indicator(object, &said, labels, &pattern, "stix");
            out.relate(&beside, "based-on", &id, None);
            indicator = Some(beside);
        }
        id
    } else {
        custom(out, object, name, labels)
    };
    became(out, object, &primary);
    hang_on(out, object, &primary, indicator.as_deref());
    for attribute in maps(object, "Attribute") {
        became(out, attribute, &primary);
        hang_on(out, attribute, &primary, indicator.as_deref());
    }
    out.items.push((Item::Object, at, primary));
}

/// The relationships that an object's references are.
pub(super) fn references(out: &mut Out, object: &Object, primary: &str) {
    for reference in maps(object, "ObjectReference") {
        let Some(target) =
            text(reference, "referenced_uuid").and_then(|uuid| out.of_uuid.get(uuid))
        else {
            continue;
        };
        let target = target.clone();
        let kind = text(reference, "relationship_type").unwrap_or("related-to");
        out.relate(primary, kind, &target, text(reference, "uuid"));
    }
}

type Seen = (Vec<(&'static str, String)>, Vec<Object>);

/// Values to detect, with their paths, and all observables; `None` if the template's table places none of it.
fn observables(object: &Object, row: &ObjectRow) -> Option<Seen> {
    let mut values = Vec::new();
    let mut detects = Vec::new();
    for attribute in maps(object, "Attribute") {
        let relation = text(attribute, "object_relation").unwrap_or_default();
        let Some((.., path)) = row.relations.iter().find(|(name, ..)| *name == relation) else {
            continue;
        };
        let Some(mut value) = texted(attribute, "value") else {
            continue;
        };
        if let Some(number) = value.strip_prefix("AS").filter(|_| relation == "asn") {
            value = number.to_owned();
        }
        detects.push(attribute.get("to_ids") == Some(&Value::Bool(true)));
        values.push((*path, value));
    }
    let (seen, placed) = path::build(&values, text(object, "uuid").unwrap_or(row.name));
    if seen.is_empty() || !seen.iter().all(path::valid) {
        return None;
    }
    let kept = values.into_iter().zip(placed).zip(detects);
    let values = kept
        .filter(|((_, placed), detects)| *placed && *detects)
        .map(|((value, _), _)| value);
    Some((values.collect(), seen))
}

/// The domain object of a template; `None` if what that requires is not there.
fn domain(out: &mut Out, object: &Object, row: &ObjectRow, labels: &[Value]) -> Option<String> {
    let kind = row.domain?;
    let mut properties = Object::new();
    for attribute in maps(object, "Attribute") {
        let relation = text(attribute, "object_relation").unwrap_or_default();
        let found = row.relations.iter().find(|(name, ..)| *name == relation);
        if let Some(((.., property), value)) =
            found.zip(texted(attribute, "value").filter(|v| !v.is_empty()))
        {
            properties.entry(*property).or_insert(json!(value));
        }
    }
    if row.name == "person" || row.name == "employee" {
        let name = full_name(object);
        if !name.is_empty() {
            properties.entry("name").or_insert(json!(name));
        }
    }
    match kind {
        "identity" => {
            let class = if matches!(row.name, "person" | "employee") {
                "individual"
            } else {
                "organization"
            };
            properties
                .entry("identity_class")
                .or_insert_with(|| json!(class));
        }
        "note" => {
            properties.insert("object_refs".into(), json!([out.creator]));
        }
        _ => {}
    }
    let id = out.id(kind, object);
    let mut made = out.domain(&id, object, &said(object), labels.to_vec());
    if !properties.contains_key("description") && kind != "note" {
        describe(&mut made, object);
    }
    made.append(&mut properties);
    if !path::valid(&made) {
        return None;
    }
    out.push(made);
    Some(id)
}

fn full_name(person: &Object) -> String {
    let part = |relation: &str| {
        let found =
            maps(person, "Attribute").find(|a| text(a, "object_relation") == Some(relation));
        found
            .and_then(|a| text(a, "value"))
            .unwrap_or_default()
            .to_owned()
    };
    format!("{} {}", part("first-name"), part("last-name"))
        .trim()
        .to_owned()
}

fn custom(out: &mut Out, object: &Object, name: &str, labels: Vec<Value>) -> String {
    let id = out.id("x-misp-object", object);
    let mut made = out.domain(&id, object, &said(object), labels);
    made.insert("x_misp_name".into(), json!(name));
    if let Some(category) = text(object, "meta-category") {
        made.insert("x_misp_meta_category".into(), json!(category));
    }
    let plain = |attribute: &Object| {
        let fields = [
            "type",
            "object_relation",
            "value",
            "category",
            "comment",
            "uuid",
        ];
        let fields = fields
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), attribute.get(*name)?.clone())));
        Value::Object(fields.collect())
    };
    let attributes: Vec<_> = maps(object, "Attribute").map(plain).collect();
    if !attributes.is_empty() {
        made.insert("x_misp_attributes".into(), Value::Array(attributes));
    }
    out.push(made);
    id
}
