//! Why a rehearsal stops.

use record::derive::DeriveError;
use record::ids::IdError;
use record::statement::StatementError;
use tlog::KeyError;

use crate::desk::DeskError;

/// Why a rehearsal stops.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The desk did not take a statement.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// A statement could not be written.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An identifier is out of bounds.
    #[error(transparent)]
    Id(#[from] IdError),
    /// Nothing can be derived.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// The demo corpus has a mistake.
    #[error("{file}: {problem}")]
    Corpus {
        /// The file.
        file: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The script or the cast lacks something.
    #[error("{0}")]
    Script(String),
}

impl RehearsalError {
    /// The refusal code, if the rules refused.
    #[must_use]
    pub fn code(&self) -> Option<record::refusal::Code> {
        match self {
            Self::Desk(DeskError::Refused(r)) => Some(r.code),
            _ => None,
        }
    }
}
