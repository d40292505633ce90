//! Observed data (section 4.14), with the deprecated container of observables inside it.

use serde_json::{Map, Value};

use super::code::Code;
use super::object;
use super::report::At;
use super::values::{Checker, Contained};
use crate::stix::id::Identifier;

pub(super) fn check(observed: &Map<String, Value>, at: At<'_>, checker: &mut Checker<'_>) {
    if observed.contains_key("objects") && observed.contains_key("object_refs") {
        let message = "either objects or object_refs, never both (section 4.14)";
        checker.report.error(at, Code::Exclusive, message);
    }
    if let Some(Value::Array(refs)) = observed.get("object_refs") {
        let relates = |id: &Value| {
            let kind = id.as_str().and_then(Identifier::parse).map(|id| id.kind);
            matches!(kind, Some("relationship" | "sighting"))
        };
        if !refs.is_empty() && refs.iter().all(relates) {
            let message = "at least one reference is to a cyber-observable (section 4.14.1)";
            checker
                .report
                .error(at.name("object_refs"), Code::AtLeastOne, message);
        }
    }
    let Some(Value::Object(container)) = observed.get("objects") else {
        return;
    };
    let place = at.name("objects");
    checker.report.warn(
        place,
        Code::Deprecated,
        "\"objects\" is deprecated for \"object_refs\" (section 4.14)",
    );
    let contained = contained(container);
    for (key, value) in container {
        let here = place.name(key);
        match value {
            Value::Object(inside) => object::contained(inside, &contained, here, checker.report),
            other => checker.wrong_type(here, "an object", other),
        }
    }
}

/// What references in a container may name.
fn contained(container: &Map<String, Value>) -> Contained<'_> {
    fn text<'o>(object: &'o Value, name: &str) -> Option<&'o str> {
        object.get(name).and_then(Value::as_str)
    }
    let kind = |object| text(object, "type").unwrap_or_default();
    let by_id = container
        .values()
        .filter_map(|object| Some((text(object, "id")?, kind(object))));
    let by_key = container
        .iter()
        .map(|(key, object)| (key.as_str(), kind(object)));
    by_id.chain(by_key).collect()
}
