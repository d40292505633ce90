//! JSON by strangers: no key twice, bounded depth and size, every error with its place.

use exchange::json;
use serde_json::Value;

use super::{ClaimError, MAX_OBJECTS_BYTES};

/// Most values of one file, on all levels.
const MAX_VALUES: usize = 2_000_000;

pub(super) fn json(bytes: &[u8]) -> Result<Value, ClaimError> {
    if bytes.len() > MAX_OBJECTS_BYTES {
        return Err(ClaimError::TooLarge { size: bytes.len() });
    }
    if let Err(e) = std::str::from_utf8(bytes) {
        return Err(ClaimError::NotUtf8(e.valid_up_to()));
    }
    json::value(bytes, MAX_VALUES).map_err(located)
}

fn located(e: serde_json::Error) -> ClaimError {
    let text = e.to_string();
    ClaimError::Json {
        problem: text.split(" at line ").next().unwrap_or(&text).to_owned(),
        line: e.line(),
        column: e.column(),
    }
}
