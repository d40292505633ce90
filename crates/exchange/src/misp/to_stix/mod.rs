//! A MISP event as STIX objects (docs/misp.md, "MISP to STIX 2.1"), without what is kept beside.

mod attribute;
mod event;
mod galaxy;
mod object;

use std::collections::HashMap;

use serde_json::{Value, json};

use super::json::{Object, is_uuid, object as map, seconds, stix_time, text, uuid_of};
use super::tag::{self, Said, Tlp};
use super::uuid_from;

pub(super) use event::{NOBODY, convert};
pub(super) use galaxy::cluster;

/// What a thing of MISP became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Attribute,
    Object,
}

/// The objects made so far.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub(super) objects: Vec<Object>,
    index: HashMap<String, usize>,
    /// The object that each attribute and object became, in their order.
    pub(super) items: Vec<(Item, usize, String)>,
    /// The identifiers of all that came of the thing with this UUID, the first to refer to.
    of_uuid: HashMap<String, String>,
    markings: Vec<Tlp>,
    creator: String,
    /// The event's time, for what has none.
    time: String,
}

impl Out {
    /// An identifier of this type for the thing with this UUID, that no object has yet.
    fn id(&self, kind: &str, thing: &Object) -> String {
        let uuid = match text(thing, "uuid") {
            Some(uuid) if is_uuid(uuid) => uuid.to_owned(),
            _ => uuid_from(&crate::jcs::canonical_map(thing)),
        };
        let mut id = format!("{kind}--{uuid}");
        let mut n = 0_u32;
        while self.index.contains_key(&id) {
            n += 1;
            id = format!("{kind}--{}", uuid_from(&format!("{uuid}/{n}")));
        }
        id
    }

    /// Takes an object; one that is there already stays, and gets what only this one says.
    fn push(&mut self, object: Object) {
        let Some(id) = text(&object, "id").map(str::to_owned) else {
            return;
        };
        match self.index.get(&id).and_then(|at| self.objects.get_mut(*at)) {
            Some(there) => {
                for (name, value) in object {
                    there.entry(name).or_insert(value);
                }
            }
            None => {
                self.index.insert(id, self.objects.len());
                self.objects.push(object);
            }
        }
    }

    fn has(&self, id: &str) -> bool {
        self.index.contains_key(id)
    }

    /// The beginning of a domain object: common properties, labels, markings and confidence from the tags.
    fn domain(&mut self, id: &str, thing: &Object, said: &Said, mut labels: Vec<Value>) -> Object {
        let time = self.time_of(thing);
        let kind = id.split("--").next().unwrap_or_default();
        let mut made = map(json!({
            "type": kind, "spec_version": "2.1", "id": id, "created_by_ref": self.creator,
            "created": time, "modified": time,
        }));
        labels.extend(said.labels.iter().cloned());
        if !labels.is_empty() {
            made.insert("labels".into(), Value::Array(labels));
        }
        if let Some(tlp) = said.tlp {
            self.markings.push(tlp);
            made.insert("object_marking_refs".into(), json!([tlp.marking()]));
        }
        if let Some(confidence) = said.confidence {
            made.insert("confidence".into(), json!(confidence));
        }
        made
    }

    fn time_of(&self, thing: &Object) -> String {
        let own = seconds(thing, "timestamp").and_then(stix_time);
        own.unwrap_or_else(|| self.time.clone())
    }

    /// A relationship; the same one is made once.
    fn relate(&mut self, source: &str, kind: &str, target: &str, uuid: Option<&str>) {
        let named = uuid.filter(|uuid| is_uuid(uuid)).map(str::to_owned);
        let uuid = named.unwrap_or_else(|| uuid_from(&format!("{source} {kind} {target}")));
        let kind = relation(kind);
        self.push(map(json!({
            "type": "relationship", "spec_version": "2.1", "id": format!("relationship--{uuid}"),
            "created_by_ref": self.creator, "created": self.time, "modified": self.time,
            "relationship_type": kind, "source_ref": source, "target_ref": target,
        })));
    }

    /// An indicator beside the observed data it is based on.
    fn indicator(
        &mut self,
        thing: &Object,
        said: &Said,
        labels: Vec<Value>,
        pattern: &str,
        kind: &str,
    ) -> String {
        let id = self.id("indicator", thing);
        let mut made = self.domain(&id, thing, said, labels);
        let valid_from = made.get("created").cloned().unwrap_or_default();
        made.insert("pattern".into(), json!(pattern));
        made.insert("pattern_type".into(), json!(kind));
        if kind == "stix" {
            made.insert("pattern_version".into(), json!("2.1"));
        }
        made.insert("valid_from".into(), valid_from);
        describe(&mut made, thing);
        self.push(made);
        id
    }

    /// Observed data over these observables.
    fn observed(
        &mut self,
        thing: &Object,
        said: &Said,
        labels: Vec<Value>,
        seen: Vec<Object>,
    ) -> String {
        let id = self.id("observed-data", thing);
        let mut made = self.domain(&id, thing, said, labels);
        let refs: Vec<_> = seen.iter().filter_map(|o| o.get("id").cloned()).collect();
        let time = made.get("created").cloned().unwrap_or_default();
        made.insert("first_observed".into(), time.clone());
        made.insert("last_observed".into(), time);
        made.insert("number_observed".into(), json!(1));
        made.insert("object_refs".into(), Value::Array(refs));
        self.push(made);
        for observable in seen {
            self.push(observable);
        }
        id
    }
}

/// A relationship type as STIX writes it: lower-case letters, digits and hyphens.
pub(super) fn relation(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    let fits = |b: char| {
        if b.is_ascii_lowercase() || b.is_ascii_digit() {
            b
        } else {
            '-'
        }
    };
    let name: String = lower.chars().map(fits).collect();
    if name.chars().any(|c| c != '-') {
        name
    } else {
        "related-to".into()
    }
}

fn describe(made: &mut Object, thing: &Object) {
    if let Some(comment) = text(thing, "comment").filter(|comment| !comment.is_empty()) {
        made.insert("description".into(), json!(comment));
    }
}

/// A machine tag as a label.
fn label(predicate: &str, value: &str) -> Value {
    json!(format!("misp:{predicate}=\"{value}\""))
}

/// Clusters and sightings of an attribute.
fn hang_on(out: &mut Out, thing: &Object, primary: &str, indicator: Option<&str>) {
    galaxy::clusters(out, thing, Some(indicator.unwrap_or(primary)));
    for sighting in super::json::maps(thing, "Sighting") {
        let by = super::json::texted(sighting, "type").unwrap_or_default();
        let time = seconds(sighting, "date_sighting")
            .and_then(stix_time)
            .unwrap_or_else(|| out.time.clone());
        let who = sighting.get("Organisation").and_then(Value::as_object);
        let who = who.and_then(|org| event::identity(out, org));
        let refs = json!([indicator.unwrap_or(primary)]);
        let common = |kind: &str, out: &Out| {
            map(
                json!({"type": kind, "spec_version": "2.1", "id": out.id(kind, sighting),
                "created": time, "modified": time}),
            )
        };
        let mut made = if by == "1" {
            let mut made = common("opinion", out);
            made.insert("opinion".into(), json!("strongly-disagree"));
            made.insert("explanation".into(), json!("False positive Sighting"));
            made.insert("object_refs".into(), refs);
            made
        } else if by == "0" {
            let mut made = common("sighting", out);
            made.insert(
                "sighting_of_ref".into(),
                refs.get(0).cloned().unwrap_or_default(),
            );
            if let Some(who) = &who {
                made.insert("where_sighted_refs".into(), json!([who]));
            }
            made
        } else {
            continue;
        };
        let by = who.unwrap_or_else(|| out.creator.clone());
        made.insert("created_by_ref".into(), json!(by));
        out.push(made);
    }
}

/// What tags of a thing say, with its own fields unread.
fn said(thing: &Object) -> Said {
    tag::said(thing)
}

/// Remembers what a thing became, for references to it.
fn became(out: &mut Out, thing: &Object, id: &str) {
    let uuid = text(thing, "uuid").map_or_else(|| uuid_of(id).to_owned(), str::to_owned);
    out.of_uuid.entry(uuid).or_insert_with(|| id.to_owned());
}
