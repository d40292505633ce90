//! What a judgement says: per element, verdict, words, what is missing, what aggravates.

use crate::author::AuthorReading;
use crate::bound::Bounds;
use crate::facts::WordReading;
use crate::terms::Term;
use crate::{Basis, Day, Element, Force, Kleene, Party, Verdict};
use serde::{Deserialize, Serialize};

/// One element, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementJudgement {
    /// Its kind.
    pub element: Element,
    /// What it asks.
    pub asks: String,
    /// The article it is read from.
    pub source: String,
    /// Whether that was checked.
    pub basis: Basis,
    /// Met, not met, unknown.
    pub value: Kleene,
    /// Why.
    pub reason: String,
    /// What coders said of the words it asks for.
    pub facts: Vec<WordReading>,
    /// The author link, where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorReading>,
    /// Exhibits it rests on, in order, once each.
    pub exhibits: Vec<String>,
}

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// Nobody coded any of the words.
    NotCoded,
    /// Coded, but neither likely nor unlikely enough.
    Undecided,
    /// Coders do not agree.
    CodersDiffer,
    /// No finding that reaches the standard, or exonerates.
    Finding,
    /// No assessment of the link in law that decides.
    Law,
    /// Nothing says whether the party was bound.
    Bound,
}

/// What would decide an unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The element it belongs to; none: whether the party was bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<Element>,
    /// Why it is unknown.
    pub gap: Gap,
    /// The element of the fact to be coded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Element>,
    /// The words in question; any one will do.
    pub words: Vec<String>,
    /// The party the fact must be about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Party>,
    /// In words.
    pub text: String,
}

/// A circumstance that aggravates; never part of the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggravation {
    /// The protected class.
    pub class: String,
    /// What is protected.
    pub why: String,
    /// Where that is said.
    pub source: String,
    /// Exhibits it rests on.
    pub exhibits: Vec<String>,
}

/// A norm judged for a party and a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The norm.
    pub norm: String,
    /// SHA-256 of its document: the element table and header judged by.
    pub norm_sha256: String,
    /// Force of its text.
    pub force: Force,
    /// K: not yet checked against the primary text.
    pub basis: Basis,
    /// The party judged.
    pub party: Party,
    /// The day of the act.
    pub on: Day,
    /// Whether the party was bound then.
    pub bounds: Bounds,
    /// The elements, in the order of the norm.
    pub elements: Vec<ElementJudgement>,
    /// The verdict over them.
    pub verdict: Verdict,
    /// The words a page may use.
    pub words: String,
    /// Why the norm has no elements, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_elements: Option<String>,
    /// What would decide the unknown ones; empty unless the verdict is `cannot-tell` or bounds are unknown.
    pub missing: Vec<Missing>,
    /// Protected classes struck; empty where the norm is not engaged.
    pub aggravating: Vec<Aggravation>,
    /// What the operation may be called.
    pub term: Term,
    /// Which set of terms.
    pub term_set: String,
}
