//! Reading corpus files: every fault of every file is named, and one fault means no corpus.

use crate::fault::{CorpusError, CorpusErrors, Place, Reason};
use crate::norm::{document, sha256_hex};
use crate::{Entry, Instrument, Norm, States, Themes, Vocabulary, check};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// Largest corpus file, in bytes (1 MiB).
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// Shortest paraphrase, in characters.
pub const MIN_PARAPHRASE: usize = 10;
/// Longest paraphrase, in characters.
pub const MAX_PARAPHRASE: usize = 1_000;
/// Longest article number, in bytes; the record's limit.
pub const MAX_ARTICLE_BYTES: usize = 32;

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../data/corpus/", $name)))),*]
    };
}

/// The project's corpus: name and text of each file.
pub const SHIPPED: &[(&str, &str)] = shipped![
    "arsiwa.json",
    "bud.json",
    "cta.json",
    "gcsc.json",
    "gge15.json",
    "gge21.json",
    "icrc4.json",
    "icrc8.json",
    "ms10.json",
    "ms6.json",
    "msta.json",
    "osce.json",
    "other.json",
    "paris.json",
    "rc34.json",
    "tm2.json",
    "uncc.json",
];

/// Why the shipped data are not usable; the crate's tests load them.
#[derive(Debug, Error)]
pub enum ShippedError {
    /// Vocabulary or themes.
    #[error("shipped vocabulary or themes")]
    Vocabulary(#[from] crate::VocabularyError),
    /// States or successions.
    #[error("shipped states or successions")]
    States(#[from] crate::StatesError),
    /// Corpus.
    #[error("shipped corpus")]
    Corpus(#[from] CorpusErrors),
}

/// What corpus files are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// Words of facts.
    pub vocabulary: &'a Vocabulary,
    /// Themes of the crosswalk.
    pub themes: &'a Themes,
    /// State codes.
    pub states: &'a States,
}

/// Norms of any number of instruments, in the order of their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corpus {
    instruments: Vec<Arc<Instrument>>,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    instrument: Value,
    norms: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    instrument: Value,
    norm: Value,
}

impl Corpus {
    /// The project's own corpus: 17 instruments, 143 norms.
    ///
    /// # Errors
    /// [`ShippedError`] if the shipped data are wrong; a test loads them.
    pub fn shipped() -> Result<Self, ShippedError> {
        let (vocabulary, themes) = (Vocabulary::shipped()?, Themes::shipped()?);
        let states = States::shipped()?;
        let against = Against {
            vocabulary: &vocabulary,
            themes: &themes,
            states: &states,
        };
        Ok(Self::load(SHIPPED, against)?)
    }

    /// Reads files, given as name and text.
    ///
    /// # Errors
    /// [`CorpusErrors`] names every fault with file, row and reason; nothing is loaded then.
    pub fn load(files: &[(&str, &str)], against: Against<'_>) -> Result<Self, CorpusErrors> {
        let mut reader = Reader::new(against, false);
        for (name, text) in files {
            match file(text) {
                Ok(File {
                    instrument, norms, ..
                }) => reader.file(name, instrument, norms),
                Err(reason) => reader.fault(name, Place::File, reason),
            }
        }
        reader.finish()
    }

    /// Reads documents of single norms (see [`Entry::document`]), as a bundle carries them. Several
    /// documents may carry the same header.
    ///
    /// # Errors
    /// As [`Corpus::load`]; also if two documents disagree on a header.
    pub fn documents(
        documents: &[(&str, &str)],
        against: Against<'_>,
    ) -> Result<Self, CorpusErrors> {
        let mut reader = Reader::new(against, true);
        for (name, text) in documents {
            let read = check::json::<Document>(text).and_then(|d| {
                check::format(&d.format)?;
                Ok((d.instrument, d.norm))
            });
            match read {
                Ok((instrument, norm)) => reader.file(name, instrument, vec![norm]),
                Err(reason) => reader.fault(name, Place::File, reason),
            }
        }
        reader.finish()
    }

    /// The headers of the files.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.iter().map(AsRef::as_ref)
    }

    /// All norms.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The norm of this identifier.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.norm.id == id)
    }

    /// The norms of a theme, side by side over all instruments.
    pub fn of_theme<'a>(&'a self, theme: &'a str) -> impl Iterator<Item = &'a Entry> {
        let has = move |e: &&Entry| e.norm.themes.iter().any(|t| t == theme);
        self.entries.iter().filter(has)
    }

    /// The texts somebody may accede to, each with its norms: instruments and the texts of collections.
    #[must_use]
    pub fn texts(&self) -> BTreeMap<&str, Vec<&Entry>> {
        let mut texts: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &self.entries {
            texts.entry(&entry.text().id).or_default().push(entry);
        }
        texts
    }
}

fn file(text: &str) -> Result<File, Reason> {
    let file: File = check::json(text)?;
    check::format(&file.format)?;
    Ok(file)
}

/// Collects what is good and what is wrong.
struct Reader<'a> {
    against: Against<'a>,
    corpus: Corpus,
    faults: Vec<CorpusError>,
    /// Whether two files may have the same header, as documents of single norms do.
    shared_headers: bool,
    /// Where each norm, short word and text was first seen.
    norms: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    texts: BTreeMap<String, (String, Instrument)>,
}

impl<'a> Reader<'a> {
    fn new(against: Against<'a>, shared_headers: bool) -> Self {
        Self {
            against,
            shared_headers,
            corpus: Corpus::default(),
            faults: Vec::new(),
            norms: BTreeMap::new(),
            words: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    fn fault(&mut self, file: &str, place: Place, reason: Reason) {
        let file = file.to_owned();
        self.faults.push(CorpusError {
            file,
            place,
            reason,
        });
    }

    fn file(&mut self, name: &str, header: Value, rows: Vec<Value>) {
        let header = match check::object::<Instrument>(header) {
            Ok(header) => Arc::new(header),
            Err(reason) => return self.fault(name, Place::Header, reason),
        };
        for reason in check::instrument(&header, self.against.states) {
            self.fault(name, Place::Header, reason);
        }
        if let Some(reason) = self.text_taken(name, &header) {
            self.fault(name, Place::Header, reason);
        }
        for (index, value) in rows.into_iter().enumerate() {
            let row = index + 1;
            let id = value.get("id").and_then(Value::as_str).unwrap_or("");
            let place = Place::Row {
                row,
                id: id.chars().take(40).collect(),
            };
            match check::object::<Norm>(value) {
                Ok(norm) => self.row(name, &header, norm, &place),
                Err(reason) => self.fault(name, place, reason),
            }
        }
        if !self.corpus.instruments.iter().any(|i| i.id == header.id) {
            self.corpus.instruments.push(header);
        }
    }

    /// Two files may not have one header; two documents may.
    fn text_taken(&mut self, name: &str, header: &Instrument) -> Option<Reason> {
        match self.texts.get(&header.id) {
            Some((_, same)) if same == header && self.shared_headers => None,
            Some((file, _)) => Some(Reason::DuplicateInstrument {
                id: header.id.clone(),
                file: file.clone(),
            }),
            None => {
                let seen = (name.to_owned(), header.clone());
                self.texts.insert(header.id.clone(), seen);
                None
            }
        }
    }

    fn row(&mut self, file: &str, header: &Arc<Instrument>, mut norm: Norm, place: &Place) {
        let mut reasons = check::norm(&mut norm, header, self.against);
        if let Some(text) = &norm.text {
            reasons.extend(check::instrument(text, self.against.states));
            let text = text.clone();
            if text.id != header.id {
                reasons.extend(self.text_taken_by_row(file, &norm.id, &text));
            }
        }
        if let Some(first) = self.norms.get(&norm.id) {
            reasons.push(Reason::DuplicateNorm(first.clone()));
        } else if let Some(first) = self.words.get(&short_word(&norm.id)) {
            reasons.push(Reason::DuplicateWord(first.clone()));
        }
        self.norms.insert(norm.id.clone(), file.to_owned());
        self.words.insert(short_word(&norm.id), norm.id.clone());
        let digest = match document(header, &norm) {
            Ok(text) => sha256_hex(text.as_bytes()),
            Err(e) => {
                reasons.push(Reason::Shape(e.to_string()));
                String::new()
            }
        };
        for reason in reasons {
            self.fault(file, place.clone(), reason);
        }
        let instrument = Arc::clone(header);
        self.corpus.entries.push(Entry {
            instrument,
            norm,
            digest,
        });
    }

    /// Rows of one collection may share a text, if they say the same of it.
    fn text_taken_by_row(&mut self, file: &str, id: &str, text: &Instrument) -> Option<Reason> {
        match self.texts.get(&text.id) {
            Some((_, same)) if same == text => None,
            Some((first, _)) => Some(Reason::DuplicateInstrument {
                id: text.id.clone(),
                file: first.clone(),
            }),
            None => {
                let seen = (format!("{file} ({id})"), text.clone());
                self.texts.insert(text.id.clone(), seen);
                None
            }
        }
    }

    fn finish(self) -> Result<Corpus, CorpusErrors> {
        if self.faults.is_empty() {
            Ok(self.corpus)
        } else {
            Err(CorpusErrors(self.faults))
        }
    }
}

/// The identifier as a record writes it: `GGE15.f` is `gge15-f`.
#[must_use]
pub fn short_word(id: &str) -> String {
    let mut out = String::new();
    for c in id.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}
