//! Entries that somebody shows to be in a log: nothing of them is believed that does not follow.

use tlog::{Checkpoint, Note, VerifiedSignature, VerifierKey};

use super::readers::{Evidence, MAX_SHOWN, ReadersError, ShownEntry};
use crate::statement::Verified;
use crate::trust::{TrustFile, with_sources};

/// The log of some evidence, as its checkpoint and the trust file say.
pub(super) struct Log<'a> {
    pub(super) seen: Checkpoint,
    pub(super) note: Note,
    pub(super) key: &'a VerifierKey,
    pub(super) signatures: Vec<VerifiedSignature>,
}

impl<'a> Log<'a> {
    /// The log that the trust file pins, if the checkpoint is its own, and the entries stand in its order.
    pub(super) fn of(evidence: &Evidence, trust: &'a TrustFile) -> Result<Self, ReadersError> {
        let key = trust.policy.logs().first().map(|log| &log.key);
        let key =
            key.ok_or_else(|| ReadersError::Checkpoint("the trust file pins no log".into()))?;
        let checkpoint = |e: &dyn std::error::Error| ReadersError::Checkpoint(with_sources(e));
        let note = Note::parse(evidence.checkpoint.as_bytes()).map_err(|e| checkpoint(&e))?;
        let (seen, _, signatures) = tlog::open_checkpoint_with(
            evidence.checkpoint.as_bytes(),
            key,
            &trust.policy.witness_keys(),
        )
        .map_err(|e| checkpoint(&e))?;
        trust.check(&note, key).map_err(ReadersError::Checkpoint)?;
        let in_order = evidence.entries.is_sorted_by(|a, b| a.index < b.index);
        if !in_order || evidence.entries.len() > MAX_SHOWN {
            return Err(ReadersError::Order);
        }
        Ok(Self {
            seen,
            note,
            key,
            signatures,
        })
    }

    /// An entry as the statement it is, shown to be in the log.
    pub(super) fn statement(&self, entry: &ShownEntry) -> Result<Verified, ReadersError> {
        let wrong = |problem: String| ReadersError::Entry {
            index: entry.index,
            problem,
        };
        let leaf = tlog::leaf_hash(entry.envelope.as_bytes());
        let Checkpoint { size, root, .. } = &self.seen;
        tlog::verify_inclusion(&leaf, entry.index, *size, &entry.path, root)
            .map_err(|e| wrong(with_sources(&e)))?;
        let statement =
            Verified::parse(entry.envelope.as_bytes()).map_err(|e| wrong(with_sources(&e)))?;
        if statement.record != self.seen.origin {
            return Err(wrong(format!("it is of the record {}", statement.record)));
        }
        Ok(statement)
    }
}
