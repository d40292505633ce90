//! A text with blanks, filled in as HTML or as plain text.

use std::fmt::Display;

use super::inert::{Markup, escaped, foreign, markup};
use super::{Texts, catalogue};

/// A text on its way: `{name}` is replaced by what is given under that name, `{n}` by the number
/// that chooses the plural form.
#[derive(Debug)]
pub(crate) struct Say {
    texts: Texts,
    key: &'static str,
    n: Option<u64>,
    blanks: Vec<Blank>,
}

#[derive(Debug)]
struct Blank {
    name: &'static str,
    html: String,
    plain: String,
}

impl Say {
    pub(super) fn new(texts: Texts, key: &'static str) -> Self {
        Self {
            texts,
            key,
            n: None,
            blanks: Vec::new(),
        }
    }

    /// The number that chooses the form.
    pub(crate) fn n(mut self, n: impl TryInto<u64>) -> Self {
        self.n = Some(n.try_into().unwrap_or(u64::MAX));
        self
    }

    /// A further number.
    pub(crate) fn number(self, name: &'static str, n: impl TryInto<u64>) -> Self {
        let text = self.texts.number(n.try_into().unwrap_or(u64::MAX));
        self.word(name, text)
    }

    /// What somebody outside wrote: a name, an identifier.
    pub(crate) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        let plain = value.to_string();
        let html = foreign(&plain).0;
        self.blanks.push(Blank { name, html, plain });
        self
    }

    /// Our own words or figures.
    pub(crate) fn word(mut self, name: &'static str, value: impl Display) -> Self {
        let plain = value.to_string();
        let html = escaped(&plain);
        self.blanks.push(Blank { name, html, plain });
        self
    }

    /// Finished HTML. In plain text the blank stays empty.
    pub(crate) fn html_blank(mut self, name: &'static str, value: Markup) -> Self {
        self.blanks.push(Blank {
            name,
            html: value.0,
            plain: String::new(),
        });
        self
    }

    /// A moment, for people and programs.
    pub(crate) fn time(mut self, name: &'static str, time: record::time::Timestamp) -> Self {
        let html = self.texts.time_element(time).0;
        let plain = self.texts.time(time);
        self.blanks.push(Blank { name, html, plain });
        self
    }

    /// As HTML.
    pub(crate) fn html(self) -> Markup {
        markup(self.filled(escaped, |blank| &blank.html))
    }

    /// As plain text, for titles and attributes.
    pub(crate) fn plain(self) -> String {
        self.filled(str::to_owned, |blank| &blank.plain)
    }

    fn filled(&self, own: fn(&str) -> String, part: fn(&Blank) -> &String) -> String {
        let lang = self.texts.0;
        let text = match self.n {
            Some(n) => catalogue::plural(lang, self.key, n),
            None => catalogue::plain(lang, self.key),
        };
        let mut filled = String::new();
        let mut rest = text.unwrap_or(self.key);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(&own(before));
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            match (name, self.n) {
                ("n", Some(n)) => filled.push_str(&self.texts.number(n)),
                _ => {
                    if let Some(blank) = self.blanks.iter().find(|b| b.name == name) {
                        filled.push_str(part(blank));
                    }
                }
            }
            rest = after;
        }
        filled.push_str(&own(rest));
        filled
    }
}
