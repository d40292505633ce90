//! Bodies of the witness protocol (tlog-witness): what a log sends, what a witness answers.
//!
//! Parsing says only that a body has its form. Who signed, whether sizes and proofs fit, and which
//! HTTP status follows is the witness's to decide, in the order of docs/log.md.

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::{Hash, HashError, sha256};
use crate::note::{Note, NoteError, NoteSignature};
use crate::subtree::{Subtree, SubtreeError};
use crate::text::{DecimalError, parse_decimal};
use crate::verify::MAX_PROOF_HASHES;

/// Longest body of a request to a witness that is read, in bytes. Other witnesses have the same
/// limit; the largest proof and 30 signatures of the longest kind fit.
pub const MAX_WITNESS_BODY_BYTES: usize = 128 * 1024;
/// Most signature lines in an answer that is read: more keys than any witness signs with.
pub const MAX_ANSWER_SIGNATURES: usize = 16;
/// `Content-Type` of [`size_body`].
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// Body of `POST <submission prefix>/add-checkpoint`. Displays as the body; an accepted body
/// displays as the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the tree that the log believes the witness cosigned last; 0 for none.
    pub old: u64,
    /// Consistency proof from `old` to the checkpoint's size; at most 63 hashes.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, not verified.
    pub note: Note,
    /// The text of `note`, read. Counts for nothing until a signature has verified.
    pub checkpoint: Checkpoint,
}

/// Body of `POST <submission prefix>/sign-subtree`. Displays as the body; an accepted body displays
/// as the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignSubtree {
    /// The leaves to be signed for; they end within the checkpoint's tree.
    pub subtree: Subtree,
    /// Merkle tree hash of these leaves.
    pub hash: Hash,
    /// Consistency proof from the subtree to the checkpoint; at most 63 hashes.
    pub proof: Vec<Hash>,
    /// A checkpoint cosigned by this witness, not verified.
    pub note: Note,
    /// The text of `note`, read. Counts for nothing until a signature has verified.
    pub checkpoint: Checkpoint,
}

/// Why a body is not one of tlog-witness. Lines count from 1. A witness answers 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessBodyError {
    /// Longer than [`MAX_WITNESS_BODY_BYTES`].
    #[error("the body has {length} bytes, more than 131072")]
    TooLarge {
        /// Length found, in bytes.
        length: usize,
    },
    /// Not UTF-8.
    #[error("the body is not UTF-8 from byte {offset} on")]
    NotUtf8 {
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// No empty line between proof and checkpoint.
    #[error("the body has no empty line before its checkpoint")]
    NoSeparator,
    /// A line is missing, or another one stands in its place.
    #[error("line {line} of the body is not written: {form}")]
    Line {
        /// Line in the body.
        line: usize,
        /// How the line is written.
        form: &'static str,
    },
    /// A size or index is not a canonical decimal.
    #[error("line {line} of the body holds no number where one belongs")]
    Number {
        /// Line in the body.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: DecimalError,
    },
    /// A hash is not canonical base64 of 32 bytes.
    #[error("line {line} of the body is not a hash")]
    HashLine {
        /// Line in the body.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: HashError,
    },
    /// More than 63 hashes.
    #[error("the proof in the body has more than 63 hashes")]
    ProofTooLong,
    /// The range is not a subtree.
    #[error("the range to be signed is not a subtree")]
    Subtree(#[source] SubtreeError),
    /// The subtree ends after the tree of the checkpoint.
    #[error("the subtree {subtree} ends after the {size} leaves of the checkpoint")]
    BeyondCheckpoint {
        /// The subtree.
        subtree: Subtree,
        /// Leaves in the tree of the checkpoint.
        size: u64,
    },
    /// What follows the empty line, or the answer, is not a note's.
    #[error("the checkpoint or signature in the body is not a note's")]
    Note(#[source] NoteError),
    /// The note's text is not a checkpoint as this project reads it.
    #[error("the note of the body is not a checkpoint")]
    Checkpoint(#[source] CheckpointError),
    /// An answer of no signature lines, or of more than [`MAX_ANSWER_SIGNATURES`].
    #[error("the answer has {count} signature lines, not 1 to 16")]
    AnswerLines {
        /// Lines found.
        count: usize,
    },
}

impl AddCheckpoint {
    /// Reads a request's body.
    ///
    /// # Errors
    /// [`WitnessBodyError`].
    pub fn parse(body: &[u8]) -> Result<Self, WitnessBodyError> {
        const FORM: &str = "old <size>";
        let (head, note, checkpoint) = split_body(body)?;
        let mut lines = (1..).zip(head.split('\n'));
        let old = lines.next().and_then(|(_, line)| line.strip_prefix("old "));
        let old = old.ok_or(WitnessBodyError::Line {
            line: 1,
            form: FORM,
        })?;
        let old = number(1, old)?;
        let proof = hashes(lines)?;
        Ok(Self {
            old,
            proof,
            note,
            checkpoint,
        })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        write_proof(f, &self.proof)?;
        write!(f, "\n{}", self.note)
    }
}

impl SignSubtree {
    /// Reads a request's body.
    ///
    /// # Errors
    /// [`WitnessBodyError`].
    pub fn parse(body: &[u8]) -> Result<Self, WitnessBodyError> {
        const FORM: &str = "subtree <start> <end>";
        let (head, note, checkpoint) = split_body(body)?;
        let mut lines = (1..).zip(head.split('\n'));
        let range = lines
            .next()
            .and_then(|(_, line)| line.strip_prefix("subtree "));
        let range = range.and_then(|range| range.split_once(' '));
        let (start, end) = range.ok_or(WitnessBodyError::Line {
            line: 1,
            form: FORM,
        })?;
        let subtree =
            Subtree::new(number(1, start)?, number(1, end)?).map_err(WitnessBodyError::Subtree)?;
        let (_, hash) = lines.next().ok_or(WitnessBodyError::Line {
            line: 2,
            form: "the subtree's hash in base64",
        })?;
        let hash = Hash::from_base64(hash)
            .map_err(|source| WitnessBodyError::HashLine { line: 2, source })?;
        let proof = hashes(lines)?;
        let size = checkpoint.size;
        if subtree.end() > size {
            return Err(WitnessBodyError::BeyondCheckpoint { subtree, size });
        }
        Ok(Self {
            subtree,
            hash,
            proof,
            note,
            checkpoint,
        })
    }
}

impl fmt::Display for SignSubtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.subtree.start(), self.subtree.end());
        writeln!(f, "subtree {start} {end}\n{}", self.hash.to_base64())?;
        write_proof(f, &self.proof)?;
        write!(f, "\n{}", self.note)
    }
}

/// Reads the answer 200 of a witness or mirror: 1 to 16 signature lines, none of them verified.
/// Append them to the note and verify that.
///
/// # Errors
/// [`WitnessBodyError`].
pub fn parse_signature_lines(body: &[u8]) -> Result<Vec<NoteSignature>, WitnessBodyError> {
    let text = text_of(body)?;
    let lines = text.strip_suffix('\n').unwrap_or_default();
    let count = if lines.is_empty() {
        0
    } else {
        lines.split('\n').count()
    };
    if !(1..=MAX_ANSWER_SIGNATURES).contains(&count) {
        return Err(WitnessBodyError::AnswerLines { count });
    }
    lines
        .split('\n')
        .map(|line| NoteSignature::parse(line).map_err(WitnessBodyError::Note))
        .collect()
}

/// The answer 200 of a witness or mirror: one line for each signature.
pub fn signature_lines_body(signatures: &[NoteSignature]) -> String {
    signatures.iter().map(|line| format!("{line}\n")).collect()
}

/// The answer 409 of a witness: the size it cosigned last. Sent as [`SIZE_CONTENT_TYPE`].
pub fn size_body(size: u64) -> String {
    format!("{size}\n")
}

/// Reads the answer 409 of a witness.
///
/// # Errors
/// [`WitnessBodyError::Line`], [`WitnessBodyError::Number`].
pub fn parse_size_body(body: &[u8]) -> Result<u64, WitnessBodyError> {
    let line = text_of(body)?.strip_suffix('\n');
    let form = "<size> and a newline";
    number(1, line.ok_or(WitnessBodyError::Line { line: 1, form })?)
}

/// Where a witness serves its latest checkpoint of a log, and a mirror the whole log, below the
/// monitoring prefix: the SHA-256 of the origin in hex.
pub fn origin_hash(origin: &str) -> Hash {
    sha256(origin.as_bytes())
}

/// Everything before the empty line, and the note after it with its text read.
fn split_body(body: &[u8]) -> Result<(&str, Note, Checkpoint), WitnessBodyError> {
    let text = text_of(body)?;
    let (head, note) = text
        .split_once("\n\n")
        .ok_or(WitnessBodyError::NoSeparator)?;
    let note = Note::parse(note.as_bytes()).map_err(WitnessBodyError::Note)?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(WitnessBodyError::Checkpoint)?;
    Ok((head, note, checkpoint))
}

fn text_of(body: &[u8]) -> Result<&str, WitnessBodyError> {
    let length = body.len();
    if length > MAX_WITNESS_BODY_BYTES {
        return Err(WitnessBodyError::TooLarge { length });
    }
    std::str::from_utf8(body).map_err(|error| WitnessBodyError::NotUtf8 {
        offset: error.valid_up_to(),
    })
}

fn number(line: usize, text: &str) -> Result<u64, WitnessBodyError> {
    parse_decimal(text).map_err(|source| WitnessBodyError::Number { line, source })
}

fn hashes<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
) -> Result<Vec<Hash>, WitnessBodyError> {
    let mut proof = Vec::new();
    for (line, hash) in lines {
        if proof.len() == MAX_PROOF_HASHES {
            return Err(WitnessBodyError::ProofTooLong);
        }
        let hash = Hash::from_base64(hash);
        proof.push(hash.map_err(|source| WitnessBodyError::HashLine { line, source })?);
    }
    Ok(proof)
}

fn write_proof(f: &mut fmt::Formatter<'_>, proof: &[Hash]) -> fmt::Result {
    proof
        .iter()
        .try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))
}
