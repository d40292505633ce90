//! The property extension that holds what STIX cannot say of a thing of MISP (docs/misp.md).

use serde_json::{Value, json};

use super::json::{Object, object as map, text, texts};
use super::kept::Kept;
use crate::json;

/// The identifier of our extension definition.
pub const ID: &str = "extension-definition--f317d1d1-9db3-4d51-ad77-3d78c52f8417";
/// Most values that one extension may hold, on all levels.
const MAX_VALUES: usize = 1_000_000;

/// The extension definition, to travel with whatever uses it.
#[must_use]
pub fn definition() -> Value {
    json!({
        "type": "extension-definition", "spec_version": "2.1", "id": ID,
        "created_by_ref": "identity--0142bb52-72a0-4765-89d3-15367069ea35",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "name": "Fields of MISP that STIX has no place for",
        "description": "misp_item: event, attribute, object, galaxy or cluster. misp_native: first 16 hexadecimal digits \
            of SHA-256 over the canonical JSON (RFC 8785) of what the object says without this. misp_set: JSON text of \
            fields with their values. misp_unset: fields the object implies and MISP did not have.",
        "schema": "docs/misp.md", "version": "1.0.0", "extension_types": ["property-extension"],
    })
}

/// Adds the extension to an object.
pub(super) fn write(object: &mut Object, item: &str, kept: Kept) {
    let mut made = map(json!({
        "extension_type": "property-extension", "misp_item": item, "misp_native": kept.native,
    }));
    if !kept.set.is_empty() {
        made.insert("misp_set".into(), json!(super::json::written(&kept.set)));
    }
    if !kept.unset.is_empty() {
        made.insert("misp_unset".into(), json!(kept.unset));
    }
    let all = object.entry("extensions").or_insert_with(|| json!({}));
    if let Some(all) = all.as_object_mut() {
        all.insert(ID.into(), Value::Object(made));
    }
}

/// What the extension of an object holds; `None` if it has none, or one that cannot be read.
pub(super) fn read(object: &Object) -> Option<(String, Kept)> {
    let made = object.get("extensions")?.get(ID)?.as_object()?;
    let set = match text(made, "misp_set") {
        Some(set) => match json::value(set.as_bytes(), MAX_VALUES).ok()? {
            Value::Object(set) => set,
            _ => return None,
        },
        None => Object::new(),
    };
    let kept = Kept {
        native: text(made, "misp_native")?.to_owned(),
        set,
        unset: texts(made, "misp_unset").map(str::to_owned).collect(),
    };
    Some((text(made, "misp_item")?.to_owned(), kept))
}
