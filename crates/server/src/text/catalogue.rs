//! The catalogues: TOML files compiled in, flattened to `page.key`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Lang;

/// Every page's file in a language: name and text.
pub(super) type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($lang:literal: $($page:literal)*) => {
        &[$(($page, include_str!(concat!("../../text/", $lang, "/", $page, ".toml")))),*]
    };
}

/// One list of pages for all languages: a page that lacks a file does not compile.
macro_rules! pages {
    ($($page:literal)*) => {
        pub(super) const EN: Files = files!("en": $($page)*);
        pub(super) const FR: Files = files!("fr": $($page)*);
        pub(super) const AR: Files = files!("ar": $($page)*);
    };
}

pages! {
    "case"
    "coded"
    "common"
    "desk"
    "finding"
    "incidents"
    "independence"
    "log"
    "norms"
    "register"
    "rules"
    "states"
    "verify"
    "words"
}

/// A text: one, or one for each plural category.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Plain(String),
    Plural(BTreeMap<String, String>),
}

pub(super) type Catalogue = BTreeMap<String, Entry>;

/// Reads the files of a language.
pub(super) fn read(files: Files) -> Result<Catalogue, String> {
    let mut all = Catalogue::new();
    for (page, text) in files {
        let table: toml::Table = text.parse().map_err(|e| format!("{page}.toml: {e}"))?;
        flatten(page, &table, &mut all)?;
    }
    Ok(all)
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut Catalogue) -> Result<(), String> {
    for (name, value) in table {
        let key = format!("{prefix}.{name}");
        match value {
            toml::Value::String(text) => {
                into.insert(key, Entry::Plain(text.clone()));
            }
            toml::Value::Table(inner)
                if inner.contains_key("other") && inner.contains_key("one") =>
            {
                let form = |(category, text): (&String, &toml::Value)| {
                    let text = text
                        .as_str()
                        .ok_or_else(|| format!("{key}.{category} is no text"))?;
                    Ok((category.clone(), text.to_owned()))
                };
                let forms: Result<_, String> = inner.iter().map(form).collect();
                into.insert(key, Entry::Plural(forms?));
            }
            toml::Value::Table(inner) => flatten(&key, inner, into)?,
            _ => return Err(format!("{key} is no text")),
        }
    }
    Ok(())
}

/// A file that cannot be read gives an empty catalogue, and then tests and pages show keys.
fn load(files: Files) -> Catalogue {
    read(files).unwrap_or_else(|problem| {
        tracing::error!(problem, "a catalogue cannot be read");
        Catalogue::new()
    })
}

fn of(lang: Lang) -> &'static Catalogue {
    static EN_READ: LazyLock<Catalogue> = LazyLock::new(|| load(EN));
    static FR_READ: LazyLock<Catalogue> = LazyLock::new(|| load(FR));
    static AR_READ: LazyLock<Catalogue> = LazyLock::new(|| load(AR));
    match lang {
        Lang::En => &EN_READ,
        Lang::Fr => &FR_READ,
        Lang::Ar => &AR_READ,
    }
}

/// The texts below a key, by what follows it.
pub(super) fn below(lang: Lang, page: &str) -> serde_json::Map<String, serde_json::Value> {
    let prefix = format!("{page}.");
    let texts = of(lang).iter().filter_map(|(key, entry)| {
        let key = key.strip_prefix(&prefix)?;
        match entry {
            Entry::Plain(text) => Some((key.to_owned(), text.clone().into())),
            Entry::Plural(_) => None,
        }
    });
    texts.collect()
}

/// A text without a number in it.
pub(super) fn plain(lang: Lang, key: &str) -> Option<&'static str> {
    match of(lang).get(key)? {
        Entry::Plain(text) => Some(text),
        Entry::Plural(_) => None,
    }
}

/// A text in the form for a number.
pub(super) fn plural(lang: Lang, key: &str, n: u64) -> Option<&'static str> {
    match of(lang).get(key)? {
        Entry::Plain(text) => Some(text),
        Entry::Plural(forms) => {
            let form = forms.get(super::plural::category(lang, n));
            form.or_else(|| forms.get("other")).map(String::as_str)
        }
    }
}

/// The names of a family of texts, in the order of the alphabet of names.
pub(super) fn family(prefix: &str) -> Vec<&'static str> {
    let of = |key: &'static String| key.strip_prefix(prefix);
    self::of(Lang::En).keys().filter_map(of).collect()
}
