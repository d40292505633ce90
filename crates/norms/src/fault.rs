//! What is wrong with a corpus: file, row, reason.

use crate::Element;
use crate::condition::MAX_DEPTH;
use crate::corpus::{MAX_ARTICLE_BYTES, MAX_FILE_BYTES, MAX_PARAPHRASE, MIN_PARAPHRASE};
use crate::norm::FORMAT;
use std::fmt;
use thiserror::Error;

/// All faults of a corpus. One fault is enough that nothing is loaded.
#[derive(Debug, PartialEq, Eq, Error)]
pub struct CorpusErrors(pub Vec<CorpusError>);

impl fmt::Display for CorpusErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(&self.0, f)
    }
}

/// Every fault on a line of its own.
pub(crate) fn lines<T: fmt::Display>(faults: &[T], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (n, fault) in faults.iter().enumerate() {
        if n > 0 {
            f.write_str("\n")?;
        }
        fault.fmt(f)?;
    }
    Ok(())
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct CorpusError {
    /// The file's name, as given to the loader.
    pub file: String,
    /// Where in the file.
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File => write!(f, "{}: {}", self.file, self.reason),
            Place::Header => write!(f, "{}, instrument: {}", self.file, self.reason),
            Place::Row { row, id } if id.is_empty() => {
                write!(f, "{}, row {row}: {}", self.file, self.reason)
            }
            Place::Row { row, id } => write!(f, "{}, row {row} ({id}): {}", self.file, self.reason),
        }
    }
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// The instrument's header.
    Header,
    /// A row.
    Row {
        /// Counted from 1.
        row: usize,
        /// Its identifier, if it has a readable one.
        id: String,
    },
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// Longer than a corpus file may be.
    #[error("{0} bytes, at most {MAX_FILE_BYTES} are read")]
    TooLarge(usize),
    /// Not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// A field is missing, unknown or of the wrong shape.
    #[error("{0}")]
    Shape(String),
    /// Another format.
    #[error("format is {0:?}, this program reads {FORMAT}")]
    Format(String),
    /// A text field is empty.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A text field has a character that shows as something else, or as nothing.
    #[error("`{0}` has a control character or one that changes the direction of text")]
    Unseen(&'static str),
    /// An instrument's identifier is not of the form.
    #[error("instrument id {0:?} is not A-Z followed by A-Z and 0-9, at most 16 characters")]
    InstrumentId(String),
    /// A norm's identifier is not of the form.
    #[error(
        "id {0:?} is not the instrument's id, a dot and A-Z, a-z, 0-9 or -, at most 40 characters"
    )]
    NormId(String),
    /// Two norms of one identifier.
    #[error("id is already used in {0}")]
    DuplicateNorm(String),
    /// Two norms whose identifiers make the same short word in a record.
    #[error("id makes the same short word as {0}")]
    DuplicateWord(String),
    /// Two instruments of one identifier.
    #[error("instrument {id} is already in {file}")]
    DuplicateInstrument {
        /// The identifier.
        id: String,
        /// Where it is first.
        file: String,
    },
    /// No articles, or one the record would refuse.
    #[error("article {0:?} is not 1 to {MAX_ARTICLE_BYTES} of A-Z, a-z, 0-9 and . ( ) -")]
    Article(String),
    /// Too many articles for one article number of a record.
    #[error("articles {0} are more than {MAX_ARTICLE_BYTES} characters together")]
    Articles(String),
    /// No articles at all.
    #[error("no articles")]
    NoArticles,
    /// The date in force is no treaty's, or lies before the text.
    #[error("`in_force` {0} stands with a text that is no treaty, or before its year")]
    InForce(String),
    /// A code that ISO 3166-1 does not have.
    #[error("{0} is no code of ISO 3166-1")]
    State(String),
    /// A state listed twice, or none.
    #[error("participants are empty or name a state twice")]
    Participants,
    /// No themes.
    #[error("no themes")]
    NoThemes,
    /// A theme that is not in the list, or twice.
    #[error("theme {0} is not in themes.json, or stands twice")]
    Theme(String),
    /// Too short or too long.
    #[error("paraphrase has {0} characters, {MIN_PARAPHRASE} to {MAX_PARAPHRASE} are allowed")]
    Paraphrase(usize),
    /// Not a hash.
    #[error("`anchor_sha256` is not 64 lower-case hex digits")]
    Anchor,
    /// Both or neither of the two.
    #[error("exactly one of `elements` and `no_elements` must be there")]
    Elements,
    /// An element twice.
    #[error("element {0} stands twice")]
    ElementTwice(Element),
    /// An empty `all` or `any`.
    #[error("element {0}: an empty `all` or `any`")]
    EmptyCondition(Element),
    /// A condition nested too deep.
    #[error("element {0}: the condition is nested deeper than {MAX_DEPTH}")]
    TooDeep(Element),
    /// More or less than one of the three.
    #[error("element {0}: a fact asks for exactly one of `value`, `set` and `words`")]
    Atom(Element),
    /// A word the vocabulary does not have.
    #[error("element {element}: {word:?} is no word of {of}")]
    Word {
        /// The element judged.
        element: Element,
        /// The element of the fact.
        of: Element,
        /// The word.
        word: String,
    },
    /// A set the vocabulary does not have.
    #[error("element {element}: {set:?} is no set of {of}")]
    Set {
        /// The element judged.
        element: Element,
        /// The element of the fact.
        of: Element,
        /// The set.
        set: String,
    },
    /// The author is asked for where only facts belong.
    #[error("element {0}: `author` belongs to author-link only")]
    Author(Element),
}
