//! Validation to the MUST level of STIX 2.1, with its SHOULDs as warnings.
//!
//! ```
//! use solferino_exchange::stix::validate;
//!
//! let report = validate::text(br#"{"type":"url","id":"url--1","value":"no scheme"}"#);
//! let codes: Vec<&str> = report.errors.iter().map(|e| e.code.text()).collect();
//! assert_eq!(codes, ["identifier", "uri"]);
//! assert_eq!(report.errors[1].pointer, "/value");
//! ```
//!
//! docs/stix.md lists the codes; docs/conformance.md says where the specification and other validators differ.

mod bundle;
mod code;
mod extension;
mod marking;
mod object;
mod observed;
mod report;
mod rules;
mod schema;
mod stream;
mod text;
mod values;

use serde_json::{Map, Value};

pub use bundle::MAX_TRACKED_VERSIONS;
pub use code::Code;
pub use report::{Finding, MAX_FINDINGS, MAX_SHOWN_CHARS, Report};
pub use stream::{Judged, stream};
pub(crate) use text::{hash_fits, is_ipv4, is_ipv6};

use super::pattern::{Edition, MatchError, Pattern, observations};
use super::{MAX_OBJECT_VALUES, upgrade};
use crate::json;
use report::At;

/// Judges the text of one object or bundle, as one line of JSON Lines has it.
///
/// Never fails: bytes that are no acceptable JSON (duplicate keys, too deep, not UTF-8) are an error in the report.
#[must_use]
pub fn text(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    match json::value(bytes, MAX_OBJECT_VALUES) {
        Ok(Value::Object(object)) => self::object(&object, &mut report),
        Ok(_) => report.error(At::ROOT, Code::Type, "a STIX object is a JSON object"),
        Err(problem) => {
            report.error(
                At::ROOT,
                Code::Json,
                format_args!("no acceptable JSON: {problem}"),
            );
        }
    }
    report
}

/// Judges one object; a bundle with all its objects. One of STIX 2.0 is judged as its upgrade.
pub fn object(object: &Map<String, Value>, report: &mut Report) {
    if object.get("type").and_then(Value::as_str) == Some("bundle") {
        bundle::check(object, report);
    } else if let Some(upgraded) = upgrade::upgraded(object, false) {
        object::of_2_0(At::ROOT, report);
        object::check(&upgraded, At::ROOT, report);
    } else {
        object::check(object, At::ROOT, report);
    }
}

/// A pattern, judged.
#[derive(Debug, Default)]
pub struct JudgedPattern {
    /// What was found.
    pub report: Report,
    /// The pattern, if it is one.
    pub pattern: Option<Pattern>,
    /// Whether it matches the observations that stand beside it, if there are any.
    pub matches: Option<Result<bool, MatchError>>,
}

/// Judges a pattern given as JSON: an object with a text `pattern`, `"version": "2.0"` if it is of STIX 2.0, and perhaps
/// `observations`, a list of observed data and observables, or of bundles of them, to match it against.
///
/// Never fails, like [`text`].
#[must_use]
pub fn pattern(bytes: &[u8]) -> JudgedPattern {
    let mut judged = JudgedPattern::default();
    let value = match json::value(bytes, MAX_OBJECT_VALUES) {
        Ok(value) => value,
        Err(problem) => {
            let message = format_args!("no acceptable JSON: {problem}");
            judged.report.error(At::ROOT, Code::Json, message);
            return judged;
        }
    };
    let at = At::ROOT.name("pattern");
    let Some(text) = value.get("pattern").and_then(Value::as_str) else {
        let message = "a text \"pattern\" is due";
        judged.report.error(at, Code::Missing, message);
        return judged;
    };
    let edition = match value.get("version").and_then(Value::as_str) {
        Some("2.0") => Edition::V20,
        _ => Edition::V21,
    };
    let pattern = match Pattern::parse(text, edition) {
        Ok(pattern) => pattern,
        Err(problem) => {
            judged.report.error(at, Code::Pattern, problem);
            return judged;
        }
    };
    for problem in pattern.problems() {
        judged.report.error(at, Code::Pattern, problem);
    }
    for doubt in pattern.doubts() {
        judged.report.warn(at, Code::Hash, doubt);
    }
    judged.matches = value
        .get("observations")
        .and_then(Value::as_array)
        .map(|given| pattern.matches(&observations(&members(given))));
    judged.pattern = Some(pattern);
    judged
}

/// Objects, and those of bundles among them.
fn members(given: &[Value]) -> Vec<&Map<String, Value>> {
    let each = |value| match Value::as_object(value) {
        Some(bundle) if bundle.get("type").and_then(Value::as_str) == Some("bundle") => {
            let inside = bundle.get("objects").and_then(Value::as_array);
            let inside = inside.into_iter().flatten();
            inside.filter_map(Value::as_object).collect()
        }
        object => Vec::from_iter(object),
    };
    given.iter().flat_map(each).collect()
}

/// The report about something that was not read, because it is larger than so many bytes.
#[must_use]
pub fn too_large(limit_bytes: usize) -> Report {
    let mut report = Report::default();
    report.error(
        At::ROOT,
        Code::Json,
        format_args!("larger than {limit_bytes} bytes; not read"),
    );
    report
}
