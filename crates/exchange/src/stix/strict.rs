//! One JSON value read strictly: no duplicate keys, bounded depth and size.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::stream::{MAX_DEPTH, MAX_OBJECT_VALUES};

/// Reads the one value these bytes hold.
///
/// # Errors
/// serde_json's, and its custom kind for duplicate keys and for what is beyond a limit.
pub(super) fn value(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    value_within(bytes, MAX_OBJECT_VALUES)
}

/// As [`value`], with another limit of values on all levels.
pub(crate) fn value_within(bytes: &[u8], most: usize) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let values = Cell::new(0);
    let seed = Strict {
        depth: 0,
        values: &values,
        most,
    };
    let value = seed.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Where an error of [`value`] lies, in bytes from the value's beginning.
pub(crate) fn offset_bytes(bytes: &[u8], error: &serde_json::Error) -> usize {
    let lines = error.line().saturating_sub(1);
    let mut starts = newlines(bytes);
    let line_start = match lines {
        0 => 0,
        n => starts.nth(n - 1).map_or(0, |at| at + 1),
    };
    (line_start + error.column().saturating_sub(1)).min(bytes.len())
}

fn newlines(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let found = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
    found.map(|(at, _)| at)
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    /// How many values the object has so far, on all levels.
    values: &'a Cell<usize>,
    /// How many it may have.
    most: usize,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        let values = self.values.get() + 1;
        if values > self.most {
            let problem = format!("more than {} values in one object", self.most);
            return Err(D::Error::custom(problem));
        }
        self.values.set(values);
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Value, E> {
        let number = Number::from_f64(v).ok_or_else(|| E::custom("a number that is not finite"))?;
        Ok(Value::Number(number))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inside)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key {key:?}")));
            }
            let value = access.next_value_seed(inside)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
