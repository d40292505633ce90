//! The object `original-imported-file` that holds what MISP cannot say of a STIX bundle (docs/misp.md).

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::convert::Bundle;
use super::json::{Object, maps, object as map, text, texts};
use super::kept::{Kept, digest};
use super::read::MAX_VALUES;
use super::report::Report;
use super::uuid_from;
use crate::json;

/// What the carried text says it is.
const MARK: &str = "stix-kept-1";
const TEMPLATE: &str = "original-imported-file";
const TEMPLATE_UUID: &str = "4cd560e9-2cfe-40a1-9964-7b2e797ecac5";

/// What was kept of a bundle.
#[derive(Debug)]
pub(super) struct Carried {
    /// The bundle's own properties.
    header: Object,
    entries: Vec<Object>,
    made: HashSet<String>,
}

/// The object that carries what differs between a bundle and what comes back of its event; `None` if nothing does.
pub(super) fn of(bundle: &Bundle, again: &Bundle, report: &mut Report) -> Option<Value> {
    if bundle == again {
        return None;
    }
    let mut there: HashMap<&str, &Object> = again
        .objects
        .iter()
        .filter_map(|o| Some((text(o, "id")?, o)))
        .collect();
    let mut entries = Vec::with_capacity(bundle.objects.len());
    for object in &bundle.objects {
        let id = text(object, "id").unwrap_or_default();
        let kind = text(object, "type").unwrap_or_default();
        // An identifier that stands twice comes back once: the second is kept whole.
        let Some(native) = there.remove(id) else {
            report.whole(kind);
            entries.push(json!({"id": id, "set": object}));
            continue;
        };
        let mut entry = map(json!({"id": id, "native": digest(native)}));
        if let Some(kept) = Kept::of(native, object) {
            report.kept(kind, &kept);
            entry.insert("set".into(), Value::Object(kept.set));
            if !kept.unset.is_empty() {
                entry.insert("unset".into(), json!(kept.unset));
            }
        }
        entries.push(Value::Object(entry));
    }
    let mut made: Vec<_> = there.into_keys().collect();
    made.sort_unstable();
    let content =
        json!({"solferino": MARK, "bundle": bundle.header, "objects": entries, "made": made});
    let content = STANDARD.encode(super::json::written(&map(content)));
    let uuid = uuid_from(&format!(
        "kept {}",
        text(&bundle.header, "id").unwrap_or_default()
    ));
    let attribute = |relation: &str, kind: &str, value: &str| {
        map(json!({
            "uuid": uuid_from(&format!("{uuid} {relation}")), "type": kind, "object_relation": relation,
            "value": value, "to_ids": false, "disable_correlation": true,
        }))
    };
    let mut sample = attribute("imported-sample", "attachment", "stix-kept.json");
    sample.insert("data".into(), json!(content));
    let format = attribute("format", "text", "STIX 2.1");
    Some(json!({
        "uuid": uuid, "name": TEMPLATE, "meta-category": "file", "template_uuid": TEMPLATE_UUID,
        "comment": "What MISP has no place for of the STIX bundle this event was made of. Delete it along with \
            anything you withhold.",
        "Attribute": [sample, format],
    }))
}

/// Takes the carrier out of an event; `None` if it has none of ours.
pub(super) fn take(event: &Object) -> Option<(Carried, Object)> {
    let objects = event.get("Object")?.as_array()?;
    let (at, carried) = objects
        .iter()
        .enumerate()
        .find_map(|(at, object)| Some((at, read(object.as_object()?)?)))?;
    let mut rest = event.clone();
    rest.get_mut("Object")?.as_array_mut()?.remove(at);
    Some((carried, rest))
}

fn read(object: &Object) -> Option<Carried> {
    if text(object, "name") != Some(TEMPLATE) {
        return None;
    }
    let sample = maps(object, "Attribute")
        .find(|a| text(a, "object_relation") == Some("imported-sample"))?;
    let content = STANDARD.decode(text(sample, "data")?).ok()?;
    let content = match json::value(&content, MAX_VALUES).ok()? {
        Value::Object(content) if text(&content, "solferino") == Some(MARK) => content,
        _ => return None,
    };
    let entries: Vec<Object> = maps(&content, "objects").cloned().collect();
    let sound = |entry: &Object| {
        let set = entry.get("set");
        let whole = set.is_some_and(|set| {
            set.get("id").is_some_and(Value::is_string)
                && set.get("type").is_some_and(Value::is_string)
        });
        text(entry, "id").is_some() && (whole || entry.contains_key("native"))
    };
    entries.iter().all(sound).then(|| Carried {
        header: content
            .get("bundle")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
        made: texts(&content, "made").map(str::to_owned).collect(),
        entries,
    })
}

impl Carried {
    /// Makes the bundle again from what came of the event.
    pub(super) fn restore(self, made: Bundle, report: &mut Report) -> Bundle {
        let mut order: Vec<String> = Vec::with_capacity(made.objects.len());
        let mut there: HashMap<String, Object> = HashMap::with_capacity(made.objects.len());
        for object in made.objects {
            let id = text(&object, "id").unwrap_or_default().to_owned();
            order.push(id.clone());
            there.insert(id, object);
        }
        let mut objects = Vec::with_capacity(self.entries.len());
        for mut entry in self.entries {
            let set = match entry.remove("set") {
                Some(Value::Object(set)) => set,
                _ => Object::new(),
            };
            let Some(native) = text(&entry, "native") else {
                objects.push(set);
                continue;
            };
            let Some(mut object) = text(&entry, "id").and_then(|id| there.remove(id)) else {
                report.withheld += 1;
                continue;
            };
            let kept = Kept {
                native: native.to_owned(),
                set,
                unset: texts(&entry, "unset").map(str::to_owned).collect(),
            };
            report.edited += u64::from(kept.apply(&mut object));
            objects.push(object);
        }
        let new = order
            .iter()
            .filter(|id| !self.made.contains(*id))
            .filter_map(|id| there.remove(id));
        objects.extend(new);
        Bundle {
            header: self.header,
            objects,
        }
    }
}
