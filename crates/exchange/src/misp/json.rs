//! Small readings of JSON objects.

use serde_json::{Map, Value};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A field that is text and not empty.
pub(super) fn text<'a>(map: &'a Object, name: &str) -> Option<&'a str> {
    map.get(name)?.as_str()
}

/// A field that is text, or a number as text.
pub(super) fn texted(map: &Object, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The items of a field that is a list.
pub(super) fn list<'a>(map: &'a Object, name: &str) -> &'a [Value] {
    let items = map.get(name).and_then(Value::as_array);
    items.map_or(&[], Vec::as_slice)
}

/// The objects in a field that is a list.
pub(super) fn maps<'a>(map: &'a Object, name: &str) -> impl Iterator<Item = &'a Object> + use<'a> {
    list(map, name).iter().filter_map(Value::as_object)
}

/// The texts in a field that is a list.
pub(super) fn texts<'a>(map: &'a Object, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    list(map, name).iter().filter_map(Value::as_str)
}

/// The object that a literal of `json!` is.
pub(super) fn object(value: Value) -> Object {
    match value {
        Value::Object(map) => map,
        _ => Object::new(),
    }
}

/// The UUID of a STIX identifier.
pub(super) fn uuid_of(id: &str) -> &str {
    id.split_once("--").map_or(id, |(_, uuid)| uuid)
}

/// Seconds since 1970 as a STIX timestamp in milliseconds.
pub(super) fn stix_time(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?.to_string();
    Some(format!("{}.000Z", time.strip_suffix('Z')?))
}

/// The seconds since 1970 that a MISP timestamp says: digits, as text or as a number.
pub(super) fn seconds(map: &Object, name: &str) -> Option<i64> {
    let text = texted(map, name)?;
    let digits = !text.is_empty() && text.len() <= 11 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A STIX timestamp as seconds since 1970.
pub(super) fn epoch(time: &str) -> Option<i64> {
    let time = crate::stix::time::Timestamp::parse(time).ok()?;
    Some(time.seconds)
}

/// Whether a text is a UUID of RFC 4122 in lower case.
pub(super) fn is_uuid(text: &str) -> bool {
    let id = format!("a-uuid--{text}");
    crate::stix::id::Identifier::parse(&id).is_some() && text == text.to_ascii_lowercase()
}

/// An object as JSON text. Unlike canonical JSON it tells 0.0 from 0, so that what is kept is equal when it is read.
pub(super) fn written(map: &Object) -> String {
    // Only a map whose keys are no texts could fail, and this one's are.
    serde_json::to_string(map).unwrap_or_default()
}
