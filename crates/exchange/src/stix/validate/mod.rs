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
mod text;
mod values;

use serde_json::{Map, Value};

pub use bundle::{MAX_TRACKED_VERSIONS, Versions};
pub use code::Code;
pub use report::{Finding, MAX_FINDINGS, MAX_SHOWN_CHARS, Report};

use super::strict;
use report::At;

/// Judges the text of one object or bundle, as one line of JSON Lines has it.
///
/// Never fails: bytes that are no acceptable JSON (duplicate keys, too deep, not UTF-8) are an error in the report.
#[must_use]
pub fn text(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    match strict::value(bytes) {
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

/// Judges one object; a bundle with all its objects.
pub fn object(object: &Map<String, Value>, report: &mut Report) {
    if object.get("type").and_then(Value::as_str) == Some("bundle") {
        bundle::check(object, report);
    } else {
        object::check(object, At::ROOT, report);
    }
}
