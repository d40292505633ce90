//! One object: its type, its identifier, its tables, then what its type asks for in words.

use serde_json::{Map, Value};

use super::code::Code;
use super::report::{At, Report, Shown};
use super::schema::{self, Class, DOMAIN_COMMON, Group, OBSERVABLE_COMMON, Order, Property};
use super::values::{Checker, Contained};
use super::{extension, marking, rules};
use crate::stix::id::{self, Identifier};
use crate::stix::time::Timestamp;

/// Names the specification keeps for itself (section 3.8), for properties of any object.
const RESERVED: &[&str] = &[
    "severity",
    "username",
    "phone_number",
    "phone_numbers",
    "action",
];

/// Says that what follows is about the upgrade of an object of STIX 2.0.
pub(super) fn of_2_0(at: At<'_>, report: &mut Report) {
    let message = "an object of STIX 2.0, since it does not say spec_version 2.1 (section 3.2); its upgrade is judged";
    report.warn(at, Code::Upgraded, message);
}

/// Judges one object that is no bundle.
pub(super) fn check(object: &Map<String, Value>, at: At<'_>, report: &mut Report) {
    let mut checker = Checker {
        report,
        container: None,
    };
    let Some(Value::String(kind)) = object.get("type") else {
        checker.report.error(
            at,
            Code::Missing,
            "\"type\" is required and missing, or no text",
        );
        return;
    };
    let class = schema::class(kind);
    if class.is_none() {
        type_name(kind, at, checker.report);
    }
    let group = group(class, object);
    let common = class.map_or_else(|| custom_common(group), Class::common);
    let own: &'static [Property] = class.map_or(&[], |class| class.properties);
    let unknown = checker.table(&[common, own], object, at);
    identifier(kind, group, object, at, checker.report);
    if let Some(version) = object.get("spec_version").and_then(Value::as_str)
        && version != "2.1"
    {
        let message = format_args!("{} is not \"2.1\" (section 3.2)", Shown(version));
        checker
            .report
            .error(at.name("spec_version"), Code::Fixed, message);
    }
    order(
        "created",
        "modified",
        Order::NotBefore,
        object,
        at,
        checker.report,
    );
    if let Some(class) = class {
        of_class(class, object, at, checker.report);
    }
    reserved(object, at, checker.report);
    extension::check(kind, group, object, &unknown, at, &mut checker);
    marking::check(object, at, checker.report);
    rules::check(kind, class.is_some(), object, at, &mut checker);
    if class.is_none() && unknown.is_empty() && object.get("extensions").is_none() {
        let message = "a custom object has at least one property of its own (section 11.2.1)";
        checker.report.error(at, Code::AtLeastOne, message);
    }
}

/// Judges a cyber-observable in the deprecated container of observed data (section 2.13): it has no identifier of its
/// own, and its references are keys of the container.
pub(super) fn contained(
    object: &Map<String, Value>,
    container: &Contained<'_>,
    at: At<'_>,
    report: &mut Report,
) {
    let mut checker = Checker {
        report,
        container: Some(container),
    };
    let Some(Value::String(kind)) = object.get("type") else {
        checker.report.error(
            at,
            Code::Missing,
            "\"type\" is required and missing, or no text",
        );
        return;
    };
    let class = schema::class(kind).filter(|class| class.group == Group::Observable);
    if class.is_none() {
        type_name(kind, at, checker.report);
        if schema::class(kind).is_some() {
            let message = format_args!("{kind} is no cyber-observable");
            checker
                .report
                .error(at.name("type"), Code::ReferenceType, message);
            return;
        }
    }
    // Identifiers are required of objects of their own only.
    let common = OBSERVABLE_COMMON.iter().filter(|p| p.name != "id");
    for property in common.filter(|p| p.required && !object.contains_key(p.name)) {
        let message = format_args!("{:?} is required and missing", property.name);
        checker.report.error(at, Code::Missing, message);
    }
    let own: &'static [Property] = class.map_or(&[], |class| class.properties);
    let mut unknown = Vec::new();
    for (name, value) in object {
        let here = at.name(name);
        let known = [OBSERVABLE_COMMON, own]
            .into_iter()
            .find_map(|t| schema::property(t, name));
        match known {
            Some(property) => checker.value(&property.kind, value, here),
            None => {
                checker.unknown(name, value, here);
                unknown.push(name.as_str());
            }
        }
    }
    for property in own
        .iter()
        .filter(|p| p.required && !object.contains_key(p.name))
    {
        let message = format_args!("{:?} is required and missing", property.name);
        checker.report.error(at, Code::Missing, message);
    }
    if let Some(class) = class {
        of_class(class, object, at, checker.report);
    }
    reserved(object, at, checker.report);
    extension::check(kind, Group::Observable, object, &unknown, at, &mut checker);
    rules::check(kind, class.is_some(), object, at, &mut checker);
}

fn type_name(kind: &str, at: At<'_>, report: &mut Report) {
    let here = at.name("type");
    if !id::is_type_name(kind) {
        let message = format_args!(
            "{} names no type: 3 to 250 of a-z, 0-9 and single hyphens, a letter first (sections 3.1, 7.3.2)",
            Shown(kind)
        );
        report.error(here, Code::TypeName, message);
    } else if kind == "action" {
        report.error(here, Code::Reserved, "\"action\" is reserved (section 3.8)");
    }
}

/// Which common properties an object has. A custom one says it by its extension; without one, objects that are versioned
/// are domain objects, others are cyber-observables.
fn group(class: Option<&Class>, object: &Map<String, Value>) -> Group {
    if let Some(class) = class {
        return class.group;
    }
    match extension::new_object(object) {
        Some("new-sdo") => Group::Domain,
        Some("new-sro") => Group::Relationship,
        Some("new-sco") => Group::Observable,
        _ if ["created", "modified"]
            .iter()
            .any(|name| object.contains_key(*name)) =>
        {
            Group::Domain
        }
        _ => Group::Observable,
    }
}

fn custom_common(group: Group) -> &'static [Property] {
    match group {
        Group::Observable => OBSERVABLE_COMMON,
        _ => DOMAIN_COMMON,
    }
}

/// The identifier's type, and its UUID's version where the specification fixes it (section 2.9).
fn identifier(
    kind: &str,
    group: Group,
    object: &Map<String, Value>,
    at: At<'_>,
    report: &mut Report,
) {
    let Some(text) = object.get("id").and_then(Value::as_str) else {
        return;
    };
    let here = at.name("id");
    let Some(id) = Identifier::parse(text) else {
        return; // said by the table already
    };
    if id.kind != kind {
        let message = format_args!(
            "the identifier is one of {}, the object is {}",
            Shown(id.kind),
            Shown(kind)
        );
        report.error(here, Code::IdentifierType, message);
    }
    if group != Group::Observable {
        return;
    }
    let Some(contributing) = id::contributing(kind) else {
        return;
    };
    if contributing.iter().all(|name| !object.contains_key(*name)) {
        if id.version != 4 {
            let message = "without contributing properties the UUID is of version 4 (section 2.9)";
            report.error(here, Code::IdentifierVersion, message);
        }
    } else if id.version != 5 {
        let message = "a UUID of version 5, made from the content, is advised (section 2.9)";
        report.warn(here, Code::IdentifierVersion, message);
    } else if let Some(of_content) = id::of_content(object)
        && of_content != text
    {
        let message = format_args!("the content gives {of_content} (section 2.9)");
        report.warn(here, Code::IdentifierContent, message);
    }
}

fn of_class(class: &Class, object: &Map<String, Value>, at: At<'_>, report: &mut Report) {
    let has = |name: &&str| object.contains_key(*name);
    if !class.any_of.is_empty() && !class.any_of.iter().any(has) {
        let message = format_args!(
            "{} has at least one of {}",
            class.name,
            class.any_of.join(", ")
        );
        report.error(at, Code::AtLeastOne, message);
    }
    for (earlier, later, relation) in class.ordered {
        order(earlier, later, *relation, object, at, report);
    }
}

/// Names that no content has, not even a custom object (section 3.8).
fn reserved(object: &Map<String, Value>, at: At<'_>, report: &mut Report) {
    for name in RESERVED {
        if object.contains_key(*name) {
            let message = format_args!("{name:?} is reserved for later versions (section 3.8)");
            report.error(at.name(name), Code::Reserved, message);
        }
    }
}

fn order(
    earlier: &str,
    later: &str,
    relation: Order,
    object: &Map<String, Value>,
    at: At<'_>,
    report: &mut Report,
) {
    let time = |name: &str| Timestamp::parse(object.get(name)?.as_str()?).ok();
    let (Some(first), Some(second)) = (time(earlier), time(later)) else {
        return;
    };
    let (fits, words) = match relation {
        Order::NotBefore => (second >= first, "must not be earlier than"),
        Order::After => (second > first, "must be later than"),
    };
    if !fits {
        let message = format_args!("{later} {words} {earlier}");
        report.error(at.name(later), Code::TimestampOrder, message);
    }
}
