//! That what was read says exactly what stands there.
//!
//! A JSON reader that fills in typed fields forgives: it takes a list of values for an object, an object
//! for a word, `null` for a field that is absent. Another reader does not, and then one text is two
//! statements. So what was read is written again, and has to be what stood there.

use serde::de::Error as _;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Reads a value as a type, if it says exactly what the type writes.
///
/// # Errors
/// It does not fit the type, or has another shape.
pub(crate) fn read<T: DeserializeOwned + Serialize>(value: &Value) -> Result<T, serde_json::Error> {
    let read = T::deserialize(value)?;
    same(value, &serde_json::to_value(&read)?).map_err(serde_json::Error::custom)?;
    Ok(read)
}

/// Fields with a stated default may be left out; nothing else may differ.
///
/// # Errors
/// Where the two differ first (a JSON pointer) and how.
fn same(stood: &Value, read: &Value) -> Result<(), String> {
    let mut at = String::new();
    compare(stood, read, &mut at).map_err(|how| {
        let at = if at.is_empty() { "/" } else { &at };
        format!("at {at}: {how}")
    })
}

fn compare(stood: &Value, read: &Value, at: &mut String) -> Result<(), String> {
    match (stood, read) {
        (Value::Object(stood), Value::Object(read)) => {
            for (key, value) in stood {
                let length = at.len();
                at.push('/');
                at.push_str(key);
                match read.get(key) {
                    Some(read) => compare(value, read, at)?,
                    None => is_default(value)?,
                }
                at.truncate(length);
            }
            Ok(())
        }
        (Value::Array(stood), Value::Array(read)) if stood.len() == read.len() => {
            for (n, (value, read)) in stood.iter().zip(read).enumerate() {
                let length = at.len();
                at.push('/');
                at.push_str(&n.to_string());
                compare(value, read, at)?;
                at.truncate(length);
            }
            Ok(())
        }
        (stood, read) if stood == read => Ok(()),
        (stood, read) => {
            let (stood, due) = (name(stood), name(read));
            Err(if stood == due {
                format!("{due}, and not in its one spelling")
            } else {
                format!("{stood} where {due} is due")
            })
        }
    }
}

/// What is not written when it says nothing: an empty list or object, `false`.
fn is_default(value: &Value) -> Result<(), String> {
    match value {
        Value::Bool(false) => Ok(()),
        Value::Array(items) if items.is_empty() => Ok(()),
        Value::Object(fields) if fields.is_empty() => Ok(()),
        Value::Null => Err("null; a field that says nothing is left out".to_owned()),
        _ => Err("there is no such field".to_owned()),
    }
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_says_nothing_may_stand_there_unread() {
        let read = json!({"a": "x", "b": [{"c": 1}], "filled_in": 7});
        let told = |stood: Value| same(&stood, &read).unwrap_err();
        assert_eq!(same(&json!({"a": "x", "b": [{"c": 1}]}), &read), Ok(()));
        let nothing = json!({"a": "x", "b": [{"c": 1}], "d": [], "e": {}, "f": false});
        assert_eq!(same(&nothing, &read), Ok(()));
        assert_eq!(told(json!(["x"])), "at /: a list where an object is due");
        assert_eq!(
            told(json!({"a": {"x": null}})),
            "at /a: an object where text is due"
        );
        assert_eq!(
            told(json!({"b": [[1]]})),
            "at /b/0: a list where an object is due"
        );
        assert_eq!(
            told(json!({"b": []})),
            "at /b: a list, and not in its one spelling"
        );
        assert_eq!(
            told(json!({"a": "X"})),
            "at /a: text, and not in its one spelling"
        );
        assert_eq!(
            told(json!({"b": [{"c": 1, "d": 2}]})),
            "at /b/0/d: there is no such field"
        );
        assert!(told(json!({"d": null})).starts_with("at /d: null"));
    }
}
