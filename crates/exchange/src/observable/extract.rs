//! The observables an object names, and a count of everything that was left.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::{Kind, Observable, canonical};
use crate::stix::Object;
use crate::stix::pattern::{self, Comparison, Literal, Operator};

/// Most different reasons a [`Tally`] tells apart; further ones are counted together.
pub const MAX_LEFT_REASONS: usize = 256;
/// Longest name from a file that is repeated in a reason, in characters.
const MAX_NAME_CHARS: usize = 80;

/// Why something that might have been an observable was left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// A pattern in another language, such as `yara`.
    PatternLanguage(String),
    /// A pattern that does not fit the grammar.
    PatternSyntax,
    /// A comparison of another kind than equality: it names no single thing.
    Operator(&'static str),
    /// A comparison that says what something is not.
    Negated,
    /// A property nobody has given a canonical form.
    Path(String),
    /// A value that is not of its kind.
    Value(Kind),
    /// A hash of an algorithm that is not known, or not of its length.
    Hash(String),
    /// An indicator its creator has revoked.
    Revoked,
    /// A cyber-observable object of a type that holds nothing comparable here.
    Object(String),
    /// Any further reason.
    Other,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatternLanguage(name) => write!(f, "pattern in another language ({name})"),
            Self::PatternSyntax => f.write_str("pattern outside the grammar"),
            Self::Operator(text) => write!(f, "comparison by {text}"),
            Self::Negated => f.write_str("comparison negated"),
            Self::Path(path) => write!(f, "property without canonical form ({path})"),
            Self::Value(kind) => write!(f, "value that is no {kind}"),
            Self::Hash(name) => write!(f, "hash of unknown form ({name})"),
            Self::Revoked => f.write_str("indicator revoked"),
            Self::Object(name) => write!(f, "object without comparable value ({name})"),
            Self::Other => f.write_str("other reasons"),
        }
    }
}

/// What was taken and what was left, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Objects looked at.
    pub objects: u64,
    /// Observables named, by kind; one that is named twice counts twice.
    pub taken: BTreeMap<Kind, u64>,
    /// What was left, by reason.
    pub left: BTreeMap<Left, u64>,
}

impl Tally {
    fn leave(&mut self, reason: Left) {
        let is_new = !self.left.contains_key(&reason);
        let full = is_new && self.left.len() >= MAX_LEFT_REASONS;
        let reason = if full { Left::Other } else { reason };
        *self.left.entry(reason).or_default() += 1;
    }

    /// All observables named.
    #[must_use]
    pub fn taken_in_all(&self) -> u64 {
        self.taken.values().sum()
    }

    /// Everything that was left.
    #[must_use]
    pub fn left_in_all(&self) -> u64 {
        self.left.values().sum()
    }
}

/// The observables this object names: a cyber-observable's own, or those an indicator's pattern compares for equality.
/// Each may come more than once. What was not taken is counted in the tally.
pub fn observables(object: &Object, tally: &mut Tally) -> Vec<Observable> {
    tally.objects += 1;
    let mut found = Finder {
        found: Vec::new(),
        tally,
    };
    match object.kind() {
        "indicator" => found.indicator(object),
        // STIX 2.0 kept the cyber-observables inside.
        "observed-data" => {
            let inside = object.get("objects").and_then(Value::as_object);
            for observable in inside.into_iter().flat_map(Map::values) {
                if let Some(properties) = observable.as_object() {
                    let kind = properties.get("type").and_then(Value::as_str);
                    found.cyber_observable(kind.unwrap_or_default(), properties);
                }
            }
        }
        kind => found.cyber_observable(kind, object.properties()),
    }
    for observable in &found.found {
        *found.tally.taken.entry(observable.kind).or_default() += 1;
    }
    found.found
}

/// The day an object's time lies on, in days from 1970-01-01 (UTC): the earliest of `first_observed`, `valid_from`,
/// `created` and `published` that it has. `None` if it has none, or one before 1970.
#[must_use]
pub fn day_of(object: &Object) -> Option<u32> {
    const DAY_SECONDS: i64 = 86_400;
    let times = ["first_observed", "valid_from", "created", "published"];
    let parsed = times
        .iter()
        .filter_map(|name| object.text(name)?.parse::<jiff::Timestamp>().ok());
    let day = parsed.min()?.as_second().div_euclid(DAY_SECONDS);
    u32::try_from(day).ok()
}

struct Finder<'a> {
    found: Vec<Observable>,
    tally: &'a mut Tally,
}

impl Finder<'_> {
    fn take(&mut self, kind: Kind, value: &str) {
        match canonical(kind, value) {
            Some(observable) => self.found.push(observable),
            None => self.tally.leave(Left::Value(kind)),
        }
    }

    fn take_hash(&mut self, kind: Kind, algorithm: &str, digits: &str) {
        match canonical(kind, &format!("{algorithm}:{digits}")) {
            Some(observable) => self.found.push(observable),
            None => self.tally.leave(Left::Hash(short(algorithm))),
        }
    }

    fn indicator(&mut self, object: &Object) {
        if object.revoked() {
            return self.tally.leave(Left::Revoked);
        }
        // STIX 2.0 indicators have no `pattern_type`.
        let language = object.text("pattern_type").unwrap_or("stix");
        if language != "stix" {
            let language = short(language);
            return self.tally.leave(Left::PatternLanguage(language));
        }
        match pattern::comparisons(object.text("pattern").unwrap_or_default()) {
            Ok(comparisons) => comparisons.iter().for_each(|c| self.comparison(c)),
            Err(_) => self.tally.leave(Left::PatternSyntax),
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        if comparison.negated {
            return self.tally.leave(Left::Negated);
        }
        if !matches!(comparison.operator, Operator::Equal | Operator::In) {
            let operator = comparison.operator.text();
            return self.tally.leave(Left::Operator(operator));
        }
        let path = comparison.path_texts();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        for literal in &comparison.values {
            let (Literal::Text(value) | Literal::Number(value) | Literal::Marked(_, value)) =
                literal
            else {
                let path = format!("{}:{}", comparison.object, path.join("."));
                self.tally.leave(Left::Path(short(&path)));
                continue;
            };
            self.path_value(&comparison.object, &path, value);
        }
    }

    /// A value found under a path of a pattern.
    fn path_value(&mut self, object: &str, path: &[&str], value: &str) {
        if let [.., "hashes", algorithm] = path
            && let Some(kind) = hash_kind(object)
            && path.len() == 2
        {
            return self.take_hash(kind, algorithm, value);
        }
        let known = match (object, path) {
            (_, [property]) => property_kind(object, property),
            ("email-message", ["from_ref" | "sender_ref", "value"]) => Some(Kind::EmailAddr),
            // What a connection leads to is a name or an address; a name that is an address becomes one.
            ("network-traffic", ["src_ref" | "dst_ref", "value"]) => Some(Kind::DomainName),
            ("file", ["parent_directory_ref", "path"]) => Some(Kind::Directory),
            _ => None,
        };
        match known {
            Some(kind) => self.take(kind, value),
            None => {
                let path = format!("{object}:{}", path.join("."));
                self.tally.leave(Left::Path(short(&path)));
            }
        }
    }

    /// The values of a cyber-observable object itself; what it refers to comes as an object of its own.
    fn cyber_observable(&mut self, object: &str, properties: &Map<String, Value>) {
        let before = self.found.len() as u64 + self.tally.left_in_all();
        if let Some(kind) = hash_kind(object)
            && let Some(hashes) = properties.get("hashes").and_then(Value::as_object)
        {
            for (algorithm, digits) in hashes {
                self.take_hash(kind, algorithm, digits.as_str().unwrap_or_default());
            }
        }
        for (name, value) in properties {
            let Some(kind) = property_kind(object, name) else {
                continue;
            };
            match value {
                Value::String(text) => self.take(kind, text),
                Value::Number(number) => self.take(kind, &number.to_string()),
                _ => self.tally.leave(Left::Value(kind)),
            }
        }
        let after = self.found.len() as u64 + self.tally.left_in_all();
        if before == after && CYBER_OBSERVABLES.contains(&object) {
            self.tally.leave(Left::Object(object.to_owned()));
        }
    }
}

/// The cyber-observable types of STIX 2.1, section 6.
const CYBER_OBSERVABLES: &[&str] = &[
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

fn hash_kind(object: &str) -> Option<Kind> {
    match object {
        "file" | "artifact" => Some(Kind::FileHash),
        "x509-certificate" => Some(Kind::CertificateHash),
        _ => None,
    }
}

/// What a property of an object is.
fn property_kind(object: &str, property: &str) -> Option<Kind> {
    Some(match (object, property) {
        ("autonomous-system", "number") => Kind::AutonomousSystem,
        ("directory", "path") => Kind::Directory,
        ("domain-name", "value") => Kind::DomainName,
        ("email-addr", "value") => Kind::EmailAddr,
        ("file", "name") => Kind::FileName,
        ("ipv4-addr", "value") => Kind::Ipv4Addr,
        ("ipv6-addr", "value") => Kind::Ipv6Addr,
        ("mac-addr", "value") => Kind::MacAddr,
        ("mutex", "name") => Kind::Mutex,
        ("process", "name") => Kind::ProcessName,
        ("url", "value") => Kind::Url,
        ("user-account", "account_login" | "user_id") => Kind::UserAccount,
        ("windows-registry-key", "key") => Kind::RegistryKey,
        ("x509-certificate", "serial_number") => Kind::CertificateSerial,
        _ => return None,
    })
}

fn short(name: &str) -> String {
    name.chars().take(MAX_NAME_CHARS).collect()
}
