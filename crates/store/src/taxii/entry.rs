//! An envelope taken apart: each object as it stood, with what the store asks of it. No storage here.

use exchange::json;
use exchange::stix::validate::{self, Report};
use exchange::stix::{MAX_OBJECT_VALUES, Problem, Reader, upgrade};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::time::{MAX_FRACTION_DIGITS, shown, version_key};

/// Most objects of one envelope that is posted.
pub const MAX_POST_OBJECTS: usize = 20_000;
/// Longest identifier that is kept, in bytes: a type name of 250, two hyphens and a UUID, and room.
const MAX_ID_BYTES: usize = 300;
/// Longest words of an object that a message repeats, in characters.
const MAX_SHOWN_CHARS: usize = 300;
/// How far the version of what a member brings may lie ahead of the clock, in microseconds (one day): a version of the year
/// 9999 could never be corrected.
const MAX_AHEAD_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
/// Largest integer that every reader of JSON reads alike (I-JSON, RFC 7493, section 2.2).
const MAX_INTEGER: u64 = (1 << 53) - 1;
/// The version of STIX that an object is of unless it says otherwise.
const STIX: &str = "2.1";
/// The one of objects that 2.0 has too and that do not say theirs (STIX 2.1, section 3.2).
const STIX_2_0: &str = "2.0";

/// The version of an object that says one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What versions are compared by ([`version_key`]).
    pub key: String,
    /// As it was written.
    pub shown: String,
}

/// One object as it stood, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Identifier.
    pub id: String,
    /// `modified`, else `created`; `None` for objects that have neither, whose version is the time of their adding.
    pub version: Option<Version>,
    /// Type.
    pub kind: String,
    /// Version of STIX, such as `2.1`.
    pub spec: String,
    /// The JSON text.
    pub content: String,
}

/// One object in a status (TAXII 2.1, section 4.3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Identifier, as far as there is one.
    pub id: String,
    /// Version, as far as there is one.
    pub version: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The latest version that a member may bring, as versions are compared; `now` in microseconds since 1970.
pub(super) fn latest(now: i64) -> Option<String> {
    version_key(&shown(now.saturating_add(MAX_AHEAD_MICROS)))
}

/// Why an object is not taken from a member whose version is later than that.
pub(super) fn is_ahead(entry: &Entry, latest: Option<&str>) -> Option<&'static str> {
    let version = entry.version.as_ref()?;
    (Some(version.key.as_str()) > latest).then_some(
        "its version lies more than a day ahead of this server's clock, so nothing could ever correct it",
    )
}

/// Whether objects have to keep the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A MUST that is broken refuses the object: what others hand in.
    Must,
    /// Whatever can be named is kept, and what breaks a MUST is counted: what is fetched as it stands.
    Count,
}

/// Why a body is no envelope. Nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// No JSON, or not UTF-8.
    #[error("the body is no acceptable JSON in UTF-8: {0}")]
    NotJson(String),
    /// JSON, and something else.
    #[error("the body is no envelope: {0}; an envelope is {{\"objects\": [ … ]}}")]
    NotAnEnvelope(String),
    /// Too many objects.
    #[error("the envelope has more than {limit} objects")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

/// What an envelope holds.
#[derive(Debug, Default)]
pub struct Envelope {
    /// The objects in their order: kept, or why not.
    pub objects: Vec<Result<Entry, Detail>>,
    /// How many objects break a MUST and are kept nevertheless.
    pub invalid: u64,
    /// The envelope's own properties.
    pub header: Map<String, Value>,
}

/// Reads an envelope of at most so many objects.
///
/// # Errors
/// [`EnvelopeError`] if it is none, whatever its objects are.
pub fn envelope(bytes: &[u8], check: Check, max: usize) -> Result<Envelope, EnvelopeError> {
    std::str::from_utf8(bytes).map_err(|e| EnvelopeError::NotJson(e.to_string()))?;
    let mut reader = Reader::bundle(bytes);
    let mut found = Envelope::default();
    while let Some(next) = reader.next_text() {
        next.map_err(|e| unreadable(bytes, &e.problem, &e.to_string()))?;
        if found.objects.len() == max {
            return Err(EnvelopeError::TooMany { limit: max });
        }
        let place = found.objects.len();
        let object = one(reader.raw(), place, check, &mut found.invalid)?;
        found.objects.push(object);
    }
    found.header = reader.header().clone();
    if check == Check::Must && found.header.contains_key("type") {
        let what = "it says it is a STIX bundle".to_owned();
        return Err(EnvelopeError::NotAnEnvelope(what));
    }
    Ok(found)
}

/// JSON that is no envelope is another mistake than no JSON.
fn unreadable(bytes: &[u8], problem: &Problem, text: &str) -> EnvelopeError {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(bytes);
    match (is_json, problem) {
        (Err(error), _) => EnvelopeError::NotJson(error.to_string()),
        (Ok(_), Problem::DuplicateKey(_)) => EnvelopeError::NotJson(text.to_owned()),
        (Ok(_), _) => EnvelopeError::NotAnEnvelope(text.to_owned()),
    }
}

/// One object, from its text and its place among others; what is no JSON is refused like any fault.
pub fn object(text: &[u8], place: usize, check: Check, invalid: &mut u64) -> Result<Entry, Detail> {
    one(text, place, check, invalid).unwrap_or_else(|error| {
        Err(Detail {
            id: String::new(),
            version: String::new(),
            message: Some(short(&error.to_string())),
        })
    })
}

/// One object of an envelope.
fn one(
    text: &[u8],
    place: usize,
    check: Check,
    invalid: &mut u64,
) -> Result<Result<Entry, Detail>, EnvelopeError> {
    let refused = |id: &str, version: &str, why: String| {
        Ok(Err(Detail {
            id: short(id),
            version: short(version),
            message: Some(short(&format!("/objects/{place}: {why}"))),
        }))
    };
    let object = match json::value(text, MAX_OBJECT_VALUES) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return refused("", "", "type: a STIX object is a JSON object".into()),
        // Data that no reader could agree on is a fault of this object; what is no JSON, one of the body.
        Err(error) if error.is_data() => return refused("", "", format!("json: {error}")),
        Err(error) => {
            let text = format!("/objects/{place}: {error}");
            return Err(EnvelopeError::NotJson(text));
        }
    };
    let field = |name: &str| object.get(name).and_then(Value::as_str);
    let id = field("id").unwrap_or_default();
    let written = field("modified").or_else(|| field("created"));
    let mut broken = 0;
    if let Some(why) = fault(&object, check, &mut broken) {
        return refused(id, written.unwrap_or_default(), why);
    }
    let (Some(kind), false) = (field("type"), id.is_empty() || id.len() > MAX_ID_BYTES) else {
        return refused(id, "", "missing: a text \"type\" and \"id\" are due".into());
    };
    let version = match written.map(|text| (version_key(text), text)) {
        None => None,
        Some((Some(key), text)) => Some(Version {
            key,
            shown: text.to_owned(),
        }),
        Some((None, text)) => {
            let why = format!(
                "its version is no timestamp of at most {MAX_FRACTION_DIGITS} digits after the point"
            );
            return refused(id, text, why);
        }
    };
    *invalid += broken;
    Ok(Ok(Entry {
        id: id.to_owned(),
        version,
        kind: kind.to_owned(),
        spec: match field("spec_version") {
            None if upgrade::is_2_0(&object) => STIX_2_0.to_owned(),
            said => said.unwrap_or(STIX).chars().take(16).collect(),
        },
        content: String::from_utf8_lossy(text).into_owned(),
    }))
}

/// Why an object is not taken; counts what is wrong and taken.
fn fault(object: &Map<String, Value>, check: Check, invalid: &mut u64) -> Option<String> {
    let mut report = Report::default();
    validate::object(object, &mut report);
    if object.get("type").and_then(Value::as_str) == Some("bundle") {
        return Some("type: a bundle is no STIX object".to_owned());
    }
    if let Some(first) = report.errors.first() {
        if check == Check::Count {
            *invalid += 1;
            return None;
        }
        let more = match report.error_count() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        let code = first.code.text();
        return Some(format!(
            "{code} at {:?}: {}{more}",
            first.pointer, first.message
        ));
    }
    if check == Check::Must && upgrade::is_2_0(object) {
        return Some(
            "missing at \"/spec_version\": what is taken here is STIX 2.1, and says so".to_owned(),
        );
    }
    let wide = check == Check::Must && !object.values().all(is_portable);
    wide.then(|| {
        format!("range: it has an integer beyond ±{MAX_INTEGER}, which readers read differently (RFC 7493)")
    })
}

/// Whether all integers in a value are read alike by all.
fn is_portable(value: &Value) -> bool {
    match value {
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => whole <= MAX_INTEGER,
            (None, Some(whole)) => whole.unsigned_abs() <= MAX_INTEGER,
            (None, None) => true,
        },
        Value::Array(items) => items.iter().all(is_portable),
        Value::Object(fields) => fields.values().all(is_portable),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

pub(super) fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Envelope, EnvelopeError> {
        envelope(text.as_bytes(), Check::Must, 3)
    }

    const DOMAIN: &str = r#"{"type":"domain-name","spec_version":"2.1","id":"domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7","value":"example.com"}"#;

    #[test]
    fn what_is_no_json_and_what_is_no_envelope_are_told_apart() {
        for text in [
            "",
            "{",
            "{\"objects\":[{]}",
            "{\"objects\":[],\"objects\":[]}",
        ] {
            assert!(
                matches!(read(text), Err(EnvelopeError::NotJson(_))),
                "{text}"
            );
        }
        let not_utf8 = envelope(b"{\"objects\":[\"\xff\"]}", Check::Must, 3);
        assert!(matches!(not_utf8, Err(EnvelopeError::NotJson(_))));
        for text in [
            "[]",
            "1",
            "{\"objects\":{}}",
            "{\"type\":\"bundle\",\"objects\":[]}",
        ] {
            assert!(
                matches!(read(text), Err(EnvelopeError::NotAnEnvelope(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn more_objects_than_allowed_are_refused_as_a_whole() {
        let of = |n| format!("{{\"objects\":[{}]}}", vec![DOMAIN; n].join(","));
        assert_eq!(read(&of(3)).unwrap().objects.len(), 3);
        assert_eq!(
            read(&of(4)).unwrap_err(),
            EnvelopeError::TooMany { limit: 3 }
        );
    }

    #[test]
    fn an_object_is_kept_byte_for_byte_with_its_white_space() {
        let spaced = DOMAIN.replace("\"value\":", "\"value\" :\n\t ");
        let read = read(&format!("{{\"objects\":[ {spaced} ]}}")).unwrap();
        let entry = read.objects[0].as_ref().unwrap();
        assert_eq!(
            (entry.content.as_str(), entry.kind.as_str()),
            (spaced.as_str(), "domain-name")
        );
        assert_eq!(entry.version, None);
    }

    /// Edge case 11: numbers within I-JSON, on both sides of the bound.
    #[test]
    fn edge_11_an_integer_that_two_readers_read_differently_is_refused() {
        let with = |number: &str| {
            let text = DOMAIN.replace(
                "\"value\"",
                &format!("\"x_n\":{{\"a\":[{number}]}},\"value\""),
            );
            read(&format!("{{\"objects\":[{text}]}}"))
                .unwrap()
                .objects
                .remove(0)
        };
        for number in ["9007199254740991", "-9007199254740991", "1.5"] {
            assert!(with(number).is_ok(), "{number}");
        }
        for number in ["9007199254740992", "-9007199254740992"] {
            assert!(with(number).is_err(), "{number}");
        }
    }
}
