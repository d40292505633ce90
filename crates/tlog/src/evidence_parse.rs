//! Reading evidence files (docs/log.md, section 6).

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::evidence::{Evidence, HEADER, MAX_EVIDENCE_BYTES, MAX_EVIDENCE_SIGNERS};
use crate::hash::{Hash, HashError};
use crate::key::{KeyError, VerifierKey};
use crate::note::{Note, NoteError};
use crate::verify::MAX_PROOF_HASHES;

/// Most prefix hashes in a file: one more than a consistency proof has, its first node.
const MAX_PREFIX_HASHES: usize = MAX_PROOF_HASHES + 1;

/// Why a text is not an evidence file. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceFormError {
    /// Longer than [`MAX_EVIDENCE_BYTES`].
    #[error("the evidence file has {length} bytes, more than 2500000")]
    TooLarge {
        /// Length found, in bytes.
        length: usize,
    },
    /// Not UTF-8.
    #[error("the evidence file is not UTF-8 from byte {offset} on")]
    NotUtf8 {
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// The first line is another one.
    #[error("the evidence file does not start with the line solferino.org/equivocation@v1")]
    Header,
    /// Not five blocks between empty lines.
    #[error("an evidence file has 5 blocks between empty lines, this one has {count}")]
    Blocks {
        /// Blocks found.
        count: usize,
    },
    /// A line before the notes is neither a signer's nor a prefix hash's, or out of order.
    #[error("line {line} of the evidence file is not signer <vkey>, then prefix <hash>")]
    Line {
        /// Line in the file.
        line: usize,
    },
    /// A signer's key cannot be read.
    #[error("line {line} of the evidence file holds no key")]
    Key {
        /// Line in the file.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: KeyError,
    },
    /// The same signer stands twice.
    #[error("line {line} of the evidence file repeats a signer")]
    RepeatedSigner {
        /// Line in the file.
        line: usize,
    },
    /// A prefix hash is not a hash.
    #[error("line {line} of the evidence file holds no hash")]
    HashLine {
        /// Line in the file.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: HashError,
    },
    /// No signer, more than 64 of them, or more than 64 prefix hashes.
    #[error("the evidence file has {signers} signers and {hashes} hashes; 1 to 64, up to 64")]
    Count {
        /// Signers found.
        signers: usize,
        /// Hashes found.
        hashes: usize,
    },
    /// One of the notes is not a note.
    #[error("the {which} note of the evidence file is not a note")]
    Note {
        /// `first` or `second`.
        which: &'static str,
        /// What is wrong with it.
        #[source]
        source: NoteError,
    },
    /// One of the notes is not a checkpoint.
    #[error("the {which} note of the evidence file is not a checkpoint")]
    Checkpoint {
        /// `first` or `second`.
        which: &'static str,
        /// What is wrong with it.
        #[source]
        source: CheckpointError,
    },
}

impl Evidence {
    /// Reads an evidence file; nothing of it is verified yet ([`Evidence::verify`]).
    ///
    /// # Errors
    /// [`EvidenceFormError`].
    pub fn parse(file: impl AsRef<[u8]>) -> Result<Self, EvidenceFormError> {
        let bytes = file.as_ref();
        let length = bytes.len();
        if length > MAX_EVIDENCE_BYTES {
            return Err(EvidenceFormError::TooLarge { length });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| EvidenceFormError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        // A checkpoint has no empty line, so neither has a note but the one before its signatures.
        let blocks: Vec<&str> = text.split("\n\n").collect();
        let [head, old_text, old_lines, new_text, new_lines] = blocks.as_slice() else {
            return Err(EvidenceFormError::Blocks {
                count: blocks.len(),
            });
        };
        let (signers, prefix) = parse_head(head)?;
        Ok(Self {
            signers,
            prefix,
            older: parse_note("first", &format!("{old_text}\n\n{old_lines}\n"))?,
            newer: parse_note("second", &format!("{new_text}\n\n{new_lines}"))?,
        })
    }
}

fn parse_head(head: &str) -> Result<(Vec<VerifierKey>, Vec<Hash>), EvidenceFormError> {
    let mut lines = (1..).zip(head.split('\n'));
    if lines.next().is_none_or(|(_, line)| line != HEADER) {
        return Err(EvidenceFormError::Header);
    }
    let (mut signers, mut prefix) = (Vec::new(), Vec::new());
    for (line, content) in lines {
        let wrong = EvidenceFormError::Line { line };
        match content.split_once(' ').ok_or(wrong.clone())? {
            ("signer", key) if prefix.is_empty() => {
                let key = VerifierKey::parse(key);
                let key = key.map_err(|source| EvidenceFormError::Key { line, source })?;
                if signers.contains(&key) {
                    return Err(EvidenceFormError::RepeatedSigner { line });
                }
                signers.push(key);
            }
            ("prefix", hash) => {
                let hash = Hash::from_base64(hash);
                prefix.push(hash.map_err(|source| EvidenceFormError::HashLine { line, source })?);
            }
            _ => return Err(wrong),
        }
        // Checked line by line, so that a file of a million keys costs no more than 65.
        if signers.len() > MAX_EVIDENCE_SIGNERS || prefix.len() > MAX_PREFIX_HASHES {
            return Err(count(&signers, &prefix));
        }
    }
    if signers.is_empty() {
        return Err(count(&signers, &prefix));
    }
    Ok((signers, prefix))
}

fn count(signers: &[VerifierKey], prefix: &[Hash]) -> EvidenceFormError {
    EvidenceFormError::Count {
        signers: signers.len(),
        hashes: prefix.len(),
    }
}

fn parse_note(which: &'static str, text: &str) -> Result<Note, EvidenceFormError> {
    let note =
        Note::parse(text.as_bytes()).map_err(|source| EvidenceFormError::Note { which, source })?;
    Checkpoint::parse(&note.text)
        .map_err(|source| EvidenceFormError::Checkpoint { which, source })?;
    Ok(note)
}
