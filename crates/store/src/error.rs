//! Why the store did not do what it was asked.

use std::path::PathBuf;
use std::sync::Arc;

use record::refusal::Refusal;

use crate::aid::AidError;
use crate::cell::CellError;
use crate::disk::IoError;
use crate::lock::LockError;
use crate::objects::ObjectError;
use crate::vault::VaultError;

/// Why a record was not made, opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no record in the folder.
    #[error("there is no record in {}: it has no record.json", .folder.display())]
    NoRecord {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder holds a record already.
    #[error("there is a record in {} already", .folder.display())]
    AlreadyThere {
        /// The folder.
        folder: PathBuf,
    },
    /// A record, but not of a format this software reads.
    #[error("{} is not a record this software reads: {problem}", .folder.display())]
    Format {
        /// The folder.
        folder: PathBuf,
        /// What was found in record.json.
        problem: String,
    },
    /// Bytes of the log are not what they have to be. Software never repairs this.
    #[error("{place}: {problem}")]
    Damaged {
        /// The file or object, as a path below the record's folder.
        place: String,
        /// What was found there.
        problem: String,
    },
    /// The genesis is not one.
    #[error("the record was not founded: {problem}")]
    Genesis {
        /// What is missing or wrong.
        problem: String,
    },
    /// The key is not the log's.
    #[error("the log key {given} is not the one the charter names, {wanted}")]
    LogKey {
        /// Key given.
        given: String,
        /// Key of the charter.
        wanted: String,
    },
    /// The log's own tick was refused: the clock or the state is wrong.
    #[error("the log's own statement was refused: {0}")]
    OwnStatement(Refusal),
    /// The charter's witnesses have not cosigned, so nothing is published.
    #[error("the witness quorum {quorum} is not met, so nothing is published: {problem}")]
    QuorumMissing {
        /// Name of the quorum in the policy.
        quorum: String,
        /// What each witness that did not cosign answered.
        problem: String,
    },
    /// Something failed after the batch may have been signed.
    #[error("the outcome is unknown: submit the same bytes again, they are recorded once at most")]
    OutcomeUnknown {
        /// What failed.
        #[source]
        source: Arc<StoreError>,
    },
    /// Time is given by hand only where the charter says so.
    #[error("the charter of this record takes time from the system's clock; it cannot be set")]
    ClockNotInjected,
    /// Time never decreases.
    #[error("the time {given} is before {present}; time never decreases")]
    TimeDecreases {
        /// Time given.
        given: record::time::Timestamp,
        /// Time in force.
        present: record::time::Timestamp,
    },
    /// The clock leapt, and nobody said that it is right.
    #[error(
        "the clock says {now}, which is more than {} days after {expected}, the latest that is known here; nothing is \
         recorded until somebody says that the clock is right", crate::log::MAX_CLOCK_LEAP_S / 86_400
    )]
    ClockLeap {
        /// What the clock says.
        now: record::time::Timestamp,
        /// The last tick, or the latest cosignature, or what this process has seen pass since.
        expected: record::time::Timestamp,
    },
    /// No such entry in the published log.
    #[error("entry {index} is not in the published log of {size} entries")]
    NoEntry {
        /// Index asked for.
        index: u64,
        /// Published size.
        size: u64,
    },
    /// No such case or finding.
    #[error("{0}")]
    NoFinding(String),
    /// An opening of the statement is kept, and it is another one.
    #[error("another opening of statement {0} is kept already")]
    OtherOpening(record::ids::StatementId),
    /// A thread could not be started.
    #[error("a thread could not be started")]
    Thread(#[source] std::io::Error),
    /// The views failed. They hold nothing that the log does not.
    #[error("the views: {0}")]
    Views(String),
    /// What is exchanged over TAXII could not be read or written.
    #[error("taxii.sqlite: {0}")]
    Taxii(String),
    /// Objects.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The cell.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// The folder's lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What the desk was told.
    #[error(transparent)]
    Aid(#[from] AidError),
    /// The storage.
    #[error(transparent)]
    Io(#[from] IoError),
}

impl StoreError {
    /// Damage at a place, in words.
    pub(crate) fn damaged(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Damaged {
            place: place.into(),
            problem: problem.into(),
        }
    }

    /// Damage at a place, told by an error with all its causes.
    pub(crate) fn damaged_by(place: impl Into<String>, error: &dyn std::error::Error) -> Self {
        Self::damaged(place, record::trust::with_sources(error))
    }
}

/// Where a submission stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The statement.
    pub id: record::ids::StatementId,
    /// Its index.
    pub index: u64,
    /// Whether this submission put it there; `false` if the same bytes were there before.
    pub fresh: bool,
}

/// Why a submission was not recorded.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules refuse it; nothing of it was stored.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A refusal was to be logged of bytes that the rules admit, or that are recorded.
    #[error("the rules do not refuse this submission, so there is no refusal to log")]
    NotRefused,
    /// Too many refusals were logged of late.
    #[error("at most {limit} refusals are logged in {window_s} s; try again later")]
    TooManyRefusals {
        /// Refusals logged in one window at most.
        limit: usize,
        /// Length of the window, in seconds.
        window_s: u64,
    },
    /// The queue is full.
    #[error("{limit} submissions are waiting already; try again in a moment")]
    Overloaded {
        /// Submissions that may wait.
        limit: usize,
    },
    /// The sequencer is stopping or has stopped.
    #[error("the record is closing and takes nothing more")]
    Stopped,
    /// The storage failed; shared by all submissions of the batch.
    #[error("the submission was not confirmed")]
    Store(#[source] Arc<StoreError>),
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
