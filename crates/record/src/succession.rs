//! One record after another: a log that ends, and the one that goes on from its last checkpoint
//! (docs/suppression.md, section 8).
//!
//! The first charter of a record commits to the log key of its successor. So whoever steals a log
//! key can end that log, and cannot open the next one; and who pins the first charter has pinned
//! the whole chain.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tlog::{Checkpoint, Hash, Note, TlogProof, VerifierKey, leaf_hash};

use crate::body::charter::CharterText;
use crate::kind::Body;
use crate::state::State;
use crate::statement::Verified;
use crate::trust::{of_charter, with_sources};

/// The record that a charter succeeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predecessor {
    /// Its last checkpoint, a note with the cosignatures.
    pub checkpoint: String,
    /// Its entry 0, base64: the charter that commits to the next log key.
    pub charter: String,
    /// Inclusion path of entry 0 in the checkpoint, leaf to root.
    pub path: Vec<Hash>,
}

/// A predecessor, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Text of its first charter.
    pub charter: CharterText,
    /// Its log key.
    pub log: VerifierKey,
    /// The checkpoint the successor goes on from.
    pub checkpoint: Checkpoint,
}

/// Why a record is not the successor it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuccessionError {
    /// What is carried of the predecessor does not hold by itself.
    #[error("what the charter carries of its predecessor does not hold: {0}")]
    Carried(String),
    /// The predecessor committed to another next log key, or to none.
    #[error("the predecessor's first charter commits to the next log key {committed}, not {given}")]
    NextKey {
        /// Digest committed to; "none" without one.
        committed: String,
        /// Digest of the successor's log key.
        given: Hash,
    },
    /// The successor has its predecessor's name or another nature.
    #[error("{0}")]
    Nature(&'static str),
    /// The predecessor is another record.
    #[error("the charter succeeds {named}, this predecessor is {given}")]
    Other {
        /// First charter named.
        named: Hash,
        /// First charter of the predecessor at hand.
        given: Hash,
    },
    /// The predecessor has another last checkpoint.
    #[error(
        "the successor goes on from {from} entries with root {from_root}; the predecessor's last \
         cosigned checkpoint has {last} with root {last_root}"
    )]
    Forked {
        /// Entries of the checkpoint carried.
        from: u64,
        /// Its root.
        from_root: Hash,
        /// Entries of the predecessor's last checkpoint.
        last: u64,
        /// Its root.
        last_root: Hash,
    },
    /// The carried checkpoint lacks cosignatures.
    #[error("the checkpoint it goes on from was not cosigned by the predecessor's quorum: {0}")]
    Quorum(String),
}

impl Predecessor {
    /// What a successor carries.
    #[must_use]
    pub fn new(checkpoint: &str, entry: &[u8], path: Vec<Hash>) -> Self {
        Self {
            checkpoint: checkpoint.to_owned(),
            charter: STANDARD.encode(entry),
            path,
        }
    }

    /// Checks what is carried by itself: that entry 0 is a charter signed by the log it names, and
    /// is in the checkpoint that this log signed. Whether that is its last one, and cosigned,
    /// needs the predecessor ([`follow`]).
    ///
    /// # Errors
    /// [`SuccessionError::Carried`].
    pub fn open(&self) -> Result<Opened, SuccessionError> {
        let wrong = |problem: String| SuccessionError::Carried(problem);
        let entry = STANDARD
            .decode(&self.charter)
            .map_err(|e| wrong(format!("the charter is not base64: {e}")))?;
        let statement = Verified::parse(&entry).map_err(|e| wrong(e.to_string()))?;
        let Body::Charter(charter) = &statement.body else {
            return Err(wrong(format!("entry 0 is a {}", statement.kind)));
        };
        if statement.signer != charter.text.log {
            return Err(wrong("entry 0 is not signed by the log it names".into()));
        }
        let log = charter.text.log.verifier();
        let log = log.map_err(|e| wrong(e.to_string()))?;
        let proof = TlogProof {
            extra: None,
            index: 0,
            path: self.path.clone(),
            checkpoint: self.checkpoint.clone(),
        };
        let checkpoint = proof
            .verify(&leaf_hash(&entry), &log, None)
            .map_err(|e| wrong(with_sources(&e)))?;
        Ok(Opened {
            charter: charter.text.clone(),
            log,
            checkpoint,
        })
    }
}

/// What the rules check of a first charter: that the predecessor it carries, if any, committed to
/// its log key beforehand.
///
/// # Errors
/// [`SuccessionError`].
pub fn check(text: &CharterText) -> Result<(), SuccessionError> {
    let Some(predecessor) = &text.predecessor else {
        return Ok(());
    };
    let opened = predecessor.open()?;
    let (committed, given) = (opened.charter.next_log_key_sha256, text.log.digest());
    if committed != Some(given) {
        let committed = committed.map_or_else(|| "none".to_owned(), |hash| hash.to_string());
        return Err(SuccessionError::NextKey { committed, given });
    }
    if opened.charter.origin() == text.origin() {
        return Err(SuccessionError::Nature(
            "a successor's log key has a name of its own",
        ));
    }
    if opened.charter.demonstration != text.demonstration {
        return Err(SuccessionError::Nature(
            "a demonstration is succeeded by a demonstration, a record of decisions by another",
        ));
    }
    Ok(())
}

/// What an audit checks of a chain: that the successor goes on from the predecessor's very last
/// checkpoint, and that this one had the quorum of the policy in force there.
///
/// `first` is the predecessor's first charter, `state` its state, `last` its last checkpoint.
///
/// # Errors
/// [`SuccessionError`].
pub fn follow(
    successor: &CharterText,
    first: &CharterText,
    state: &State,
    last: &Checkpoint,
) -> Result<(), SuccessionError> {
    check(successor)?;
    let Some(predecessor) = &successor.predecessor else {
        let problem = "the charter names no predecessor".to_owned();
        return Err(SuccessionError::Carried(problem));
    };
    let opened = predecessor.open()?;
    let (named, given) = (opened.charter.digest(), first.digest());
    if named != given {
        return Err(SuccessionError::Other { named, given });
    }
    let from = &opened.checkpoint;
    if from != last {
        return Err(SuccessionError::Forked {
            from: from.size,
            from_root: from.root,
            last: last.size,
            last_root: last.root,
        });
    }
    let in_force = state.global.charter.as_ref().unwrap_or(first);
    let quorum = |problem: String| SuccessionError::Quorum(problem);
    let trust = of_charter(in_force).map_err(|e| quorum(e.to_string()))?;
    let note = Note::parse(predecessor.checkpoint.as_bytes()).map_err(|e| quorum(e.to_string()))?;
    trust.check(&note, &opened.log).map_err(quorum)?;
    Ok(())
}
