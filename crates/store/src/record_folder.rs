//! A record, open: the one handle that server and command use.

mod aid;
mod holdings;
mod read;
mod submit;

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError, RwLockReadGuard};
use std::thread::JoinHandle;

use record::body::charter::{CharterText, Clock};
use record::ids::{StatementId, Vkey};
use record::kind::Body;
use record::seal::Opening;
use record::state::State;
use record::statement::Statement;
use record::time::Timestamp;
use record::trust::TrustFile;

use crate::aid::AidStore;
use crate::cell::FileCell;
use crate::cosigning::Cosigners;
use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::handed::{self, Copy};
use crate::indexing::{self, Indexing};
use crate::intake::{self, Intake};
use crate::layout::Layout;
use crate::lock::RecordLock;
use crate::log::{self, ClockWord, Handles, Log, LogKeys, Place, Published, Shared};
use crate::openings;
use crate::sequencer::{GivenTime, Sequencer};
use crate::vault::{Vault, VaultError};
use crate::views::{SharedViews, Source, Views};

pub(crate) use self::holdings::Holdings;
pub(crate) use self::read::entry;
pub use self::read::{MAX_BUNDLED_EXHIBIT_BYTES, Shown};
pub use self::submit::Taken;

/// A record in a folder, open for reading and submitting. Clones are handles of the same one;
/// when the last is dropped, what waits is finished and the folder's lock is released.
#[derive(Clone)]
pub struct Record {
    inner: Arc<Inner>,
}

struct Inner {
    layout: Layout,
    origin: String,
    first_charter: CharterText,
    published: Shared,
    /// For reading published files; never flushes or writes.
    files: FolderObjects,
    held: Arc<Holdings>,
    given_time: Option<GivenTime>,
    clock_word: ClockWord,
    sequencer: Arc<Sequencer>,
    views: SharedViews,
    intake: Intake,
    indexing: Arc<Indexing>,
    /// Keeping promises and the index. None of them holds the record, so that whoever drops the last
    /// handle ends them, and has waited for all of it when the folder's lock is released.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.indexing.stop();
        self.intake.stop();
        self.sequencer.stop();
        let threads = self
            .threads
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // What a thread that panicked left undone is done at the next opening.
            let _ = thread.join();
        }
        self.views.stop();
    }
}

impl Inner {
    fn keep_promises(&self, promised: Receiver<()>) -> Result<JoinHandle<()>, StoreError> {
        let (waiting, sequencer) = (self.intake.waiting(), Arc::clone(&self.sequencer));
        let held = Arc::clone(&self.held);
        let look = move || Some((Arc::clone(&waiting), sequencer.queue()?));
        let thread = std::thread::Builder::new().name("intake".into());
        let thread = thread.spawn(move || intake::run(&promised, look, &held));
        thread.map_err(StoreError::Thread)
    }

    fn keep_index(&self, stopped: Receiver<()>) -> Result<JoinHandle<()>, StoreError> {
        let (held, indexing) = (Arc::clone(&self.held), Arc::clone(&self.indexing));
        let look = move || {
            // A failure is found by whoever reads the same files to answer; here it is tried again.
            drop(held.purge());
            drop(indexing.catch_up());
        };
        let thread = std::thread::Builder::new().name("index".into());
        let thread = thread.spawn(move || indexing::run(&stopped, look));
        thread.map_err(StoreError::Thread)
    }
}

/// The folder of a log. Holds the record's lock as long as it lives.
pub(crate) struct FolderPlace {
    pub(crate) layout: Layout,
    pub(crate) lock: RecordLock,
}

impl Place for FolderPlace {
    fn open(&self) -> Result<Handles, StoreError> {
        let objects = FolderObjects::open(&self.layout.log(), &self.lock)?;
        let cell = FileCell::open(&self.layout.cell())?;
        Ok((Box::new(objects), Box::new(cell)))
    }
}

impl Record {
    /// Makes a new record: the folder, its keys and vault, and the genesis entries (the charter,
    /// then the founders' signatures), judged by the rules and published as the first checkpoint.
    /// A creation cut short is finished by repeating it with the same arguments. No witnesses are
    /// asked, so a charter whose policy has a quorum is refused.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::Genesis`] if the rules refuse an entry;
    /// [`StoreError::LogKey`]; [`StoreError::QuorumMissing`]; failures of the storage.
    pub fn create(
        dir: &Path,
        log_keys: impl Into<LogKeys>,
        genesis: &[Vec<u8>],
    ) -> Result<Self, StoreError> {
        Self::create_asking(dir, log_keys, genesis, Cosigners::nobody())
    }

    /// As [`Self::create`], with the first checkpoint cosigned by the charter's witnesses.
    ///
    /// # Errors
    /// As [`Self::create`]; after [`StoreError::QuorumMissing`] repeat it with the same arguments.
    pub fn create_asking(
        dir: &Path,
        log_keys: impl Into<LogKeys>,
        genesis: &[Vec<u8>],
        cosigners: Cosigners,
    ) -> Result<Self, StoreError> {
        let (layout, keys) = (Layout::new(dir), log_keys.into());
        if layout.is_record()? {
            return Err(StoreError::AlreadyThere {
                folder: dir.to_path_buf(),
            });
        }
        crate::disk::create_folder(dir)?;
        let lock = RecordLock::hold(dir)?;
        layout.keep_log_keys(&keys)?;
        match Vault::create(&layout.vault(), &layout.vault_identity()) {
            Ok(_) | Err(VaultError::AlreadyThere { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        openings::create_folder(&layout)?;
        let place = FolderPlace {
            layout: layout.clone(),
            lock,
        };
        let origin = keys.verifier_key().name().to_owned();
        let mut log = Log::open_asking(Box::new(place), keys, cosigners, &|_, _| {})?;
        if log.is_pending() {
            log.settle(&mut |_, _| {})?;
        }
        let founded = tlog::Tree::from_leaves(genesis.iter().map(|entry| tlog::leaf_hash(entry)));
        let before = log::read(&log.published()).root();
        if genesis.is_empty() || before != founded.root() {
            log.found(genesis)?;
        }
        layout.write_mark(&origin)?;
        Self::start(layout, log)
    }

    /// Opens a record as [`Self::open_asking`] does, asking no witnesses: where the charter wants
    /// them, nothing new is published.
    ///
    /// # Errors
    /// As [`Self::open_asking`].
    pub fn open(dir: &Path, progress: impl Fn(u64, u64)) -> Result<Self, StoreError> {
        Self::open_asking(dir, Cosigners::nobody(), progress)
    }

    /// Opens a record, recovers it, and starts its sequencer. `progress` hears of the entries
    /// replayed and of their number.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`], [`StoreError::Format`], [`StoreError::Lock`] if another process
    /// has it, [`StoreError::Damaged`], failures of the storage.
    pub fn open_asking(
        dir: &Path,
        cosigners: Cosigners,
        progress: impl Fn(u64, u64),
    ) -> Result<Self, StoreError> {
        let layout = Layout::new(dir);
        let origin = layout.read_origin()?;
        let lock = RecordLock::hold(dir)?;
        let keys = layout.read_log_keys()?;
        if keys.verifier_key().name() != origin {
            return Err(StoreError::Format {
                folder: dir.to_path_buf(),
                problem: format!(
                    "its origin is {origin:?}, the name of its log key {:?}",
                    keys.verifier_key().name()
                ),
            });
        }
        let place = FolderPlace {
            layout: layout.clone(),
            lock,
        };
        let log = Log::open_asking(Box::new(place), keys, cosigners, &progress)?;
        Self::start(layout, log)
    }

    fn start(layout: Layout, log: Log) -> Result<Self, StoreError> {
        let published = log.published();
        let files = FolderObjects::open_read_only(&layout.log())?;
        let size = log::read(&published).size();
        let first = read::entry(&files, 0, size)?;
        let first_charter = first_charter(&first)?;
        let vault = Vault::open(&layout.vault(), &layout.vault_identity())?;
        openings::create_folder(&layout)?;
        let given_time: Option<GivenTime> =
            (first_charter.clock == Clock::Injected).then(GivenTime::default);
        let held = Arc::new(Holdings {
            published: Shared::clone(&published),
            vault,
            aid: Arc::new(AidStore::open(&layout.aid())?),
            given_time: given_time.clone(),
        });
        let source = Source::new(Shared::clone(&published), &layout)?;
        let views = SharedViews::new(Views::start(layout.views(), source)?);
        let woken = SharedViews::clone(&views);
        let (indexing, stopped) = Indexing::new(
            FolderObjects::open_read_only(&layout.log())?,
            Shared::clone(&published),
            log.next_index(),
        );
        let indexing = Arc::new(indexing);
        let clock_word = log.clock_word();
        let sequencer = Sequencer::start(log, given_time.clone(), move || woken.wake())?;
        let sequencer = Arc::new(sequencer);
        let (intake, promised) =
            Intake::open(&layout.intake(), layout.read_log_keys()?.first().clone())?;
        let inner = Inner {
            intake,
            origin: first_charter.origin().to_owned(),
            layout,
            first_charter,
            published,
            files,
            held,
            given_time,
            clock_word,
            sequencer,
            views,
            indexing,
            threads: Mutex::default(),
        };
        let inner = Arc::new(inner);
        inner.tidy_aid()?;
        let threads = [inner.keep_index(stopped)?, inner.keep_promises(promised)?];
        let mut kept = inner.threads.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(threads);
        drop(kept);
        Ok(Self { inner })
    }

    /// Indexes what is published, so that the next batch states it: what a thread does each minute
    /// ([`crate::indexing::INDEX_EVERY_S`]). Gives the number of entries indexed.
    ///
    /// # Errors
    /// The storage fails.
    pub fn index_now(&self) -> Result<u64, StoreError> {
        self.inner.indexing.catch_up()
    }

    /// The record's folder.
    pub fn dir(&self) -> &Path {
        self.inner.layout.dir()
    }

    /// The record's origin: the name of its log key.
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// The state as of the published checkpoint. Writers wait while the guard is held.
    pub fn state(&self) -> StateGuard<'_> {
        StateGuard(log::read(&self.inner.published))
    }

    /// Why the witnesses' quorum is missing, if a signed batch waits for it.
    pub fn quorum_problem(&self) -> Option<String> {
        log::read(&self.inner.published).quorum_problem.clone()
    }

    /// Sets the time of the ticks to come, where the charter has an injected clock.
    ///
    /// # Errors
    /// [`StoreError::ClockNotInjected`], [`StoreError::TimeDecreases`].
    pub fn set_time(&self, time: Timestamp) -> Result<(), StoreError> {
        let given = self.inner.given_time.as_ref();
        let given: &Mutex<_> = given.ok_or(StoreError::ClockNotInjected)?;
        let in_force = self.state().global.time;
        let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = in_force.max(*given).filter(|present| time < *present) {
            return Err(StoreError::TimeDecreases {
                given: time,
                present,
            });
        }
        *given = Some(time);
        Ok(())
    }

    /// Says that the system's clock is right although it leapt ([`crate::log::MAX_CLOCK_LEAP_S`]). Holds for
    /// the next submissions; from then on it is the time that is known.
    pub fn clock_is_right(&self) {
        self.inner.clock_word.give();
    }

    /// The time of the ticks to come, where it was set and the charter has an injected clock.
    pub fn given_time(&self) -> Option<Timestamp> {
        let given = self.inner.given_time.as_ref()?;
        *given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exhibits.
    pub fn vault(&self) -> &Vault {
        &self.inner.held.vault
    }

    /// What the desk was told, in age files that this machine cannot open.
    pub fn aid(&self) -> &AidStore {
        &self.inner.held.aid
    }

    /// The rows for pages and searches; they may lag behind [`Self::state`] by a moment.
    pub fn views(&self) -> &Views {
        &self.inner.views
    }

    /// Keeps what opens a statement sealed here, encrypted and durable. The same opening again
    /// changes nothing.
    ///
    /// # Errors
    /// [`StoreError::OtherOpening`] if another one is kept; failures of the storage.
    pub fn keep_opening(&self, id: &StatementId, opening: &Opening) -> Result<(), StoreError> {
        openings::keep(&self.inner.layout, &self.inner.held.vault, id, opening)
    }

    /// What opens a statement, if it is kept here.
    ///
    /// # Errors
    /// Damage, or a failure of the storage.
    pub fn opening(&self, id: &StatementId) -> Result<Option<Opening>, StoreError> {
        openings::load(&self.inner.layout, &self.inner.held.vault, id)
    }

    /// Keeps what a member's key says of the key it reads with; the last stands.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn keep_reading(&self, key: &Vkey, said: &[u8]) -> Result<(), StoreError> {
        handed::keep_reading(&self.inner.layout, key, said)
    }

    /// What a member's key said last of the key it reads with.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn reading(&self, key: &Vkey) -> Result<Option<Vec<u8>>, StoreError> {
        handed::reading(&self.inner.layout, key)
    }

    /// Keeps a sealed copy for a reader of a statement; the last of its giver stands.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn keep_copy(
        &self,
        id: &StatementId,
        copy: &Copy,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        handed::keep(&self.inner.layout, id, copy, sealed)
    }

    /// The copies of a statement.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn copies(&self, id: &StatementId) -> Result<Vec<Copy>, StoreError> {
        handed::list(&self.inner.layout, id)
    }

    /// The bytes of a copy.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn copy(&self, id: &StatementId, copy: &Copy) -> Result<Option<Vec<u8>>, StoreError> {
        handed::load(&self.inner.layout, id, copy)
    }

    /// What a reader pins to trust this record: its log key, first charter and witness policy.
    ///
    /// # Errors
    /// If the charter's policy does not parse, which the rules exclude.
    pub fn trust_file(&self) -> Result<TrustFile, StoreError> {
        record::trust::of_charter(&self.inner.first_charter)
            .map_err(|error| StoreError::damaged_by("entry 0", &error))
    }

    /// Takes nothing more in, publishes what waits, and ends the sequencer. Reading goes on.
    pub fn stop(&self) {
        self.inner.indexing.stop();
        self.inner.intake.stop();
        self.inner.sequencer.stop();
        self.inner.views.stop();
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("dir", &self.dir())
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}

/// The published state, while this value lives.
pub struct StateGuard<'a>(RwLockReadGuard<'a, Published>);

impl Deref for StateGuard<'_> {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0.state
    }
}

/// The charter's text in entry 0.
pub(crate) fn first_charter(entry: &[u8]) -> Result<CharterText, StoreError> {
    let statement =
        Statement::parse(entry).map_err(|error| StoreError::damaged_by("entry 0", &error))?;
    match statement.body {
        Body::Charter(charter) => Ok(charter.text),
        other => Err(StoreError::damaged(
            "entry 0",
            format!("it is a {}, not a charter", other.kind()),
        )),
    }
}
