//! The index that the log states in its ticks (docs/suppression.md, section 2), made beside the
//! sequencer: a thread reads what is published, and the next batch says what it found.
//!
//! Nothing waits for it. What it states is over the published entries of a moment ago, which is
//! why a tick says how many.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use record::body::log::StatedIndex;
use record::envelope::KnownKeys;
use record::index::{Index, MAX_INDEX_LAG};

use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::log::{self, Shared, entries, own};

/// How often the thread looks for what was published, in seconds.
pub const INDEX_EVERY_S: u64 = 60;
/// Entries that may have come while others were indexed: far fewer than [`MAX_INDEX_LAG`].
const CLOSE_ENTRIES: u64 = 1_000;

/// What the next tick may state; shared between the thread and the sequencer.
#[derive(Clone, Debug, Default)]
pub(crate) struct NextIndex(Arc<Mutex<Option<StatedIndex>>>);

impl NextIndex {
    /// Takes what a tick at this place may state, once.
    pub(crate) fn take(&self, tick: u64) -> Option<StatedIndex> {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        next.take()
            .filter(|index| index.size <= tick && tick - index.size <= MAX_INDEX_LAG)
    }

    fn put(&self, index: StatedIndex) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(index);
    }
}

/// The index of a log's published entries, and where it is left for the sequencer.
pub(crate) struct Indexing {
    state: Mutex<Working>,
    files: FolderObjects,
    published: Shared,
    next: NextIndex,
    stop: Mutex<Option<Sender<()>>>,
}

#[derive(Default)]
struct Working {
    index: Index,
    stated: u64,
}

impl Indexing {
    /// The receiver is for [`run`].
    pub(crate) fn new(
        files: FolderObjects,
        published: Shared,
        next: NextIndex,
    ) -> (Self, Receiver<()>) {
        let (stop, stopped) = channel();
        let indexing = Self {
            state: Mutex::default(),
            files,
            published,
            next,
            stop: Mutex::new(Some(stop)),
        };
        (indexing, stopped)
    }

    /// Indexes what is published, and has the next tick state it if it is news. Gives the number
    /// of entries indexed.
    ///
    /// # Errors
    /// The storage fails.
    pub(crate) fn catch_up(&self) -> Result<u64, StoreError> {
        let mut working = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let look = || {
            let published = log::read(&self.published);
            (published.size(), published.state().global.time)
        };
        let index_to = |size: u64| self.index_to(&mut working.index, size);
        let Some((size, time)) = close_in(look, index_to)? else {
            return Ok(working.index.size());
        };
        if let Some(time) = time.filter(|_| size > working.stated) {
            let sha256 = working.index.root();
            working.stated = size;
            self.next.put(StatedIndex { size, time, sha256 });
        }
        Ok(size)
    }

    /// Indexes the first `size` entries; whether it did, and was not stopped.
    fn index_to(&self, index: &mut Index, size: u64) -> Result<bool, StoreError> {
        let tree = log::read(&self.published).tree.clone();
        let mut keys = KnownKeys::default();
        // A record that closes waits for one bundle, not for the whole log.
        while index.size() < size && !self.is_stopped() {
            let at = index.size();
            let bundle = entries::bundle_of(at, size);
            let first = bundle.index * u64::from(tlog::TILE_WIDTH);
            // Below 256.
            let known = (at - first) as usize;
            let held = entries::read_bundle(&self.files, &bundle)?;
            for entry in held.iter().skip(known) {
                // The log signs what comes of it: a wrong index would stand in the record for ever.
                let at = index.size();
                let statement = own::statement(&tree, &bundle, at, entry, &mut keys)?;
                index.push_statement(&statement);
            }
        }
        Ok(index.size() >= size)
    }

    fn is_stopped(&self) -> bool {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        stop.is_none()
    }

    /// Lets the thread end.
    pub(crate) fn stop(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        drop(stop.take());
    }
}

/// Indexes until the log is no more than [`CLOSE_ENTRIES`] ahead, for it goes on meanwhile: of a busy log an index
/// over what was there when the catching up began may be too old to be stated when it ends. Gives size and time of what
/// is indexed, nothing if it was stopped.
fn close_in<T>(
    mut look: impl FnMut() -> (u64, T),
    mut index_to: impl FnMut(u64) -> Result<bool, StoreError>,
) -> Result<Option<(u64, T)>, StoreError> {
    let (mut size, mut time) = look();
    loop {
        if !index_to(size)? {
            return Ok(None);
        }
        let (grown, later) = look();
        if grown.saturating_sub(size) <= CLOSE_ENTRIES {
            return Ok(Some((size, time)));
        }
        (size, time) = (grown, later);
    }
}

/// Looks each minute until it is stopped.
pub(crate) fn run(stopped: &Receiver<()>, look: impl Fn()) {
    loop {
        look();
        let waited = stopped.recv_timeout(Duration::from_secs(INDEX_EVERY_S));
        if waited != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test stops at the first surprise

    use std::cell::Cell;

    use super::*;

    /// Two million entries to catch up with, while a tenth as many come as are indexed.
    #[test]
    fn a_log_that_grows_meanwhile_gets_an_index_that_it_may_state() {
        let (published, indexed) = (Cell::new(2_000_000_u64), Cell::new(0_u64));
        let index_to = |size: u64| {
            published.set(published.get() + (size - indexed.get()) / 10);
            indexed.set(size);
            Ok(true)
        };
        let (size, time) = close_in(|| (published.get(), published.get()), index_to)
            .unwrap()
            .unwrap();
        assert_eq!(
            (size, time),
            (indexed.get(), size),
            "the time of this very size"
        );
        let next = NextIndex::default();
        next.put(StatedIndex {
            size,
            time: "2026-01-01T00:00:00Z".parse().unwrap(),
            sha256: tlog::sha256(b""),
        });
        // A second's worth of entries of a busy log come before the next tick.
        assert!(next.take(published.get() + 20_000).is_some());
        assert_eq!(close_in(|| (5, ()), |_| Ok(false)).unwrap(), None);
    }
}
