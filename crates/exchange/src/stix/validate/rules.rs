//! What the specification asks of a type in words, beside its table.

use serde_json::{Map, Value};

use super::code::Code;
use super::report::{At, Shown};
use super::schema::Kind;
use super::text;
use super::values::Checker;
use crate::stix::pattern;

type Object = Map<String, Value>;

fn texts<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    object.get(name).and_then(Value::as_str)
}

fn is_true(object: &Object, name: &str) -> bool {
    object.get(name) == Some(&Value::Bool(true))
}

/// Every rule of the object's type.
pub(super) fn check(
    kind: &str,
    known: bool,
    object: &Object,
    at: At<'_>,
    checker: &mut Checker<'_>,
) {
    external_references(kind, object, at, checker);
    encodings(object, at, checker);
    if !known {
        return;
    }
    match kind {
        "artifact" => artifact(object, at, checker),
        "email-message" => email_message(object, at, checker),
        "extension-definition" => extension_definition(object, at, checker),
        "file" => file(object, at, checker),
        "indicator" => indicator(object, at, checker),
        "language-content" => language_content(object, at, checker),
        "location" => location(object, at, checker),
        "malware" => malware(object, at, checker),
        "network-traffic" => network_traffic(object, at, checker),
        "observed-data" => super::observed::check(object, at, checker),
        "relationship" => relationship(object, at, checker),
        "software" => software(object, at, checker),
        "windows-registry-key" => registry_key(object, at, checker),
        _ => addresses(kind, object, at, checker),
    }
}

/// CVE and CAPEC identifiers (sections 4.1.1 and 4.19.1), and the hash that goes with a link (section 2.5).
fn external_references(kind: &str, object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let list = at.name("external_references");
    let references = object.get("external_references").and_then(Value::as_array);
    for (n, reference) in references.into_iter().flatten().enumerate() {
        let here = list.index(n);
        let text = |name: &str| reference.get(name).and_then(Value::as_str);
        if let Some(source) = text("source_name") {
            let id = text("external_id");
            for (catalogue, fits, owner) in CATALOGUES {
                let named = source == *catalogue;
                let formed = id.is_some_and(*fits);
                if named == formed {
                    continue;
                }
                let message = format_args!(
                    "a reference to {catalogue} has that source_name, and an external_id in its form"
                );
                if kind == *owner {
                    checker.report.error(here, Code::ExternalReference, message);
                } else {
                    checker.report.warn(here, Code::ExternalReference, message);
                }
            }
        }
        if text("url").is_some() && reference.get("hashes").is_none() {
            let message = "hashes of what the url leads to are advised (section 2.5)";
            checker.report.warn(here, Code::Advised, message);
        }
    }
}

/// A catalogue of others: its source name, what its identifiers look like, the type whose table fixes both.
type Catalogue = (&'static str, fn(&str) -> bool, &'static str);

const CATALOGUES: &[Catalogue] = &[
    ("cve", is_cve, "vulnerability"),
    ("capec", is_capec, "attack-pattern"),
];

/// `CVE-YYYY-NNNN`, the number of four digits or more and then without leading zeros.
fn is_cve(id: &str) -> bool {
    let Some((year, number)) = id
        .strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let number_fits = number.len() == 4 || number.len() > 4 && !number.starts_with('0');
    year.len() == 4 && digits(year) && digits(number) && number_fits
}

fn is_capec(id: &str) -> bool {
    let number = id.strip_prefix("CAPEC-");
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Properties that name the encoding of another one (section 3.9.1).
fn encodings(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    for (name, value) in object {
        let Some(of) = name.strip_suffix("_enc") else {
            continue;
        };
        let here = at.name(name);
        if !object.contains_key(of) {
            let message = format_args!("{name:?} is not present when {of:?} is not (section 3.1)");
            checker.report.error(here, Code::Dependent, message);
        }
        if let Some(charset) = value.as_str()
            && !text::is_character_set(charset)
        {
            let message = format_args!(
                "{} is in no IANA character set registry (section 3.9.1)",
                Shown(charset)
            );
            checker.report.error(here, Code::CharacterSet, message);
        }
    }
}

fn artifact(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let has = |name: &str| object.contains_key(name);
    if has("payload_bin") && has("url") {
        let message = "either payload_bin or url, never both (section 6.1.1)";
        checker.report.error(at, Code::Exclusive, message);
    }
    if has("url") && !has("hashes") {
        let message = "\"hashes\" must be present when \"url\" is (section 6.1.1)";
        checker.report.error(at, Code::Dependent, message);
    }
    if has("decryption_key") && !has("encryption_algorithm") {
        let message =
            "\"decryption_key\" is not present without \"encryption_algorithm\" (section 6.1.1)";
        checker
            .report
            .error(at.name("decryption_key"), Code::Dependent, message);
    }
    media_type(object, at, checker);
}

fn media_type(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    if let Some(kind) = texts(object, "mime_type")
        && !text::is_media_type(kind)
    {
        let message = format_args!("{} is no media type of the IANA registry", Shown(kind));
        checker
            .report
            .warn(at.name("mime_type"), Code::MediaType, message);
    }
}

fn email_message(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let multipart = object.get("is_multipart").and_then(Value::as_bool);
    for (name, wrong_if) in [("body", true), ("body_multipart", false)] {
        if object.contains_key(name) && multipart == Some(wrong_if) {
            let message =
                format_args!("{name:?} is not used if is_multipart is {wrong_if} (section 6.6.1)");
            checker
                .report
                .error(at.name(name), Code::Exclusive, message);
        }
    }
    let Some(Value::Object(fields)) = object.get("additional_header_fields") else {
        return;
    };
    let place = at.name("additional_header_fields");
    for (name, value) in fields {
        match value {
            Value::String(_) => {
                let message = "header fields are lists of texts (section 6.6.1)";
                checker.report.warn(place.name(name), Code::Type, message);
            }
            value => checker.value(&Kind::List(&Kind::Text), value, place.name(name)),
        }
    }
}

fn extension_definition(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let types = object.get("extension_types").and_then(Value::as_array);
    let toplevel =
        types.is_some_and(|types| types.iter().any(|t| t == "toplevel-property-extension"));
    let listed = object.contains_key("extension_properties");
    if listed && !toplevel {
        let message = "only with the extension type toplevel-property-extension (section 7.3.1)";
        checker
            .report
            .error(at.name("extension_properties"), Code::Exclusive, message);
    }
    if toplevel && !listed {
        let message =
            "\"extension_properties\" is advised: the names that are added (section 7.3.1)";
        checker.report.warn(at, Code::Advised, message);
    }
    if !object.contains_key("description") {
        checker.report.warn(
            at,
            Code::Advised,
            "\"description\" is advised (section 7.3.1)",
        );
    }
}

fn file(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    media_type(object, at, checker);
    let extensions = object.get("extensions");
    let tags = extensions.and_then(|e| e.get("raster-image-ext")?.get("exif_tags")?.as_object());
    let (list, ext) = (at.name("extensions"), "raster-image-ext");
    let (place, name) = (list.name(ext), "exif_tags");
    let place = place.name(name);
    for (tag, value) in tags.into_iter().flatten() {
        // What is null is told by the table already.
        if !value.is_null() && !value.is_string() && !value.is_i64() && !value.is_u64() {
            checker.wrong_type(place.name(tag), "a text or a whole number", value);
        }
    }
}

/// A pattern in STIX's own language must be one, and name types and properties that can exist (section 9.7).
fn indicator(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let Some(text) =
        texts(object, "pattern").filter(|_| texts(object, "pattern_type") == Some("stix"))
    else {
        return;
    };
    let here = at.name("pattern");
    let edition = match texts(object, "pattern_version") {
        Some("2.0") => pattern::Edition::V20,
        _ => pattern::Edition::V21,
    };
    let pattern = match pattern::Pattern::parse(text, edition) {
        Ok(pattern) => pattern,
        Err(problem) => return checker.report.error(here, Code::Pattern, problem),
    };
    for problem in pattern.names().chain(pattern.problems()) {
        checker.report.error(here, Code::Pattern, problem);
    }
    for doubt in pattern.doubts() {
        checker.report.warn(here, Code::Hash, doubt);
    }
}

fn language_content(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let Some(Value::Object(contents)) = object.get("contents") else {
        return;
    };
    let place = at.name("contents");
    for (tag, translation) in contents {
        let here = place.name(tag);
        checker.language(tag, here);
        let Value::Object(properties) = translation else {
            checker.wrong_type(
                here,
                "an object that mirrors the translated properties",
                translation,
            );
            continue;
        };
        if properties.is_empty() {
            checker
                .report
                .error(here, Code::Empty, "an empty dictionary (section 2.3)");
        }
        for name in properties
            .keys()
            .filter(|name| !text::is_property_name(name))
        {
            let message = format_args!("{} is no property name (section 3.1)", Shown(name));
            checker
                .report
                .error(here.name(name), Code::PropertyName, message);
        }
    }
}

fn location(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let has = |name: &str| object.contains_key(name);
    let point = has("latitude") && has("longitude");
    if !has("region") && !has("country") && !point {
        let message =
            "location has at least region, country, or latitude with longitude (section 4.10)";
        checker.report.error(at, Code::AtLeastOne, message);
    }
    for name in ["latitude", "longitude", "precision"] {
        if has(name) && !point {
            let message = format_args!("{name:?} needs latitude and longitude (section 4.10.1)");
            checker
                .report
                .error(at.name(name), Code::Dependent, message);
        }
    }
    if object
        .get("precision")
        .and_then(Value::as_f64)
        .is_some_and(|p| p < 0.0)
    {
        let message = "\"precision\" is a distance in metres (section 4.10.1)";
        checker
            .report
            .error(at.name("precision"), Code::Range, message);
    }
}

fn malware(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    if is_true(object, "is_family") && !object.contains_key("name") {
        let message = "a malware family has a \"name\" (section 4.11.1)";
        checker.report.error(at, Code::Dependent, message);
    }
}

fn network_traffic(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    if is_true(object, "is_active") && object.contains_key("end") {
        let message = "traffic that is active has no \"end\" (section 6.12.1)";
        checker
            .report
            .error(at.name("end"), Code::Exclusive, message);
    }
    if ["src_port", "dst_port"]
        .iter()
        .any(|name| !object.contains_key(*name))
    {
        let message = "\"src_port\" and \"dst_port\" are advised (section 6.12)";
        checker.report.warn(at, Code::Advised, message);
    }
    let Some(Value::Object(ipfix)) = object.get("ipfix") else {
        return;
    };
    let place = at.name("ipfix");
    for (name, value) in ipfix {
        if !value.is_null() && !value.is_string() && !value.is_i64() && !value.is_u64() {
            checker.wrong_type(place.name(name), "a text or a whole number", value);
        }
    }
}

fn relationship(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let Some(kind) = texts(object, "relationship_type") else {
        return;
    };
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if kind.is_empty() || !kind.bytes().all(fits) {
        let message = format_args!(
            "{} has other characters than a-z, 0-9 and hyphen (section 5.1.2)",
            Shown(kind)
        );
        checker
            .report
            .error(at.name("relationship_type"), Code::TypeName, message);
    }
}

fn software(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    if let Some(cpe) = texts(object, "cpe")
        && !text::is_cpe(cpe)
    {
        let message = format_args!("{} is no CPE 2.3 name (section 6.14.1)", Shown(cpe));
        checker.report.error(at.name("cpe"), Code::Cpe, message);
    }
}

fn registry_key(object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    if let Some(key) = texts(object, "key")
        && text::has_short_hive(key)
    {
        let message = "the hive is written in full, such as HKEY_LOCAL_MACHINE (section 6.17.1)";
        checker
            .report
            .error(at.name("key"), Code::RegistryHive, message);
    }
}

/// The one value of an address.
fn addresses(kind: &str, object: &Object, at: At<'_>, checker: &mut Checker<'_>) {
    let (fits, what): (fn(&str) -> bool, _) = match kind {
        "ipv4-addr" => (text::is_ipv4, "no IPv4 address or block (section 6.8.1)"),
        "ipv6-addr" => (text::is_ipv6, "no IPv6 address or block (section 6.9.1)"),
        "mac-addr" => (
            text::is_mac,
            "no MAC-48 address in lower case with colons (section 6.10.1)",
        ),
        "domain-name" => (
            text::is_domain,
            "no domain name of RFC 1034 and RFC 5890 (section 6.4.1)",
        ),
        "email-addr" => (text::is_email, "no addr-spec of RFC 5322 (section 6.5.1)"),
        _ => return,
    };
    if let Some(value) = texts(object, "value")
        && !fits(value)
    {
        let message = format_args!("{} is {what}", Shown(value));
        checker
            .report
            .error(at.name("value"), Code::Address, message);
    }
}
