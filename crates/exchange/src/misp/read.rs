//! Documents of MISP: what a file holds, read strictly and kept as it stands.

use serde_json::Value;

use super::json::{Object, text};
use crate::json;

/// Largest file that is read, unpacked, in bytes (128 MiB).
pub const MAX_FILE_BYTES: usize = 128 << 20;
/// Most values in one file, on all levels.
pub const MAX_VALUES: usize = 4_000_000;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An event of the core format, without the wrapping `Event`.
    Event,
    /// The clusters of a galaxy.
    Galaxy,
    /// A taxonomy of machine tags.
    Taxonomy,
}

/// A document, as it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// Its fields, known and unknown.
    pub fields: Object,
    /// Whether it stood in an object of its own, `{"Event": …}`.
    pub wrapped: bool,
}

impl Document {
    /// The document as it stood in its file.
    #[must_use]
    pub fn value(self) -> Value {
        if self.wrapped {
            serde_json::json!({"Event": self.fields})
        } else {
            Value::Object(self.fields)
        }
    }
}

/// Why a file is no MISP.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Beyond a limit.
    #[error("larger than {MAX_FILE_BYTES} bytes")]
    TooLarge,
    /// Not JSON, or JSON that two readers would read differently.
    #[error("{problem} (byte {offset_bytes})")]
    Json {
        /// What is wrong.
        problem: String,
        /// Where, in bytes from the beginning.
        offset_bytes: usize,
    },
    /// JSON, and no document known here.
    #[error(
        "at {pointer:?}: not a MISP event (`info`, `uuid`), galaxy (`values`, `type`) or taxonomy (`namespace`, `predicates`)"
    )]
    Unknown {
        /// JSON pointer to it.
        pointer: String,
    },
}

/// Reads all documents of a file.
///
/// # Errors
/// [`ReadError`]; then nothing of the file is given.
pub fn documents(bytes: &[u8]) -> Result<Vec<Document>, ReadError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let value = json::value(bytes, MAX_VALUES).map_err(|error| {
        let words = error.to_string();
        ReadError::Json {
            problem: words.split(" at line ").next().unwrap_or(&words).to_owned(),
            offset_bytes: json::offset_bytes(bytes, &error),
        }
    })?;
    let mut found = Vec::new();
    collect(value, String::new(), &mut found)?;
    Ok(found)
}

fn collect(value: Value, pointer: String, found: &mut Vec<Document>) -> Result<(), ReadError> {
    match value {
        Value::Array(items) => {
            for (n, item) in items.into_iter().enumerate() {
                collect(item, format!("{pointer}/{n}"), found)?;
            }
            Ok(())
        }
        Value::Object(mut fields) => {
            // A server's answer, and nothing else beside it.
            if fields.len() == 1
                && let Some(inner) = fields.remove("response")
            {
                return collect(inner, format!("{pointer}/response"), found);
            }
            if fields.len() == 1 && fields.get("Event").is_some_and(Value::is_object) {
                let Some(Value::Object(fields)) = fields.remove("Event") else {
                    return Err(ReadError::Unknown { pointer });
                };
                found.push(Document {
                    kind: Kind::Event,
                    fields,
                    wrapped: true,
                });
                return Ok(());
            }
            let kind = kind(&fields).ok_or(ReadError::Unknown { pointer })?;
            found.push(Document {
                kind,
                fields,
                wrapped: false,
            });
            Ok(())
        }
        _ => Err(ReadError::Unknown { pointer }),
    }
}

fn kind(fields: &Object) -> Option<Kind> {
    if fields.get("values").is_some_and(Value::is_array) && text(fields, "type").is_some() {
        Some(Kind::Galaxy)
    } else if fields.get("predicates").is_some_and(Value::is_array)
        && text(fields, "namespace").is_some()
    {
        Some(Kind::Taxonomy)
    } else if text(fields, "info").is_some() && text(fields, "uuid").is_some() {
        Some(Kind::Event)
    } else {
        None
    }
}
