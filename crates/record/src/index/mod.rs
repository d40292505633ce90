//! The index: which entries bear a statement's identity, a case, an exhibit, a signer, with proofs
//! of presence and of absence (docs/suppression.md, sections 1 and 2).
//!
//! It is a pure function of the log's entries. The log states its root in its ticks, and
//! [`Following`] is how auditors and mirrors hold it to that.

mod follow;
mod map;
mod proof;
mod subject;

pub use follow::{Following, MAX_INDEX_LAG, StatedError};
pub use map::{IndexMap, KEY_BITS};
pub use proof::{End, Found, KeyProof, KeyProofError, MAX_LISTED};
pub use subject::{Subject, SubjectError};

use tlog::Hash;

use crate::statement::Statement;

const ROOT: &[u8] = b"solferino.org/index-root@v1\n";

/// The index over the first entries of a log.
#[derive(Clone, Debug, Default)]
pub struct Index {
    map: IndexMap,
    size: u64,
}

impl Index {
    /// The index over no entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for so many more entries of one key each.
    pub fn reserve(&mut self, entries: usize) {
        self.map.reserve(entries);
    }

    /// Takes the next entry by its keys.
    pub fn push(&mut self, keys: &[Hash]) {
        for key in keys {
            self.map.insert(key, self.size);
        }
        self.size += 1;
    }

    /// Takes the next entry by its bytes.
    pub fn push_entry(&mut self, entry: &[u8]) {
        self.push(&keys_of(&Subject::of_entry(entry)));
    }

    /// Takes the next entry, read already.
    pub fn push_statement(&mut self, statement: &Statement) {
        self.push(&Subject::keys_of(statement));
    }

    /// Entries indexed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root, which commits to the number of entries too.
    pub fn root(&mut self) -> Hash {
        let top = self.map.top();
        root(self.size, &top)
    }

    /// The entries about a subject, ascending.
    #[must_use]
    pub fn entries(&self, subject: &Subject) -> Vec<u64> {
        self.map.entries(&subject.key())
    }

    /// What shows where a subject is, or that it is nowhere.
    pub fn prove(&mut self, subject: &Subject) -> KeyProof {
        self.map.prove(&subject.key())
    }
}

/// The keys of subjects.
pub(crate) fn keys_of<'a>(subjects: impl IntoIterator<Item = &'a Subject>) -> Vec<Hash> {
    subjects.into_iter().map(Subject::key).collect()
}

fn root(size: u64, top: &Hash) -> Hash {
    map::digest(&[ROOT, &size.to_be_bytes(), top.as_bytes()])
}

/// Checks a proof against the root of an index over `size` entries.
///
/// # Errors
/// [`KeyProofError`]: the proof shows nothing.
pub fn check_proof(
    size: u64,
    index_root: &Hash,
    subject: &Subject,
    proof: &KeyProof,
) -> Result<Found, KeyProofError> {
    let (top, found) = proof.top(&subject.key())?;
    let beyond = matches!(&found, Found::Entries(e) if e.last().is_some_and(|i| *i >= size));
    if beyond || root(size, &top) != *index_root {
        return Err(KeyProofError::Root);
    }
    Ok(found)
}
