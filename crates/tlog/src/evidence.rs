//! Equivocation evidence: two checkpoints of one log that cannot both be true, and who signed both
//! (docs/log.md, section 6).

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::key_type::KeyType;
use crate::note::Note;
use crate::note_verify::VerifyError;
use crate::verify::{ProofError, prefix_root};

/// Longest evidence file that is read, in bytes.
pub const MAX_EVIDENCE_BYTES: usize = 2_500_000;
/// Most signers in an evidence file.
pub const MAX_EVIDENCE_SIGNERS: usize = 64;
/// First line of every evidence file.
pub(crate) const HEADER: &str = "solferino.org/equivocation@v1";

/// Two notes of one log, the keys that signed both, and what shows that the notes contradict each
/// other. Displays as the file; an accepted file displays as the same bytes.
///
/// Everything that counts is in the file. Whose keys they are it cannot say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Keys that signed both notes, 1 to 64: the log's, or cosigners'.
    pub signers: Vec<VerifierKey>,
    /// What the first leaves of the newer tree are ([`crate::prefix_proof`]); empty where both
    /// trees have the same size, or the older one has no leaves.
    pub prefix: Vec<Hash>,
    /// The note of the smaller tree; of equal ones either.
    pub older: Note,
    /// The note of the other tree.
    pub newer: Note,
}

/// In which role a key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerRole {
    /// The log itself: it showed two histories.
    Log,
    /// A witness or mirror: it vouched for both of them.
    Cosigner,
}

/// What evidence shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivocation {
    /// The smaller tree as signed.
    pub older: Checkpoint,
    /// The other tree as signed.
    pub newer: Checkpoint,
    /// Root that the first `older.size` leaves of the newer tree have. It is not that of `older`.
    pub prefix_root: Hash,
    /// Who signed both.
    pub signers: Vec<(VerifierKey, SignerRole)>,
}

/// Why a file shows no equivocation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// A note is not a checkpoint.
    #[error("one of the two notes is not a checkpoint")]
    Checkpoint(#[source] CheckpointError),
    /// The notes are of two logs.
    #[error("the notes are of two logs, {older} and {newer}: nothing contradicts")]
    Origins {
        /// Origin of the first.
        older: String,
        /// Origin of the second.
        newer: String,
    },
    /// The first note is of the larger tree.
    #[error("the note of the smaller tree comes first; here are {older} and {newer} leaves")]
    Order {
        /// Leaves in the first.
        older: u64,
        /// Leaves in the second.
        newer: u64,
    },
    /// The sizes differ, and nothing shows what the smaller tree should have been.
    #[error(
        "the trees have {older} and {newer} leaves: without prefix hashes nothing shows that they \
         contradict each other"
    )]
    Unproven {
        /// Leaves in the first.
        older: u64,
        /// Leaves in the second.
        newer: u64,
    },
    /// The prefix hashes are not part of the newer tree, so they show nothing.
    #[error("the prefix hashes are not of the newer tree and show nothing")]
    Prefix(#[source] ProofError),
    /// The newer tree begins with the older one.
    #[error("the notes agree: the newer tree begins with the older one")]
    Consistent,
    /// No signer at all, or more than [`MAX_EVIDENCE_SIGNERS`].
    #[error("evidence is against 1 to 64 signers, not {count}")]
    SignerCount {
        /// Signers given.
        count: usize,
    },
    /// A key of type 0x01 that is not the log's.
    #[error("{name} signs texts, and is not the key of the log {origin}: it vouched for nothing")]
    NotOfTheLog {
        /// Name of the key.
        name: String,
        /// Origin of the notes.
        origin: String,
    },
    /// A signer did not validly sign one of the notes.
    #[error("{name} did not sign both notes")]
    NotSigned {
        /// Name of the key.
        name: String,
        /// What is wrong with its signature.
        #[source]
        source: VerifyError,
    },
}

impl Evidence {
    /// Verifies the evidence by itself: that both notes are checkpoints of one log, that they
    /// contradict each other, and that every signer validly signed both.
    ///
    /// Whoever holds the keys did that; whether they are those of the log one knows is to be
    /// compared with a trust policy.
    ///
    /// # Errors
    /// [`EvidenceError`]: nothing is shown.
    pub fn verify(&self) -> Result<Equivocation, EvidenceError> {
        let read = |note: &Note| Checkpoint::parse(&note.text).map_err(EvidenceError::Checkpoint);
        let (older, newer) = (read(&self.older)?, read(&self.newer)?);
        let prefix_root = contradiction(&older, &newer, &self.prefix)?;
        let count = self.signers.len();
        if !(1..=MAX_EVIDENCE_SIGNERS).contains(&count) {
            return Err(EvidenceError::SignerCount { count });
        }
        let mut signers = Vec::with_capacity(count);
        for key in &self.signers {
            let role = role_of(key, &older.origin)?;
            for note in [&self.older, &self.newer] {
                note.verify(std::slice::from_ref(key)).map_err(|source| {
                    EvidenceError::NotSigned {
                        name: key.name().to_owned(),
                        source,
                    }
                })?;
            }
            signers.push((key.clone(), role));
        }
        Ok(Equivocation {
            older,
            newer,
            prefix_root,
            signers,
        })
    }
}

/// The root of the first leaves of the newer tree, if it is not that of the older one.
fn contradiction(
    older: &Checkpoint,
    newer: &Checkpoint,
    prefix: &[Hash],
) -> Result<Hash, EvidenceError> {
    if older.origin != newer.origin {
        return Err(EvidenceError::Origins {
            older: older.origin.clone(),
            newer: newer.origin.clone(),
        });
    }
    let (old, new) = (older.size, newer.size);
    if old > new {
        return Err(EvidenceError::Order {
            older: old,
            newer: new,
        });
    }
    let shown = if old == new && prefix.is_empty() {
        newer.root
    } else if old > 0 && prefix.is_empty() {
        return Err(EvidenceError::Unproven {
            older: old,
            newer: new,
        });
    } else if old == new {
        let length = prefix.len();
        return Err(EvidenceError::Prefix(ProofError::TooLong { length }));
    } else {
        prefix_root(old, new, prefix, &newer.root).map_err(EvidenceError::Prefix)?
    };
    if shown == older.root {
        return Err(EvidenceError::Consistent);
    }
    Ok(shown)
}

/// The log's own key has the log's name; every other key has to be a cosigner's.
fn role_of(key: &VerifierKey, origin: &str) -> Result<SignerRole, EvidenceError> {
    let of_the_log = key.name() == origin && key.key_type().signs_for_logs();
    match key.key_type() {
        _ if of_the_log => Ok(SignerRole::Log),
        KeyType::Ed25519 => Err(EvidenceError::NotOfTheLog {
            name: key.name().to_owned(),
            origin: origin.to_owned(),
        }),
        KeyType::CosignatureV1 | KeyType::SubtreeV1 => Ok(SignerRole::Cosigner),
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        for signer in &self.signers {
            writeln!(f, "signer {signer}")?;
        }
        for hash in &self.prefix {
            writeln!(f, "prefix {}", hash.to_base64())?;
        }
        write!(f, "\n{}\n{}", self.older, self.newer)
    }
}
