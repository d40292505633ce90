//! Bundles (section 8), and the versions of objects that lie in one (section 3.6).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::code::Code;
use super::object;
use super::report::{At, Report, Shown};
use super::schema::BUNDLE;
use super::values::Checker;
use crate::stix::upgrade;

/// Most versions of objects a bundle's contradictions are looked for among, about 20 bytes each. Further ones are not
/// compared.
pub const MAX_TRACKED_VERSIONS: usize = 250_000;

/// Judges a bundle and each of its objects. One of STIX 2.0 is upgraded first.
pub(super) fn check(bundle: &Map<String, Value>, report: &mut Report) {
    let is_2_0 = is_2_0(bundle);
    header(bundle, report);
    let mut versions = Versions::default();
    let list = At::ROOT.name("objects");
    let objects = bundle.get("objects").and_then(Value::as_array);
    for (n, value) in objects.into_iter().flatten().enumerate() {
        let here = list.index(n);
        match value {
            Value::Object(object) => member(object, is_2_0, here, report, &mut versions),
            _ => report.error(here, Code::Type, "a STIX object is due here (section 8.1)"),
        }
    }
}

/// STIX 2.0 gave the version of all objects once, in the bundle.
pub(super) fn is_2_0(bundle: &Map<String, Value>) -> bool {
    bundle.get("spec_version").and_then(Value::as_str) == Some("2.0")
}

/// The bundle's own properties; of its objects, only that they are a list.
pub(super) fn header(bundle: &Map<String, Value>, report: &mut Report) {
    let at = At::ROOT;
    let is_2_0 = is_2_0(bundle);
    let mut checker = Checker {
        report,
        container: None,
    };
    for name in checker.table(&[BUNDLE], bundle, at) {
        if name == "spec_version" && is_2_0 {
            let message = "a bundle of STIX 2.0; its objects are judged as their upgrade to 2.1";
            checker.report.warn(at.name(name), Code::Upgraded, message);
        } else {
            let message = "a property outside the specification (section 8.1)";
            checker.report.warn(at.name(name), Code::Custom, message);
        }
    }
    if let Some(id) = bundle.get("id").and_then(Value::as_str)
        && !id.starts_with("bundle--")
    {
        let message = format_args!("{} is no identifier of a bundle", Shown(id));
        report.error(at.name("id"), Code::IdentifierType, message);
    }
}

/// One object of a bundle, which may say that it is one of STIX 2.0.
pub(super) fn member(
    member: &Map<String, Value>,
    is_2_0: bool,
    at: At<'_>,
    report: &mut Report,
    versions: &mut Versions,
) {
    if member.get("type").and_then(Value::as_str) == Some("bundle") {
        let message = "a bundle is no STIX object, and lies in no bundle (section 8)";
        report.error(at.name("type"), Code::Type, message);
        return;
    }
    let upgraded = upgrade::upgraded(member, is_2_0);
    let member = match &upgraded {
        None => member,
        Some(upgraded) => {
            if !is_2_0 {
                object::of_2_0(at, report);
            }
            upgraded
        }
    };
    object::check(member, at, report);
    versions.compare(member, at, report);
}

/// The versions of objects seen so far, to find two contents for one version.
///
/// What is kept of an object is a hash of 64 bits: whoever makes two objects collide on purpose hides a contradiction,
/// and nothing else.
#[derive(Debug, Default)]
pub(super) struct Versions {
    seen: HashMap<u64, u64>,
}

impl Versions {
    fn compare(&mut self, object: &Map<String, Value>, at: At<'_>, report: &mut Report) {
        // Marking definitions have one version, which is never modified. Cyber-observables without times are not versioned:
        // two that say different things of one thing do not contradict each other.
        let version = object.get("modified").or_else(|| object.get("created"));
        let name = hash(&(object.get("id"), version));
        let content = hash(object);
        let full = self.seen.len() >= MAX_TRACKED_VERSIONS;
        match self.seen.entry(name) {
            Entry::Vacant(place) if !full => {
                place.insert(content);
            }
            Entry::Vacant(_) => {}
            Entry::Occupied(earlier) if *earlier.get() == content => {
                report.warn(
                    at,
                    Code::Duplicate,
                    "the same version of this object stands before",
                );
            }
            Entry::Occupied(_) if version.is_none() => {
                report.warn(
                    at,
                    Code::Duplicate,
                    "another object with this identifier stands before",
                );
            }
            Entry::Occupied(_) => {
                let message = "another content of the same version stands before; \
                    a version always has the same properties and values (section 3.6)";
                report.error(at, Code::Conflict, message);
            }
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
