//! What was observed, and the values at the end of a path in it (section 9.7).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ast::Step;
use super::compare::Native;
use crate::stix::time::Timestamp;

/// One observed-data object, with the cyber-observables it holds.
#[derive(Clone, Debug)]
pub struct Observation<'v> {
    pub(super) first: Moment<'v>,
    pub(super) last: Moment<'v>,
    /// How often it was made.
    pub(super) count: u64,
    /// Its cyber-observables by the name that references use.
    pub(super) objects: BTreeMap<&'v str, &'v Map<String, Value>>,
}

/// A time that compares; what cannot be read lies before all others.
pub(super) type Moment<'v> = Option<Timestamp<'v>>;

/// Types that are no cyber-observables: no pattern matches them (section 9.7).
const NOT_OBSERVABLE: &[&str] = &[
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "malware-analysis",
    "note",
    "observed-data",
    "opinion",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
    "relationship",
    "sighting",
    "language-content",
    "marking-definition",
    "extension-definition",
    "bundle",
];

/// The observations among these objects: each observed-data object with those of the others it refers to, or with those
/// in its own container (STIX 2.0). What has no times or no count is no observation.
#[must_use]
pub fn observations<'v>(objects: &[&'v Map<String, Value>]) -> Vec<Observation<'v>> {
    let id = |object: &'v Map<String, Value>| object.get("id").and_then(Value::as_str);
    let by_id: BTreeMap<&str, &Map<String, Value>> = objects
        .iter()
        .filter_map(|object| Some((id(object)?, *object)))
        .collect();
    let observed = objects.iter().filter(|o| kind(o) == "observed-data");
    observed.filter_map(|object| one(object, &by_id)).collect()
}

pub(super) fn kind(object: &Map<String, Value>) -> &str {
    object
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn one<'v>(
    observed: &'v Map<String, Value>,
    by_id: &BTreeMap<&'v str, &'v Map<String, Value>>,
) -> Option<Observation<'v>> {
    let time = |name: &str| Timestamp::parse(observed.get(name)?.as_str()?).ok();
    let listed = observed.get("object_refs").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    let held = listed
        .filter_map(|id| by_id.get_key_value(id))
        .map(|(id, o)| (*id, *o));
    let contained = observed.get("objects").and_then(Value::as_object);
    let contained = contained.into_iter().flatten();
    let contained = contained.filter_map(|(key, o)| Some((key.as_str(), o.as_object()?)));
    Some(Observation {
        first: Some(time("first_observed")?),
        last: Some(time("last_observed")?),
        count: observed.get("number_observed")?.as_u64()?,
        objects: held
            .chain(contained)
            .filter(|(_, o)| !NOT_OBSERVABLE.contains(&kind(o)))
            .collect(),
    })
}

/// Where a path stands: a value, with the name of the property it is of, or an object a reference led to.
pub(super) enum Place<'v> {
    Object(&'v Map<String, Value>),
    Value(&'v str, &'v Value),
    /// The objects a list of references led to.
    Objects(Vec<&'v Map<String, Value>>),
}

impl<'v> Place<'v> {
    pub(super) fn step(self, step: &Step, observation: &Observation<'v>, next: &mut Vec<Self>) {
        match (self, step) {
            (Self::Object(map), Step::Key(key)) => keyed(map, key, observation, next),
            (Self::Value(_, Value::Object(map)), Step::Key(key)) => {
                keyed(map, key, observation, next)
            }
            (Self::Value(name, Value::Array(items)), Step::All) => {
                next.extend(items.iter().map(|item| Self::Value(name, item)));
            }
            (Self::Value(name, Value::Array(items)), Step::Index(index)) => {
                let item = usize::try_from(*index).ok().and_then(|n| items.get(n));
                next.extend(item.map(|item| Self::Value(name, item)));
            }
            (Self::Objects(objects), Step::All) => {
                next.extend(objects.into_iter().map(Self::Object))
            }
            (Self::Objects(objects), Step::Index(index)) => {
                let object = usize::try_from(*index).ok().and_then(|n| objects.get(n));
                next.extend(object.map(|object| Self::Object(object)));
            }
            _ => {}
        }
    }

    pub(super) fn native(self) -> Option<Native<'v>> {
        match self {
            Self::Value(name, value) => Some(Native::of(name, value)),
            // A path that ends at a reference is there, and compares with nothing.
            Self::Object(_) | Self::Objects(_) => Some(Native::Value(&Value::Null)),
        }
    }
}

fn keyed<'v>(
    map: &'v Map<String, Value>,
    key: &str,
    observation: &Observation<'v>,
    next: &mut Vec<Place<'v>>,
) {
    let Some((name, value)) = map.get_key_value(key) else {
        return;
    };
    let object = |reference: &Value| observation.objects.get(reference.as_str()?).copied();
    match value {
        Value::String(_) if name.ends_with("_ref") => next.extend(object(value).map(Place::Object)),
        Value::Array(items) if name.ends_with("_refs") => {
            next.push(Place::Objects(items.iter().filter_map(object).collect()));
        }
        value => next.push(Place::Value(name, value)),
    }
}
