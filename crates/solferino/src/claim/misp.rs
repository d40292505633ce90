//! Attribution in MISP events: tags, galaxy clusters, and attributes that name an actor.

use method::ItemKind;
use record::body::claim::Says;
use record::ids::Country;
use serde_json::Value;

use super::{Basis, ClaimError, Draft, DraftAssertion, Format, Gathered, MAX_OBJECTS, names};

/// Galaxies whose clusters are groups.
const GROUPS: [&str; 7] = [
    "threat-actor",
    "mitre-intrusion-set",
    "mitre-enterprise-attack-intrusion-set",
    "microsoft-activity-group",
    "360net-threat-actor",
    "stix-2.1-intrusion-set",
    "stix-2.1-threat-actor",
];
/// Galaxies whose clusters are programs.
const SOFTWARE: [&str; 9] = [
    "mitre-malware",
    "mitre-tool",
    "malpedia",
    "tool",
    "rat",
    "ransomware",
    "backdoor",
    "stealer",
    "stix-2.1-malware",
];
/// Taxonomies that grade or mark what is said: kept as notes.
const GRADINGS: [&str; 7] = [
    "estimative-language:",
    "admiralty-scale:",
    "analyst-assessment:",
    "information-origin:",
    "misp:confidence-level",
    "state-responsibility:",
    "tlp:",
];
/// Why a country by itself says nothing of an author.
const WHICH_COUNTRY: &str = "a country tag does not say whether it is the author or the target";

/// An event, or the answer of a search.
pub(super) fn is_event(value: &Value) -> bool {
    !events(value).is_empty()
}

fn events(value: &Value) -> Vec<(String, &Value)> {
    if let Some(event) = value.get("Event").filter(|e| e.is_object()) {
        return vec![("/Event".to_owned(), event)];
    }
    let all = value
        .get("response")
        .or(Some(value))
        .and_then(Value::as_array);
    let prefix = if value.is_array() { "" } else { "/response" };
    let all = all.into_iter().flatten().enumerate();
    let all = all.filter_map(|(n, v)| Some((format!("{prefix}/{n}/Event"), v.get("Event")?)));
    let found: Vec<_> = all.collect();
    if found.is_empty() && value.get("info").is_some() && value.get("uuid").is_some() {
        return vec![(String::new(), value)];
    }
    found
}

pub(super) fn read(value: &Value) -> Result<Draft, ClaimError> {
    let mut reader = Reader {
        out: Gathered::new(Format::Misp),
        read: 0,
    };
    for (at, event) in events(value) {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
        let out = &mut reader.out.draft;
        out.publisher = out
            .publisher
            .take()
            .or(text("/Orgc/name").map(str::to_owned));
        out.published = out.published.take().or(text("/date").map(str::to_owned));
        reader.tagged(&at, event, Basis::Stated);
        reader.attributes(&at, event)?;
        for (n, object) in list(event, "Object").enumerate() {
            let name = object
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or("unnamed");
            reader
                .out
                .keep(&format!("object {name}"), "not an attribution");
            reader.attributes(&format!("{at}/Object/{n}"), object)?;
        }
    }
    Ok(reader.out.done())
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    let all = value.get(field).and_then(Value::as_array);
    all.into_iter().flatten()
}

struct Reader {
    out: Gathered,
    read: usize,
}

impl Reader {
    fn attributes(&mut self, at: &str, owner: &Value) -> Result<(), ClaimError> {
        for (n, attribute) in list(owner, "Attribute").enumerate() {
            self.read += 1;
            if self.read > MAX_OBJECTS {
                return Err(ClaimError::TooMany(self.read));
            }
            let at = format!("{at}/Attribute/{n}");
            let text = |field: &str| attribute.get(field).and_then(Value::as_str);
            match text("type") {
                Some("threat-actor") => {
                    let uuid = text("uuid").map(str::to_owned);
                    self.group(&at, uuid, text("value").unwrap_or_default(), Basis::Stated);
                }
                Some(kind @ ("campaign-name" | "campaign-id")) => {
                    self.out.keep(kind, "a campaign is not an author");
                }
                Some(kind) => self
                    .out
                    .keep(&format!("attribute {kind}"), "not an attribution"),
                None => self.out.refuse(&at, "an attribute without a type"),
            }
            // A tag on one attribute speaks of that attribute only.
            self.tagged(&at, attribute, Basis::Mentioned);
        }
        Ok(())
    }

    fn tagged(&mut self, at: &str, owner: &Value, basis: Basis) {
        for (n, galaxy) in list(owner, "Galaxy").enumerate() {
            for (m, cluster) in list(galaxy, "GalaxyCluster").enumerate() {
                let at = format!("{at}/Galaxy/{n}/GalaxyCluster/{m}");
                self.cluster(&at, galaxy, cluster, basis);
            }
        }
        for (n, tag) in list(owner, "Tag").enumerate() {
            let name = tag.get("name").and_then(Value::as_str).unwrap_or_default();
            self.tag(&format!("{at}/Tag/{n}"), name, basis);
        }
    }

    fn tag(&mut self, at: &str, name: &str, basis: Basis) {
        if GRADINGS.iter().any(|prefix| name.starts_with(prefix)) {
            let name: String = name.chars().take(120).collect();
            self.out.note(format!("{name}; the publisher's own"));
            return;
        }
        let parts = name
            .strip_prefix("misp-galaxy:")
            .and_then(|t| t.split_once('='));
        let Some((galaxy, value)) = parts else {
            return self.out.keep("tag", "not an attribution");
        };
        self.entry(at, None, galaxy, value.trim_matches('"'), basis);
    }

    fn cluster(&mut self, at: &str, galaxy: &Value, cluster: &Value, basis: Basis) {
        let text =
            |of: &Value, field: &str| of.get(field).and_then(Value::as_str).map(str::to_owned);
        let kind = text(cluster, "type")
            .or(text(galaxy, "type"))
            .unwrap_or_default();
        let value = text(cluster, "value").unwrap_or_default();
        let uuid = text(cluster, "uuid");
        self.entry(at, uuid.clone(), &kind, &value, basis);
        // What a galaxy knows of a cluster came with the tag: the publisher need not have meant it.
        let field = match kind.as_str() {
            "country" => "ISO",
            k if GROUPS.contains(&k) => "country",
            _ => return,
        };
        let group = names::input_id(&value).filter(|_| field == "country");
        for state in meta(cluster, field) {
            let says = [
                Some(Says::StateResponsible {
                    state: state.clone(),
                }),
                group.clone().map(|actor| Says::UnitResponsible {
                    actor,
                    state: Some(state),
                }),
            ];
            for says in says.into_iter().flatten() {
                self.out.assert(DraftAssertion {
                    says,
                    basis: Basis::Galaxy,
                    at: at.to_owned(),
                    object: uuid.clone(),
                    name: value.clone(),
                });
            }
        }
    }

    /// A tag or cluster of a galaxy.
    fn entry(&mut self, at: &str, uuid: Option<String>, galaxy: &str, value: &str, basis: Basis) {
        let of = match galaxy {
            g if GROUPS.contains(&g) => return self.group(at, uuid, value, basis),
            "country" => return self.out.keep("galaxy country", WHICH_COUNTRY),
            g if SOFTWARE.contains(&g) => ItemKind::Malware,
            "mitre-attack-pattern" => ItemKind::Tradecraft,
            other => {
                return self
                    .out
                    .keep(&format!("galaxy {other}"), "not an attribution");
            }
        };
        let name = without_number(value);
        match names::input_id(name) {
            Some(item) => self.out.assert(DraftAssertion {
                says: Says::Observed { item, of },
                basis,
                at: at.to_owned(),
                object: uuid,
                name: name.to_owned(),
            }),
            None => self.unnamed(at, value),
        }
    }

    fn group(&mut self, at: &str, uuid: Option<String>, value: &str, basis: Basis) {
        let name = without_number(value);
        match names::input_id(name) {
            Some(actor) => self.out.assert(DraftAssertion {
                says: Says::UnitResponsible { actor, state: None },
                basis,
                at: at.to_owned(),
                object: uuid,
                name: name.to_owned(),
            }),
            None => self.unnamed(at, value),
        }
    }

    fn unnamed(&mut self, at: &str, value: &str) {
        let value: String = value.chars().take(80).collect();
        self.out.refuse(
            at,
            format!("{value:?}: no identifier can be made of its name"),
        );
    }
}

/// `APT28 - G0007` without the number ATT&CK gives it.
fn without_number(value: &str) -> &str {
    match value.rsplit_once(" - ") {
        Some((name, id)) if id.len() == 5 && id.starts_with(['G', 'S', 'T']) => name,
        _ => value,
    }
}

/// Country codes in a cluster's metadata, which is a text, a list, or a list of elements.
fn meta(cluster: &Value, field: &str) -> Vec<Country> {
    let mut texts: Vec<&str> = Vec::new();
    match cluster.pointer(&format!("/meta/{field}")) {
        Some(Value::String(one)) => texts.push(one),
        Some(Value::Array(many)) => texts.extend(many.iter().filter_map(Value::as_str)),
        _ => {}
    }
    let element = |e: &&Value| e.get("key").is_some_and(|k| k == field);
    let elements = list(cluster, "GalaxyElement").filter(element);
    texts.extend(elements.filter_map(|e| e.get("value").and_then(Value::as_str)));
    let mut out: Vec<Country> = Vec::new();
    for state in texts.into_iter().filter_map(names::country) {
        if !out.contains(&state) {
            out.push(state);
        }
    }
    out
}
