//! Where the record is served: one note with every address.
//!
//! Addresses stand nowhere else. An object that had one would be another in the next export, made elsewhere or with no address
//! known, and one version would have two contents (STIX 2.1, section 3.6).

use std::collections::BTreeSet;

use record::state::is_public;
use serde_json::json;

use super::Object;
use super::draft::{Export, Since};
use super::evidence::exhibits;
use super::extension;

/// Writes the note. Its identifier is that of the bundle and of `base`, an address without a slash at the end.
pub(super) fn write(export: &mut Export<'_>, report: &str, base: &str) {
    let v = export.v;
    let statement = v.finding().statement;
    let digest = v.sha256().to_string();
    let id = export.id("note", &["served", base, &digest]);
    let mut object = export.object(id, Since::Fixed(v.as_of()));
    let text = format!(
        "The record is served at {base}. The references of this note are the addresses of the finding, its bundle, and the texts \
         and public exhibits that the other objects name by SHA-256."
    );
    object.insert("abstract".into(), "Where it is served".into());
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!([report]));
    let named = |description: &str, external_id: String, path: String| {
        json!({
            "source_name": v.origin(), "description": description, "external_id": external_id,
            "url": format!("{base}{path}"),
        })
    };
    let mut references = vec![
        named(
            "the finding",
            statement.to_string(),
            format!("/findings/{statement}"),
        ),
        named(
            "the bundle",
            digest,
            format!("/api/v1/findings/{statement}/bundle"),
        ),
    ];
    let mut content = |description: &str, sha256: String| {
        let mut reference = named(
            description,
            sha256.clone(),
            format!("/api/v1/exhibits/{sha256}"),
        );
        reference["hashes"] = json!({"SHA-256": sha256});
        references.push(reference);
    };
    for sha256 in texts(export.objects()) {
        content("a text", sha256);
    }
    let public = exhibits(export).into_iter();
    for exhibit in public.filter(|exhibit| is_public(v.state(), v.case(), exhibit)) {
        content("the content of an exhibit", exhibit.body.sha256.to_string());
    }
    object.insert("external_references".into(), references.into());
    export.take(object);
}

/// The texts that objects name by hash, each once.
fn texts(objects: &[Object]) -> BTreeSet<String> {
    let said = |object: &Object| {
        let hash = object
            .get("extensions")?
            .get(extension::STATEMENT)?
            .get("text_sha256")?;
        hash.as_str().map(str::to_owned)
    };
    objects.iter().filter_map(said).collect()
}
