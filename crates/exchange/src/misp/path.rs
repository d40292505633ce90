//! Paths of cyber-observables, such as `email-message:from_ref.value`: values are put there, found there, and compared in patterns.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::json::Object;
use crate::stix::id;
use crate::stix::pattern::{
    Base, Comparison, Edition, Expression, Literal, Operator, Pattern, Test,
};

/// Properties that are integers.
const INTEGERS: &[&str] = &[
    "number",
    "src_port",
    "dst_port",
    "size",
    "pid",
    "src_byte_count",
    "dst_byte_count",
    "src_packets",
    "dst_packets",
];

/// The objects of a bundle by their identifiers.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub(super) objects: &'a [Object],
    by_id: HashMap<&'a str, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(objects: &'a [Object]) -> Self {
        let mut by_id = HashMap::with_capacity(objects.len());
        for (n, object) in objects.iter().enumerate() {
            if let Some(id) = super::json::text(object, "id") {
                by_id.entry(id).or_insert(n);
            }
        }
        Self { objects, by_id }
    }

    pub(super) fn get(&self, id: &str) -> Option<&'a Object> {
        self.objects.get(*self.by_id.get(id)?)
    }
}

/// A cyber-observable in the making, and those it refers to.
#[derive(Debug)]
struct Node {
    kind: String,
    map: Object,
    refs: Vec<(String, Node)>,
}

/// The kind of address a value is.
fn address(value: &str) -> Option<&'static str> {
    let bare = value.split_once('/').map_or(value, |(bare, _)| bare);
    if bare.parse::<Ipv4Addr>().is_ok() {
        Some("ipv4-addr")
    } else {
        bare.parse::<Ipv6Addr>().is_ok().then_some("ipv6-addr")
    }
}

/// The type of what a reference refers to, by its name and the value put there.
fn target(reference: &str, value: &str) -> Option<&'static str> {
    Some(match reference {
        "src_ref" | "dst_ref" => address(value).unwrap_or("domain-name"),
        "resolves_to_refs" => address(value)?,
        "from_ref" | "sender_ref" | "to_refs" | "cc_refs" | "bcc_refs" => "email-addr",
        "content_ref" | "raw_email_ref" => "artifact",
        "body_raw_ref" | "image_ref" => "file",
        "parent_directory_ref" => "directory",
        "creator_user_ref" => "user-account",
        "belongs_to_refs" => "autonomous-system",
        _ => return None,
    })
}

impl Node {
    fn new(kind: &str) -> Self {
        let map = super::json::object(json!({"type": kind, "spec_version": "2.1"}));
        Self {
            kind: kind.to_owned(),
            map,
            refs: Vec::new(),
        }
    }

    /// Puts a value below this object; `false` if it does not fit or something is there.
    fn put(&mut self, steps: &[&str], value: &str) -> bool {
        let Some((first, rest)) = steps.split_first() else {
            return false;
        };
        let (name, many) = first
            .strip_suffix("[*]")
            .map_or((*first, false), |name| (name, true));
        if rest.is_empty() || !(name.ends_with("_ref") || name.ends_with("_refs")) {
            return put_in(&mut self.map, steps, value);
        }
        if let Some((_, node)) = self.refs.iter_mut().find(|(n, _)| n == name && !many) {
            return node.put(rest, value);
        }
        let Some(kind) = target(name, value) else {
            return false;
        };
        let mut node = Self::new(kind);
        let fits = node.put(rest, value);
        if fits {
            self.refs.push((name.to_owned(), node));
        }
        fits
    }

    /// Gives identifiers, what is referred to first, and hands the objects out; the last is this one.
    fn finish(mut self, seed: &str, out: &mut Vec<Object>) -> String {
        for (n, (name, node)) in std::mem::take(&mut self.refs).into_iter().enumerate() {
            let id = json!(node.finish(&format!("{seed}/{n}"), out));
            match self.map.get_mut(&name) {
                Some(Value::Array(ids)) => ids.push(id),
                _ if name.ends_with("_refs") => {
                    self.map.insert(name, json!([id]));
                }
                _ => {
                    self.map.insert(name, id);
                }
            }
        }
        if self.kind == "network-traffic" && !self.map.contains_key("protocols") {
            // Required by the specification, and not known here: the network layer is all that is certain.
            let six = self
                .map
                .values()
                .any(|v| v.as_str().is_some_and(|v| v.starts_with("ipv6-addr")));
            self.map.insert(
                "protocols".into(),
                json!([if six { "ipv6" } else { "ipv4" }]),
            );
        }
        if self.kind == "email-message" {
            // Required by the specification.
            self.map.insert("is_multipart".into(), json!(false));
        }
        let id = id::of_content(&self.map).unwrap_or_else(|| {
            format!(
                "{}--{}",
                self.kind,
                unnamed(&format!("{seed}/{}", self.kind))
            )
        });
        self.map.insert("id".into(), json!(id));
        out.push(self.map);
        id
    }
}

/// A UUID for an observable whose content gives none: section 2.9 asks for version 4. It is made from where the
/// observable came from, so that a second conversion gives the same.
fn unnamed(seed: &str) -> String {
    let mut uuid = super::uuid_from(seed);
    uuid.replace_range(14..15, "4");
    uuid
}

fn put_in(map: &mut Object, steps: &[&str], value: &str) -> bool {
    let Some((first, rest)) = steps.split_first() else {
        return false;
    };
    let many = first.strip_suffix("[*]");
    let name = many.unwrap_or(first);
    if !rest.is_empty() {
        if many.is_some() {
            let items = map.entry(name).or_insert_with(|| json!([{}]));
            let inner = items.as_array_mut().and_then(|items| items.first_mut());
            return inner
                .and_then(Value::as_object_mut)
                .is_some_and(|inner| put_in(inner, rest, value));
        }
        let inner = map.entry(name).or_insert_with(|| Value::Object(Map::new()));
        return inner
            .as_object_mut()
            .is_some_and(|inner| put_in(inner, rest, value));
    }
    if many.is_some() {
        let items = map.entry(name).or_insert_with(|| json!([]));
        return items
            .as_array_mut()
            .map(|items| items.push(json!(value)))
            .is_some();
    }
    if map.contains_key(name) {
        return false;
    }
    map.insert(name.to_owned(), leaf(name, value));
    true
}

fn leaf(name: &str, value: &str) -> Value {
    let number = INTEGERS
        .contains(&name)
        .then(|| value.parse::<u64>().ok())
        .flatten();
    number.map_or_else(|| json!(value), |n| json!(n))
}

/// A path taken apart: the type, and the steps below it. A type of `ip-addr` is decided by the value.
fn split<'a>(path: &'a str, value: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (kind, steps) = path.split_once(':')?;
    let kind = if kind == "ip-addr" {
        address(value)?
    } else {
        kind
    };
    Some((kind, steps.split('.').collect()))
}

/// Whether a value can stand at a path.
pub(super) fn fits(path: &str, value: &str) -> bool {
    let Some((_, steps)) = split(path, value) else {
        return false;
    };
    let last = steps.last().copied().unwrap_or_default();
    let targets = steps
        .iter()
        .filter(|s| s.contains("_ref"))
        .all(|s| target(s.trim_end_matches("[*]"), value).is_some());
    let base64 = last != "payload_bin" || {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD
            .decode(value)
            .is_ok()
    };
    !value.is_empty()
        && targets
        && base64
        && (!INTEGERS.contains(&last) || value.parse::<u64>().is_ok())
}

/// The observables that have these values at these paths: their identifiers that stand alone, and all objects. Also
/// gives which of the values found a place.
pub(super) fn build(values: &[(&str, String)], seed: &str) -> (Vec<Object>, Vec<bool>) {
    let mut nodes: Vec<Node> = Vec::new();
    let mut placed = Vec::with_capacity(values.len());
    for (path, value) in values {
        let done = fits(path, value)
            && split(path, value).is_some_and(|(kind, steps)| {
                if let Some(node) = nodes.iter_mut().find(|node| node.kind == kind) {
                    return node.put(&steps, value);
                }
                let mut node = Node::new(kind);
                let done = node.put(&steps, value);
                if done {
                    nodes.push(node);
                }
                done
            });
        placed.push(done);
    }
    let mut out = Vec::new();
    for (n, node) in nodes.into_iter().enumerate() {
        node.finish(&format!("{seed}/{n}"), &mut out);
    }
    (out, placed)
}

/// Whether an object keeps to every MUST of the specification; what does not is carried as MISP's own.
pub(super) fn valid(object: &Object) -> bool {
    let mut report = crate::stix::validate::Report::default();
    crate::stix::validate::object(object, &mut report);
    report.is_valid()
}

/// The texts at a path below an object, in their order.
pub(super) fn values(index: &Index<'_>, object: &Object, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Some((kind, steps)) = path.split_once(':') else {
        return found;
    };
    let own = super::json::text(object, "type").unwrap_or_default();
    if own == kind || (kind == "ip-addr" && own.starts_with("ipv")) {
        let steps: Vec<_> = steps.split('.').collect();
        below(index, object, &steps, &mut found);
    }
    found
}

fn below(index: &Index<'_>, object: &Object, steps: &[&str], found: &mut Vec<String>) {
    let Some((first, rest)) = steps.split_first() else {
        return;
    };
    let Some(value) = object.get(first.trim_end_matches("[*]")) else {
        return;
    };
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    for item in items {
        match item {
            Value::String(text) if rest.is_empty() => found.push(text.clone()),
            Value::Number(number) if rest.is_empty() => found.push(number.to_string()),
            // A name may resolve to a name as well; a template's field for addresses does not hold that.
            Value::String(id)
                if first.starts_with("resolves_to_refs") && !id.starts_with("ipv") => {}
            Value::String(id) => {
                if let Some(object) = index.get(id) {
                    below(index, object, rest, found);
                }
            }
            Value::Object(inner) => below(index, inner, rest, found),
            _ => {}
        }
    }
}

/// A pattern for one observation with these values at these paths.
pub(super) fn pattern(values: &[(&str, String)]) -> Option<String> {
    let mut roots: Vec<(&str, Vec<String>)> = Vec::new();
    for (path, value) in values {
        let (kind, steps) = split(path, value)?;
        let below: Vec<_> = steps.iter().map(|step| quoted(step)).collect();
        let below = below.join(".");
        let literal = match leaf(steps.last().copied().unwrap_or_default(), value) {
            Value::Number(number) => number.to_string(),
            _ => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'")),
        };
        let mut test = format!("{kind}:{below} = {literal}");
        if let Some(reference @ ("src_ref" | "dst_ref")) = steps.first().copied() {
            let is = target(reference, value)?;
            test = format!("{kind}:{reference}.type = '{is}' AND {test}");
        }
        match roots.iter_mut().find(|(root, _)| *root == kind) {
            Some((_, tests)) => tests.push(test),
            None => roots.push((kind, vec![test])),
        }
    }
    let brackets: Vec<_> = roots
        .iter()
        .map(|(_, tests)| format!("[{}]", tests.join(" AND ")))
        .collect();
    (!brackets.is_empty()).then(|| brackets.join(" AND "))
}

fn quoted(step: &str) -> String {
    let (name, many) = step
        .strip_suffix("[*]")
        .map_or((step, ""), |name| (name, "[*]"));
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain {
        format!("{name}{many}")
    } else {
        format!("'{name}'{many}")
    }
}

/// The equalities that a pattern is a conjunction of: paths as [`pattern`] takes them, and values. `None` if the
/// pattern says anything else.
pub(super) fn equalities(pattern: &str) -> Option<Vec<(String, String)>> {
    let pattern = Pattern::parse(pattern, Edition::V21).ok()?;
    let mut tests = Vec::new();
    conjunction(pattern.tree(), &mut tests)?;
    let mut found = Vec::with_capacity(tests.len());
    for test in tests {
        let value = match test.values.as_slice() {
            [Literal::Text(text) | Literal::Number(text)] => text.clone(),
            [Literal::Bool(bool)] => bool.to_string(),
            _ => return None,
        };
        if test.negated || test.operator != Operator::Equal {
            return None;
        }
        let mut path = format!("{}:", test.object);
        for step in test.path_texts() {
            if step.starts_with('[') && step.ends_with(']') {
                path.push_str("[*]");
            } else {
                if !path.ends_with(':') {
                    path.push('.');
                }
                path.push_str(&step);
            }
        }
        if !path.ends_with("_ref.type") {
            found.push((path, value));
        }
    }
    Some(found)
}

fn conjunction<'a>(tree: &'a Expression, out: &mut Vec<&'a Comparison>) -> Option<()> {
    match tree {
        Expression::Join(crate::stix::pattern::Join::And, parts) => {
            parts.iter().try_for_each(|part| conjunction(part, out))
        }
        Expression::One(one) if one.qualifiers.is_empty() => match &one.base {
            Base::Bracket(test) => all_of(test, out),
            Base::Group(inner) => conjunction(inner, out),
        },
        _ => None,
    }
}

fn all_of<'a>(test: &'a Test, out: &mut Vec<&'a Comparison>) -> Option<()> {
    match test {
        Test::Comparison(comparison) => out.push(comparison),
        Test::And(parts) => parts.iter().try_for_each(|part| all_of(part, out))?,
        Test::Or(_) => return None,
    }
    Some(())
}
