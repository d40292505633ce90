//! A finding as STIX 2.1 objects that a program which knows nothing of Solferino can read (docs/export.md).

mod draft;
mod evidence;
mod extension;
mod hypotheses;
mod indicators;
mod opinions;
mod proof;
mod report;
mod responses;
mod served;
mod verdicts;
mod who;

use exchange::misp::Tlp;
use exchange::stix::Writer;
use serde_json::{Map, Value};

use crate::VerifiedBundle;
use draft::Export;

pub use extension::{Definition, definitions, schemas};
pub use indicators::MAX_INDICATORS;

pub(crate) use evidence::event_name;

/// A STIX object.
pub type Object = Map<String, Value>;

/// The namespace of the identifiers made here: a UUIDv5 of objects that are no cyber-observables is not of the
/// specification's own (STIX 2.1, section 2.9).
pub const NAMESPACE: [u8; 16] = [
    0x0c, 0x52, 0x2a, 0x6e, 0x2a, 0x3e, 0x4e, 0x88, 0x90, 0x85, 0x64, 0x65, 0x22, 0xa7, 0xfd, 0x66,
];

/// A finding as STIX objects: definitions first, then the report and everything it refers to. The same bundle gives the
/// same objects.
#[must_use]
pub fn finding(v: &VerifiedBundle) -> Vec<Object> {
    finding_at(v, None)
}

/// As [`finding`]; `base` is where the record is served, such as `https://record.example`, and adds one note with the
/// addresses. No other object has an address in it, so an object is the same wherever the record is served.
#[must_use]
pub fn finding_at(v: &VerifiedBundle, base: Option<&str>) -> Vec<Object> {
    let mut export = Export::new(v);
    who::body(&mut export);
    let incident = report::incident(&mut export);
    let evidence = evidence::write(&mut export);
    let attribution = hypotheses::write(&mut export, &incident, &evidence);
    let report = report::id(&export);
    opinions::write(&mut export, &report, attribution.as_deref());
    responses::write(&mut export, &report);
    verdicts::write(&mut export, &report, &incident);
    report::write(&mut export);
    // These hang on the bundle, not on the finding alone, so the report does not refer to them.
    indicators::write(&mut export);
    proof::write(&mut export, &report);
    if let Some(base) = base {
        served::write(&mut export, &report, base.trim_end_matches('/'));
    }
    let mut all = definitions();
    all.push(tlp());
    all.extend(export.finish());
    all
}

fn tlp() -> Object {
    object(Tlp::Clear.definition())
}

/// The object that a value is; all those made here are.
fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// The text of a STIX bundle of objects. Its identifier is made of them, so equal objects give equal bytes.
#[must_use]
pub fn bundle(objects: &[Object]) -> String {
    let ids: Vec<_> = objects.iter().map(exchange::jcs::canonical_map).collect();
    let id = draft::identifier(
        "bundle",
        &[&tlog::sha256(ids.concat().as_bytes()).to_string()],
    );
    let written = Writer::bundle(Vec::new(), &id).and_then(|mut writer| {
        for object in objects {
            writer.object(object)?;
        }
        writer.finish()
    });
    // Writing into memory cannot fail, and what was written is JSON.
    String::from_utf8(written.unwrap_or_default()).unwrap_or_default()
}
