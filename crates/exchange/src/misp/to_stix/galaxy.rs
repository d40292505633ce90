//! Galaxy clusters: each its own object, whoever else claims its name.

use serde_json::{Value, json};

use super::{Out, label, relation};
use crate::misp::json::{Object, is_uuid, list, maps, object as map, text, texts};
use crate::misp::{table, uuid_from};

/// Converts the clusters in the field `Galaxy`, each related to an object if one is named.
pub(super) fn clusters(out: &mut Out, thing: &Object, of: Option<&str>) {
    for galaxy in maps(thing, "Galaxy") {
        for entry in maps(galaxy, "GalaxyCluster") {
            let kind = text(galaxy, "type")
                .or_else(|| text(entry, "type"))
                .unwrap_or_default();
            let time = out.time.clone();
            let made = cluster(
                entry,
                kind,
                text(galaxy, "name").unwrap_or(kind),
                &time,
                &out.creator,
            );
            let Some(id) = text(&made, "id").map(str::to_owned) else {
                continue;
            };
            if !out.has(&id) {
                out.push(made);
            }
            if let Some(of) = of {
                let named = text(entry, "relationship_type").filter(|kind| !kind.is_empty());
                let kind = named.map(relation).unwrap_or_else(|| usual(of, &id).into());
                out.relate(of, &kind, &id, None);
            }
        }
    }
}

/// The relation that an indicator has to such a thing (STIX 2.1, section 4.7), else the general one.
fn usual(source: &str, target: &str) -> &'static str {
    const INDICATED: &[&str] = &[
        "attack-pattern--",
        "campaign--",
        "infrastructure--",
        "intrusion-set--",
        "malware--",
        "threat-actor--",
        "tool--",
    ];
    let indicates =
        source.starts_with("indicator--") && INDICATED.iter().any(|kind| target.starts_with(kind));
    if indicates { "indicates" } else { "related-to" }
}

/// One cluster, of an event or of a galaxy.
pub(in crate::misp) fn cluster(
    entry: &Object,
    galaxy: &str,
    galaxy_name: &str,
    time: &str,
    creator: &str,
) -> Object {
    let value = text(entry, "value").unwrap_or_default();
    let kind = if value.is_empty() {
        "x-misp-galaxy-cluster"
    } else {
        table::cluster_type(galaxy)
    };
    let uuid = match text(entry, "uuid") {
        Some(uuid) if is_uuid(uuid) => uuid.to_owned(),
        _ => uuid_from(&format!("{galaxy} {}", crate::jcs::canonical_map(entry))),
    };
    let mut made = map(json!({
        "type": kind, "spec_version": "2.1", "id": format!("{kind}--{uuid}"), "created_by_ref": creator,
        "created": time, "modified": time,
        "labels": [label("galaxy-name", galaxy_name), label("galaxy-type", galaxy)],
    }));
    if kind == "x-misp-galaxy-cluster" {
        made.insert("x_misp_name".into(), json!(galaxy_name));
        made.insert("x_misp_type".into(), json!(galaxy));
        made.insert("x_misp_value".into(), json!(value));
    } else {
        made.insert("name".into(), json!(value));
    }
    if let Some(description) = text(entry, "description").filter(|d| !d.is_empty()) {
        made.insert("description".into(), json!(description));
    }
    let nothing = Object::new();
    let meta = entry
        .get("meta")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    let synonyms: Vec<_> = texts(meta, "synonyms")
        .filter(|name| !name.is_empty())
        .collect();
    if !synonyms.is_empty()
        && matches!(
            kind,
            "threat-actor" | "intrusion-set" | "malware" | "tool" | "attack-pattern"
        )
    {
        made.insert("aliases".into(), json!(synonyms));
    }
    if kind == "malware" {
        made.insert("is_family".into(), Value::Bool(true));
    }
    if kind == "identity" {
        made.insert("identity_class".into(), json!("class"));
    }
    if kind == "location" {
        place(&mut made, meta, galaxy, value);
    }
    references(&mut made, meta, galaxy);
    made
}

/// A location needs a country or a region (section 4.10).
fn place(made: &mut Object, meta: &Object, galaxy: &str, value: &str) {
    let code = text(meta, "ISO").filter(|code| !code.is_empty());
    if let (Some(code), "country") = (code, galaxy) {
        made.insert("country".into(), json!(code));
    } else {
        // "154 - Northern Europe": the vocabulary has northern-europe.
        let name = value.split_once(" - ").map_or(value, |(_, name)| name);
        made.insert("region".into(), json!(relation(name)));
    }
}

fn references(made: &mut Object, meta: &Object, galaxy: &str) {
    let urls = texts(meta, "refs").filter(|url| url.contains("://"));
    let mut references: Vec<_> = urls
        .map(|url| json!({"source_name": "url", "url": url}))
        .collect();
    let own = match meta.get("external_id") {
        Some(Value::String(id)) => vec![id.as_str()],
        Some(Value::Array(_)) => list(meta, "external_id")
            .iter()
            .filter_map(Value::as_str)
            .collect(),
        _ => Vec::new(),
    };
    let source = if galaxy.starts_with("mitre-") {
        "mitre-attack"
    } else {
        galaxy
    };
    let named = own.iter().filter(|id| !id.is_empty() && !source.is_empty());
    references.extend(named.map(|id| json!({"source_name": source, "external_id": id})));
    if !references.is_empty() {
        made.insert("external_references".into(), Value::Array(references));
    }
}
