//! Actors, techniques and the like as galaxy clusters.

use serde_json::{Value, json};

use super::{Back, Labels};
use crate::misp::json::{Object, maps, object as map, text, texts, uuid_of};
use crate::misp::table;

/// The type and name of the galaxy that an object is a cluster of.
fn galaxy<'a>(object: &'a Object, labels: &Labels<'a>) -> Option<(&'a str, &'a str)> {
    let kind = text(object, "type")?;
    if let Some(galaxy) = labels.galaxy {
        return Some((galaxy, labels.galaxy_name.unwrap_or(galaxy)));
    }
    if kind == "identity" && text(object, "identity_class") == Some("class") {
        return Some(("sector", "Sector"));
    }
    if kind == "x-misp-galaxy-cluster" {
        let kind = text(object, "x_misp_type").unwrap_or_default();
        return Some((kind, text(object, "x_misp_name").unwrap_or(kind)));
    }
    let row = table::CLUSTERED.iter().find(|(of, ..)| *of == kind);
    row.map(|(_, galaxy, name)| (*galaxy, *name))
}

/// Whether an object is a cluster, and nothing its labels call otherwise.
pub(super) fn is_cluster(object: &Object) -> bool {
    let labels = Labels::of(object);
    !labels.is_misp() && galaxy(object, &labels).is_some()
}

/// The cluster that an object is.
pub(in crate::misp) fn entry(object: &Object) -> Object {
    let labels = Labels::of(object);
    let (galaxy, _) = galaxy(object, &labels).unwrap_or_default();
    let custom = text(object, "type") == Some("x-misp-galaxy-cluster");
    let value = text(object, if custom { "x_misp_value" } else { "name" }).unwrap_or_default();
    let mut made = map(
        json!({"uuid": uuid_of(text(object, "id").unwrap_or_default()), "type": galaxy, "value": value}),
    );
    if let Some(description) = text(object, "description") {
        made.insert("description".into(), json!(description));
    }
    let mut meta = Object::new();
    let aliases: Vec<_> = texts(object, "aliases").collect();
    if !aliases.is_empty() {
        meta.insert("synonyms".into(), json!(aliases));
    }
    let mut refs = Vec::new();
    let mut external = Vec::new();
    for reference in maps(object, "external_references") {
        refs.extend(text(reference, "url"));
        external.extend(text(reference, "external_id"));
    }
    if !refs.is_empty() {
        meta.insert("refs".into(), json!(refs));
    }
    match external.as_slice() {
        [] => {}
        [one] => {
            meta.insert("external_id".into(), json!(one));
        }
        many => {
            meta.insert("external_id".into(), json!(many));
        }
    }
    if !meta.is_empty() {
        made.insert("meta".into(), Value::Object(meta));
    }
    made
}

/// Adds a cluster to the field `Galaxy` of a thing.
pub(super) fn add(galaxies: &mut Vec<Object>, object: &Object) {
    let labels = Labels::of(object);
    let Some((kind, name)) = galaxy(object, &labels) else {
        return;
    };
    let entry = Value::Object(entry(object));
    let there = galaxies
        .iter_mut()
        .find(|galaxy| text(galaxy, "type") == Some(kind));
    if let Some(clusters) = there.and_then(|galaxy| galaxy.get_mut("GalaxyCluster")) {
        if let Some(clusters) = clusters.as_array_mut() {
            clusters.push(entry);
        }
    } else {
        galaxies.push(map(
            json!({"type": kind, "name": name, "GalaxyCluster": [entry]}),
        ));
    }
}

/// The clusters that belong to no attribute or object belong to the event.
pub(super) fn rest(back: &mut Back<'_>) {
    let objects = back.index.objects;
    for object in objects.iter().filter(|object| is_cluster(object)) {
        if !text(object, "id").is_some_and(|id| back.taken.contains(id)) {
            add(&mut back.galaxies, object);
        }
    }
}
