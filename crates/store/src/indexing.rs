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
        let (size, time, tree) = {
            let published = log::read(&self.published);
            let time = published.state().global.time;
            (published.size(), time, published.tree.clone())
        };
        let mut keys = KnownKeys::default();
        // A record that closes waits for one bundle, not for the whole log.
        while working.index.size() < size && !self.is_stopped() {
            let at = working.index.size();
            let bundle = entries::bundle_of(at, size);
            let first = bundle.index * u64::from(tlog::TILE_WIDTH);
            // Below 256.
            let known = (at - first) as usize;
            let held = entries::read_bundle(&self.files, &bundle)?;
            for entry in held.iter().skip(known) {
                // The log signs what comes of it: a wrong index would stand in the record for ever.
                let at = working.index.size();
                let statement = own::statement(&tree, &bundle, at, entry, &mut keys)?;
                working.index.push_statement(&statement);
            }
        }
        if working.index.size() < size {
            return Ok(working.index.size());
        }
        if let Some(time) = time.filter(|_| size > working.stated) {
            let sha256 = working.index.root();
            working.stated = size;
            self.next.put(StatedIndex { size, time, sha256 });
        }
        Ok(size)
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
