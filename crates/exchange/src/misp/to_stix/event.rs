//! The event itself, its producer, its reports, and the order of things.

use serde_json::{Value, json};

use super::{Out, attribute, galaxy, label, object, said};
use crate::misp::json::{Object, is_uuid, list, maps, object as map, seconds, stix_time, text};
use crate::misp::uuid_from;

/// Converts an event without what is kept beside it.
pub(in crate::misp) fn convert(event: &Object) -> Out {
    let mut out = Out {
        time: time(event),
        ..Out::default()
    };
    let org = ["Orgc", "Org"]
        .iter()
        .find_map(|name| event.get(*name)?.as_object());
    let creator = org.and_then(|org| identity(&mut out, org));
    out.creator = creator.unwrap_or_else(|| nobody(&mut out));
    let place = out.objects.len();
    galaxy::clusters(&mut out, event, None);
    for (at, item) in list(event, "Attribute").iter().enumerate() {
        if let Some(item) = item.as_object() {
            attribute::convert(&mut out, item, at);
        }
    }
    let first = out.items.len();
    for (at, item) in list(event, "Object").iter().enumerate() {
        if let Some(item) = item.as_object() {
            object::convert(&mut out, item, at);
        }
    }
    for (_, at, primary) in out.items.get(first..).unwrap_or_default().to_vec() {
        if let Some(item) = list(event, "Object").get(at).and_then(Value::as_object) {
            object::references(&mut out, item, &primary);
        }
    }
    for report in maps(event, "EventReport") {
        note(&mut out, report);
    }
    let container = container(&mut out, event);
    out.objects.insert(place, container);
    out.index.clear();
    let mut markings = std::mem::take(&mut out.markings);
    markings.sort_unstable();
    markings.dedup();
    out.objects
        .extend(markings.into_iter().map(|tlp| map(tlp.definition())));
    out
}

/// The event's time: its timestamp, else its date, else the beginning of 1970.
fn time(event: &Object) -> String {
    let own = seconds(event, "timestamp").and_then(stix_time);
    let date = || {
        let day = format!("{}T00:00:00.000Z", text(event, "date")?);
        crate::stix::time::Timestamp::parse(&day)
            .is_ok()
            .then_some(day)
    };
    own.or_else(date)
        .unwrap_or_else(|| "1970-01-01T00:00:00.000Z".into())
}

/// The identity of an organisation; `None` if it has no name.
pub(super) fn identity(out: &mut Out, org: &Object) -> Option<String> {
    let name = text(org, "name").filter(|name| !name.is_empty())?;
    let uuid = match text(org, "uuid") {
        Some(uuid) if is_uuid(uuid) => uuid.to_owned(),
        _ => uuid_from(&format!("organisation {name}")),
    };
    let id = format!("identity--{uuid}");
    if !out.has(&id) {
        out.push(map(json!({
            "type": "identity", "spec_version": "2.1", "id": id, "created": out.time, "modified": out.time,
            "name": name, "identity_class": "organization",
        })));
    }
    Some(id)
}

/// Who made an event that says nothing about it.
pub(in crate::misp) const NOBODY: &str = "Unnamed producer";

fn nobody(out: &mut Out) -> String {
    identity(out, &map(json!({"name": NOBODY}))).unwrap_or_default()
}

fn note(out: &mut Out, report: &Object) {
    let Some(content) = text(report, "content").filter(|content| !content.is_empty()) else {
        return;
    };
    let id = out.id("note", report);
    let mut made = out.domain(
        &id,
        report,
        &said(report),
        vec![label("data-layer", "Event Report")],
    );
    if let Some(name) = text(report, "name").filter(|name| !name.is_empty()) {
        made.insert("abstract".into(), json!(name));
    }
    made.insert("content".into(), json!(content));
    let mut refs: Vec<&String> = mentions(content)
        .filter_map(|uuid| out.of_uuid.get(uuid))
        .collect();
    refs.sort_unstable();
    refs.dedup();
    let refs = if refs.is_empty() {
        json!([out.creator])
    } else {
        json!(refs)
    };
    made.insert("object_refs".into(), refs);
    out.push(made);
}

/// The UUIDs in `@[attribute](…)` and the like of a report.
fn mentions(content: &str) -> impl Iterator<Item = &str> {
    content
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.get(..36).filter(|uuid| is_uuid(uuid)))
}

/// The grouping that an event is, or the report once it is published.
fn container(out: &mut Out, event: &Object) -> Object {
    let published = event.get("published") == Some(&Value::Bool(true));
    let kind = if published { "report" } else { "grouping" };
    let id = out.id(kind, event);
    let mut made = out.domain(&id, event, &said(event), Vec::new());
    let name = text(event, "info")
        .filter(|info| !info.is_empty())
        .unwrap_or("(no title)");
    made.insert("name".into(), json!(name));
    let context = |object: &&Object| {
        !matches!(
            text(object, "type"),
            Some("identity" | "marking-definition")
        )
    };
    let listed = |object: &Object| object.get("id").cloned();
    let mut refs: Vec<_> = out
        .objects
        .iter()
        .filter(context)
        .filter_map(listed)
        .collect();
    if refs.is_empty() {
        refs.push(json!(out.creator));
    }
    made.insert("object_refs".into(), Value::Array(refs));
    if published {
        let at = seconds(event, "publish_timestamp").and_then(stix_time);
        made.insert(
            "published".into(),
            json!(at.unwrap_or_else(|| out.time_of(event))),
        );
    } else {
        made.insert("context".into(), json!("suspicious-activity"));
    }
    made
}
