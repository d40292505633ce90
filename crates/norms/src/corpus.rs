//! Reading a corpus file: JSON, an array of norms, each row checked on its own.

use crate::Norm;
use std::collections::BTreeSet;
use thiserror::Error;

/// A dozen norms the demo needs, paraphrased afresh.
pub const STARTER: &str = include_str!("../data/starter.json");

/// Longest paraphrase, characters.
const MAX_PARAPHRASE: usize = 1_000;
/// Hex digits of a SHA-256.
const SHA256_HEX: usize = 64;

/// Why a corpus file was refused.
#[derive(Debug, Error)]
pub enum CorpusError {
    /// The file as a whole is not an array of rows.
    #[error("{file}: not a JSON array of norms")]
    NotAnArray {
        /// The file's name, as given to the loader.
        file: String,
        /// What the JSON reader said.
        #[source]
        cause: serde_json::Error,
    },
    /// One row is not a norm.
    #[error("{file}, row {row}: {reason}")]
    Row {
        /// The file's name, as given to the loader.
        file: String,
        /// The row, counted from 1.
        row: usize,
        /// What is wrong with it.
        reason: RowError,
    },
}

/// What is wrong with one row.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum RowError {
    /// A field is missing, unknown or of the wrong shape.
    #[error("{0}")]
    Shape(String),
    /// A text field is empty.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// The identifier stands in an earlier row.
    #[error("id {0} is already used by an earlier row")]
    Duplicate(String),
    /// The date is no year, month or day.
    #[error("date {0} is not a year, a month or a day, such as 2015-07-22")]
    Date(String),
    /// No theme, or one that is not `T` and two digits.
    #[error("themes must be a non-empty list of T01 to T99, found {0}")]
    Theme(String),
    /// A hash is not 64 lower-case hex digits.
    #[error("`{0}` is not 64 lower-case hex digits")]
    Hash(&'static str),
    /// The paraphrase is too long.
    #[error("paraphrase has {0} characters, at most {MAX_PARAPHRASE} are allowed")]
    TooLong(usize),
    /// An element is named twice.
    #[error("an element is named twice")]
    ElementTwice,
}

/// The norms of a corpus, in the order of the file.
///
/// # Errors
/// [`CorpusError`] names the first row that is wrong, and why.
pub fn load(json: &str) -> Result<Vec<Norm>, CorpusError> {
    load_named("corpus", json)
}

/// As [`load`], with the file's name for error messages.
///
/// # Errors
/// [`CorpusError`] names the file, the first row that is wrong, and why.
pub fn load_named(file: &str, json: &str) -> Result<Vec<Norm>, CorpusError> {
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(json).map_err(|cause| CorpusError::NotAnArray {
            file: file.to_owned(),
            cause,
        })?;
    let mut ids = BTreeSet::new();
    let mut norms = Vec::with_capacity(rows.len());
    for (index, value) in rows.into_iter().enumerate() {
        let norm = row(value, &mut ids).map_err(|reason| CorpusError::Row {
            file: file.to_owned(),
            row: index + 1,
            reason,
        })?;
        norms.push(norm);
    }
    Ok(norms)
}

fn row(value: serde_json::Value, ids: &mut BTreeSet<String>) -> Result<Norm, RowError> {
    let norm: Norm = serde_json::from_value(value).map_err(|e| RowError::Shape(e.to_string()))?;
    for (name, text) in [
        ("id", &norm.id),
        ("instrument", &norm.instrument),
        ("article", &norm.article),
        ("issuer", &norm.issuer),
        ("paraphrase", &norm.paraphrase),
    ] {
        if text.trim().is_empty() {
            return Err(RowError::Empty(name));
        }
    }
    if !is_date(&norm.date) {
        return Err(RowError::Date(norm.date));
    }
    if norm.themes.is_empty() || !norm.themes.iter().all(|t| is_theme(t)) {
        return Err(RowError::Theme(format!("{:?}", norm.themes)));
    }
    let length = norm.paraphrase.chars().count();
    if length > MAX_PARAPHRASE {
        return Err(RowError::TooLong(length));
    }
    for (name, hash) in [
        ("paraphrase_sha256", &norm.paraphrase_sha256),
        ("anchor_sha256", &norm.anchor_sha256),
    ] {
        if hash.as_deref().is_some_and(|h| !is_sha256(h)) {
            return Err(RowError::Hash(name));
        }
    }
    let named = norm
        .elements
        .iter()
        .collect::<std::collections::HashSet<_>>();
    if named.len() != norm.elements.len() {
        return Err(RowError::ElementTwice);
    }
    if !ids.insert(norm.id.clone()) {
        return Err(RowError::Duplicate(norm.id));
    }
    Ok(norm)
}

fn is_theme(text: &str) -> bool {
    matches!(text.as_bytes(), [b'T', a, b] if a.is_ascii_digit() && b.is_ascii_digit())
        && text != "T00"
}

fn is_sha256(text: &str) -> bool {
    text.len() == SHA256_HEX && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A year, optionally a month, optionally a day that the month has.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let widths_fit = parts
        .iter()
        .zip([4, 2, 2])
        .all(|(part, width)| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()));
    if !widths_fit || parts.len() > 3 {
        return false;
    }
    let number = |i: usize| parts.get(i).and_then(|p| p.parse::<u32>().ok());
    let (year, month, day) = (
        number(0).unwrap_or(0),
        number(1).unwrap_or(1),
        number(2).unwrap_or(1),
    );
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    year >= 1 && (1..=12).contains(&month) && (1..=days).contains(&day)
}
