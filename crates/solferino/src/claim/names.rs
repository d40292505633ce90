//! Names by others as the bounded identifiers an entry may hold.

use record::ids::{Country, InputId, MAX_ID_BYTES, Slug};

/// The identifier under which the case's hypotheses or assessments are to speak of something: every
/// run of other characters one hyphen. Nothing where no letter or digit of ASCII is left.
pub(super) fn input_id(name: &str) -> Option<InputId> {
    hyphenated(name, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
    })
    .parse()
    .ok()
}

/// A name as a short word in lower case.
pub(crate) fn slug(name: &str) -> Option<Slug> {
    hyphenated(&name.to_lowercase(), |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit()
    })
    .parse()
    .ok()
}

/// A country code in either case, as ISO 3166-1 alpha-2 writes it.
pub(super) fn country(code: &str) -> Option<Country> {
    code.trim().to_uppercase().parse().ok()
}

fn hyphenated(name: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if keep(c) {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= MAX_ID_BYTES {
            break;
        }
    }
    out.trim_matches(|c| matches!(c, '-' | '.' | '_'))
        .to_owned()
}
