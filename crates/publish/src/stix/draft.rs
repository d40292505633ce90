//! What all objects have in common: identifiers, times, markings, and the list they gather in.

use std::collections::BTreeSet;

use exchange::misp::Tlp;
use exchange::stix::id;
use record::ids::StatementId;
use record::kind::Kind;
use record::time::Timestamp;
use serde_json::{Value, json};

use super::{NAMESPACE, Object, extension};
use crate::VerifiedBundle;

/// Objects on their way out.
pub(super) struct Export<'a> {
    pub(super) v: &'a VerifiedBundle,
    /// The identity of the body.
    pub(super) body: String,
    objects: Vec<Object>,
    known: BTreeSet<String>,
}

/// Governing time of a statement, and its index in the log.
pub(super) type Moment = (Timestamp, u64);

/// When an object was made, and whether anything but its own statement can change it.
#[derive(Clone, Copy)]
pub(super) enum Since {
    /// By a statement; a later one can change what is exported.
    Changing(Moment),
    /// By a statement, once and for all.
    Fixed(Moment),
}

/// An identifier in our namespace: over lines, each ended by 0x0A.
pub(super) fn identifier(kind: &str, parts: &[&str]) -> String {
    let mut name = format!("{kind}\n");
    for part in parts {
        name.push_str(part);
        name.push('\n');
    }
    format!("{kind}--{}", id::uuid5(&NAMESPACE, name.as_bytes()))
}

/// A timestamp with the milliseconds that STIX asks for.
pub(super) fn time(t: Timestamp) -> String {
    let text = t.to_string();
    format!("{}.000Z", text.trim_end_matches('Z'))
}

/// A statement's time as the time of a version. Statements of one second have the same governing time, so the digits
/// after the second are the index in the log, modulo a million: later statements make later versions.
pub(super) fn version((t, index): Moment) -> String {
    let text = t.to_string();
    format!("{}.{:06}Z", text.trim_end_matches('Z'), index % 1_000_000)
}

impl<'a> Export<'a> {
    pub(super) fn new(v: &'a VerifiedBundle) -> Self {
        Self {
            v,
            body: identifier("identity", &[v.origin(), "body"]),
            objects: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// The identifier of an object of the record.
    pub(super) fn id(&self, kind: &str, parts: &[&str]) -> String {
        let mut all = vec![self.v.origin()];
        all.extend(parts);
        identifier(kind, &all)
    }

    /// The identifier of an object of the finding.
    pub(super) fn id_of_finding(&self, kind: &str, parts: &[&str]) -> String {
        let finding = self.v.finding().statement.to_string();
        let mut all = vec![finding.as_str()];
        all.extend(parts);
        self.id(kind, &all)
    }

    /// A domain or relationship object with what all of them have.
    pub(super) fn object(&self, id: String, since: Since) -> Object {
        let (created, modified) = match since {
            Since::Changing(t) => (t, self.v.as_of().max(t)),
            Since::Fixed(t) => (t, t),
        };
        let kind = id.split("--").next().unwrap_or_default().to_owned();
        let mut object = Object::new();
        object.insert("type".into(), kind.into());
        object.insert("spec_version".into(), "2.1".into());
        object.insert("id".into(), id.into());
        object.insert("created_by_ref".into(), self.body.clone().into());
        object.insert("created".into(), version(created).into());
        object.insert("modified".into(), version(modified).into());
        object.insert("object_marking_refs".into(), json!([Tlp::Clear.marking()]));
        if self.v.charter().demonstration {
            object.insert("labels".into(), json!(["demonstration"]));
        }
        object
    }

    /// As [`Self::object`], of the finding, since one of its statements.
    pub(super) fn said(&self, kind: &str, parts: &[&str], by: &StatementId) -> Object {
        let since = Since::Fixed(self.v.moment(by));
        self.object(self.id_of_finding(kind, parts), since)
    }

    /// Since the finding was published.
    pub(super) fn since_finding(&self) -> Since {
        let record = self.v.finding();
        Since::Changing((record.time, record.index))
    }

    /// Since the case was opened.
    pub(super) fn case_opened(&self) -> Moment {
        let case = self.v.case();
        let opened = case.statements.iter().find(|(_, id)| {
            self.v
                .state()
                .statements
                .get(id)
                .is_some_and(|e| e.kind == Kind::CaseOpen)
        });
        (case.opened, opened.map_or(0, |(index, _)| *index))
    }

    /// Since the record was founded.
    pub(super) fn founded(&self) -> Since {
        Since::Fixed((self.v.genesis(), 0))
    }

    /// A relationship of the finding.
    pub(super) fn relationship(&self, from: &str, kind: &str, to: &str) -> Object {
        let id = self.id_of_finding("relationship", &[from, kind, to]);
        let mut object = self.object(id, self.since_finding());
        object.insert("relationship_type".into(), kind.into());
        object.insert("source_ref".into(), from.into());
        object.insert("target_ref".into(), to.into());
        object
    }

    /// Takes an object, once; gives its identifier.
    pub(super) fn take(&mut self, object: Object) -> String {
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        let id = id.to_owned();
        if self.known.insert(id.clone()) {
            self.objects.push(object);
        }
        id
    }

    /// Every object taken so far.
    pub(super) fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Their identifiers.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.objects
            .iter()
            .filter_map(|o| o.get("id").and_then(Value::as_str))
    }

    /// The objects, in the order they were taken.
    pub(super) fn finish(self) -> Vec<Object> {
        self.objects
    }

    /// What stands behind an object: the statement, where it is, and the hash of its text.
    pub(super) fn statement(
        &self,
        object: &mut Object,
        id: &StatementId,
        text: Option<tlog::Hash>,
    ) {
        let (_, index) = self.v.moment(id);
        let kind = self.v.state().statements.get(id).map(|e| e.kind);
        let mut made = json!({"statement": id, "index": index});
        made["statement_type"] = kind.map_or("finding", |k| k.as_str()).into();
        if let Some(hash) = text {
            made["text_sha256"] = hash.to_string().into();
            object.insert(
                "external_references".into(),
                json!([self.text_reference(hash)]),
            );
        }
        extend(object, extension::STATEMENT, made);
    }

    /// A text in the vault, by hash.
    fn text_reference(&self, hash: tlog::Hash) -> Value {
        json!({
            "source_name": self.v.origin(),
            "description": "the text, in the record's vault",
            "external_id": hash.to_string(),
        })
    }
}

/// Adds a property extension of ours to an object.
pub(super) fn extend(object: &mut Object, definition: &str, mut made: Value) {
    prune(&mut made);
    made["extension_type"] = "property-extension".into();
    let all = object.entry("extensions").or_insert_with(|| json!({}));
    all[definition] = made;
}

/// Leaves out empty lists and dictionaries, which STIX does not have (section 2).
fn prune(value: &mut Value) {
    let empty = |value: &Value| match value {
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(all) => all.iter_mut().for_each(prune),
        Value::Object(all) => {
            all.values_mut().for_each(prune);
            all.retain(|_, value| !empty(value));
        }
        _ => {}
    }
}
