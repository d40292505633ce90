//! The trust file: what a reader pins, so that made-up keys cannot make up a record.
//!
//! ```text
//! solferino.org/trust@v1
//! charter <sha256 of the first charter's text>
//! log <vkey of the log>
//! …further lines of a C2SP tlog-policy…
//! ```

use std::fmt;

use tlog::{Checkpoint, Hash, Note, Policy, VerifierKey};

use crate::body::charter::CharterText;

const HEADER: &str = "solferino.org/trust@v1";

/// A parsed trust file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustFile {
    /// Digest of the text of the first charter.
    pub charter: Hash,
    /// Log key and witness policy.
    pub policy: Policy,
}

/// Why a text is not a trust file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrustError {
    /// The first line is another.
    #[error("the first line of a trust file is {HEADER:?}")]
    Header,
    /// The second line is not the charter's.
    #[error("the second line of a trust file is `charter` and 64 lower-case hex digits")]
    Charter,
    /// The rest is not a policy.
    #[error("the policy of the trust file: {0}")]
    Policy(String),
    /// The policy names no log, or several.
    #[error("a trust file pins exactly one log; this one has {0}")]
    Logs(usize),
}

impl TrustFile {
    /// Pins a charter and a policy text.
    ///
    /// # Errors
    /// [`TrustError::Policy`] or [`TrustError::Logs`].
    pub fn new(charter: Hash, policy: &str) -> Result<Self, TrustError> {
        let policy = Policy::parse(policy).map_err(|e| TrustError::Policy(e.to_string()))?;
        match policy.logs().len() {
            1 => Ok(Self { charter, policy }),
            n => Err(TrustError::Logs(n)),
        }
    }

    /// Reads a trust file.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let rest = text
            .strip_prefix(HEADER)
            .and_then(|r| r.strip_prefix('\n'))
            .ok_or(TrustError::Header)?;
        let (line, policy) = rest.split_once('\n').ok_or(TrustError::Charter)?;
        let charter = line
            .strip_prefix("charter ")
            .and_then(|h| h.parse().ok())
            .ok_or(TrustError::Charter)?;
        Self::new(charter, policy)
    }

    /// Checks a checkpoint note against the pinned log and witnesses.
    ///
    /// # Errors
    /// A sentence naming what does not hold.
    pub fn check(&self, note: &Note, log: &VerifierKey) -> Result<usize, String> {
        if !self.policy.accepts_log(log) {
            return Err(format!("the trust file pins another log key than {log}"));
        }
        let mut known = self.policy.witness_keys();
        known.push(log.clone());
        let verified = note.verify(&known).map_err(|e| e.to_string())?;
        let cosigners: Vec<_> = verified
            .into_iter()
            .map(|v| v.key)
            .filter(|k| k != log)
            .collect();
        if self.policy.is_satisfied_by(&cosigners) {
            Ok(cosigners.len())
        } else {
            Err(format!(
                "{} of the pinned witnesses cosigned; the policy asks for more",
                cosigners.len()
            ))
        }
    }
}

impl fmt::Display for TrustFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADER}\ncharter {}\n{}", self.charter, self.policy)
    }
}

/// The trust file that a record's own charter implies; a reader compares it with what others say.
///
/// # Errors
/// [`TrustError`] where the charter's policy does not parse, which the rules exclude.
pub fn of_charter(first: &CharterText) -> Result<TrustFile, TrustError> {
    let policy = format!("log {}\n{}", first.log, crate::rules::policy_lines(first));
    TrustFile::new(first.digest(), &policy)
}

/// Checks what a charter asks of a checkpoint beyond the log's Ed25519 signature: where it names
/// an ML-DSA-44 key, that key has signed as well.
///
/// # Errors
/// A sentence naming what does not hold.
pub fn check_second(charter: &CharterText, note: &Note) -> Result<(), String> {
    let Some(key) = &charter.log_mldsa else {
        return Ok(());
    };
    let key = key.verifier().map_err(|e| e.to_string())?;
    let signed = note.verify(&[key]);
    signed
        .map(|_| ())
        .map_err(|e| format!("the log's ML-DSA-44 key, which its charter names: {e}"))
}

/// Opens a checkpoint note under a log key.
///
/// # Errors
/// A sentence naming what does not hold.
pub fn open_checkpoint(note: &[u8], log: &VerifierKey) -> Result<(Checkpoint, Note), String> {
    tlog::open_checkpoint(note, log).map_err(|e| with_sources(&e))
}

/// An error with everything it was caused by, in one line.
#[must_use]
pub fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        text = format!("{text}: {e}");
        cause = e.source();
    }
    text
}
