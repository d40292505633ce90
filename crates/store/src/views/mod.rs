//! Views: rows for pages and searches, in SQLite beside the log.
//!
//! They hold nothing of their own. A thread brings them up to each published checkpoint, so they
//! may lag behind the log by a moment and never run ahead of it; deleted or damaged views are
//! made again from the log and come out the same.

mod query;
pub(crate) mod rows;
mod search;
pub mod sql;
mod texts;
mod update;
mod write;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use sqlx::sqlite::SqlitePool;
use tokio::sync::{OnceCell, watch};

pub use self::query::{CaseRow, MAX_PAGE, StatementRow};
pub use self::search::{MAX_WORD_BYTES, MAX_WORDS, Sought, Tag, tags};
pub(crate) use self::sql::made_up;
pub(crate) use self::texts::{Compared, compare_statements};
pub(crate) use self::update::Source;
pub(crate) use self::write::{Dump, dump};
use crate::error::StoreError;

/// How far the views are: entries in them, or why they stopped.
type Reached = Result<u64, String>;

/// The views of an open record.
pub struct Views {
    path: PathBuf,
    /// For reading; opened on the runtime that asks first.
    pool: OnceCell<SqlitePool>,
    reached: watch::Receiver<Reached>,
    /// Wakes the thread; without it the thread ends.
    wake: Mutex<Option<Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What a rebuild made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewsSummary {
    /// Statements.
    pub statements: u64,
    /// Cases.
    pub cases: u64,
    /// Findings.
    pub findings: u64,
    /// Members.
    pub members: u64,
    /// Exhibits.
    pub exhibits: u64,
}

impl Views {
    /// Starts the thread that keeps the views; it begins by catching up.
    pub(crate) fn start(path: PathBuf, source: Source) -> Result<Self, StoreError> {
        let (wake, woken) = channel();
        let (told, reached) = watch::channel(Ok(0));
        let file = path.clone();
        let thread = std::thread::Builder::new()
            .name("views".into())
            .spawn(move || update::run(&file, &source, &woken, &told))
            .map_err(StoreError::Thread)?;
        Ok(Self {
            path,
            pool: OnceCell::new(),
            reached,
            wake: Mutex::new(Some(wake)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Tells the thread that something was published.
    pub(crate) fn wake(&self) {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wake) = &*wake {
            // A thread that has ended has told why.
            let _ = wake.send(());
        }
    }

    /// Waits until the views hold this many entries.
    ///
    /// # Errors
    /// [`StoreError::Views`] if they cannot be brought so far.
    pub async fn wait_for(&self, size: u64) -> Result<(), StoreError> {
        let mut reached = self.reached.clone();
        let there = reached.wait_for(|reached| match reached {
            Ok(entries) => *entries >= size,
            Err(_) => true,
        });
        match there.await.as_deref() {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(problem)) => Err(StoreError::Views(problem.clone())),
            Err(_) => Err(StoreError::Views("the record is closed".into())),
        }
    }

    /// Ends the thread once it has caught up.
    pub(crate) fn stop(&self) {
        self.wake
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // What it left undone is caught up at the next opening.
            let _ = thread.join();
        }
    }
}

/// Makes the views of a record anew from its log. The record must not be open elsewhere.
///
/// # Errors
/// The log cannot be read, or the views not be written.
pub fn rebuild_views(dir: &Path, progress: impl Fn(u64, u64)) -> Result<ViewsSummary, StoreError> {
    let layout = crate::layout::Layout::new(dir);
    layout.read_origin()?;
    let lock = crate::lock::RecordLock::hold(dir)?;
    let key = layout.read_log_keys()?;
    let place = crate::record_folder::FolderPlace {
        layout: layout.clone(),
        lock,
    };
    let log = crate::log::Log::open(Box::new(place), key, &progress)?;
    let source = Source::new(log.published(), &layout)?;
    write::remove(&layout.views())?;
    update::once(&layout.views(), &source)?;
    let published = crate::log::read(&source.published);
    let cases = published.state.cases.values();
    Ok(ViewsSummary {
        statements: published.size(),
        cases: cases.len() as u64,
        findings: cases.clone().map(|case| case.findings.len() as u64).sum(),
        members: published.state.global.members.len() as u64,
        exhibits: cases.map(|case| case.exhibits.len() as u64).sum(),
    })
}

/// Shares the views between the record and the sequencer's thread.
pub(crate) type SharedViews = Arc<Views>;
