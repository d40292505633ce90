//! The words of the pages: catalogues per language, and how numbers and times are written.
//!
//! Docs: docs/pages.md. A text is looked up by `page.key`; tests compare the languages key by key
//! and find every key in use. The language is the first segment of the path.

mod catalogue;
mod inert;
mod lang;
mod numbers;
mod plural;
mod say;
#[cfg(test)]
mod tests;

pub(crate) use inert::{Inert, Markup, escaped, foreign, markup};
pub(crate) use lang::Lang;
pub(crate) use say::Say;

/// The texts of a page for its script, as JSON that may stand between tags; with words for codes, each family
/// under a prefix.
pub(crate) fn script_texts(lang: Lang, page: &str, coded: &[(&str, &str)]) -> Markup {
    let mut texts = catalogue::below(lang, page);
    for (prefix, family) in coded {
        let words = catalogue::below(lang, &format!("coded.{family}"));
        texts.extend(
            words
                .into_iter()
                .map(|(word, text)| (format!("{prefix}{word}"), text)),
        );
    }
    let texts = serde_json::Value::from(texts);
    markup(texts.to_string().replace('<', "\\u003c"))
}

/// The texts of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts(pub(crate) Lang);

impl Texts {
    /// A text that needs nothing filled in. A key that is not in the catalogue is shown as it is; a
    /// test finds it first.
    pub(crate) fn s(self, key: &'static str) -> &'static str {
        catalogue::plain(self.0, key).unwrap_or(key)
    }

    /// The words of the glossary with their meanings, in the language's own order of the terms.
    pub(crate) fn glossary(self) -> Vec<(&'static str, &'static str, &'static str)> {
        let text = |key: String| catalogue::plain(self.0, &key).unwrap_or_default();
        let entry = |name| {
            let term = text(format!("words.term.{name}"));
            (name, term, text(format!("words.meaning.{name}")))
        };
        let mut words: Vec<_> = catalogue::family("words.term.")
            .into_iter()
            .map(entry)
            .collect();
        words.sort_by_key(|(_, term, _)| *term);
        words
    }

    /// A text with blanks to fill.
    pub(crate) fn say(self, key: &'static str) -> Say {
        Say::new(self, key)
    }

    /// The word for a coded value (`phase`, `open`); a value without a word is shown as it is coded.
    pub(crate) fn of(self, family: &str, value: &str) -> String {
        let key = format!("coded.{family}.{value}");
        catalogue::plain(self.0, &key).map_or_else(|| value.to_owned(), str::to_owned)
    }

    /// The word for a value of an enumeration, by its name on the wire.
    pub(crate) fn word(self, family: &str, value: &impl serde::Serialize) -> String {
        self.of(family, &crate::words::coded(value))
    }
}
