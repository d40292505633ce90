//! STIX objects as a MISP event (docs/misp.md, "STIX 2.1 to MISP"), with or without what was kept beside.

mod around;
mod attribute;
mod cluster;
mod event;
mod object;
mod observable;

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::extension;
use super::json::{Object, epoch, text, texts, uuid_of};
use super::path::Index;
use super::tag::{self, Tlp};
use super::to_stix::Item;

pub(super) use cluster::entry as cluster_entry;

/// An event in the making.
#[derive(Debug)]
pub(super) struct Back<'a> {
    index: Index<'a>,
    /// Whether what was kept in extensions is put back.
    whole: bool,
    pub(super) attributes: Vec<Object>,
    pub(super) things: Vec<Object>,
    galaxies: Vec<Object>,
    reports: Vec<Object>,
    /// What each object of the bundle became, in the order of the event.
    pub(super) items: Vec<(Item, usize, String)>,
    /// The item that an object of the bundle belongs to.
    at: HashMap<&'a str, (Item, usize)>,
    /// Objects that have their place already.
    taken: HashSet<&'a str>,
    /// The indicator based on this observed data.
    based: HashMap<&'a str, &'a Object>,
    /// Items that were edited since their fields were kept.
    pub(super) edited: usize,
    /// Objects that nothing of MISP stands for.
    pub(super) untold: Vec<&'a str>,
}

/// The observables whose value is told where they are referred to.
const INLINE: &[&str] = &[
    "ipv4-addr",
    "ipv6-addr",
    "email-addr",
    "domain-name",
    "autonomous-system",
];

/// Converts objects; `header` is the bundle without them.
pub(super) fn convert<'a>(
    header: &Object,
    objects: &'a [Object],
    whole: bool,
) -> (Object, Back<'a>) {
    let mut back = Back {
        index: Index::new(objects),
        whole,
        attributes: Vec::new(),
        things: Vec::new(),
        galaxies: Vec::new(),
        reports: Vec::new(),
        items: Vec::new(),
        at: HashMap::new(),
        taken: HashSet::new(),
        based: HashMap::new(),
        edited: 0,
        untold: Vec::new(),
    };
    let container = objects
        .iter()
        .find(|o| matches!(text(o, "type"), Some("grouping" | "report")));
    back.take(container);
    for object in objects {
        back.place(object);
    }
    around::relations(&mut back);
    cluster::rest(&mut back);
    back.put_back();
    let event = event::event(&mut back, header, container);
    (event, back)
}

impl<'a> Back<'a> {
    /// Finds out what is part of something else.
    fn take(&mut self, container: Option<&'a Object>) {
        if let Some(container) = container {
            self.taken.extend(text(container, "id"));
            self.taken.extend(text(container, "created_by_ref"));
        }
        let objects = self.index.objects;
        for object in objects {
            let kind = text(object, "type").unwrap_or_default();
            match kind {
                "observed-data" if Labels::of(object).is_misp() => {
                    self.taken.extend(texts(object, "object_refs"))
                }
                "relationship" if text(object, "relationship_type") == Some("based-on") => {
                    let ends = ["source_ref", "target_ref"]
                        .map(|end| text(object, end).and_then(|id| self.index.get(id)));
                    let [Some(indicator), Some(observed)] = ends else {
                        continue;
                    };
                    let pair = text(indicator, "id").zip(text(observed, "id"));
                    let Some((a, b)) = pair.filter(|_| Labels::of(observed).is_misp()) else {
                        continue;
                    };
                    if a.starts_with("indicator--")
                        && b.starts_with("observed-data--")
                        && !self.based.contains_key(b)
                    {
                        self.based.insert(b, indicator);
                        self.taken
                            .extend([a, text(object, "id").unwrap_or_default()]);
                    }
                }
                "sighting" => self.taken.extend(texts(object, "where_sighted_refs")),
                "opinion" => self.taken.extend(text(object, "created_by_ref")),
                _ if crate::stix::id::contributing(kind).is_some() => {
                    let inline = |id: &&str| INLINE.iter().any(|kind| id.starts_with(kind));
                    let one = object
                        .iter()
                        .filter(|(name, _)| name.ends_with("_ref"))
                        .filter_map(|(_, id)| id.as_str());
                    self.taken.extend(one.filter(inline));
                    let lists = object.keys().filter(|name| name.ends_with("_refs"));
                    let names = |id: &&str| kind != "domain-name" || id.starts_with("ipv");
                    self.taken.extend(
                        lists
                            .flat_map(|name| texts(object, name))
                            .filter(inline)
                            .filter(names),
                    );
                }
                _ => {}
            }
        }
    }

    /// Gives one object its place in the event.
    fn place(&mut self, object: &'a Object) {
        let id = text(object, "id").unwrap_or_default();
        let kind = text(object, "type").unwrap_or_default();
        if self.taken.contains(id)
            || id == extension::ID
            || matches!(
                kind,
                "marking-definition" | "relationship" | "sighting" | "opinion"
            )
        {
            return;
        }
        let labels = Labels::of(object);
        let kept = extension::read(object);
        let item = kept.as_ref().map(|(item, _)| item.as_str());
        if labels.kind.is_some() || item == Some("attribute") {
            attribute::labelled(self, object, &labels);
        } else if labels.name.is_some() || item == Some("object") {
            object::labelled(self, object, &labels);
        } else if labels.galaxy.is_some() || kind == "x-misp-galaxy-cluster" {
            // Its place is known once the relationships are.
        } else if kind == "note" {
            self.reports.push(around::report(object, &labels));
        } else if kind == "indicator" {
            observable::indicator(self, object, &labels);
        } else if crate::stix::id::contributing(kind).is_some() {
            observable::observable(self, object, &labels);
        } else if matches!(kind, "vulnerability" | "identity" | "malware-analysis") {
            object::domain(self, object, &labels);
        } else if !cluster::is_cluster(object) && kind != "observed-data" {
            self.untold.push(id);
        }
    }

    /// Adds an attribute or object that this object became.
    fn add(&mut self, item: Item, made: Object, object: &'a Object) {
        let list = if item == Item::Attribute {
            &mut self.attributes
        } else {
            &mut self.things
        };
        let at = list.len();
        list.push(made);
        let id = text(object, "id").unwrap_or_default();
        self.items.push((item, at, id.to_owned()));
        self.at.insert(id, (item, at));
        if let Some(indicator) = self
            .based
            .get(id)
            .and_then(|indicator| text(indicator, "id"))
        {
            self.at.insert(indicator, (item, at));
        }
    }

    fn item(&mut self, at: (Item, usize)) -> Option<&mut Object> {
        match at.0 {
            Item::Attribute => self.attributes.get_mut(at.1),
            Item::Object => self.things.get_mut(at.1),
        }
    }

    /// Puts back what was kept of each item.
    fn put_back(&mut self) {
        if !self.whole {
            return;
        }
        for (item, at, id) in self.items.clone() {
            let kept = self.index.get(&id).and_then(extension::read);
            if let (Some((_, kept)), Some(made)) = (kept, self.item((item, at))) {
                self.edited += usize::from(kept.apply(made));
            }
        }
    }

    /// Tags that stand for labels, markings and confidence.
    fn tags(&self, object: &Object, labels: &Labels<'_>) -> Vec<Value> {
        let mut tags: Vec<_> = labels
            .rest
            .iter()
            .map(|name| json!({"name": name}))
            .collect();
        let tlp = texts(object, "object_marking_refs").filter_map(Tlp::of_marking);
        tags.extend(tlp.max().map(|tlp| json!({"name": tlp.tag()})));
        let word = object
            .get("confidence")
            .and_then(Value::as_u64)
            .and_then(tag::confidence_word);
        if let Some(word) = word.filter(|_| {
            !labels
                .rest
                .iter()
                .any(|name| tag::confidence(name).is_some())
        }) {
            let name = format!("estimative-language:confidence-in-analytic-judgment=\"{word}\"");
            tags.push(json!({"name": name}));
        }
        tags
    }

    /// The fields that every attribute, object and event has.
    fn common(&self, made: &mut Object, object: &Object, labels: &Labels<'_>) {
        made.insert(
            "uuid".into(),
            json!(uuid_of(text(object, "id").unwrap_or_default())),
        );
        if let Some(time) = text(object, "modified").and_then(epoch) {
            made.insert("timestamp".into(), json!(time.to_string()));
        }
        let tags = self.tags(object, labels);
        if !tags.is_empty() {
            made.insert("Tag".into(), Value::Array(tags));
        }
    }
}

/// The labels of an object: those MISP tools write, and the rest.
#[derive(Debug, Default)]
struct Labels<'a> {
    kind: Option<&'a str>,
    category: Option<&'a str>,
    name: Option<&'a str>,
    meta_category: Option<&'a str>,
    galaxy: Option<&'a str>,
    galaxy_name: Option<&'a str>,
    rest: Vec<&'a str>,
}

impl<'a> Labels<'a> {
    fn of(object: &'a Object) -> Self {
        let mut labels = Self::default();
        for label in texts(object, "labels") {
            let known = tag::MachineTag::parse(label).filter(|tag| tag.namespace == "misp");
            let place = match known.map(|tag| tag.predicate) {
                Some("type") => &mut labels.kind,
                Some("category") => &mut labels.category,
                Some("name") => &mut labels.name,
                Some("meta-category") => &mut labels.meta_category,
                Some("galaxy-type") => &mut labels.galaxy,
                Some("galaxy-name") => &mut labels.galaxy_name,
                Some("data-layer") => continue,
                _ => {
                    labels.rest.push(label);
                    continue;
                }
            };
            *place = known.and_then(|tag| tag.value);
        }
        labels
    }

    fn is_misp(&self) -> bool {
        self.kind.is_some() || self.name.is_some()
    }
}
