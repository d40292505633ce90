//! A value against what its property holds.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::code::Code;
use super::report::{At, Report, Shown};
use super::schema::{HASH_ALGORITHM_OV, Kind, Part, Precision, Property, Target, property};
use super::text::{self, Tag};
use crate::jcs::MAX_SAFE_INTEGER;
use crate::stix::id::Identifier;
use crate::stix::time::{Timestamp, TimestampError};

/// What is being checked, and where findings go.
pub(super) struct Checker<'a> {
    pub(super) report: &'a mut Report,
    /// The types of what references may name in the container a cyber-observable lies in, by key and by identifier;
    /// `None` for objects of their own.
    pub(super) container: Option<&'a Contained<'a>>,
}

/// What lies in a container of observables: the type of each, under its key and under its identifier if it has one.
pub(super) type Contained<'a> = BTreeMap<&'a str, &'a str>;

impl Checker<'_> {
    /// Checks a value against its kind.
    pub(super) fn value(&mut self, kind: &Kind, value: &Value, at: At<'_>) {
        match (kind, value) {
            (Kind::Unchecked, _) => {}
            (Kind::Any, value) => self.any(value, at),
            (Kind::Flag, Value::Bool(_)) => {}
            (Kind::Integer(min, max), Value::Number(number)) => {
                // A decimal point does not make a number another one: 5.0 is 5 (RFC 8259, section 6).
                let whole = number.as_i64().or_else(|| whole(number.as_f64()?));
                match whole {
                    Some(n) if (*min..=*max).contains(&n) => {}
                    Some(_) => {
                        let message = format_args!("{number} is not between {min} and {max}");
                        self.report.error(at, Code::Range, message);
                    }
                    None => self.wrong_type(at, "a whole number of at most 53 bits", value),
                }
            }
            (Kind::Number(min, max), Value::Number(number)) => {
                let n = number.as_f64().unwrap_or(f64::NAN);
                if !(*min..=*max).contains(&n) {
                    let message = format_args!("{number} is not between {min} and {max}");
                    self.report.error(at, Code::Range, message);
                }
            }
            (Kind::List(inside), Value::Array(items)) => {
                if items.is_empty() {
                    self.empty(at, "list");
                }
                for (n, item) in items.iter().enumerate() {
                    self.value(inside, item, at.index(n));
                }
            }
            (Kind::Hashes, Value::Object(hashes)) => self.hashes(hashes, at),
            (Kind::Dictionary(inside), Value::Object(map)) => self.dictionary(inside, map, at),
            (Kind::Part(part), Value::Object(map)) => self.part(part, map, at),
            (kind, Value::String(text)) => self.text(kind, text, value, at),
            (kind, value) => self.wrong_type(at, kind.noun(), value),
        }
    }

    fn text(&mut self, kind: &Kind, text: &str, value: &Value, at: At<'_>) {
        match kind {
            Kind::Text => {}
            Kind::Time(precision) => self.time(*precision, text, at),
            Kind::Hex => {
                if !text::is_hex(text) {
                    self.report.error(
                        at,
                        Code::Hex,
                        "not an even number of hexadecimal digits (section 2.8)",
                    );
                } else if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    self.report.warn(
                        at,
                        Code::Hex,
                        "hexadecimal digits are written in lower case (section 2.8)",
                    );
                }
            }
            Kind::Binary => {
                if !text::is_base64(text) {
                    self.report
                        .error(at, Code::Binary, "not base64 of RFC 4648 (section 2.1)");
                }
            }
            Kind::Uri => {
                if !text::is_uri(text) {
                    let message = format_args!("{} is not a URI of RFC 3986", Shown(text));
                    self.report.error(at, Code::Uri, message);
                }
            }
            Kind::Language => self.language(text, at),
            Kind::Enum(vocabulary) => {
                if !vocabulary.values.contains(&text) {
                    let (name, shown) = (vocabulary.name, Shown(text));
                    let message = format_args!(
                        "{shown} is not one of {name}: {}",
                        vocabulary.values.join(", ")
                    );
                    self.report.error(at, Code::Enumeration, message);
                }
            }
            Kind::Open(vocabulary) => {
                if !vocabulary.values.contains(&text) {
                    let message = format_args!("{} is not in {}", Shown(text), vocabulary.name);
                    self.report.warn(at, Code::Vocabulary, message);
                }
            }
            Kind::Ref(target) => self.reference(*target, text, at),
            Kind::Local(types) => self.local(types, text, at),
            kind => self.wrong_type(at, kind.noun(), value),
        }
    }

    pub(super) fn wrong_type(&mut self, at: At<'_>, due: &str, value: &Value) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.report.error(
            at,
            Code::Type,
            format_args!("{due} is due here, this is {found}"),
        );
    }

    fn empty(&mut self, at: At<'_>, what: &str) {
        let message = format_args!("an empty {what}; leave the property out instead (section 2)");
        self.report.error(at, Code::Empty, message);
    }

    /// Property base types (section 2): no null, no empty list, no integer that a reader may round.
    fn any(&mut self, value: &Value, at: At<'_>) {
        match value {
            Value::Null => self.wrong_type(at, "a value", value),
            Value::Array(items) if items.is_empty() => self.empty(at, "list"),
            Value::Array(items) => {
                for (n, item) in items.iter().enumerate() {
                    self.any(item, at.index(n));
                }
            }
            Value::Object(map) => {
                for (name, item) in map {
                    self.any(item, at.name(name));
                }
            }
            Value::Number(number) => {
                let large = |n: u64| n > MAX_SAFE_INTEGER;
                let too_large = number.as_u64().map_or_else(
                    || number.as_i64().is_some_and(|n| large(n.unsigned_abs())),
                    large,
                );
                if too_large {
                    let message = format_args!("{number} has more than 53 bits (section 2.10)");
                    self.report.error(at, Code::Range, message);
                }
            }
            Value::Bool(_) | Value::String(_) => {}
        }
    }

    fn time(&mut self, precision: Precision, text: &str, at: At<'_>) {
        let digits = match Timestamp::parse(text) {
            Ok(time) => time.precision_digits(),
            Err(problem) => {
                let code = match problem {
                    TimestampError::Form => Code::TimestampForm,
                    TimestampError::Calendar => Code::TimestampCalendar,
                };
                let message =
                    format_args!("{} is no timestamp: {problem} (section 2.16)", Shown(text));
                return self.report.error(at, code, message);
            }
        };
        match precision {
            Precision::Milliseconds if digits < 3 => {
                let message =
                    "at least milliseconds are due: three digits after the point (section 3.2)";
                self.report.error(at, Code::TimestampPrecision, message);
            }
            Precision::Seconds if digits > 0 => {
                let message =
                    "this time is exact to the second: no digits after a point (section 6.7.6)";
                self.report.error(at, Code::TimestampPrecision, message);
            }
            _ => {}
        }
    }

    pub(super) fn language(&mut self, tag: &str, at: At<'_>) {
        match text::language(tag) {
            Tag::Fits => {}
            Tag::Longer(short) => {
                let message = format_args!(
                    "{} is written {short:?} in RFC 5646 (section 2.2.1)",
                    Shown(tag)
                );
                self.report.warn(at, Code::Language, message);
            }
            Tag::Unknown => {
                let message = format_args!("no language has the code {} (RFC 5646)", Shown(tag));
                self.report.error(at, Code::Language, message);
            }
            Tag::Malformed => {
                let message = format_args!("{} is no language tag of RFC 5646", Shown(tag));
                self.report.error(at, Code::Language, message);
            }
        }
    }

    fn reference(&mut self, target: Target, text: &str, at: At<'_>) {
        let Some(id) = Identifier::parse(text) else {
            let message = format_args!(
                "{} is no identifier: a type, two hyphens, a UUID of RFC 4122 (section 2.9)",
                Shown(text)
            );
            return self.report.error(at, Code::Identifier, message);
        };
        let kind = id.kind;
        match target {
            Target::Any => {}
            Target::Of(types) if types.contains(&kind) => {}
            Target::Of(types) => {
                let message =
                    format_args!("refers to {kind}, and must refer to {}", types.join(", "));
                self.report.error(at, Code::ReferenceType, message);
            }
            Target::Usually(types) if types.contains(&kind) => {}
            Target::Usually(types) => {
                let message = format_args!("refers to {kind}; {} is meant", types.join(", "));
                self.report.warn(at, Code::ReferenceType, message);
            }
            Target::Not(types) if types.contains(&kind) => {
                let message = format_args!("must not refer to {kind}");
                self.report.error(at, Code::ReferenceType, message);
            }
            Target::Not(_) => {}
        }
    }

    /// A reference between cyber-observables. Inside a container it must be a key of it; elsewhere an identifier, and
    /// whether a text that is none was a key once cannot be seen from one object (section 2.9).
    fn local(&mut self, types: &[&str], text: &str, at: At<'_>) {
        let kind = match (Identifier::parse(text), self.container) {
            (Some(id), None) => id.kind,
            (_, Some(container)) => match container.get(text) {
                Some(kind) => kind,
                None => {
                    let message = format_args!(
                        "{} is not in the same container (section 2.13)",
                        Shown(text)
                    );
                    return self.report.error(at, Code::ReferenceMissing, message);
                }
            },
            (None, None) => {
                let message = format_args!("{} is no identifier (section 2.9)", Shown(text));
                return self.report.warn(at, Code::Identifier, message);
            }
        };
        if !types.is_empty() && !types.contains(&kind) {
            let message = format_args!("refers to {kind}, and must refer to {}", types.join(", "));
            self.report.error(at, Code::ReferenceType, message);
        }
    }

    fn hashes(&mut self, hashes: &Map<String, Value>, at: At<'_>) {
        if hashes.is_empty() {
            self.empty(at, "dictionary");
        }
        for (algorithm, digits) in hashes {
            let here = at.name(algorithm);
            if !text::is_dictionary_key(algorithm) || algorithm.len() < 3 {
                let message =
                    "a hash algorithm has 3 to 250 ASCII letters, digits, - and _ (section 2.7)";
                self.report.error(here, Code::DictionaryKey, message);
            }
            let Value::String(digits) = digits else {
                self.wrong_type(here, "a text", digits);
                continue;
            };
            if !HASH_ALGORITHM_OV.values.contains(&algorithm.as_str()) {
                let message =
                    format_args!("{} is not in {}", Shown(algorithm), HASH_ALGORITHM_OV.name);
                self.report.warn(here, Code::Vocabulary, message);
            }
            if text::hash_fits(algorithm, digits) == Some(false) {
                let message = format_args!("{} is no {algorithm} hash", Shown(digits));
                self.report.error(here, Code::Hash, message);
            }
        }
    }

    fn dictionary(&mut self, inside: &Kind, map: &Map<String, Value>, at: At<'_>) {
        if map.is_empty() {
            self.empty(at, "dictionary");
        }
        for (key, value) in map {
            let here = at.name(key);
            if !text::is_dictionary_key(key) {
                let message = "a key has 1 to 250 ASCII letters, digits, - and _ (section 2.3)";
                self.report.error(here, Code::DictionaryKey, message);
            }
            self.value(inside, value, here);
        }
    }

    /// An object within the object.
    pub(super) fn part(&mut self, part: &Part, map: &Map<String, Value>, at: At<'_>) {
        self.table(&[part.properties], map, at);
        let has = |name: &&str| map.contains_key(*name);
        if !part.any_of.is_empty() && !part.any_of.iter().any(has) {
            let message = format_args!(
                "{} has at least one of {}",
                part.name,
                part.any_of.join(", ")
            );
            self.report.error(at, Code::AtLeastOne, message);
        }
        if map.is_empty() || part.any && !part.properties.iter().any(|p| map.contains_key(p.name)) {
            let message = format_args!("{} has at least one of its properties", part.name);
            self.report.error(at, Code::AtLeastOne, message);
        }
    }

    /// All properties of an object against its tables: names, required ones, values. Gives those in no table.
    pub(super) fn table<'m>(
        &mut self,
        tables: &[&'static [Property]],
        map: &'m Map<String, Value>,
        at: At<'_>,
    ) -> Vec<&'m str> {
        let mut required = 0;
        let mut unknown = Vec::new();
        for (name, value) in map {
            let here = at.name(name);
            match tables.iter().find_map(|table| property(table, name)) {
                Some(known) => {
                    required += usize::from(known.required);
                    self.value(&known.kind, value, here);
                }
                None => {
                    self.unknown(name, value, here);
                    unknown.push(name.as_str());
                }
            }
        }
        let rows = || {
            tables
                .iter()
                .flat_map(|table| table.iter())
                .filter(|p| p.required)
        };
        if required < rows().count() {
            for missing in rows().filter(|row| !map.contains_key(row.name)) {
                let message = format_args!("{:?} is required and missing", missing.name);
                self.report.error(at, Code::Missing, message);
            }
        }
        unknown
    }

    /// A property of no table: its name, and its value by the end of its name (sections 3.1 and 11.1).
    pub(super) fn unknown(&mut self, name: &str, value: &Value, at: At<'_>) {
        if !text::is_property_name(name) {
            let message = format_args!(
                "{} is no property name: 3 to 250 of a-z, 0-9 and _, a letter first (section 3.1)",
                Shown(name)
            );
            self.report.error(at, Code::PropertyName, message);
        }
        match value {
            Value::String(_) if name.ends_with("_hex") => self.value(&Kind::Hex, value, at),
            Value::String(_) if name.ends_with("_bin") => self.value(&Kind::Binary, value, at),
            value => self.any(value, at),
        }
    }
}

/// The whole number a double is, if it is one that doubles hold exactly.
#[allow(clippy::cast_possible_truncation)] // bounded by the line before it
fn whole(double: f64) -> Option<i64> {
    #[allow(clippy::cast_precision_loss)] // 2^53 - 1 is exact
    let exact = double.fract() == 0.0 && double.abs() <= MAX_SAFE_INTEGER as f64;
    exact.then_some(double as i64)
}

impl Kind {
    /// What is due, in a sentence.
    fn noun(&self) -> &'static str {
        match self {
            Self::Any | Self::Unchecked => "a value",
            Self::Flag => "true or false",
            Self::Integer(..) => "a whole number",
            Self::Number(..) => "a number",
            Self::List(_) => "a list",
            Self::Hashes | Self::Dictionary(_) | Self::Part(_) => "an object",
            Self::Ref(_) | Self::Local(_) => "an identifier",
            Self::Time(_) => "a timestamp",
            _ => "a text",
        }
    }
}
