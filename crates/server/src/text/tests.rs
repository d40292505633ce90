//! The catalogues against each other, against the templates, and against the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::catalogue::{AR, Catalogue, EN, Entry, FR, read};
use super::{Lang, plural};

fn catalogues() -> [(Lang, Catalogue); 3] {
    [(Lang::En, EN), (Lang::Fr, FR), (Lang::Ar, AR)]
        .map(|(lang, files)| (lang, read(files).unwrap()))
}

/// Files of a folder of the crate, by path.
fn files(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                found.insert(path.display().to_string(), text);
            }
        }
    }
    found
}

fn blanks(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts
        .map(|p| p.split_once('}').expect("a blank that is closed").0)
        .collect()
}

fn texts(entry: &Entry) -> Vec<&str> {
    match entry {
        Entry::Plain(text) => vec![text],
        Entry::Plural(forms) => forms.values().map(String::as_str).collect(),
    }
}

#[test]
fn every_language_has_every_text_with_the_same_blanks() {
    let [(_, english), others @ ..] = catalogues();
    assert!(english.len() > 300, "only {} texts", english.len());
    for (lang, catalogue) in others {
        let keys = |c: &Catalogue| c.keys().cloned().collect::<BTreeSet<_>>();
        let (ours, theirs) = (keys(&english), keys(&catalogue));
        let differ: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(differ.is_empty(), "{lang:?}: {differ:?}");
        for (key, entry) in &english {
            let of = |e: &Entry| {
                texts(e)
                    .iter()
                    .flat_map(|t| blanks(t))
                    .map(str::to_owned)
                    .collect::<BTreeSet<_>>()
            };
            assert_eq!(of(entry), of(&catalogue[key]), "{lang:?} {key}");
        }
    }
}

#[test]
fn a_text_with_a_number_has_exactly_the_forms_of_its_language() {
    for (lang, catalogue) in catalogues() {
        for (key, entry) in &catalogue {
            if let Entry::Plural(forms) = entry {
                let forms: Vec<_> = forms.keys().map(String::as_str).collect();
                assert_eq!(forms, plural::categories(lang), "{lang:?} {key}");
            }
        }
    }
}

#[test]
fn no_text_is_empty_left_untranslated_or_holds_what_cannot_be_seen() {
    let [(_, english), others @ ..] = catalogues();
    let arabic = |c: char| ('\u{600}'..='\u{6ff}').contains(&c);
    for (lang, catalogue) in others {
        for (key, entry) in &catalogue {
            for text in texts(entry) {
                assert!(!text.trim().is_empty(), "{lang:?} {key}");
                let same = texts(&english[key]).contains(&text);
                let letters = || super::tests::outside_blanks(text);
                let is_label = ["coded.tlp.", "common.moment", "common.date", "states.named"];
                if lang == Lang::Ar && !is_label.iter().any(|p| key.starts_with(p)) {
                    let written = letters().chars().any(char::is_alphabetic);
                    assert!(!written || letters().chars().any(arabic), "{key}: {text}");
                    assert!(!written || !same, "{key}: {text}");
                }
                let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                assert!(!text.contains(hidden), "{lang:?} {key}");
            }
        }
    }
}

/// A text without its blanks.
fn outside_blanks(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, p| {
        all + p.split_once('}').map_or("", |(_, rest)| rest)
    })
}

/// Keys in quotes in code and templates: `"page.key"`.
fn keys_in_use() -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for folder in ["src", "templates"] {
        for text in files(folder).values() {
            let quoted = text.split('"').filter(|part| {
                let key = |c: char| c.is_ascii_alphanumeric() || "-._ ".contains(c);
                part.contains('.') && !part.is_empty() && part.chars().all(key)
            });
            used.extend(quoted.map(str::to_owned));
        }
    }
    used
}

/// Pages whose scripts take their words from the catalogue.
const SCRIPTED: [&str; 3] = ["verify", "desk", "aid.js"];
/// Beginnings of keys that scripts put together: checks, verdicts, fields, words, types of statements, faults.
const COMPOSED: [&str; 11] = [
    "check-", "verdict-", "f-", "v-", "t-", "role-", "was-", "look-", "content-", "fault-", "line-",
];

#[test]
fn every_word_of_a_script_is_in_its_catalogue() {
    let (_, english) = &catalogues()[0];
    let mut seen = 0;
    for (path, text) in files("js") {
        for asked in text.split("say(\"").skip(1) {
            let name = asked.split('"').next().unwrap_or_default();
            let known = |page: &&str| english.contains_key(&format!("{page}.{name}"));
            assert!(SCRIPTED.iter().any(known), "{path}: {name}");
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} words in scripts");
}

#[test]
fn no_text_is_unused_and_none_is_missing() {
    let (_, english) = &catalogues()[0];
    let used = keys_in_use();
    // Words for codes are looked up by family and value; their own test goes through the values.
    let glossary = |key: &str| key.starts_with("words.term.") || key.starts_with("words.meaning.");
    let by_name = |key: &&String| {
        if glossary(key) {
            return false;
        }
        !key.starts_with("coded.")
            || key.starts_with("coded.says.")
            || key.starts_with("coded.custody.")
    };
    let scripts = files("js");
    let in_scripts = |key: &str| {
        let Some((_, name)) = key.split_once('.').filter(|(p, _)| SCRIPTED.contains(p)) else {
            return false;
        };
        let composed = |prefix: &&str| name.starts_with(*prefix);
        COMPOSED.iter().any(composed)
            || scripts
                .values()
                .any(|text| text.contains(&format!("\"{name}\"")))
    };
    let unused: Vec<_> = english
        .keys()
        .filter(by_name)
        .filter(|k| !used.contains(*k) && !in_scripts(k))
        .collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
    let pages: BTreeSet<_> = EN.iter().map(|(page, _)| *page).collect();
    let asked = used.iter().filter(|key| {
        let page = key.split('.').next().unwrap_or_default();
        let file = [
            ".html", ".css", ".toml", ".json", ".xml", ".rs", ".md", ".mjs", ".js",
        ]
        .iter()
        .any(|e| key.ends_with(e));
        pages.contains(page) && !file && !key.ends_with('.')
    });
    let missing: Vec<_> = asked.filter(|key| !english.contains_key(*key)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

/// What a template shows literally: text between tags, and attributes that are read out.
fn literal(template: &str) -> Vec<String> {
    let mut shown = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        shown.push_str(&rest[..at]);
        let close = if rest[at..].starts_with("{{") {
            "}}"
        } else {
            "%}"
        };
        let end = rest[at..].find(close).expect("a tag that is closed") + at + 2;
        rest = &rest[end..];
    }
    shown.push_str(rest);
    let mut found = Vec::new();
    let mut code = 0_i32;
    for piece in shown.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        match name {
            "code" | "style" => code += 1,
            "/code" | "/style" => code -= 1,
            _ => {}
        }
        for attribute in [
            "aria-label=\"",
            "title=\"",
            "alt=\"",
            "placeholder=\"",
            "content=\"",
        ] {
            if let Some((_, value)) = tag.split_once(attribute) {
                let value = value.split('"').next().unwrap_or_default();
                let technical = name == "meta";
                if !technical && value.chars().any(char::is_alphabetic) {
                    found.push(value.to_owned());
                }
            }
        }
        if code == 0 && text.chars().any(char::is_alphabetic) {
            found.push(text.trim().to_owned());
        }
    }
    found
}

#[test]
fn no_template_holds_a_text_of_its_own() {
    // The name of a hash is the same in every language.
    let technical = ["SHA-256"];
    for (path, template) in files("templates") {
        if path.ends_with(".css") {
            continue;
        }
        let found: Vec<_> = literal(&template)
            .into_iter()
            .filter(|t| !technical.contains(&t.as_str()))
            .collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

#[test]
fn a_template_with_a_text_of_its_own_is_noticed() {
    assert_eq!(literal("<p>Hello {{ x }}</p>"), ["Hello"]);
    assert_eq!(literal("<nav aria-label=\"Pages\"></nav>"), ["Pages"]);
    assert!(literal("<p>{{ t.s(\"a.b\") }}, <code>ls</code></p>").is_empty());
}

#[test]
fn every_word_of_the_glossary_has_a_meaning() {
    for lang in Lang::ALL {
        let words = super::Texts(lang).glossary();
        assert!(words.len() > 30);
        for (name, term, meaning) in words {
            assert!(!term.is_empty() && !meaning.is_empty(), "{lang:?} {name}");
        }
    }
}

/// A value has a word in every language.
fn worded(family: &str, values: impl IntoIterator<Item = impl AsRef<str>>) {
    for value in values {
        for lang in Lang::ALL {
            let key = format!("coded.{family}.{}", value.as_ref());
            let word = super::catalogue::plain(lang, &key);
            assert!(word.is_some(), "{lang:?} lacks {key}");
        }
    }
}

#[test]
fn every_coded_value_has_a_word() {
    use crate::words::coded;
    worded("kind", record::kind::Kind::ALL.iter().map(|k| k.as_str()));
    worded(
        "phase",
        record::table::Phase::ALL.iter().map(|p| p.as_str()),
    );
    worded("role", record::table::Role::ALL.iter().map(|r| r.as_str()));
    let regions = record::body::charter::Region::ALL.iter();
    worded("region", regions.map(|r| r.as_str()));
    worded("region", ["several", "unknown", "all"]);
    worded("element", norms::Element::ALL.iter().map(|e| e.as_str()));
    let refusals = || record::refusal::Code::ALL.iter().map(|c| c.as_str());
    // the desk that helps has words of its own
    worded(
        "refusal",
        refusals().filter(|code| !code.starts_with("aid-")),
    );
    let about = record::body::others::ComplaintAbout::ALL.iter();
    worded("about", about.map(|a| a.as_str()));
    let words = || (0..=100).map(|p| coded(&method::likelihood_word(f64::from(p) / 100.0)));
    worded("likelihood", words());
    worded("clause", words());
    worded("aid-action", aid::Action::ALL.iter().map(|a| a.as_str()));
    worded("aid-trace", aid::Trace::ALL.iter().map(|t| t.as_str()));
    // why this helper and not that one
    worded("aid-skill", aid::Skill::ALL.iter().map(|s| s.as_str()));
    let barriers = aid::matching::Barrier::ALL.iter();
    worded("aid-barrier", barriers.map(|b| b.as_str()));
    let unserved = aid::matching::WhyUnserved::ALL.iter();
    worded("aid-unserved", unserved.map(|w| w.as_str()));
    let worse = aid::matching::Worse::ALL.iter();
    worded("aid-worse", worse.map(|w| w.as_str()));
    worded("aid-helps", ["now", "before"]);
    let shipped = crate::rules_data::shipped().unwrap();
    worded("theme", shipped.reference.themes.iter().map(|(id, _)| id));
    for element in [norms::Element::Effect, norms::Element::HarmThreshold] {
        let words = shipped.reference.vocabulary.words(element);
        let words = words.map(|(word, _)| word);
        worded("harm", words.filter(|w| *w != "no-other"));
    }
}

/// What the desk tells a reader to do is what the code says, in its own language.
#[test]
fn the_hint_of_a_refusal_is_that_of_its_code() {
    for code in record::refusal::Code::ALL {
        let key = format!("coded.refusal.{code}");
        if let Some(text) = super::catalogue::plain(Lang::En, &key) {
            assert_eq!(text, code.hint(), "{code}");
        }
    }
}
