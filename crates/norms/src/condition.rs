//! Conditions over coded facts, as data.

use crate::Element;
use serde::{Deserialize, Serialize};

/// Deepest nesting of a condition, its outermost form counted.
pub const MAX_DEPTH: usize = 8;

/// When an element is met (docs/norms.md, Corpus).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Kleene and.
    All(Vec<Condition>),
    /// Kleene or.
    Any(Vec<Condition>),
    /// Met and not met change places.
    Not(Box<Condition>),
    /// A coded fact.
    Fact(Atom),
    /// The party judged is the author in law.
    Author(AuthorAtom),
}

/// What is asked of the author link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorAtom {
    /// The party conducted the operation: found so, and attributed in law.
    Conducted,
}

/// Whose fact it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// The party judged.
    Addressee,
}

/// One question to the coded facts: exactly one of `value`, `set` and `words`; loaded, always `words`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atom {
    /// Which element the fact speaks of.
    pub element: Element,
    /// A single word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// A named set of words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// The words, any of which will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Whose fact it must be; absent: of the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Of>,
}

impl Condition {
    /// Levels of nesting: 1 for a fact.
    #[must_use]
    pub fn depth(&self) -> usize {
        1 + match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().map(Self::depth).max().unwrap_or_default()
            }
            Self::Not(inner) => inner.depth(),
            Self::Fact(_) | Self::Author(_) => 0,
        }
    }

    /// Calls with every condition in it, itself first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Condition)) {
        visit(self);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.walk(visit)),
            Self::Not(inner) => inner.walk(visit),
            Self::Fact(_) | Self::Author(_) => {}
        }
    }
}
