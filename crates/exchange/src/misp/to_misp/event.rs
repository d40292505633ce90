//! The event that a grouping or report is.

use serde_json::{Value, json};

use super::{Back, Labels};
use crate::misp::extension;
use crate::misp::json::{Object, epoch, is_uuid, object as map, text, uuid_of};

/// The event, once everything in it has its place.
pub(super) fn event(back: &mut Back<'_>, header: &Object, container: Option<&Object>) -> Object {
    let mut event = Object::new();
    match container {
        Some(container) => {
            let labels = Labels::of(container);
            back.common(&mut event, container, &labels);
            event.insert(
                "info".into(),
                json!(text(container, "name").unwrap_or_default()),
            );
            let published = text(container, "published");
            event.insert("published".into(), json!(published.is_some()));
            if let Some(at) = published.and_then(epoch) {
                event.insert("publish_timestamp".into(), json!(at.to_string()));
            }
            if let Some(day) = text(container, "created").and_then(|time| time.get(..10)) {
                event.insert("date".into(), json!(day));
            }
            if let Some(orgc) = text(container, "created_by_ref").and_then(|id| back.index.get(id))
            {
                producer(&mut event, orgc);
            }
        }
        None => {
            let id = text(header, "id").unwrap_or_default();
            let uuid = uuid_of(id);
            if is_uuid(uuid) {
                event.insert("uuid".into(), json!(uuid));
            }
            event.insert("info".into(), json!(format!("STIX {id}")));
            event.insert("published".into(), Value::Bool(false));
        }
    }
    // Until somebody decides otherwise, what was converted stays in the organisation.
    event.insert("distribution".into(), json!("0"));
    for (field, list) in [("Galaxy", &back.galaxies), ("EventReport", &back.reports)] {
        if !list.is_empty() {
            event.insert(field.into(), json!(list));
        }
    }
    let whole = back.whole;
    let kept = container.filter(|_| whole).and_then(extension::read);
    if let Some((_, kept)) = &kept {
        back.edited += usize::from(kept.apply(&mut event));
    }
    let lists = [
        ("Attribute", std::mem::take(&mut back.attributes)),
        ("Object", std::mem::take(&mut back.things)),
    ];
    for (field, list) in lists {
        let absent = || {
            kept.as_ref()
                .is_some_and(|(_, kept)| kept.unset.iter().any(|name| name == field))
        };
        // Kept as a whole only where the order of its items could not be told otherwise.
        let given = event.contains_key(field) || (list.is_empty() && absent());
        if !given {
            event.insert(
                field.into(),
                Value::Array(list.into_iter().map(Value::Object).collect()),
            );
        }
    }
    event
}

fn producer(event: &mut Object, org: &Object) {
    let name = text(org, "name").unwrap_or_default();
    if name != crate::misp::to_stix::NOBODY {
        let uuid = uuid_of(text(org, "id").unwrap_or_default());
        event.insert(
            "Orgc".into(),
            Value::Object(map(json!({"name": name, "uuid": uuid}))),
        );
    }
}
