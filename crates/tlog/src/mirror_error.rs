//! Why a body of the mirror protocol was refused.

use crate::checkpoint::CheckpointError;
use crate::verify::ProofError;

/// Why bytes are not of tlog-mirror, or cannot be written as such.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MirrorBodyError {
    /// The bytes end before the part does. More may be on their way.
    #[error("the bytes end inside {part}")]
    Truncated {
        /// Part of the request.
        part: &'static str,
    },
    /// The origin cannot stand in a checkpoint.
    #[error("the origin is not one")]
    Origin(#[source] CheckpointError),
    /// The origin's length does not fit 16 bits.
    #[error("the origin has {length} bytes, more than 65535")]
    OriginTooLong {
        /// Length in bytes.
        length: usize,
    },
    /// The entries end before they start.
    #[error("the entries start at {start}, after their end {end}")]
    Reversed {
        /// Index of the first entry.
        start: u64,
        /// Index after the last entry.
        end: u64,
    },
    /// A ticket whose length does not fit 16 bits.
    #[error("the ticket has {length} bytes, more than 65535")]
    TicketTooLong {
        /// Length in bytes.
        length: usize,
    },
    /// An entry whose length does not fit 16 bits.
    #[error("an entry has {length} bytes, more than 65535")]
    EntryTooLong {
        /// Length in bytes.
        length: usize,
    },
    /// More than 63 hashes.
    #[error("the proof has {length} hashes, more than 63")]
    ProofTooLong {
        /// Hashes in the proof.
        length: usize,
    },
    /// A line of mirror-info is missing, superfluous or not as it is written.
    #[error(
        "line {line} of the mirror's answer is wrong: it is written <size>, <next>, base64 ticket"
    )]
    Info {
        /// Line, from 1.
        line: usize,
    },
    /// Longer than [`crate::MAX_MIRROR_INFO_BYTES`].
    #[error("the mirror's answer has {length} bytes, more than 90112")]
    InfoTooLong {
        /// Length in bytes.
        length: usize,
    },
}

/// Why a package of entries is not part of the log. A mirror answers 422.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Another number of leaves than the span has: (before the package, in it).
    #[error("{found:?} leaves before and in the package, its span has {expected:?}")]
    Count {
        /// Leaves given.
        found: (usize, usize),
        /// Leaves of the span.
        expected: (usize, usize),
    },
    /// The entries are not the log's, or the proof is wrong.
    #[error("the entries are not shown to be in the log")]
    Proof(#[source] ProofError),
}
