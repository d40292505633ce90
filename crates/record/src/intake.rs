//! Intake receipts: who took a submission, and by when it has to be in the log
//! (docs/suppression.md, section 3).
//!
//! ```text
//! solferino.org/intake@v1
//! log <origin>
//! leaf <identity of the statement>
//! received <moment>
//! merge-by <moment>
//! ```

use std::fmt;
use std::str::FromStr;

use tlog::{Note, SignError, SigningKey, VerifierKey};

use crate::ids::StatementId;
use crate::time::Timestamp;
use crate::trust::with_sources;

/// First line of an intake receipt. It is no origin, so the receipt can never be a checkpoint.
pub const INTAKE_HEADER: &str = "solferino.org/intake@v1";
/// How long after an intake receipt its entry, or its refusal, is in the log at the latest, in
/// seconds (24 hours).
pub const MERGE_WINDOW_S: i64 = 24 * 60 * 60;
/// Longest such time that any receipt may name, in seconds (seven days).
pub const MAX_MERGE_WINDOW_S: i64 = 7 * 24 * 60 * 60;
/// How long before the governing time a statement may have been issued, in seconds (eight days): the longest that
/// any receipt gives a log, and a day to hand the statement over (docs/suppression.md, section 4). So whoever has the
/// bytes in time cannot make them inadmissible by waiting.
pub const MAX_LATE_S: i64 = MAX_MERGE_WINDOW_S + 24 * 60 * 60;

/// What an intake receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Origin of the log.
    pub log: String,
    /// The submission.
    pub leaf: StatementId,
    /// When it was taken.
    pub received: Timestamp,
    /// By when the log holds it, or its refusal.
    pub merge_by: Timestamp,
}

/// Why a text is no intake receipt, or not one that counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Not the text.
    #[error("it is no intake receipt: line {line} is not {wanted}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What stands there in a receipt.
        wanted: &'static str,
    },
    /// Not a note, or no signature that counts.
    #[error("{0}")]
    Note(String),
    /// The window is not one that counts.
    #[error(
        "its merge-by is {window_s} s after received; {least_s} to {MAX_MERGE_WINDOW_S} s count"
    )]
    Window {
        /// Length of the window, in seconds.
        window_s: i64,
        /// Shortest that counts for this signer, in seconds.
        least_s: i64,
    },
}

impl Promise {
    /// A promise with the usual window.
    #[must_use]
    pub fn new(log: &str, leaf: StatementId, received: Timestamp) -> Self {
        Self {
            log: log.to_owned(),
            leaf,
            received,
            merge_by: received.plus_seconds(MERGE_WINDOW_S),
        }
    }

    /// Signs it as the log or as a relay: an Ed25519 key (type 0x01).
    ///
    /// # Errors
    /// [`SignError`] for another key.
    pub fn sign(&self, key: &SigningKey) -> Result<Note, SignError> {
        tlog::sign_note(&self.to_string(), key)
    }

    /// Opens a receipt that one of these keys signed: the log's first, then relays'. Gives the
    /// place of the signer among them.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub fn open(
        receipt: &[u8],
        log: &VerifierKey,
        relays: &[VerifierKey],
    ) -> Result<(Self, VerifierKey), IntakeError> {
        let wrong = |e: &dyn std::error::Error| IntakeError::Note(with_sources(e));
        let note = Note::parse(receipt).map_err(|e| wrong(&e))?;
        let promise: Self = note.text.parse()?;
        let known: Vec<VerifierKey> = std::iter::once(log).chain(relays).cloned().collect();
        let signed = note.verify(&known).map_err(|e| wrong(&e))?;
        let by_log = signed.iter().any(|s| s.key == *log);
        let relay = signed.into_iter().map(|s| s.key).next();
        let signer = if by_log { Some(log.clone()) } else { relay };
        let signer = signer.ok_or_else(|| IntakeError::Note("nobody signed it".into()))?;
        let window_s = promise.merge_by.unix_seconds() - promise.received.unix_seconds();
        // The log is held to whatever it promised; a relay gives it the usual time.
        let least_s = if by_log { 1 } else { MERGE_WINDOW_S };
        if !(least_s..=MAX_MERGE_WINDOW_S).contains(&window_s) {
            return Err(IntakeError::Window { window_s, least_s });
        }
        Ok((promise, signer))
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            log,
            leaf,
            received,
            merge_by,
        } = self;
        writeln!(f, "{INTAKE_HEADER}\nlog {log}\nleaf {leaf}")?;
        writeln!(f, "received {received}\nmerge-by {merge_by}")
    }
}

impl FromStr for Promise {
    type Err = IntakeError;

    fn from_str(text: &str) -> Result<Self, IntakeError> {
        let mut lines = (1..).zip(text.split('\n'));
        let mut next = |prefix: &str, wanted: &'static str| {
            let (line, found) = lines.next().unwrap_or((0, ""));
            let value = found.strip_prefix(prefix).map(str::to_owned);
            value.ok_or(IntakeError::Line { line, wanted })
        };
        let _ = next(INTAKE_HEADER, "solferino.org/intake@v1")?;
        let log = next("log ", "`log` and an origin")?;
        let leaf = next("leaf ", "`leaf` and an identity")?;
        let received = next("received ", "`received` and a moment")?;
        let merge_by = next("merge-by ", "`merge-by` and a moment")?;
        let bad = |line, wanted| IntakeError::Line { line, wanted };
        let promise = Self {
            log,
            leaf: leaf.parse().map_err(|_| bad(3, "`leaf` and an identity"))?,
            received: received
                .parse()
                .map_err(|_| bad(4, "`received` and a moment"))?,
            merge_by: merge_by
                .parse()
                .map_err(|_| bad(5, "`merge-by` and a moment"))?,
        };
        // One spelling only, and nothing after it.
        if promise.to_string() == text {
            Ok(promise)
        } else {
            Err(bad(6, "the end"))
        }
    }
}
