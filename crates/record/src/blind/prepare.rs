//! What comes before a mask: which names it covers, and texts in a form in which names can be found.

use std::collections::BTreeSet;

use method::input::{Case, MAX_ITEMS};

use super::{MaskMap, NameKind, Wanted, names_of, words_of};

/// Longest map that a `disclose` can carry in one entry, in bytes of canonical JSON.
pub const MAX_MAP_BYTES: usize = 45_000;
/// Longest list of terms, in words; more would not fit in an entry either.
pub const MAX_TERMS: usize = 5 * MAX_ITEMS;
/// Longest text that is masked, in bytes.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// Names of an earlier map, so that its tokens stay; names of the case; terms given; and for each state the words
/// that tell it. Each kind and name once, in that order.
#[must_use]
pub fn wanted(case: &Case, earlier: Option<&MaskMap>, terms: &[String]) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |w: Wanted| {
        if seen.insert((w.kind, w.original.clone())) {
            wanted.push(w);
        }
    };
    let term = |original: &str, of: Option<String>| Wanted {
        kind: NameKind::Term,
        original: original.to_owned(),
        of,
    };
    for name in earlier.into_iter().flat_map(|m| &m.names) {
        add(Wanted {
            kind: name.kind,
            original: name.original.clone(),
            of: name.of.clone(),
        });
    }
    let names = names_of(case);
    names.iter().cloned().for_each(&mut add);
    let given = terms.iter().map(|t| t.trim()).filter(|t| !t.is_empty());
    given.for_each(|t| add(term(t, None)));
    for state in names.iter().filter(|n| n.kind == NameKind::State) {
        for word in words_of(&state.original) {
            add(term(&word, Some(state.original.clone())));
        }
    }
    wanted
}

/// The text of an exhibit of a media type; JSON is written out afresh, so that no escape hides a name.
///
/// # Errors
/// In words, why it is for a person to prepare.
pub fn readable(media: &str, content: Vec<u8>) -> Result<String, String> {
    let is_json = media == "application/json" || media.ends_with("+json");
    if !is_json && !media.starts_with("text/") {
        return Err(format!("{media} is no text"));
    }
    if content.len() > MAX_TEXT_BYTES {
        let size = content.len();
        return Err(format!("{size} bytes; at most {MAX_TEXT_BYTES} are masked"));
    }
    let Ok(text) = String::from_utf8(content) else {
        return Err("not UTF-8".to_owned());
    };
    let value = is_json.then(|| serde_json::from_str::<serde_json::Value>(&text).ok());
    let afresh = value
        .flatten()
        .and_then(|v| serde_json::to_string_pretty(&v).ok());
    Ok(afresh.unwrap_or(text))
}
