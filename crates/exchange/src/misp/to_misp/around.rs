//! What stands around attributes and objects: relationships, sightings, reports.

use serde_json::{Value, json};

use super::{Back, Labels, cluster};
use crate::misp::json::{Object, epoch, object as map, text, texts, uuid_of};
use crate::misp::to_stix::Item;

/// A note as an event report.
pub(super) fn report(note: &Object, labels: &Labels<'_>) -> Object {
    let id = text(note, "id").unwrap_or_default();
    let content = text(note, "content").unwrap_or_default();
    let mut made = map(json!({"uuid": uuid_of(id), "content": content}));
    if let Some(name) = text(note, "abstract") {
        made.insert("name".into(), json!(name));
    }
    if let Some(time) = text(note, "modified").and_then(epoch) {
        made.insert("timestamp".into(), json!(time.to_string()));
    }
    if !labels.rest.is_empty() {
        let tags: Vec<_> = labels
            .rest
            .iter()
            .map(|name| json!({"name": name}))
            .collect();
        made.insert("Tag".into(), Value::Array(tags));
    }
    made
}

/// Hangs relationships and sightings on the items they belong to.
pub(super) fn relations(back: &mut Back<'_>) {
    let objects = back.index.objects;
    for object in objects {
        let id = text(object, "id").unwrap_or_default();
        if back.taken.contains(id) {
            continue;
        }
        let told = match text(object, "type") {
            Some("relationship") => relationship(back, object),
            Some("sighting") => {
                let of = text(object, "sighting_of_ref").unwrap_or_default();
                let who = texts(object, "where_sighted_refs").next();
                sighting(back, object, of, who, "0")
            }
            Some("opinion") if text(object, "opinion") == Some("strongly-disagree") => {
                let of = texts(object, "object_refs")
                    .find(|id| back.at.contains_key(id))
                    .unwrap_or_default();
                let who =
                    text(object, "x_misp_author_ref").or_else(|| text(object, "created_by_ref"));
                sighting(back, object, of, who, "1")
            }
            Some("opinion") => false,
            _ => true,
        };
        if !told {
            back.untold.push(id);
        }
    }
}

fn relationship(back: &mut Back<'_>, object: &Object) -> bool {
    let end = |name: &str| text(object, name).unwrap_or_default();
    let (source, target) = (end("source_ref"), end("target_ref"));
    let Some(from) = back.at.get(source).copied() else {
        return false;
    };
    if let Some(other) = back
        .index
        .get(target)
        .filter(|other| cluster::is_cluster(other))
    {
        back.taken.extend(text(other, "id"));
        return hang(back, from, other);
    }
    let known = back.at.contains_key(target);
    if from.0 != Item::Object || !known {
        return false;
    }
    let mut made = map(json!({
        "uuid": uuid_of(end("id")), "referenced_uuid": uuid_of(target),
        "relationship_type": end("relationship_type"),
    }));
    if let Some(comment) = text(object, "description") {
        made.insert("comment".into(), json!(comment));
    }
    push(back, from, "ObjectReference", made)
}

fn hang(back: &mut Back<'_>, from: (Item, usize), other: &Object) -> bool {
    let Some(item) = back.item(from) else {
        return false;
    };
    let mut galaxies: Vec<Object> = crate::misp::json::maps(item, "Galaxy").cloned().collect();
    cluster::add(&mut galaxies, other);
    item.insert("Galaxy".into(), json!(galaxies));
    true
}

fn push(back: &mut Back<'_>, at: (Item, usize), field: &str, made: Object) -> bool {
    let Some(item) = back.item(at) else {
        return false;
    };
    let list = item.entry(field).or_insert_with(|| json!([]));
    list.as_array_mut()
        .map(|list| list.push(Value::Object(made)))
        .is_some()
}

fn sighting(back: &mut Back<'_>, object: &Object, of: &str, who: Option<&str>, kind: &str) -> bool {
    let Some(at) = back
        .at
        .get(of)
        .copied()
        .filter(|at| at.0 == Item::Attribute)
    else {
        return false;
    };
    let mut made =
        map(json!({"uuid": uuid_of(text(object, "id").unwrap_or_default()), "type": kind}));
    if let Some(time) = text(object, "modified").and_then(epoch) {
        made.insert("date_sighting".into(), json!(time.to_string()));
    }
    if let Some(org) = who.and_then(|id| back.index.get(id)) {
        let uuid = uuid_of(text(org, "id").unwrap_or_default());
        made.insert(
            "Organisation".into(),
            json!({"uuid": uuid, "name": org.get("name")}),
        );
    }
    push(back, at, "Sighting", made)
}
