//! What others wrote, made inert: escaped, isolated, and with nothing invisible in it.
//!
//! A name from outside may hold tags, characters that turn the direction of the text around it
//! (Unicode TR 9, Trojan Source), invisible ones, or letters of two scripts that look alike
//! (Unicode TR 39). None of that may change what a reader sees of the words around it.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Safe};

/// Finished HTML.
pub(crate) type Markup = Safe<String>;

/// Text as finished HTML; the caller has escaped it.
pub(crate) fn markup(html: String) -> Markup {
    Safe(html)
}

/// The escaper of all templates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inert;

impl Escaper for Inert {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        let mut rest = string;
        while let Some(at) = rest.find(is_special) {
            let (before, from) = rest.split_at(at);
            dest.write_str(before)?;
            let mut chars = from.chars();
            if let Some(c) = chars.next() {
                write_special(&mut dest, c)?;
            }
            rest = chars.as_str();
        }
        dest.write_str(rest)
    }
}

fn is_special(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '"' | '\'') || is_hidden(c)
}

/// Whether a character shows nothing itself but changes what is shown: controls, bidirectional
/// controls, zero-width characters, tags, variation selectors of no letter.
fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control(),
    }
}

fn write_special(dest: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '&' => dest.write_str("&#38;"),
        '<' => dest.write_str("&#60;"),
        '>' => dest.write_str("&#62;"),
        '"' => dest.write_str("&#34;"),
        '\'' => dest.write_str("&#39;"),
        hidden => write!(dest, "[U+{:04X}]", u32::from(hidden)),
    }
}

/// Escaped for HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    // Writing to a string does not fail.
    let _ = Inert.write_escaped_str(&mut html, text);
    html
}

/// What somebody outside wrote, isolated from the text around it; words that mix scripts whose
/// letters look alike are marked as such.
pub(crate) fn foreign(text: &str) -> Markup {
    let mut html = String::from("<bdi>");
    for piece in text.split_inclusive(char::is_whitespace) {
        let shown = escaped(piece);
        if mixes_scripts(piece) {
            html.push_str("<mark class=\"mixed\">");
            html.push_str(&shown);
            html.push_str("</mark>");
        } else {
            html.push_str(&shown);
        }
    }
    html.push_str("</bdi>");
    Safe(html)
}

/// Whether one word has letters of more than one of the scripts that imitate each other.
fn mixes_scripts(word: &str) -> bool {
    let mut seen = [false; 4];
    for c in word.chars() {
        let script = match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => 0,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 1,
            '\u{400}'..='\u{52f}' => 2,
            '\u{530}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{ff21}'..='\u{ff5a}' => 3,
            _ => continue,
        };
        seen[script] = true;
    }
    seen.iter().filter(|s| **s).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_runs_or_hides() {
        let html = foreign("<script>'\"&\u{202e}cod.exe\u{200b}\u{0}").0;
        assert_eq!(
            html,
            "<bdi>&#60;script&#62;&#39;&#34;&#38;[U+202E]cod.exe[U+200B][U+0000]</bdi>"
        );
    }

    #[test]
    fn letters_of_two_scripts_in_one_word_are_marked() {
        let html = foreign("good p\u{430}ypal \u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}").0;
        assert_eq!(
            html,
            "<bdi>good <mark class=\"mixed\">p\u{430}ypal </mark>\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}</bdi>"
        );
    }
}
