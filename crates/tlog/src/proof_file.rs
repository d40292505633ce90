//! Proof files: everything needed to check offline that an entry is in a log (tlog-proof).

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError, OpenError, open_checkpoint_with};
use crate::hash::{Hash, HashError};
use crate::key::VerifierKey;
use crate::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::policy::Policy;
use crate::text::{Base64Error, DecimalError, from_base64, parse_decimal, to_base64};
use crate::verify::{MAX_PROOF_HASHES, ProofError, verify_inclusion};

/// First line of every proof file.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Longest proof file that is read, in bytes: a note, and as much again for the rest.
const MAX_PROOF_FILE_BYTES: usize = 2 * MAX_NOTE_BYTES;

/// A proof that a leaf is in a log, with the signed checkpoint it leads to. Displays as the proof
/// file; an accepted file displays as the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Data for the application. Nothing authenticates it. Never empty in an accepted file; an
    /// empty one is not written.
    pub extra: Option<Vec<u8>>,
    /// Index of the leaf in the log, from 0.
    pub index: u64,
    /// Inclusion proof, from the leaf's sibling up to the root's child; at most 63 hashes.
    pub path: Vec<Hash>,
    /// The whole signed checkpoint, as a note's text.
    pub checkpoint: String,
}

/// Why a text is not a proof file. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// Longer than two megabytes.
    #[error("the proof file has {length} bytes, more than 2000000")]
    TooLarge {
        /// Length found, in bytes.
        length: usize,
    },
    /// Not UTF-8.
    #[error("the proof file is not UTF-8 from byte {offset} on")]
    NotUtf8 {
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// The first line is another one.
    #[error("the proof file does not start with the line c2sp.org/tlog-proof@v1")]
    Header,
    /// No empty line between proof and checkpoint.
    #[error("the proof file has no empty line before its checkpoint")]
    NoSeparator,
    /// The extra data is not canonical base64.
    #[error("the extra data is not valid")]
    Extra(#[source] Base64Error),
    /// An `extra` line without data.
    #[error("the extra line is empty; without data it is left out")]
    EmptyExtra,
    /// No `index` line where it has to stand.
    #[error("line {line} of the proof file is not an index line")]
    IndexLine {
        /// Line in the file.
        line: usize,
    },
    /// The index is not a canonical decimal.
    #[error("the index is not a number")]
    Index(#[source] DecimalError),
    /// A line of the inclusion proof is not a hash.
    #[error("line {line} of the proof file is not a hash")]
    PathHash {
        /// Line in the file.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: HashError,
    },
    /// More than 63 hashes.
    #[error("the inclusion proof has more than 63 hashes")]
    PathTooLong,
    /// What follows the empty line is not a note.
    #[error("the checkpoint of the proof file is not a note")]
    Note(#[source] NoteError),
    /// The note's text is not a checkpoint.
    #[error("the note of the proof file is not a checkpoint")]
    Checkpoint(#[source] CheckpointError),
}

/// Why a proof does not show what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// The policy lists logs, and this one is not among them.
    #[error("the policy does not list the log {name}")]
    LogNotInPolicy {
        /// Name of the log's key.
        name: String,
    },
    /// The checkpoint or one of its known signatures fails.
    #[error("the checkpoint of the proof was not accepted")]
    Checkpoint(#[source] OpenError),
    /// Too few of the policy's witnesses cosigned.
    #[error("the {cosigned} known witnesses that cosigned do not make the quorum {quorum}")]
    Quorum {
        /// Witnesses of the policy with a valid cosignature.
        cosigned: usize,
        /// Name of the quorum in the policy.
        quorum: String,
    },
    /// The leaf is not in the tree of the checkpoint.
    #[error("the inclusion proof does not hold")]
    Inclusion(#[source] ProofError),
}

impl TlogProof {
    /// Reads a proof file; its checkpoint has to be well-formed and is not verified yet.
    ///
    /// # Errors
    /// [`ProofFileError`].
    pub fn parse(file: impl AsRef<[u8]>) -> Result<Self, ProofFileError> {
        let bytes = file.as_ref();
        if bytes.len() > MAX_PROOF_FILE_BYTES {
            return Err(ProofFileError::TooLarge {
                length: bytes.len(),
            });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| ProofFileError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofFileError::NoSeparator)?;
        let mut lines = (1..).zip(head.split('\n')).peekable();
        lines
            .next_if(|(_, line)| *line == HEADER)
            .ok_or(ProofFileError::Header)?;
        let extra = lines.next_if(|(_, line)| line.starts_with("extra "));
        let extra = extra.map(|(_, line)| parse_extra(line)).transpose()?;
        let (number, line) = lines.next().unwrap_or((2, ""));
        let index = line
            .strip_prefix("index ")
            .ok_or(ProofFileError::IndexLine { line: number })?;
        let index = parse_decimal(index).map_err(ProofFileError::Index)?;
        let mut path = Vec::new();
        for (line, hash) in lines {
            if path.len() == MAX_PROOF_HASHES {
                return Err(ProofFileError::PathTooLong);
            }
            let hash = Hash::from_base64(hash);
            path.push(hash.map_err(|source| ProofFileError::PathHash { line, source })?);
        }
        let note = Note::parse(checkpoint.as_bytes()).map_err(ProofFileError::Note)?;
        Checkpoint::parse(&note.text).map_err(ProofFileError::Checkpoint)?;
        Ok(Self {
            extra,
            index,
            path,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Verifies, in this order: the policy knows the log (if it lists logs at all), the log's
    /// signature and every cosignature by the policy's witnesses, the quorum, and that `leaf` is
    /// in the tree. Without a policy no cosignature counts. Gives the checkpoint shown.
    ///
    /// `leaf` is made by the application ([`crate::leaf_hash`] of the entry).
    ///
    /// # Errors
    /// [`TlogProofError`] for the first check that fails.
    pub fn verify(
        &self,
        leaf: &Hash,
        log_key: &VerifierKey,
        policy: Option<&Policy>,
    ) -> Result<Checkpoint, TlogProofError> {
        let witnesses = match policy {
            Some(policy) if !policy.accepts_log(log_key) => {
                return Err(TlogProofError::LogNotInPolicy {
                    name: log_key.name().to_owned(),
                });
            }
            Some(policy) => policy.witness_keys(),
            None => Vec::new(),
        };
        let (checkpoint, _, verified) =
            open_checkpoint_with(self.checkpoint.as_bytes(), log_key, &witnesses)
                .map_err(TlogProofError::Checkpoint)?;
        if let Some(policy) = policy {
            let keys = verified.into_iter().map(|signature| signature.key);
            let cosigned: Vec<_> = keys.filter(|key| witnesses.contains(key)).collect();
            if !policy.is_satisfied_by(&cosigned) {
                let quorum = policy.quorum().unwrap_or_default().to_owned();
                return Err(TlogProofError::Quorum {
                    cosigned: cosigned.len(),
                    quorum,
                });
            }
        }
        verify_inclusion(
            leaf,
            self.index,
            checkpoint.size,
            &self.path,
            &checkpoint.root,
        )
        .map_err(TlogProofError::Inclusion)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path
            .iter()
            .try_for_each(|hash| hash.write_base64(f).and_then(|()| f.write_str("\n")))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, ProofFileError> {
    let data = line.strip_prefix("extra ").unwrap_or_default();
    if data.is_empty() {
        return Err(ProofFileError::EmptyExtra);
    }
    from_base64(data).map_err(ProofFileError::Extra)
}
