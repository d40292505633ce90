//! Cyber-observables and indicators without labels of MISP.

use serde_json::{Value, json};

use super::attribute::{plain, same};
use super::{Back, Labels, object};
use crate::misp::json::{Object, text};
use crate::misp::table;
use crate::misp::to_stix::Item;

/// Types whose one value is an attribute.
const VALUES: &[(&str, &str, &str)] = &[
    ("ipv4-addr", "value", "ip-dst"),
    ("ipv6-addr", "value", "ip-dst"),
    ("domain-name", "value", "domain"),
    ("url", "value", "url"),
    ("email-addr", "value", "email"),
    ("mac-addr", "value", "mac-address"),
    ("mutex", "name", "mutex"),
    ("autonomous-system", "number", "AS"),
];

/// Types that are an object of a template.
const TEMPLATES: &[(&str, &str)] = &[
    ("artifact", "artifact"),
    ("autonomous-system", "asn"),
    ("directory", "directory"),
    ("domain-name", "domain-ip"),
    ("email-message", "email"),
    ("file", "file"),
    ("network-traffic", "network-traffic"),
    ("process", "process"),
    ("software", "software"),
    ("user-account", "user-account"),
    ("windows-registry-key", "registry-key"),
    ("x509-certificate", "x509"),
];

/// An observable as an attribute, or as an object if it has more than a value.
pub(super) fn observable<'a>(back: &mut Back<'a>, object: &'a Object, labels: &Labels<'_>) {
    let kind = text(object, "type").unwrap_or_default();
    let more = object.contains_key("resolves_to_refs")
        || (kind == "autonomous-system" && object.contains_key("name"));
    let value = VALUES.iter().find(|(of, ..)| *of == kind).filter(|_| !more);
    if let Some((_, property, kind)) = value
        && let Some(value) = crate::misp::json::texted(object, property)
    {
        let mut made = plain(kind, value, false);
        back.common(&mut made, object, labels);
        back.add(Item::Attribute, made, object);
        return;
    }
    let template = TEMPLATES.iter().find(|(of, _)| *of == kind);
    match template.and_then(|(_, name)| object::over(back, object, labels, name)) {
        Some(made) => back.add(Item::Object, made, object),
        None => back.untold.extend(text(object, "id")),
    }
}

/// An indicator as an attribute, an object, or the pattern it is.
pub(super) fn indicator<'a>(back: &mut Back<'a>, object: &'a Object, labels: &Labels<'_>) {
    let pattern = text(object, "pattern").unwrap_or_default();
    let language = text(object, "pattern_type").unwrap_or("stix");
    let named = table::LANGUAGES
        .iter()
        .find(|(_, kind)| *kind == language)
        .map(|(name, _)| *name);
    let tests = crate::misp::path::equalities(pattern).filter(|_| language == "stix");
    let attribute = match (&tests, named) {
        (_, Some(name)) if language != "stix" => Some(plain(name, pattern.to_owned(), true)),
        (Some(tests), _) => one_attribute(tests),
        _ => None,
    };
    if let Some(mut made) = attribute {
        back.common(&mut made, object, labels);
        let comment = text(object, "description").or_else(|| text(object, "name"));
        if let Some(comment) = comment {
            made.insert("comment".into(), json!(comment));
        }
        back.add(Item::Attribute, made, object);
        return;
    }
    let held = tests.and_then(|tests| object::holding(back, object, labels, &tests));
    let mut made = held.unwrap_or_else(|| object::pattern(back, object, labels));
    if let Some(comment) = text(object, "description").or_else(|| text(object, "name")) {
        made.insert("comment".into(), Value::String(comment.to_owned()));
    }
    back.add(Item::Object, made, object);
}

fn one_attribute(tests: &[(String, String)]) -> Option<Object> {
    if let [(at, value)] = tests {
        let address = ["ipv4-addr:value", "ipv6-addr:value"].contains(&at.as_str());
        if address {
            return Some(plain("ip-dst", value.clone(), true));
        }
    }
    let fits = |row: &&table::AttributeRow| {
        row.data.is_none()
            && row.paths.len() == tests.len()
            && row
                .paths
                .iter()
                .zip(tests)
                .all(|(path, (at, _))| same(path, at))
    };
    let row = table::ATTRIBUTES.iter().find(fits)?;
    let values: Vec<_> = tests.iter().map(|(_, value)| value.as_str()).collect();
    Some(plain(row.kind, values.join("|"), true))
}
