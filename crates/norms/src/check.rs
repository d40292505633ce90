//! What a header and a row must be, one reason per fault.

use crate::condition::{Atom, Condition, MAX_DEPTH};
use crate::corpus::{Against, MAX_ARTICLE_BYTES, MAX_FILE_BYTES, MAX_PARAPHRASE, MIN_PARAPHRASE};
use crate::fault::Reason;
use crate::norm::FORMAT;
use crate::{Binding, Element, Force, Instrument, Norm, Part, Party, States, Vocabulary};
use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Longest identifier of an instrument, in characters.
const MAX_INSTRUMENT_ID: usize = 16;
/// Longest identifier of a norm, in characters.
const MAX_NORM_ID: usize = 40;
/// Hex digits of a SHA-256.
const SHA256_HEX: usize = 64;

/// Reads a file of at most the allowed size.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T, Reason> {
    if text.len() > MAX_FILE_BYTES {
        return Err(Reason::TooLarge(text.len()));
    }
    let value: Strict = serde_json::from_str(text).map_err(|e| Reason::NotJson(e.to_string()))?;
    object(value.0)
}

/// A JSON value in which no object has a key twice: two readers of such a file could read two laws.
struct Strict(Value);

impl<'de> serde::Deserialize<'de> for Strict {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let Strict(value) = access.next_value()?;
            if map.insert(key.clone(), value).is_some() {
                let short: String = key.chars().take(40).collect();
                return Err(A::Error::custom(format!(
                    "key {short:?} stands twice in one object"
                )));
            }
        }
        Ok(Value::Object(map))
    }
}

/// Reads an object; a list in the order of the fields would do for serde, and not for us.
pub(crate) fn object<T: DeserializeOwned>(value: Value) -> Result<T, Reason> {
    if !value.is_object() {
        return Err(Reason::Shape("not a JSON object".to_owned()));
    }
    serde_json::from_value(value).map_err(|e| Reason::Shape(e.to_string()))
}

pub(crate) fn format(found: &str) -> Result<(), Reason> {
    if found == FORMAT {
        Ok(())
    } else {
        Err(Reason::Format(found.chars().take(40).collect()))
    }
}

/// The faults of a header.
pub(crate) fn instrument(header: &Instrument, states: &States) -> Vec<Reason> {
    let mut faults = Vec::new();
    if !is_instrument_id(&header.id) {
        faults.push(Reason::InstrumentId(header.id.clone()));
    }
    let texts = [
        ("title", &header.title),
        ("issuer", &header.issuer),
        ("document", &header.document),
    ];
    faults.extend(empty(&texts));
    faults.extend(unseen(&texts));
    faults.extend(unseen(&[("note", &header.note)]));
    if let Some(day) = header.in_force {
        let before = day.to_string() < header.date.to_string();
        if header.force != Force::Treaty || before {
            faults.push(Reason::InForce(day.to_string()));
        }
    }
    if let Binding::Participants { states: listed, .. } = &header.binding {
        let distinct: BTreeSet<&Party> = listed.iter().collect();
        if listed.is_empty() || distinct.len() != listed.len() {
            faults.push(Reason::Participants);
        }
        let strangers = listed.iter().filter(|s| !states.has(s.as_str()));
        faults.extend(strangers.map(|s| Reason::State(s.to_string())));
    }
    faults
}

/// The faults of a row; its sets and values become words.
pub(crate) fn norm(norm: &mut Norm, header: &Instrument, against: Against<'_>) -> Vec<Reason> {
    let mut faults = Vec::new();
    if !is_norm_id(&norm.id, &header.id) {
        faults.push(Reason::NormId(norm.id.clone()));
    }
    if norm.articles.is_empty() {
        faults.push(Reason::NoArticles);
    }
    let strange = norm.articles.iter().filter(|a| !is_article(a));
    faults.extend(strange.map(|a| Reason::Article(a.clone())));
    if norm.article().len() > MAX_ARTICLE_BYTES {
        faults.push(Reason::Articles(norm.article()));
    }
    if norm.themes.is_empty() {
        faults.push(Reason::NoThemes);
    }
    let unknown = against.themes.unknown(&norm.themes);
    let mut seen = BTreeSet::new();
    let wrong = norm
        .themes
        .iter()
        .filter(|t| unknown.contains(t.as_str()) || !seen.insert(t.as_str()));
    faults.extend(wrong.map(|t| Reason::Theme(t.clone())));
    let length = norm.paraphrase.trim().chars().count();
    if !(MIN_PARAPHRASE..=MAX_PARAPHRASE).contains(&length) {
        faults.push(Reason::Paraphrase(length));
    }
    faults.extend(unseen(&[("paraphrase", &norm.paraphrase)]));
    if norm.anchor_sha256.as_deref().is_some_and(|h| !is_sha256(h)) {
        faults.push(Reason::Anchor);
    }
    if norm.elements.is_empty() != norm.no_elements.is_some() {
        faults.push(Reason::Elements);
    }
    if let Some(why) = &norm.no_elements {
        faults.extend(empty(&[("no_elements", why)]));
        faults.extend(unseen(&[("no_elements", why)]));
    }
    let mut elements = BTreeSet::new();
    for part in &mut norm.elements {
        if !elements.insert(part.element) {
            faults.push(Reason::ElementTwice(part.element));
        }
        faults.extend(self::part(part, against.vocabulary));
    }
    faults
}

fn part(part: &mut Part, vocabulary: &Vocabulary) -> Vec<Reason> {
    let texts = [("asks", &part.asks), ("source", &part.source)];
    let mut faults = empty(&texts);
    faults.extend(unseen(&texts));
    if part.when.depth() > MAX_DEPTH {
        faults.push(Reason::TooDeep(part.element));
        return faults;
    }
    condition(&mut part.when, part.element, vocabulary, &mut faults);
    faults
}

fn condition(
    condition: &mut Condition,
    element: Element,
    vocabulary: &Vocabulary,
    faults: &mut Vec<Reason>,
) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            if parts.is_empty() {
                faults.push(Reason::EmptyCondition(element));
            }
            for part in parts {
                self::condition(part, element, vocabulary, faults);
            }
        }
        Condition::Not(inner) => self::condition(inner, element, vocabulary, faults),
        Condition::Author(_) => {
            if element != Element::AuthorLink {
                faults.push(Reason::Author(element));
            }
        }
        Condition::Fact(atom) => faults.extend(resolve(atom, element, vocabulary)),
    }
}

/// Writes a value or a set as words.
fn resolve(atom: &mut Atom, element: Element, vocabulary: &Vocabulary) -> Vec<Reason> {
    let of = atom.element;
    let words = match (&atom.value, &atom.set, atom.words.as_slice()) {
        (Some(value), None, []) => vec![value.clone()],
        (None, Some(set), []) => match vocabulary.set(of, set) {
            Some(words) => words.to_vec(),
            None => {
                let set = set.clone();
                return vec![Reason::Set { element, of, set }];
            }
        },
        (None, None, [_, ..]) => atom.words.clone(),
        _ => return vec![Reason::Atom(element)],
    };
    let unknown = words.iter().filter(|w| !vocabulary.knows(of, w));
    let unknown = unknown.map(|word| Reason::Word {
        element,
        of,
        word: word.clone(),
    });
    let faults = unknown.collect();
    (atom.value, atom.set, atom.words) = (None, None, words);
    faults
}

fn empty(texts: &[(&'static str, &String)]) -> Vec<Reason> {
    let empty = texts.iter().filter(|(_, text)| text.trim().is_empty());
    empty.map(|(name, _)| Reason::Empty(name)).collect()
}

/// Whoever registers or proposes a text must not make a page or a terminal show another one:
/// control characters, and those of Unicode that embed, override or isolate a direction.
fn unseen(texts: &[(&'static str, &String)]) -> Vec<Reason> {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let hidden = texts.iter().filter(|(_, text)| text.contains(hides));
    hidden.map(|(name, _)| Reason::Unseen(name)).collect()
}

fn is_instrument_id(id: &str) -> bool {
    id.len() <= MAX_INSTRUMENT_ID
        && id.starts_with(|c: char| c.is_ascii_uppercase())
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_norm_id(id: &str, instrument: &str) -> bool {
    let rest = id
        .strip_prefix(instrument)
        .and_then(|r| r.strip_prefix('.'));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    id.len() <= MAX_NORM_ID && rest.is_some_and(|r| !r.is_empty() && r.bytes().all(plain))
}

/// As the record's article numbers, without the stroke that joins several.
fn is_article(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".()-".contains(&b);
    (1..=MAX_ARTICLE_BYTES).contains(&text.len()) && text.bytes().all(plain)
}

fn is_sha256(text: &str) -> bool {
    text.len() == SHA256_HEX && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
