//! The one canonical form of a JSON value (RFC 8785, "JCS").
//!
//! Two values are the same if and only if their canonical bytes are. Names of cyber-observable objects are made over it
//! (STIX 2.1, section 2.9), and round trips are compared by it.

use serde_json::{Map, Number, Value};

/// Largest integer that a double holds without loss, 2^53 - 1 (RFC 7493, section 2.2).
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// The canonical text of a value.
///
/// The depth of the value is bounded by whoever parsed it; [`crate::stix::MAX_DEPTH`] for values read here.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// The canonical text of an object.
#[must_use]
pub fn canonical_map(map: &Map<String, Value>) -> String {
    let mut text = String::new();
    write_map(map, &mut text);
    text
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => write_map(map, out),
    }
}

fn write_map(map: &Map<String, Value>, out: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    // Section 3.2.3: names by their UTF-16 code units; among ASCII names that is the order they have.
    if entries.iter().any(|(name, _)| !name.is_ascii()) {
        entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    }
    out.push('{');
    for (n, (name, value)) in entries.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

/// Section 3.2.2.2: only what must be escaped is, in its shortest form.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Section 3.2.2.3: numbers as ECMAScript prints doubles.
fn write_number(number: &Number, out: &mut String) {
    if let Some(n) = number
        .as_i64()
        .filter(|n| n.unsigned_abs() <= MAX_SAFE_INTEGER)
    {
        out.push_str(&n.to_string());
    } else {
        write_double(number.as_f64().unwrap_or_default(), out);
    }
}

/// `Number.prototype.toString` of ECMAScript, from the shortest digits that give the double back.
fn write_double(double: f64, out: &mut String) {
    if double == 0.0 {
        out.push('0');
        return;
    }
    if double < 0.0 {
        out.push('-');
    }
    let shortest = format!("{:e}", double.abs());
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits: String = digits.chars().filter(|c| *c != '.').collect();
    let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    // The decimal point stands after this many digits.
    let point = exponent.parse::<i64>().unwrap_or_default() + 1;
    let zeros = |n: i64| "0".repeat(usize::try_from(n).unwrap_or_default());
    let at = usize::try_from(point).unwrap_or_default();
    if (1..=21).contains(&point) && count <= point {
        out.push_str(&digits);
        out.push_str(&zeros(point - count));
    } else if (1..=21).contains(&point) {
        out.push_str(&format!("{}.{}", &digits[..at], &digits[at..]));
    } else if (-5..=0).contains(&point) {
        out.push_str(&format!("0.{}{digits}", zeros(-point)));
    } else {
        out.push_str(&digits[..1]);
        if count > 1 {
            out.push('.');
            out.push_str(&digits[1..]);
        }
        let sign = if point > 0 { '+' } else { '-' };
        out.push_str(&format!("e{sign}{}", (point - 1).abs()));
    }
}
