//! The closed vocabulary of coded facts, and the themes of the crosswalk.

use crate::Element;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

pub(crate) const VOCABULARY: &str = include_str!("../data/vocabulary.json");
pub(crate) const THEMES: &str = include_str!("../data/themes.json");
const VOCABULARY_FORMAT: &str = "solferino-vocabulary/1";
const THEMES_FORMAT: &str = "solferino-themes/1";

/// Says that a coder's list of an element is complete.
pub const NO_OTHER: &str = "no-other";

/// Why a vocabulary or a list of themes was refused.
#[derive(Debug, Error)]
pub enum VocabularyError {
    /// Not of the documented form.
    #[error("not of the form docs/norms.md describes")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("format is {0:?}, this program reads {1}")]
    Format(String, &'static str),
    /// An element without words.
    #[error("element {0} has no words")]
    Missing(Element),
    /// A set or an aggravating class names a word that is not there.
    #[error("{place} names {word:?}, which is no word of {element}")]
    Unknown {
        /// Which set.
        place: String,
        /// The word.
        word: String,
        /// Of which element.
        element: Element,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VocabularyFile {
    format: String,
    elements: BTreeMap<Element, Words>,
    aggravating: Vec<Aggravating>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemesFile {
    format: String,
    themes: BTreeMap<String, String>,
}

/// The words of one element and the named sets of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: BTreeMap<String, String>,
    sets: BTreeMap<String, Vec<String>>,
}

/// A protected class: never part of a verdict, always said beside it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggravating {
    /// The word of `target-class`.
    pub value: String,
    /// What is protected.
    pub why: String,
    /// Where that is said.
    pub source: String,
}

/// The words facts may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    elements: BTreeMap<Element, Words>,
    aggravating: Vec<Aggravating>,
    digest: String,
}

impl Vocabulary {
    /// The project's own.
    ///
    /// # Errors
    /// [`VocabularyError`] if the shipped file is wrong; a test loads it.
    pub fn shipped() -> Result<Self, VocabularyError> {
        Self::load(VOCABULARY)
    }

    /// Reads a vocabulary file.
    ///
    /// # Errors
    /// [`VocabularyError`] names the first fault.
    pub fn load(json: &str) -> Result<Self, VocabularyError> {
        let file: VocabularyFile = serde_json::from_str(json)?;
        if file.format != VOCABULARY_FORMAT {
            return Err(VocabularyError::Format(file.format, VOCABULARY_FORMAT));
        }
        let loaded = Self {
            elements: file.elements,
            aggravating: file.aggravating,
            digest: crate::sha256_hex(json.as_bytes()),
        };
        for element in Element::ALL {
            let Some(words) = loaded.elements.get(&element) else {
                return Err(VocabularyError::Missing(element));
            };
            for (name, set) in &words.sets {
                loaded.all_known(element, &format!("set {name}"), set.iter())?;
            }
        }
        let classes = loaded.aggravating.iter().map(|a| &a.value);
        loaded.all_known(Element::TargetClass, "aggravating", classes)?;
        Ok(loaded)
    }

    fn all_known<'a>(
        &self,
        element: Element,
        place: &str,
        words: impl Iterator<Item = &'a String>,
    ) -> Result<(), VocabularyError> {
        for word in words {
            if !self.knows(element, word) {
                return Err(VocabularyError::Unknown {
                    place: place.to_owned(),
                    word: word.clone(),
                    element,
                });
            }
        }
        Ok(())
    }

    /// Whether an element has this word.
    #[must_use]
    pub fn knows(&self, element: Element, word: &str) -> bool {
        self.explain(element, word).is_some()
    }

    /// What a word means.
    #[must_use]
    pub fn explain(&self, element: Element, word: &str) -> Option<&str> {
        let words = &self.elements.get(&element)?.words;
        words.get(word).map(String::as_str)
    }

    /// The words of a named set.
    #[must_use]
    pub fn set(&self, element: Element, name: &str) -> Option<&[String]> {
        let sets = &self.elements.get(&element)?.sets;
        sets.get(name).map(Vec::as_slice)
    }

    /// All words of an element with their meaning, by word.
    pub fn words(&self, element: Element) -> impl Iterator<Item = (&str, &str)> {
        let words = self.elements.get(&element).map(|w| &w.words);
        words
            .into_iter()
            .flatten()
            .map(|(w, m)| (w.as_str(), m.as_str()))
    }

    /// Protected classes.
    #[must_use]
    pub fn aggravating(&self) -> &[Aggravating] {
        &self.aggravating
    }

    /// SHA-256 of the file, lower-case hex.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The themes of the crosswalk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Themes(BTreeMap<String, String>);

impl Themes {
    /// The project's own, `T01` to `T23`.
    ///
    /// # Errors
    /// [`VocabularyError`] if the shipped file is wrong; a test loads it.
    pub fn shipped() -> Result<Self, VocabularyError> {
        Self::load(THEMES)
    }

    /// Reads a file of themes.
    ///
    /// # Errors
    /// [`VocabularyError`] names the first fault.
    pub fn load(json: &str) -> Result<Self, VocabularyError> {
        let file: ThemesFile = serde_json::from_str(json)?;
        if file.format != THEMES_FORMAT {
            return Err(VocabularyError::Format(file.format, THEMES_FORMAT));
        }
        Ok(Self(file.themes))
    }

    /// What a theme is about.
    #[must_use]
    pub fn title(&self, theme: &str) -> Option<&str> {
        self.0.get(theme).map(String::as_str)
    }

    /// All themes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(id, title)| (id.as_str(), title.as_str()))
    }

    /// Those of these themes that are unknown.
    #[must_use]
    pub fn unknown<'a>(&self, themes: &'a [String]) -> BTreeSet<&'a str> {
        let unknown = themes.iter().filter(|t| !self.0.contains_key(*t));
        unknown.map(String::as_str).collect()
    }
}
