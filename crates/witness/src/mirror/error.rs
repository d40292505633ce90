//! Why a mirror stops.

use record::audit::Fault;
use store::StoreError;

use crate::folder::FolderError;

/// Why a mirror does not follow its log any further.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The log cannot be reached, or serves less than its checkpoint says. It is asked again.
    #[error("the log cannot be read: {0}")]
    Source(String),
    /// The checkpoint is not the pinned log's, or the witnesses' quorum is missing.
    #[error("the log's checkpoint is not accepted: {0}")]
    Checkpoint(String),
    /// The log serves an older checkpoint of the same history.
    #[error(
        "the log serves {theirs} entries, {ours} were mirrored already: it is stale or rolled back"
    )]
    Behind {
        /// Entries mirrored.
        ours: u64,
        /// Entries of the checkpoint served.
        theirs: u64,
    },
    /// Two histories under the log's signature. Both checkpoints are kept as evidence.
    #[error("the log has signed two histories: {0}")]
    Forked(String),
    /// Entries that do not lead to the checkpoint.
    #[error("the log serves something else than its checkpoint commits to: {0}")]
    NotCommitted(String),
    /// An entry that the rules refuse, and the log took in. It is kept, and nothing is cosigned.
    #[error("the log holds what the rules refuse")]
    Rules(#[source] Fault),
    /// The log's clock is ahead of its witnesses', or of this machine's. What it holds is kept, and nothing
    /// is cosigned while that is so.
    #[error("{0}")]
    Clock(String),
    /// The mirror's own storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mirror's folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The mirror's key cannot sign.
    #[error("the mirror cannot cosign")]
    Sign(#[source] tlog::SignError),
}

impl MirrorError {
    /// Whether asking again later may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Source(_) | Self::Behind { .. } | Self::Clock(_))
    }
}
