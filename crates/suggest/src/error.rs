//! Why a benchmark file was refused.

use thiserror::Error;

/// A file that is not an attribution benchmark, with the place of what is wrong.
#[derive(Debug, Error)]
pub enum FileError {
    /// Not JSON of this shape.
    #[error("not an attribution benchmark: {0}")]
    Shape(#[from] serde_json::Error),
    /// An index that points nowhere.
    #[error("{place}: {what} {index} does not exist, the file has {count}")]
    Index {
        /// Where in the file.
        place: String,
        /// What the index should point at.
        what: &'static str,
        /// The index.
        index: u64,
        /// How many there are.
        count: usize,
    },
    /// Something else that cannot be.
    #[error("{place}: {problem}")]
    Content {
        /// Where in the file.
        place: String,
        /// What is wrong there.
        problem: String,
    },
    /// No release of that name.
    #[error("the file has no release `{wanted}`; it has {known}")]
    Release {
        /// What was asked for.
        wanted: String,
        /// The tags of the file.
        known: String,
    },
    /// No ranker of that name.
    #[error("no ranker is called `{wanted}`; there are {known}")]
    Ranker {
        /// What was asked for.
        wanted: String,
        /// The names.
        known: String,
    },
    /// Nothing to measure.
    #[error("no temporal case from `{0}` on: nothing to measure")]
    NoCases(String),
}
