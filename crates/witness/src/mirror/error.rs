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
    /// The log broke its word before, so nothing of it is cosigned; which word.
    #[error("nothing of this log is cosigned any more: {0}")]
    Ended(String),
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

    /// Whether it is this machine's matter, and not the log's: then a mirror cannot go on.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Folder(_) | Self::Sign(_))
    }

    /// One word for it, as metrics and the mirror's first page name it (docs/witness.md, section 6).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Source(_) => "unreadable",
            Self::Checkpoint(_) => "checkpoint-not-accepted",
            Self::Behind { .. } => "behind",
            Self::Forked(_) => "two-histories",
            Self::NotCommitted(_) => "not-committed",
            Self::Rules(_) => "rules-broken",
            Self::Clock(_) => "clock-ahead",
            Self::Ended(_) => "ended",
            Self::Store(_) | Self::Folder(_) | Self::Sign(_) => "own-failure",
        }
    }

    /// What ends it.
    #[must_use]
    pub fn ends(&self) -> &'static str {
        match self {
            Self::Source(_) => "an answer of the log's server, which is asked again and again",
            Self::Checkpoint(_) => {
                "a checkpoint that the pinned key and witnesses signed; the log is asked again and again. If it \
                 stays, compare the trust file with other mirrors'"
            }
            Self::Behind { .. } => {
                "a checkpoint at least as large; the log is asked again and again. If it stays, ask the body"
            }
            Self::NotCommitted(_) => {
                "tiles and entries of the checkpoint's root; the log is asked again and again. If it stays, look for a \
                 faulty cache between, and ask the body"
            }
            Self::Clock(_) => {
                "a clock that is right: the log's, or this machine's; the log is asked again and again"
            }
            Self::Forked(_) | Self::Rules(_) | Self::Ended(_) => {
                "a person who shows others the evidence, and starts the mirror again"
            }
            Self::Store(_) | Self::Folder(_) | Self::Sign(_) => {
                "a folder of the mirror that can be read and written"
            }
        }
    }
}
