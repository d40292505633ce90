//! What a public attribution asserts: reading STIX bundles and MISP events made by others.
//!
//! Pure: bytes in, a draft out. Nothing read here is a finding, and nothing is lost: what does not
//! become an assertion is counted with the reason, and the bytes themselves go into the vault.

mod misp;
mod names;
mod read;
mod stix;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use record::body::claim::Says;
use record::ids::Slug;
use serde::Serialize;

pub(crate) use names::slug;

/// Largest file of objects, in bytes (16 MiB): it is held in memory whole.
pub(crate) const MAX_OBJECTS_BYTES: usize = 16 << 20;
/// Most objects or attributes of one file.
const MAX_OBJECTS: usize = 100_000;
/// Most drafts, notes and refusals that are listed one by one.
const MAX_LISTED: usize = 1_000;

/// Longest words of a stranger that are shown, in characters.
const MAX_SHOWN_CHARS: usize = 160;

/// Why a file cannot be read as a claim's objects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClaimError {
    #[error("{size} bytes; at most {MAX_OBJECTS_BYTES} are read")]
    TooLarge { size: usize },
    #[error("not UTF-8 from byte {0}")]
    NotUtf8(usize),
    #[error("not acceptable JSON: {problem} (line {line}, column {column})")]
    Json {
        problem: String,
        line: usize,
        column: usize,
    },
    #[error("{0} objects; at most {MAX_OBJECTS} are read")]
    TooMany(usize),
    #[error("neither a STIX 2 bundle nor a MISP event: {0}")]
    Unknown(&'static str),
}

impl ClaimError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooMany(_) => {
                "import the objects of one publication, not a whole feed"
            }
            Self::NotUtf8(_) | Self::Json { .. } => {
                "give the JSON as published; a damaged file is not repaired here"
            }
            Self::Unknown(_) => {
                "a STIX bundle has \"type\": \"bundle\" and \"objects\"; a MISP event has \"Event\""
            }
        }
    }
}

/// The format a file turned out to be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    Stix,
    Misp,
}

/// How firmly the file makes an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Basis {
    /// The publisher says so in an object of its own.
    Stated,
    /// The publisher mentions the group and no object says what it is accused of.
    Mentioned,
    /// A galaxy's entry says so, which came with a tag; the publisher need not have meant it.
    Galaxy,
}

/// An assertion as read, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DraftAssertion {
    pub(crate) says: Says,
    pub(crate) basis: Basis,
    /// JSON pointer of the object it was read from.
    pub(crate) at: String,
    /// That object's own identifier, if it has one.
    pub(crate) object: Option<String>,
    /// The publisher's name for what it speaks of.
    pub(crate) name: String,
}

/// Something read and refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    pub(crate) at: String,
    pub(crate) why: String,
}

/// Something kept verbatim with the file and not turned into an assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Kept {
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) count: usize,
}

/// What was read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Draft {
    pub(crate) format: Format,
    /// Who published it and when, as the file says.
    pub(crate) publisher: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) assertions: Vec<DraftAssertion>,
    /// Gradings and opinions beside the assertions: they are the publisher's and decide nothing here.
    pub(crate) notes: Vec<String>,
    pub(crate) kept: Vec<Kept>,
    pub(crate) refused: Vec<Refused>,
    /// How many drafts, notes and refusals were beyond what is listed.
    pub(crate) unlisted: usize,
}

/// Reads what a file of objects asserts.
pub(crate) fn assertions(objects: &[u8]) -> Result<Draft, ClaimError> {
    let value = read::json(objects)?;
    if stix::is_bundle(&value) {
        return stix::read(&value);
    }
    if misp::is_event(&value) {
        return misp::read(&value);
    }
    Err(ClaimError::Unknown(
        "it has neither \"objects\" nor \"Event\"",
    ))
}

/// A draft being gathered: each assertion once, lists bounded, the rest counted.
struct Gathered {
    draft: Draft,
    kept: BTreeMap<(String, String), usize>,
}

impl Gathered {
    fn new(format: Format) -> Self {
        let draft = Draft {
            format,
            publisher: None,
            published: None,
            assertions: Vec::new(),
            notes: Vec::new(),
            kept: Vec::new(),
            refused: Vec::new(),
            unlisted: 0,
        };
        Self {
            draft,
            kept: BTreeMap::new(),
        }
    }

    /// Adds an assertion; the same one again only if it stands on a firmer basis.
    fn assert(&mut self, draft: DraftAssertion) {
        let draft = DraftAssertion {
            name: shown(&draft.name),
            object: draft.object.as_deref().map(shown),
            ..draft
        };
        let all = &mut self.draft.assertions;
        if let Some(same) = all.iter_mut().find(|d| d.says == draft.says) {
            if draft.basis < same.basis {
                *same = draft;
            }
        } else if all.len() < MAX_LISTED {
            all.push(draft);
        } else {
            self.draft.unlisted += 1;
        }
    }

    fn note(&mut self, text: String) {
        let text = shown(&text);
        if self.draft.notes.contains(&text) {
            return;
        }
        if self.draft.notes.len() < MAX_LISTED {
            self.draft.notes.push(text);
        } else {
            self.draft.unlisted += 1;
        }
    }

    fn refuse(&mut self, at: &str, why: impl Into<String>) {
        let refused = Refused {
            at: at.to_owned(),
            why: shown(&why.into()),
        };
        if self.draft.refused.contains(&refused) {
            return;
        }
        if self.draft.refused.len() < MAX_LISTED {
            self.draft.refused.push(refused);
        } else {
            self.draft.unlisted += 1;
        }
    }

    fn keep(&mut self, what: &str, why: &str) {
        *self.kept.entry((shown(what), why.to_owned())).or_default() += 1;
    }

    fn done(mut self) -> Draft {
        let draft = &mut self.draft;
        draft.publisher = draft.publisher.as_deref().map(shown);
        draft.published = draft.published.as_deref().map(shown);
        let rows = self.kept.into_iter().take(MAX_LISTED);
        let rows = rows.map(|((what, why), count)| Kept { what, why, count });
        self.draft.kept = rows.collect();
        self.draft
    }
}

/// Words by strangers for the report: shortened, on one line, nothing that steers a terminal or
/// turns the direction of writing.
pub(crate) fn shown(text: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_control() => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    };
    text.chars().take(MAX_SHOWN_CHARS).map(plain).collect()
}

/// Names the drafts `a1`, `a2`, … as a claim's assertions want it.
pub(crate) fn assertion_id(n: usize) -> Option<Slug> {
    format!("a{}", n + 1).parse().ok()
}
