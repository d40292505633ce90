//! Galaxies: lists of actors, tools and the like, which others keep.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::json::{Object, maps, object as map, text, texts};
use super::uuid_from;

/// Names that several clusters of a galaxy claim as value or synonym, with how many do. Case and spaces make no other
/// name. They are reported; nobody is merged.
#[must_use]
pub fn shared_names(galaxy: &Object) -> BTreeMap<String, usize> {
    let mut claims: BTreeMap<String, usize> = BTreeMap::new();
    for entry in maps(galaxy, "values") {
        let meta = entry.get("meta").and_then(serde_json::Value::as_object);
        let synonyms = meta.into_iter().flat_map(|meta| texts(meta, "synonyms"));
        let mut names: Vec<_> = text(entry, "value")
            .into_iter()
            .chain(synonyms)
            .map(folded)
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *claims.entry(name).or_default() += 1;
        }
    }
    claims.retain(|_, count| *count > 1);
    claims
}

fn folded(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect()
}

/// The relationships that `related` states between entries of one galaxy; those to other galaxies stay kept.
pub(super) fn related(
    galaxy: &Object,
    objects: &[Object],
    created: &str,
    creator: &str,
) -> Vec<Object> {
    let ids = objects.iter().filter_map(|o| text(o, "id"));
    let by_uuid: HashMap<&str, &str> = ids.map(|id| (super::json::uuid_of(id), id)).collect();
    let mut made: BTreeMap<String, Object> = BTreeMap::new();
    for entry in maps(galaxy, "values") {
        let from = text(entry, "uuid").and_then(|uuid| by_uuid.get(uuid));
        for other in maps(entry, "related") {
            let to = text(other, "dest-uuid").and_then(|uuid| by_uuid.get(uuid));
            let Some((from, to)) = from.zip(to) else {
                continue;
            };
            let kind = super::to_stix::relation(text(other, "type").unwrap_or("related-to"));
            let id = format!(
                "relationship--{}",
                uuid_from(&format!("{from} {kind} {to}"))
            );
            let relation = json!({
                "type": "relationship", "spec_version": "2.1", "id": id, "created_by_ref": creator,
                "created": created, "modified": created, "relationship_type": kind,
                "source_ref": from, "target_ref": to,
            });
            made.insert(id, map(relation));
        }
    }
    made.into_values().collect()
}
