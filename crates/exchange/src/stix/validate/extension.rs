//! Extensions (sections 3.2, 3.10, 7.3, 11.3), and what is outside the tables.

use serde_json::{Map, Value};

use super::code::Code;
use super::report::{At, Shown};
use super::schema::{self, Group, Kind};
use super::text;
use super::values::Checker;
use crate::stix::id::Identifier;

const DEFINITION: &str = "extension-definition";

/// The kind of new object that one of the extensions says this is.
pub(super) fn new_object(object: &Map<String, Value>) -> Option<&str> {
    let extensions = object.get("extensions")?.as_object()?;
    let kinds = extensions
        .values()
        .filter_map(|e| e.get("extension_type")?.as_str());
    kinds.into_iter().find(|kind| kind.starts_with("new-"))
}

fn is_definition(key: &str) -> bool {
    Identifier::parse(key).is_some_and(|id| id.kind == DEFINITION)
}

/// Checks every extension, then what no table has: an extension must stand for it, or it is custom.
pub(super) fn check(
    kind: &str,
    group: Group,
    object: &Map<String, Value>,
    unknown: &[&str],
    at: At<'_>,
    checker: &mut Checker<'_>,
) {
    let mut adds_properties = new_object(object).is_some();
    if let Some(Value::Object(extensions)) = object.get("extensions") {
        let here = at.name("extensions");
        for (key, extension) in extensions {
            one(kind, key, extension, here.name(key), checker);
            let of_kind = extension.get("extension_type").and_then(Value::as_str);
            adds_properties |= of_kind == Some("toplevel-property-extension");
        }
    }
    if schema::class(kind).is_none() && !adds_properties {
        let message =
            "a type outside the specification, without an extension definition (section 11.2)";
        checker.report.warn(at.name("type"), Code::Custom, message);
        return;
    }
    for name in unknown {
        if *name == "defanged" {
            let message = "\"defanged\" applies to cyber-observables only (section 3.2)";
            checker
                .report
                .error(at.name(name), Code::NotApplicable, message);
        } else if matches!(group, Group::Marking | Group::Meta) && is_common(name) {
            let message = format_args!("{name:?} does not apply to {kind}");
            checker
                .report
                .warn(at.name(name), Code::NotApplicable, message);
        } else if !adds_properties {
            let message = "a property outside the specification, without an extension definition (section 11.1)";
            checker.report.warn(at.name(name), Code::Custom, message);
        }
    }
}

fn is_common(name: &str) -> bool {
    schema::property(schema::DOMAIN_COMMON, name).is_some()
}

fn one(kind: &str, key: &str, extension: &Value, at: At<'_>, checker: &mut Checker<'_>) {
    let Value::Object(map) = extension else {
        return checker.wrong_type(at, "an object", extension);
    };
    if let Some((owner, part)) = schema::predefined(key) {
        if *owner != kind {
            let message = format_args!("{key} is an extension of {owner}, not of {kind}");
            checker.report.warn(at, Code::Extension, message);
        }
        return checker.part(part, map, at);
    }
    if is_definition(key) {
        checker.table(&[schema::EXTENSION_INSTANCE], map, at);
        return;
    }
    if text::is_extension_name(key) {
        let message = "an extension without a definition (section 11.3)";
        checker.report.warn(at, Code::Custom, message);
        if map.is_empty() {
            let message = "an extension has at least one property (section 11.3.1)";
            checker.report.error(at, Code::AtLeastOne, message);
        }
        for (name, value) in map {
            checker.unknown(name, value, at.name(name));
        }
        return;
    }
    let message = format_args!(
        "{} is neither the identifier of an extension definition nor a name that ends in -ext (sections 3.2, 11.3.1)",
        Shown(key)
    );
    checker.report.error(at, Code::Extension, message);
    checker.value(&Kind::Any, extension, at);
}
