//! Conversions that lose nothing: natively, then what did not come back beside it.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::json::{Object, list, maps, object as map, text};
use super::kept::Kept;
use super::report::Report;
use super::to_stix::Item;
use super::{carrier, extension, to_misp, to_stix, uuid_from};

/// A bundle: its own properties, and its objects in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundle {
    /// The properties beside `objects`, such as `id`.
    pub header: Object,
    /// The objects.
    pub objects: Vec<Object>,
}

impl Bundle {
    /// Takes a bundle apart; `None` if it is none.
    #[must_use]
    pub fn of(value: Value) -> Option<Self> {
        let mut header = match value {
            Value::Object(map) if text(&map, "type") == Some("bundle") => map,
            _ => return None,
        };
        let objects = match header.remove("objects") {
            Some(Value::Array(objects)) => objects,
            None => Vec::new(),
            Some(_) => return None,
        };
        let objects = objects.into_iter().map(|object| match object {
            Value::Object(map) if text(&map, "type").is_some() && text(&map, "id").is_some() => {
                Some(map)
            }
            _ => None,
        });
        Some(Self {
            objects: objects.collect::<Option<_>>()?,
            header,
        })
    }

    /// The bundle as one value. A bundle without objects has no property `objects` (STIX 2.1, section 8.1).
    #[must_use]
    pub fn value(self) -> Value {
        let mut all = self.header;
        if !self.objects.is_empty() {
            all.insert("objects".into(), json!(self.objects));
        }
        Value::Object(all)
    }
}

/// A MISP event as STIX 2.1. What comes back of it by `to_misp` is equal to it after RFC 8785.
#[must_use]
pub fn event_to_stix(event: &Object) -> (Bundle, Report) {
    let Some((carried, rest)) = carrier::take(event) else {
        return core(event);
    };
    let (made, mut report) = core(&rest);
    (carried.restore(made, &mut report), report)
}

/// A STIX bundle as one MISP event. What comes back of it by [`event_to_stix`] is equal to it after RFC 8785.
#[must_use]
pub fn stix_to_event(bundle: &Bundle) -> (Object, Report) {
    let mut report = Report::default();
    let (mut event, back) = to_misp::convert(&bundle.header, &bundle.objects, true);
    report.edited = back.edited as u64;
    for (item, _, id) in &back.items {
        let kind = id.split("--").next().unwrap_or_default();
        let to = if *item == Item::Attribute {
            "attribute"
        } else {
            "object"
        };
        report.became(&format!("{kind} to {to}"));
    }
    let (again, _) = core(&event);
    if let Some(object) = carrier::of(bundle, &again, &mut report) {
        let objects = event.entry("Object").or_insert_with(|| json!([]));
        if let Some(objects) = objects.as_array_mut() {
            objects.push(object);
        }
    }
    (event, report)
}

/// The two lists of an event whose items are kept one by one.
const LISTS: [(Item, &str, &str); 2] = [
    (Item::Attribute, "Attribute", "attribute"),
    (Item::Object, "Object", "object"),
];

/// An event as objects, each with what did not come back of its part.
fn core(event: &Object) -> (Bundle, Report) {
    let mut report = Report::default();
    let uuid = uuid_from(&format!(
        "bundle of {}",
        text(event, "uuid").unwrap_or_default()
    ));
    let header = map(json!({"type": "bundle", "id": format!("bundle--{uuid}")}));
    let out = to_stix::convert(event);
    let mut objects = out.objects;
    let mut kept: HashMap<String, (&str, Kept)> = HashMap::new();
    {
        let (native, back) = to_misp::convert(&header, &objects, false);
        let came: HashMap<&str, (Item, usize)> = back
            .items
            .iter()
            .map(|(item, at, id)| (id.as_str(), (*item, *at)))
            .collect();
        let mut whole = Vec::new();
        for (kind, field, name) in LISTS {
            let order = out
                .items
                .iter()
                .filter(|(item, ..)| *item == kind)
                .map(|(.., id)| id);
            let again = back
                .items
                .iter()
                .filter(|(item, ..)| *item == kind)
                .map(|(.., id)| id);
            if !order.eq(again) || !list(event, field).iter().all(Value::is_object) {
                whole.push(field);
                continue;
            }
            for (item, at, id) in out.items.iter().filter(|(item, ..)| *item == kind) {
                let original = list(event, field).get(*at).and_then(Value::as_object);
                let native = came
                    .get(id.as_str())
                    .and_then(|(_, at)| list(&native, field).get(*at))
                    .and_then(Value::as_object);
                let Some((native, original)) = native.zip(original) else {
                    continue;
                };
                debug_assert_eq!(*item, kind);
                report.became(&described(name, original, id));
                if let Some(found) = Kept::of(native, original) {
                    report.kept(name, &found);
                    kept.insert(id.clone(), (name, found));
                }
            }
        }
        let found = of_event(event, native, &whole);
        let container = objects
            .iter()
            .find(|o| matches!(text(o, "type"), Some("grouping" | "report")));
        if let Some((found, id)) = found.zip(container.and_then(|o| text(o, "id"))) {
            report.kept("event", &found);
            kept.insert(id.to_owned(), ("event", found));
        }
    }
    let any = !kept.is_empty();
    for object in &mut objects {
        let found = text(object, "id").and_then(|id| kept.remove(id));
        if let Some((item, found)) = found {
            extension::write(object, item, found);
        }
    }
    if any {
        objects.push(map(extension::definition()));
    }
    (Bundle { header, objects }, report)
}

fn described(name: &str, original: &Object, id: &str) -> String {
    let kind = text(original, if name == "object" { "name" } else { "type" }).unwrap_or_default();
    format!(
        "{name} {kind} to {}",
        id.split("--").next().unwrap_or_default()
    )
}

/// What is kept of the event itself: its fields, and a list as a whole if its items did not come back in their places.
fn of_event(event: &Object, mut native: Object, whole: &[&str]) -> Option<Kept> {
    let mut own = event.clone();
    let mut lists = Vec::new();
    let mut absent = Vec::new();
    for (_, field, _) in LISTS {
        native.remove(field);
        match own.remove(field) {
            Some(value) if whole.contains(&field) || !value.is_array() => {
                lists.push((field, value))
            }
            Some(_) => {}
            None => absent.push(field.to_owned()),
        }
    }
    let found = Kept::of(&native, &own);
    if found.is_none() && lists.is_empty() && absent.is_empty() {
        return None;
    }
    let mut found = found.unwrap_or_else(|| Kept {
        native: super::kept::digest(&native),
        ..Kept::default()
    });
    found.set.extend(
        lists
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value)),
    );
    found.unset.extend(absent);
    Some(found)
}

/// A galaxy as STIX 2.1: each cluster an object, none merged with another. Galaxies have no time of their own, so
/// `created` (a STIX timestamp) is the time they are converted at.
#[must_use]
pub fn galaxy_to_stix(galaxy: &Object, created: &str) -> (Bundle, Report) {
    let mut report = Report::default();
    let kind = text(galaxy, "type").unwrap_or_default();
    let name = text(galaxy, "name").unwrap_or(kind);
    let own = text(galaxy, "uuid").filter(|uuid| super::json::is_uuid(uuid));
    let uuid = own.map_or_else(|| uuid_from(&format!("galaxy {kind}")), str::to_owned);
    let creator = format!("identity--{uuid}");
    let source = text(galaxy, "source")
        .filter(|s| !s.is_empty())
        .unwrap_or("Unnamed source");
    let mut objects = vec![map(json!({
        "type": "identity", "spec_version": "2.1", "id": creator, "created": created, "modified": created,
        "name": source, "identity_class": "organization",
    }))];
    // No cluster can be taken for the creator on the way back.
    let mut seen = HashSet::from([creator.clone()]);
    for entry in maps(galaxy, "values") {
        let mut made = to_stix::cluster(entry, kind, name, created, &creator);
        let mut id = text(&made, "id").unwrap_or_default().to_owned();
        while !seen.insert(id.clone()) {
            // Two entries with one UUID are two claims.
            id = format!(
                "{}--{}",
                text(&made, "type").unwrap_or_default(),
                uuid_from(&format!("again {id}"))
            );
            made.insert("id".into(), json!(id));
        }
        report.became(&format!(
            "cluster {kind} to {}",
            text(&made, "type").unwrap_or_default()
        ));
        if let Some(found) = Kept::of(&to_misp::cluster_entry(&made), entry) {
            report.kept("cluster", &found);
            extension::write(&mut made, "cluster", found);
        }
        objects.push(made);
    }
    let mut refs: Vec<Value> = objects
        .iter()
        .skip(1)
        .filter_map(|o| o.get("id").cloned())
        .collect();
    if refs.is_empty() {
        refs.push(json!(creator));
    }
    let relations = super::galaxy::related(galaxy, &objects, created, &creator);
    let mut container = map(json!({
        "type": "grouping", "spec_version": "2.1", "id": format!("grouping--{uuid}"), "created_by_ref": creator,
        "created": created, "modified": created, "name": name, "context": "unspecified", "object_refs": refs,
    }));
    let mut header = galaxy.clone();
    if list(galaxy, "values").iter().all(Value::is_object) {
        header.remove("values");
    }
    let kept = Kept {
        native: super::kept::digest(&Object::new()),
        set: header,
        unset: Vec::new(),
    };
    extension::write(&mut container, "galaxy", kept);
    objects.insert(1, container);
    objects.extend(relations);
    objects.push(map(extension::definition()));
    let id = uuid_from(&format!("bundle of {uuid}"));
    let header = map(json!({"type": "bundle", "id": format!("bundle--{id}")}));
    (Bundle { header, objects }, report)
}

/// The galaxy that a bundle was made of by [`galaxy_to_stix`]; `None` if it was made otherwise.
#[must_use]
pub fn stix_to_galaxy(bundle: &Bundle) -> Option<Object> {
    let kept = |object: &Object, item: &str| {
        extension::read(object)
            .filter(|(of, _)| of == item)
            .map(|(_, kept)| kept)
    };
    let (container, header) = bundle
        .objects
        .iter()
        .find_map(|object| Some((object, kept(object, "galaxy")?)))?;
    let mut galaxy = Object::new();
    header.apply(&mut galaxy);
    if galaxy.contains_key("values") {
        return Some(galaxy);
    }
    let order: HashSet<&str> = bundle
        .objects
        .iter()
        .filter(|o| text(o, "type") == Some("grouping"))
        .flat_map(|o| super::json::texts(o, "object_refs"))
        .collect();
    let values = bundle
        .objects
        .iter()
        .filter(|o| text(o, "id").is_some_and(|id| order.contains(id)));
    // A grouping holds at least one object, so that of an empty galaxy holds its creator.
    let creator = text(container, "created_by_ref");
    let values = values.filter(|o| text(o, "id") != creator);
    let entry = |object: &Object| {
        let mut entry = to_misp::cluster_entry(object);
        if let Some(kept) = kept(object, "cluster") {
            kept.apply(&mut entry);
        }
        Value::Object(entry)
    };
    galaxy.insert("values".into(), values.map(entry).collect());
    Some(galaxy)
}
