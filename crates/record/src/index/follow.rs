//! Holding a log to the index it states.

use std::collections::VecDeque;

use tlog::Hash;

use super::{Index, Subject};
use crate::body::log::StatedIndex;
use crate::kind::Body;
use crate::statement::Statement;
use crate::time::Timestamp;

/// How many entries a stated index may be behind the tick that states it.
pub const MAX_INDEX_LAG: u64 = 65_536;

/// Why a stated index is not the log's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatedError {
    /// Smaller than one stated before, or larger than the log.
    #[error("it is over {stated} entries; {from} to {to} can be compared here")]
    Size {
        /// Entries stated.
        stated: u64,
        /// Fewest that an index stated here can be over.
        from: u64,
        /// Most.
        to: u64,
    },
    /// Another time.
    #[error("the time after these entries is {found}, not {stated}")]
    Time {
        /// Time stated.
        stated: Timestamp,
        /// Time that governs.
        found: Timestamp,
    },
    /// Another root.
    #[error("the index over the first {size} entries is {found}, not {stated}")]
    Root {
        /// Entries indexed.
        size: u64,
        /// Root stated.
        stated: Hash,
        /// Root computed.
        found: Hash,
    },
}

/// The index as of the last one stated, and the keys of what came later.
#[derive(Clone, Debug, Default)]
pub struct Following {
    index: Index,
    /// The governing time after the indexed entries.
    time: Option<Timestamp>,
    later: VecDeque<(Vec<Hash>, Option<Timestamp>)>,
    last: Option<StatedIndex>,
}

impl Following {
    /// Makes room for so many entries.
    pub(crate) fn reserve(&mut self, entries: usize) {
        self.index.reserve(entries);
    }

    /// Compares what the next statement says of the index, if anything.
    ///
    /// # Errors
    /// [`StatedError`].
    pub fn check(&mut self, statement: &Statement) -> Result<(), StatedError> {
        let Body::Tick(tick) = &statement.body else {
            return Ok(());
        };
        let Some(stated) = &tick.index else {
            return Ok(());
        };
        let (from, to) = (self.index.size(), self.size());
        if !(from..=to).contains(&stated.size) {
            let stated = stated.size;
            return Err(StatedError::Size { stated, from, to });
        }
        while self.index.size() < stated.size {
            self.advance();
        }
        if let Some(found) = self.time.filter(|time| *time != stated.time) {
            let stated = stated.time;
            return Err(StatedError::Time { stated, found });
        }
        let found = self.index.root();
        if found != stated.sha256 {
            let (size, stated) = (stated.size, stated.sha256);
            return Err(StatedError::Root {
                size,
                stated,
                found,
            });
        }
        self.last = Some(stated.clone());
        Ok(())
    }

    /// Takes an entry of the log; `time` governs after it.
    pub fn push(&mut self, statement: &Statement, time: Option<Timestamp>) {
        let keys = Subject::keys_of(statement);
        self.later.push_back((keys, time));
        if self.later.len() as u64 > MAX_INDEX_LAG {
            self.advance();
        }
    }

    fn advance(&mut self) {
        if let Some((keys, time)) = self.later.pop_front() {
            self.index.push(&keys);
            self.time = time;
        }
    }

    /// Entries taken.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.index.size() + self.later.len() as u64
    }

    /// The index that the log stated last.
    #[must_use]
    pub fn last(&self) -> Option<&StatedIndex> {
        self.last.as_ref()
    }
}
