//! How a reader checks the finding: the bundle's hash, the checkpoint and the receipt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::draft::{Export, Since, extend};
use super::extension;

/// Writes the note. Its identifier is that of the bundle, so each bundle of a finding has its own.
pub(super) fn write(export: &mut Export<'_>, report: &str) {
    let v = export.v;
    let record = v.finding();
    let digest = v.sha256().to_string();
    let id = export.id("note", &["bundle", &digest]);
    let mut object = export.object(id, Since::Fixed(v.as_of()));
    let text = format!(
        "This is made from the bundle whose last line says sha256 {digest}, and from nothing else. `solferino verify` checks it \
         offline: signatures, inclusion in the log, every rule, and that the result recomputes bit for bit. A bundle is as of \
         its checkpoint; what came later is not in it."
    );
    object.insert("abstract".into(), "How to check this".into());
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!([report]));
    let reference = json!({
        "source_name": v.origin(),
        "description": "the bundle",
        "external_id": digest,
    });
    object.insert("external_references".into(), json!([reference]));
    let bundle = v.bundle();
    let mut made = json!({
        "bundle_sha256": digest, "record": v.origin(), "statement": record.statement,
        "index": record.index, "checkpoint": STANDARD.encode(&bundle.checkpoint),
        "result_sha256": record.finding.proposal.result_sha256,
    });
    let own = bundle.statements.iter().find(|s| s.index == record.index);
    if let Some(own) = own {
        let path: Vec<String> = own.path.iter().map(tlog::Hash::to_base64).collect();
        made["inclusion_path"] = json!(path);
    }
    extend(&mut object, extension::PROOF, made);
    export.take(object);
}
