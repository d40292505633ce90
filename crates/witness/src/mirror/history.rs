//! One history or two: the log's checkpoint against the entries mirrored so far, and the evidence where they
//! contradict each other.

use std::sync::PoisonError;

use tlog::{Checkpoint, Note};

use super::{Held, Mirror, MirrorError};
use crate::evidence::Contradictory;
use crate::folder::FolderError;

impl Mirror {
    /// The same history up to the smaller of the two sizes, or two under one signature.
    pub(super) fn compare(
        &self,
        held: &Held,
        checkpoint: &Checkpoint,
        note: &[u8],
    ) -> Result<(), MirrorError> {
        let ours = tlog::root(&held.auditor.tree, checkpoint.size)
            .map_err(|error| MirrorError::NotCommitted(error.to_string()))?;
        if ours == checkpoint.root {
            return Ok(());
        }
        let problem = format!(
            "size {} with the root {}; the entries mirrored so far have {ours}",
            checkpoint.size, checkpoint.root
        );
        Err(self.forked(held, problem, checkpoint, note)?)
    }

    /// Keeps both checkpoints as evidence, and ends the cosigning: the log signed both.
    pub(super) fn forked(
        &self,
        held: &Held,
        problem: String,
        checkpoint: &Checkpoint,
        note: &[u8],
    ) -> Result<MirrorError, MirrorError> {
        let seen = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        let seen = String::from_utf8_lossy(&seen.checkpoint).into_owned();
        let found = Contradictory {
            problem: problem.clone(),
            proof: self.proof(held, &seen, checkpoint, note),
            seen: Some(seen).filter(|seen| !seen.is_empty()),
            text: checkpoint.to_string(),
            shown: note.to_vec(),
        };
        let error = MirrorError::Forked(problem);
        self.status.end(&error);
        let kept = self.evidence.keep(&found);
        kept.map_err(|error| FolderError::Io(self.dir.join("evidence"), error))?;
        Ok(error)
    }

    /// The proof that a checkpoint no larger than what is mirrored contradicts it: what the first
    /// leaves of the mirrored tree are.
    fn proof(
        &self,
        held: &Held,
        seen: &str,
        checkpoint: &Checkpoint,
        note: &[u8],
    ) -> Option<tlog::Evidence> {
        let (older, newer) = (Note::parse(note).ok()?, Note::parse(seen.as_bytes()).ok()?);
        let size = self.size();
        let prefix = if checkpoint.size == size {
            Vec::new()
        } else {
            tlog::prefix_proof(&held.auditor.tree, checkpoint.size, size).ok()?
        };
        Some(tlog::Evidence {
            signers: vec![self.log.clone()],
            prefix,
            older,
            newer,
        })
    }
}
