//! Attribution in STIX 2.0 and 2.1: `attributed-to` relationships and what stands around them.

use std::collections::{BTreeMap, BTreeSet};

use method::ItemKind;
use record::body::claim::Says;
use record::ids::Country;
use serde_json::Value;

use super::{Basis, ClaimError, Draft, DraftAssertion, Format, Gathered, MAX_OBJECTS, names};

/// Types that stand for a group.
const GROUPS: [&str; 2] = ["intrusion-set", "threat-actor"];
/// Most objects one attribution is followed through.
const MAX_CHAIN: usize = 100;
/// Types that are themselves read; all others are kept as they are.
const READ: [&str; 9] = [
    "relationship",
    "intrusion-set",
    "threat-actor",
    "campaign",
    "incident",
    "identity",
    "location",
    "report",
    "opinion",
];

/// A bundle, or a TAXII envelope of objects.
pub(super) fn is_bundle(value: &Value) -> bool {
    let objects = value.get("objects").is_some_and(Value::is_array);
    objects && value.get("type").is_none_or(|t| t == "bundle")
}

struct Object<'a> {
    place: usize,
    at: String,
    id: &'a str,
    kind: &'a str,
    value: &'a Value,
}

impl<'a> Object<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        self.value.get(field).and_then(Value::as_str)
    }

    fn name(&self) -> &'a str {
        self.text("name").unwrap_or_default()
    }

    fn is_group(&self) -> bool {
        GROUPS.contains(&self.kind)
    }
}

pub(super) fn read(value: &Value) -> Result<Draft, ClaimError> {
    let objects = value.get("objects").and_then(Value::as_array);
    let objects = objects.map(Vec::as_slice).unwrap_or_default();
    if objects.len() > MAX_OBJECTS {
        return Err(ClaimError::TooMany(objects.len()));
    }
    let mut out = Gathered::new(Format::Stix);
    let graph = Graph::new(index(objects, &mut out));
    graph.publisher(&mut out);
    let attributions = graph.related("attributed-to");
    for edge in &attributions {
        graph.attribution(edge, &mut out);
    }
    if attributions.is_empty() {
        graph.mentions(&mut out);
    }
    graph.observations(&attributions, &mut out);
    graph.leftovers(&mut out);
    Ok(out.done())
}

/// Objects by identifier, the newest version of each.
fn index<'a>(objects: &'a [Value], out: &mut Gathered) -> BTreeMap<&'a str, Object<'a>> {
    let mut by_id: BTreeMap<&str, Object<'_>> = BTreeMap::new();
    for (n, value) in objects.iter().enumerate() {
        let at = format!("/objects/{n}");
        let text = |field: &str| value.get(field).and_then(Value::as_str);
        let (Some(id), Some(kind)) = (text("id"), text("type")) else {
            out.refuse(&at, "an object without type and id");
            continue;
        };
        let object = Object {
            place: n,
            at,
            id,
            kind,
            value,
        };
        if value.get("revoked") == Some(&Value::Bool(true)) {
            out.keep(kind, "revoked by its author");
            continue;
        }
        match by_id.get(id) {
            Some(other) if other.text("modified") >= object.text("modified") => {
                out.keep(kind, "an older version, or the same again");
            }
            earlier => {
                if earlier.is_some() {
                    out.keep(kind, "an older version, or the same again");
                }
                by_id.insert(id, object);
            }
        }
    }
    by_id
}

struct Graph<'a> {
    by_id: BTreeMap<&'a str, Object<'a>>,
    /// Relationships by their type, in the order of the file.
    edges: BTreeMap<&'a str, Vec<&'a str>>,
    /// Targets of the relationships of a type from an object.
    targets: BTreeMap<(&'a str, &'a str), Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn new(by_id: BTreeMap<&'a str, Object<'a>>) -> Self {
        let mut relationships: Vec<_> = by_id
            .values()
            .filter(|o| o.kind == "relationship")
            .collect();
        relationships.sort_by_key(|o| o.place);
        let (mut edges, mut targets) = (BTreeMap::new(), BTreeMap::new());
        for edge in relationships {
            let kind = edge.text("relationship_type").unwrap_or_default();
            edges.entry(kind).or_insert_with(Vec::new).push(edge.id);
            if let (Some(from), Some(to)) = (edge.text("source_ref"), edge.text("target_ref")) {
                targets
                    .entry((kind, from))
                    .or_insert_with(Vec::new)
                    .push(to);
            }
        }
        Self {
            by_id,
            edges,
            targets,
        }
    }

    fn related(&self, kind: &str) -> Vec<&Object<'a>> {
        let ids = self.edges.get(kind).into_iter().flatten();
        ids.filter_map(|id| self.by_id.get(id)).collect()
    }

    fn end(&self, edge: &Object<'a>, field: &str) -> Option<&Object<'a>> {
        self.by_id.get(edge.text(field)?)
    }

    fn targets(&self, from: &'a str, kind: &'a str) -> impl Iterator<Item = &Object<'a>> {
        let ids = self.targets.get(&(kind, from)).into_iter().flatten();
        ids.filter_map(|id| self.by_id.get(id))
    }

    /// States that an object, or whom it is attributed to, is said to be of; cycles end.
    fn states(&self, from: &Object<'a>, out: &mut Gathered) -> Vec<(Country, &Object<'a>)> {
        let (mut found, mut seen, mut next) = (Vec::new(), BTreeSet::new(), vec![from.id]);
        while let Some(id) = next.pop() {
            if seen.len() >= MAX_CHAIN {
                out.refuse(
                    &from.at,
                    format!("attributed further than {MAX_CHAIN} objects"),
                );
                break;
            }
            if !seen.insert(id) {
                continue;
            }
            for place in ["located-at", "originates-from"] {
                for location in self.targets(id, place) {
                    let Some(code) = location.text("country") else {
                        continue;
                    };
                    match names::country(code) {
                        Some(state) if found.iter().any(|(known, _)| *known == state) => {}
                        Some(state) => found.push((state, location)),
                        None => {
                            let why = "no ISO 3166-1 alpha-2 code";
                            out.refuse(&location.at, format!("country {:?}: {why}", short(code)));
                        }
                    }
                }
            }
            next.extend(self.targets(id, "attributed-to").map(|o| o.id));
        }
        found
    }

    /// What one `attributed-to` says: the groups at its ends and the states behind them.
    fn attribution(&self, edge: &Object<'a>, out: &mut Gathered) {
        if let Some(confidence) = edge.value.get("confidence") {
            out.note(format!(
                "{}: confidence {confidence}, the publisher's own",
                edge.id
            ));
        }
        let Some(target) = self.end(edge, "target_ref") else {
            let to: String = edge
                .text("target_ref")
                .unwrap_or("nothing")
                .chars()
                .take(100)
                .collect();
            out.refuse(
                &edge.at,
                format!("attributed to {to}, which the file does not hold"),
            );
            return;
        };
        let states = self.states(target, out);
        let source = self.end(edge, "source_ref");
        let groups = source.into_iter().chain([target]).filter(|o| o.is_group());
        let mut said = !states.is_empty();
        for group in groups {
            let one = match states.as_slice() {
                [(state, _)] => Some(state.clone()),
                _ => None,
            };
            said |= self.group(group, one, Basis::Stated, edge, out);
        }
        for (state, location) in states {
            out.assert(DraftAssertion {
                name: target.name().to_owned(),
                says: Says::StateResponsible { state },
                basis: Basis::Stated,
                at: location.at.clone(),
                object: Some(location.id.to_owned()),
            });
        }
        if !said {
            let why = "it gives no country code for whom it accuses; add the assertion by hand";
            out.refuse(
                &edge.at,
                format!("attributed to {:?}: {why}", short(target.name())),
            );
        }
    }

    /// A group as an assertion; false where its name gives no identifier.
    fn group(
        &self,
        group: &Object<'a>,
        state: Option<Country>,
        basis: Basis,
        from: &Object<'a>,
        out: &mut Gathered,
    ) -> bool {
        let Some(actor) = names::input_id(group.name()) else {
            let why = "no identifier can be made of its name";
            out.refuse(&group.at, format!("{:?}: {why}", short(group.name())));
            return false;
        };
        out.assert(DraftAssertion {
            says: Says::UnitResponsible { actor, state },
            basis,
            at: from.at.clone(),
            object: Some(from.id.to_owned()),
            name: group.name().to_owned(),
        });
        true
    }

    /// Groups a report refers to, where nothing says what they are accused of.
    fn mentions(&self, out: &mut Gathered) {
        for report in self.by_id.values().filter(|o| o.kind == "report") {
            let refs = report.value.get("object_refs").and_then(Value::as_array);
            let refs = refs.into_iter().flatten().filter_map(Value::as_str);
            let groups: Vec<_> = refs.filter_map(|id| self.by_id.get(id)).collect();
            for group in groups.into_iter().filter(|o| o.is_group()) {
                self.group(group, None, Basis::Mentioned, report, out);
            }
        }
    }

    /// What whoever is accused is said to have used or gone after.
    fn observations(&self, attributions: &[&Object<'a>], out: &mut Gathered) {
        let ends = |e: &&Object<'a>| [e.text("source_ref"), e.text("target_ref")];
        let accused: BTreeSet<_> = attributions.iter().flat_map(ends).flatten().collect();
        for kind in ["uses", "targets"] {
            for edge in self.related(kind) {
                let Some(target) = self.end(edge, "target_ref") else {
                    continue;
                };
                let by = edge.text("source_ref").unwrap_or_default();
                let of = match (kind, target.kind) {
                    _ if !accused.contains(by) => continue,
                    ("targets", _) => ItemKind::Victimology,
                    (_, "malware" | "tool") => ItemKind::Malware,
                    (_, "infrastructure") => ItemKind::Infrastructure,
                    (_, "attack-pattern") => ItemKind::Tradecraft,
                    _ => continue,
                };
                let Some(item) = names::input_id(target.name()) else {
                    let why = "no identifier can be made of its name";
                    out.refuse(&target.at, format!("{:?}: {why}", short(target.name())));
                    continue;
                };
                out.assert(DraftAssertion {
                    says: Says::Observed { item, of },
                    basis: Basis::Stated,
                    at: edge.at.clone(),
                    object: Some(edge.id.to_owned()),
                    name: target.name().to_owned(),
                });
            }
        }
    }

    /// The identity that made the report, and its date.
    fn publisher(&self, out: &mut Gathered) {
        let report = self.by_id.values().find(|o| o.kind == "report");
        let edge = self.related("attributed-to").first().copied();
        let Some(first) = report.or(edge) else { return };
        let by = first
            .text("created_by_ref")
            .and_then(|id| self.by_id.get(id));
        out.draft.publisher = by.map(|o| o.name().to_owned());
        let when = first.text("published").or(first.text("created"));
        out.draft.published = when.and_then(|t| t.get(..10)).map(str::to_owned);
    }

    /// Opinions as notes; everything else counted as kept.
    fn leftovers(&self, out: &mut Gathered) {
        for o in self.by_id.values() {
            if o.kind == "opinion" {
                let said = short(o.text("opinion").unwrap_or("without a value"));
                out.note(format!("opinion {}: {said}; it decides nothing here", o.id));
            }
            if !READ.contains(&o.kind) {
                out.keep(o.kind, "not an attribution");
            } else if o.kind == "relationship"
                && o.text("relationship_type") != Some("attributed-to")
            {
                let kind = o.text("relationship_type").unwrap_or("without a type");
                out.keep(
                    &format!("relationship {kind}"),
                    "not an attribution; may be an observation above",
                );
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
