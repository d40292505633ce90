//! One value of an observed object against a comparison's constants (section 9.6).

use core::net::IpAddr;
use std::borrow::Cow;
use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use fancy_regex::BytesMode;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::ast::{Comparison, Literal, Operator};
use crate::stix::time::Timestamp;

/// Largest compiled form of a regular expression, in bytes (1 MiB).
const MAX_REGEX_BYTES: usize = 1 << 20;
/// Most steps back that an expression may take on one text.
const MAX_BACKTRACKS: usize = 100_000;

/// A value in its native form (section 9.6.4).
#[derive(Clone, Debug)]
pub(super) enum Native<'v> {
    Value(&'v Value),
    /// Of a property whose name ends in `_bin` or `_hex`.
    Bytes(Vec<u8>),
}

/// Base64 as the field writes it: padded, and the bits that padding leaves over may be anything.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

impl<'v> Native<'v> {
    /// The value of a property of this name.
    pub(super) fn of(name: &str, value: &'v Value) -> Self {
        let text = value.as_str();
        let decoded = match text {
            Some(text) if name.ends_with("_hex") => hex::decode(text).ok(),
            Some(text) if name.ends_with("_bin") => BASE64.decode(text).ok(),
            _ => None,
        };
        decoded.map_or(Self::Value(value), Self::Bytes)
    }
}

/// A comparison made ready to be asked of many values.
pub(super) struct Ready<'p> {
    comparison: &'p Comparison,
    text: Option<Regexes>,
}

/// One expression, for texts and for octets.
struct Regexes {
    text: fancy_regex::Regex,
    octets: Option<fancy_regex::Regex>,
}

impl<'p> Ready<'p> {
    /// `None` if the expression of MATCHES is none, or too large.
    pub(super) fn new(comparison: &'p Comparison) -> Option<Self> {
        let text = match (comparison.operator, comparison.values.first()) {
            (Operator::Matches, Some(Literal::Text(text))) => Some(regexes(text)?),
            _ => None,
        };
        Some(Self { comparison, text })
    }

    /// Whether this value satisfies the comparison. Values of incompatible types satisfy none but `!=`; NOT turns the
    /// answer round (section 9.6.1).
    pub(super) fn holds(&self, value: &Native<'_>) -> bool {
        let first = self.comparison.values.first();
        let answer = match self.comparison.operator {
            Operator::Exists => true,
            Operator::In => self
                .comparison
                .values
                .iter()
                .any(|literal| equal(value, literal)),
            Operator::Equal => first.is_some_and(|literal| equal(value, literal)),
            Operator::NotEqual => !first.is_some_and(|literal| equal(value, literal)),
            Operator::Like => first.is_some_and(|literal| like(value, literal)),
            Operator::Matches => self
                .text
                .as_ref()
                .is_some_and(|regexes| regexes.find(value)),
            Operator::IsSubset => first.is_some_and(|literal| subset(value, literal, false)),
            Operator::IsSuperset => first.is_some_and(|literal| subset(value, literal, true)),
            operator => first
                .and_then(|literal| order(value, literal))
                .is_some_and(|order| in_order(operator, order)),
        };
        answer != self.comparison.negated
    }
}

fn in_order(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Greater => order.is_gt(),
        Operator::Less => order.is_lt(),
        Operator::GreaterOrEqual => order.is_ge(),
        _ => order.is_le(),
    }
}

fn equal(value: &Native<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Native::Value(Value::Bool(a)), Literal::Bool(b)) => a == b,
        (Native::Value(Value::Bool(_)), _) | (_, Literal::Bool(_)) => false,
        (value, literal) => order(value, literal) == Some(Ordering::Equal),
    }
}

/// How a value lies to a constant; `None` if their types have no order between them.
fn order(value: &Native<'_>, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Native::Value(Value::Number(a)), Literal::Number(b)) => numbers(a, b),
        (Native::Value(Value::String(a)), Literal::Text(b)) => Some(a.as_str().cmp(b.as_str())),
        (Native::Value(Value::String(a)), Literal::Marked('t', b)) => {
            Some(Timestamp::parse(a).ok()?.cmp(&Timestamp::parse(b).ok()?))
        }
        (Native::Value(Value::String(a)), Literal::Marked(..)) => {
            Some(latin(a)?.cmp(&bytes(literal)?))
        }
        (Native::Bytes(a), Literal::Text(b)) => Some(a.cmp(&latin(b)?)),
        (Native::Bytes(a), Literal::Marked('h' | 'b', _)) => Some(a.cmp(&bytes(literal)?)),
        _ => None,
    }
}

/// Whole numbers exactly, others as doubles.
fn numbers(a: &serde_json::Number, b: &str) -> Option<Ordering> {
    if let (Some(a), Ok(b)) = (a.as_i64(), b.parse::<i64>()) {
        return Some(a.cmp(&b));
    }
    a.as_f64()?.partial_cmp(&b.parse::<f64>().ok()?)
}

/// A text as octets, if each of its code points is one (section 9.2).
fn latin(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

/// The octets of a constant of type hex or binary.
pub(super) fn bytes(literal: &Literal) -> Option<Vec<u8>> {
    match literal {
        Literal::Marked('h', digits) => hex::decode(digits).ok(),
        Literal::Marked('b', text) => {
            let text: String = text.chars().filter(|c| !"\r\n".contains(*c)).collect();
            BASE64.decode(text).ok()
        }
        _ => None,
    }
}

/// LIKE: `%` is any text, `_` any one character; both sides normalised to NFC.
fn like(value: &Native<'_>, literal: &Literal) -> bool {
    let Literal::Text(pattern) = literal else {
        return false;
    };
    match value {
        Native::Value(Value::String(text)) => {
            let text: Vec<char> = text.nfc().collect();
            let pattern: Vec<char> = pattern.nfc().collect();
            wildcard(&text, &pattern)
        }
        // Octets are compared as the code points below U+0100 that they stand for.
        Native::Bytes(octets) if latin(pattern).is_some() => {
            let text: Vec<char> = octets.iter().map(|b| char::from(*b)).collect();
            wildcard(&text, &pattern.chars().collect::<Vec<char>>())
        }
        _ => false,
    }
}

/// In time of at most the product of both lengths: only the last `%` is ever gone back to.
fn wildcard(text: &[char], pattern: &[char]) -> bool {
    let (mut t, mut p) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('%') => {
                last = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '_' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut last {
                Some((star, from)) => {
                    *from += 1;
                    (p, t) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}

/// The expression for texts (normalised), and for octets if each of its code points is one.
fn regexes(pattern: &str) -> Option<Regexes> {
    let normal: String = pattern.nfc().collect();
    let text = regex(&normal, BytesMode::Unicode)?;
    let octets = latin(pattern).and_then(|_| {
        let escaped = pattern.chars().map(|c| match c {
            c if c.is_ascii() => c.to_string(),
            c => format!("\\x{:02x}", u32::from(c)),
        });
        regex(&escaped.collect::<String>(), BytesMode::Ascii)
    });
    Some(Regexes { text, octets })
}

/// "The search function MUST be used. The DOTALL option MUST be specified", and no Unicode for octets (section 9.6.1).
fn regex(pattern: &str, mode: BytesMode) -> Option<fancy_regex::Regex> {
    fancy_regex::RegexBuilder::new(pattern)
        .dot_matches_new_line(true)
        .bytes_mode(mode)
        .delegate_size_limit(MAX_REGEX_BYTES)
        .backtrack_limit(MAX_BACKTRACKS)
        .build()
        .ok()
}

impl Regexes {
    fn find(&self, value: &Native<'_>) -> bool {
        match value {
            Native::Value(Value::String(text)) => {
                let normal: Cow<'_, str> = if text.is_ascii() {
                    text.into()
                } else {
                    text.nfc().collect::<String>().into()
                };
                self.text.is_match(normal.as_ref()).unwrap_or(false)
            }
            Native::Bytes(octets) => {
                let regex = self.octets.as_ref();
                regex.is_some_and(|regex| regex.is_match(octets.as_slice()).unwrap_or(false))
            }
            Native::Value(_) => false,
        }
    }
}

/// An address or block of either version: its bits, how many there are, how many are fixed.
fn block(text: &str) -> Option<(u128, u32, u32)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let (bits, width) = match address.parse().ok()? {
        IpAddr::V4(a) => (u128::from(u32::from(a)), 32),
        IpAddr::V6(a) => (u128::from(a), 128),
    };
    let fixed = match length {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        Some(_) => return None,
        None => width,
    };
    (fixed <= width).then_some((bits, width, fixed))
}

/// Whether the value lies wholly in the constant, or the other way round.
fn subset(value: &Native<'_>, literal: &Literal, reversed: bool) -> bool {
    let (Native::Value(Value::String(value)), Literal::Text(constant)) = (value, literal) else {
        return false;
    };
    let (inner, outer) = if reversed {
        (constant, value)
    } else {
        (value, constant)
    };
    let (Some((a, width, fixed)), Some((b, other_width, other_fixed))) =
        (block(inner), block(outer))
    else {
        return false;
    };
    let shift = other_width - other_fixed;
    let top = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
    width == other_width && fixed >= other_fixed && top(a) == top(b)
}
