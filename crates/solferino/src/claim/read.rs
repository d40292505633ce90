//! JSON by strangers: no key twice, bounded depth and size, every error with its place.
//!
//! A file that two readers understand differently is two claims, so a repeated key is refused.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{ClaimError, MAX_DEPTH, MAX_OBJECTS_BYTES};

pub(super) fn json(bytes: &[u8]) -> Result<Value, ClaimError> {
    if bytes.len() > MAX_OBJECTS_BYTES {
        return Err(ClaimError::TooLarge { size: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| ClaimError::NotUtf8(e.valid_up_to()))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict(0).deserialize(&mut reader).map_err(located)?;
    reader.end().map_err(located)?;
    Ok(value)
}

fn located(e: serde_json::Error) -> ClaimError {
    let text = e.to_string();
    ClaimError::Json {
        problem: text.split(" at line ").next().unwrap_or(&text).to_owned(),
        line: e.line(),
        column: e.column(),
    }
}

struct Strict(usize);

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Strict, E> {
        if self.0 >= MAX_DEPTH {
            return Err(E::custom(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Strict(self.0 + 1))
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
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
        let number = Number::from_f64(v).ok_or_else(|| E::custom("a number without a value"))?;
        Ok(Value::Number(number))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                let short: String = key.chars().take(80).collect();
                return Err(A::Error::custom(format!(
                    "the key {short:?} twice in one object"
                )));
            }
            let value = access.next_value_seed(self.deeper()?)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
