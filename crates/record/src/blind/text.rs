//! Masking free text word by word, and listing what a person should look at.

use std::collections::BTreeMap;

use super::gazetteer;
use super::{MaskMap, NameKind};

/// Names of fewer characters than this are replaced only as they are written: "us" is a word.
const ANY_CASE_FROM_CHARS: usize = 4;
/// Shorter names are not looked for in text at all.
const MIN_CHARS: usize = 2;
/// A masked name of this many characters is also looked for inside longer words.
const INSIDE_FROM_CHARS: usize = 5;
/// What stands for the address of a web page.
const ADDRESS: &str = "[address]";

/// A text after masking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedText {
    /// The text.
    pub text: String,
    /// How often each token was put in, by token.
    pub replaced: Vec<Replaced>,
    /// What looks like a leftover, for a person to check.
    pub leftovers: Vec<Leftover>,
}

/// How often a token was put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The token.
    pub token: String,
    /// How often.
    pub times: u32,
}

/// Why a word is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// A country's name, demonym, language, capital or seat of power.
    Country,
    /// Letters of another script than Latin.
    Script,
    /// The national ending of a domain.
    Domain,
    /// An offset from universal time.
    TimeZone,
    /// A masked name inside a longer word.
    Inside,
}

impl Suspicion {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Country => "tells a country",
            Self::Script => "letters that tell a language",
            Self::Domain => "national domain ending",
            Self::TimeZone => "time zone",
            Self::Inside => "a masked name inside a word",
        }
    }
}

/// A word that may tell what was masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Line in the masked text, from 1.
    pub line: usize,
    /// The word.
    pub word: String,
    /// Why it is listed.
    pub why: Suspicion,
}

/// A character of a text in lower case, white space as one space, with the bytes it came from.
struct Folded {
    c: char,
    start: usize,
    end: usize,
}

fn fold(text: &str) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if c.is_whitespace() {
            match out.last_mut() {
                Some(last) if last.c == ' ' => last.end = end,
                _ => out.push(Folded { c: ' ', start, end }),
            }
        } else {
            out.extend(c.to_lowercase().map(|c| Folded { c, start, end }));
        }
    }
    out
}

/// Scripts written without spaces between words, or with endings fused to them.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// What is looked for, by first character, longest first.
struct Patterns<'a> {
    by_first: BTreeMap<char, Vec<Pattern<'a>>>,
}

struct Pattern<'a> {
    folded: Vec<char>,
    original: String,
    exact: bool,
    means: &'a str,
}

impl<'a> Patterns<'a> {
    fn of(words: impl Iterator<Item = (String, bool, &'a str)>) -> Self {
        let mut by_first: BTreeMap<char, Vec<Pattern<'a>>> = BTreeMap::new();
        for (original, exact, means) in words {
            let folded: Vec<char> = fold(original.trim()).into_iter().map(|f| f.c).collect();
            let Some(first) = folded.first().filter(|_| folded.len() >= MIN_CHARS) else {
                continue;
            };
            by_first.entry(*first).or_default().push(Pattern {
                exact: exact || folded.len() < ANY_CASE_FROM_CHARS,
                original: original.trim().to_string(),
                folded,
                means,
            });
        }
        for patterns in by_first.values_mut() {
            // Stable: of equal length the first given wins.
            patterns.sort_by_key(|p| std::cmp::Reverse(p.folded.len()));
        }
        Self { by_first }
    }

    /// The longest pattern that stands at a place as a whole word, and where it ends.
    fn at(&self, text: &str, folded: &[Folded], at: usize) -> Option<(&'a str, usize)> {
        let here = folded.get(at)?;
        let before = at.checked_sub(1).and_then(|b| folded.get(b));
        if before.is_some_and(|b| b.start == here.start) {
            return None;
        }
        let joins = |a: char, b: char| {
            a.is_alphanumeric() && b.is_alphanumeric() && !is_unspaced(a) && !is_unspaced(b)
        };
        if before.is_some_and(|b| joins(b.c, here.c)) {
            return None;
        }
        let fits = |p: &&Pattern<'a>| {
            let end = at + p.folded.len();
            let Some(part) = folded.get(at..end) else {
                return false;
            };
            let (Some(last), after) = (part.last(), folded.get(end)) else {
                return false;
            };
            let same = part.iter().map(|f| &f.c).eq(&p.folded);
            let whole = after.is_none_or(|a| a.start != last.start && !joins(last.c, a.c));
            let written = || text.get(here.start..last.end) == Some(p.original.as_str());
            same && whole && (!p.exact || written())
        };
        let found = self.by_first.get(&here.c)?.iter().find(fits)?;
        Some((found.means, at + found.folded.len()))
    }
}

/// Puts tokens in the place of names and `[address]` in that of web addresses, and lists what
/// looks like a leftover. Actors, organisations, upstreams and terms of four characters or more
/// are found in any case; shorter names, states' codes, strands and items as they are written;
/// blocs are not looked for. Letters are compared by Unicode lower case, without normalisation.
#[must_use]
pub fn mask_text(text: &str, map: &MaskMap) -> MaskedText {
    let names = map.names.iter().filter(|n| n.kind != NameKind::Bloc);
    let patterns = Patterns::of(names.map(|n| {
        let exact = matches!(n.kind, NameKind::State | NameKind::Strand | NameKind::Item);
        (n.original.clone(), exact, n.token.as_str())
    }));
    let folded = fold(text);
    let mut out = String::with_capacity(text.len());
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(here) = folded.get(at) {
        let found = address(&folded, at)
            .map(|end| (ADDRESS, end))
            .or_else(|| patterns.at(text, &folded, at));
        let Some((token, end)) = found else {
            at += 1;
            continue;
        };
        out.push_str(text.get(copied..here.start).unwrap_or_default());
        out.push_str(token);
        *counts.entry(token).or_default() += 1;
        copied = folded.get(end - 1).map_or(text.len(), |last| last.end);
        at = end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    let replaced = counts.into_iter().map(|(token, times)| Replaced {
        token: token.to_string(),
        times,
    });
    MaskedText {
        leftovers: leftovers(&out, map),
        replaced: replaced.collect(),
        text: out,
    }
}

/// Where a web address that starts here ends.
fn address(folded: &[Folded], at: usize) -> Option<usize> {
    let starts = |scheme: &str| {
        let rest = folded.get(at..)?;
        let same = rest
            .iter()
            .map(|f| f.c)
            .take(scheme.len())
            .eq(scheme.chars());
        same.then_some(rest)
    };
    let rest = starts("https://").or_else(|| starts("http://"))?;
    let ends = |f: &Folded| f.c == ' ' || "\"'<>()[]{}|\\^`,;".contains(f.c);
    Some(at + rest.iter().position(ends).unwrap_or(rest.len()))
}

/// What looks as if it told a country or a masked name, in order.
fn leftovers(text: &str, map: &MaskMap) -> Vec<Leftover> {
    let words = gazetteer::all().flat_map(|(_, word)| {
        let plural = gazetteer::plural(word);
        std::iter::once(word.to_string())
            .chain(plural)
            .map(|w| (w, false, ""))
    });
    let countries = Patterns::of(words);
    let codes: std::collections::BTreeSet<_> = gazetteer::all()
        .map(|(code, _)| code.to_lowercase())
        .collect();
    let names = map.names.iter().map(|n| n.original.to_lowercase());
    let long = |name: &String| name.chars().count() >= INSIDE_FROM_CHARS;
    let names: Vec<String> = names.filter(long).collect();
    let folded = fold(text);
    let mut out = Vec::new();
    let mut add = |start: usize, end: usize, why: Suspicion| {
        let before = text.get(..start).unwrap_or_default();
        out.push(Leftover {
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            word: text.get(start..end).unwrap_or_default().to_string(),
            why,
        });
    };
    let mut at = 0;
    while let Some(here) = folded.get(at) {
        if let Some((_, end)) = countries.at(text, &folded, at) {
            let last = folded.get(end - 1).map_or(here.end, |l| l.end);
            add(here.start, last, Suspicion::Country);
            at = end;
            continue;
        }
        at += 1;
    }
    for (start, word) in words_in(text) {
        let end = start + word.len();
        if word
            .chars()
            .any(|c| c.is_alphabetic() && c > '\u{036F}' && !is_latin(c))
        {
            add(start, end, Suspicion::Script);
        }
        let before = text.get(..start).and_then(|b| b.chars().rev().nth(1));
        let dotted = text.get(..start).is_some_and(|b| b.ends_with('.'));
        let ending = dotted && before.is_some_and(char::is_alphanumeric);
        if ending && word.chars().all(|c| c.is_ascii_lowercase()) && codes.contains(word) {
            add(start, end, Suspicion::Domain);
        }
        let next = text.get(end..).and_then(|a| a.chars().next());
        if matches!(word, "UTC" | "GMT") && matches!(next, Some('+' | '-' | '−')) {
            add(start, end, Suspicion::TimeZone);
        }
        if inside(word, &names) {
            add(start, end, Suspicion::Inside);
        }
    }
    out.sort_by_key(|l| l.line);
    out
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{1E00}'..='\u{1EFF}' | '\u{2C60}'..='\u{2C7F}' | '\u{A720}'..='\u{A7FF}' | '\u{FB00}'..='\u{FB06}')
}

/// Whether a longer word holds a masked name, given in lower case.
fn inside(word: &str, names: &[String]) -> bool {
    let lower = word.to_lowercase();
    let holds = |name: &String| lower.len() > name.len() && lower.contains(name.as_str());
    names.iter().any(holds)
}

/// Runs of letters and digits with where they start.
fn words_in(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mut at = 0;
    words
        .map(move |word| {
            let start = at;
            // After each part stands one separator, or the end.
            at += word.len();
            at += text
                .get(at..)
                .and_then(|t| t.chars().next())
                .map_or(0, char::len_utf8);
            (start, word)
        })
        .filter(|(_, word)| !word.is_empty())
}
