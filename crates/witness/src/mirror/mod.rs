//! A mirror: every entry of a log, judged by the rules again, kept and served (docs/witness.md,
//! section 5).
//!
//! Nothing is believed. The checkpoint is verified under the pinned log key and witness policy;
//! every bundle is checked against the hashes that lead to the checkpoint's root before a byte of it
//! is kept; every entry is judged by `record::rules`, as the log itself had to. Only then the mirror
//! cosigns, with a key of its own: "I hold all of this". Entry bundles are kept as they come, so a
//! mirror that was killed goes on where it was.

pub mod bring;
mod error;
mod exhibits;
mod folder;
mod growth;
mod history;
pub mod http;
mod lines;
pub mod places;
mod published;
mod publishing;
pub mod source;
mod status;
pub mod upload;
mod upload_http;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use record::audit::Auditor;
use record::trust::{TrustFile, with_sources};
use store::StoreError;
use store::folder::FolderObjects;
use store::log::entries;
use store::objects::{CHECKPOINT, Durability, ObjectPath, Objects as _};
use tlog::{
    EntryBundleId, NodeReader as _, SigningKey, VerifierKey, encode_entry_bundle, leaf_hash,
    open_checkpoint,
};

pub use self::error::MirrorError;
pub use self::exhibits::ExhibitReport;
pub use self::folder::{FORMAT, MirrorFolder, init};
use self::growth::Growth;
use self::lines::Unknown;
use self::source::Source;
use self::status::Status;
pub use self::status::Trouble;
use crate::evidence::Evidence;

/// What a round came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Entries mirrored before.
    pub before: u64,
    /// Entries mirrored now.
    pub size: u64,
    /// Public exhibits, as far as they were fetched.
    pub exhibits: ExhibitReport,
}

/// What is served; moved in one step.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) size: u64,
    pub(crate) checkpoint: Vec<u8>,
}

/// What is held, judged; moved in whole steps. Whoever holds its lock asks nobody over the network.
#[derive(Default)]
struct Held {
    auditor: Auditor,
    /// Entries of the last bundle, if it is not full.
    tail: Vec<Vec<u8>>,
}

/// A mirror of one log, following it. Several threads may use it at once: one that follows, others that bring.
pub struct Mirror {
    dir: PathBuf,
    trust: TrustFile,
    log: VerifierKey,
    key: SigningKey,
    objects: FolderObjects,
    held: Mutex<Held>,
    shown: Arc<RwLock<Shown>>,
    status: Arc<Status>,
    evidence: Evidence,
    _folder: MirrorFolder,
}

impl Mirror {
    /// Opens a mirror and judges again all it holds. `progress` hears of entries and their number.
    ///
    /// # Errors
    /// [`MirrorError`]: what is on the disk is not what was mirrored.
    pub fn open(dir: &Path, progress: &dyn Fn(u64, u64)) -> Result<Self, MirrorError> {
        let folder = MirrorFolder::open(dir)?;
        let objects =
            FolderObjects::open(&dir.join("log"), folder.lock()).map_err(StoreError::from)?;
        let mirror = Self {
            dir: dir.to_path_buf(),
            log: folder.log()?,
            trust: folder.trust.clone(),
            key: folder.key.clone(),
            objects,
            held: Mutex::default(),
            shown: Arc::default(),
            status: Arc::default(),
            evidence: Evidence::new(dir.join("evidence")),
            _folder: folder,
        };
        let Some(note) = mirror.get(CHECKPOINT)? else {
            return Ok(mirror);
        };
        let (checkpoint, _) = open_checkpoint(&note, &mirror.log)
            .map_err(|error| MirrorError::Checkpoint(with_sources(&error)))?;
        let mut fault = None;
        let mut held = mirror.held();
        let Held { auditor, tail } = &mut *held;
        entries::for_each_checked(&mirror.objects, checkpoint.size, |read| {
            fault = fault.take().or(read.judge(auditor).err());
            progress(auditor.size(), checkpoint.size);
            *tail = read.tail();
            Ok(())
        })?;
        if let Some(fault) = fault {
            return Err(MirrorError::Rules(fault));
        }
        if auditor.root() != checkpoint.root {
            let problem = "the mirrored entries do not lead to the mirrored checkpoint";
            return Err(MirrorError::NotCommitted(problem.into()));
        }
        drop(held);
        mirror.show(checkpoint.size, note);
        Ok(mirror)
    }

    /// Entries mirrored, verified and cosigned.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.shown
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .size
    }

    /// The log's key, as pinned.
    #[must_use]
    pub fn log(&self) -> &VerifierKey {
        &self.log
    }

    /// The mirror's public key.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.key.verifier_key()
    }

    /// What a server of this mirror needs.
    #[must_use]
    pub fn site(&self) -> http::Site {
        let (shown, status) = (Arc::clone(&self.shown), Arc::clone(&self.status));
        http::Site::new(&self.dir, shown, status, &self.log, &self.verifier_key())
    }

    /// Why the last round came to nothing, if it did.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.status.trouble()
    }

    /// One round: takes the log's checkpoint, and everything up to it. `progress` hears of entries
    /// verified and their number. No lock is held while the log is asked.
    ///
    /// # Errors
    /// [`MirrorError`]; what was mirrored before stays as it is.
    pub fn follow(
        &self,
        source: &dyn Source,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Followed, MirrorError> {
        let done = self.round(source, progress);
        self.status.round(done.as_ref().err());
        done
    }

    fn round(
        &self,
        source: &dyn Source,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Followed, MirrorError> {
        let note = required(source, CHECKPOINT)?;
        let (checkpoint, parsed) = open_checkpoint(&note, &self.log)
            .map_err(|error| MirrorError::Checkpoint(with_sources(&error)))?;
        self.trust
            .check(&parsed, &self.log)
            .map_err(MirrorError::Checkpoint)?;
        let before = self.size();
        {
            let held = self.held();
            if checkpoint.size <= held.auditor.size() {
                self.compare(&held, &checkpoint, &note)?;
            }
        }
        if checkpoint.size < before {
            let (ours, theirs) = (before, checkpoint.size);
            return Err(MirrorError::Behind { ours, theirs });
        }
        let growth = Growth::read(source, &checkpoint)?;
        let mut one = growth.extends(&self.held().auditor.tree);
        if one {
            one = self.take_entries(source, &growth, progress)?;
        }
        let held = self.held();
        if !one {
            let problem = format!("of size {} and of size {before}", checkpoint.size);
            return Err(self.forked(&held, problem, &checkpoint, &note)?);
        }
        self.compare(&held, &checkpoint, &note)?;
        if held.auditor.size() > checkpoint.size {
            // A round that was cut short had a larger checkpoint than is served now, or somebody
            // brought entries beyond it.
            let (ours, theirs) = (held.auditor.size(), checkpoint.size);
            return Err(MirrorError::Behind { ours, theirs });
        }
        self.publish(&held, &checkpoint, &parsed, Unknown::Kept)?;
        let wanted = exhibits::public(&held.auditor.state);
        drop(held);
        let exhibits = exhibits::fetch(&self.dir, source, &wanted)?;
        Ok(Followed {
            before,
            size: checkpoint.size,
            exhibits,
        })
    }

    /// Takes bundle after bundle: authenticated, kept, judged. `false` if a bundle does not begin
    /// with the entries that are here; nothing of it is kept then.
    fn take_entries(
        &self,
        source: &dyn Source,
        growth: &Growth,
        progress: &dyn Fn(u64, u64),
    ) -> Result<bool, MirrorError> {
        loop {
            let next = self.held().auditor.size();
            if next >= growth.size() {
                return Ok(true);
            }
            let bundle = entries::bundle_of(next, growth.size());
            let bytes = self.bundle(source, growth, &bundle)?;
            let entries = growth.check(&bundle, &bytes)?;
            let mut held = self.held();
            let first = bundle.index * u64::from(tlog::TILE_WIDTH);
            if !held.begin(first, &entries) {
                return Ok(false);
            }
            let durability = if bundle.is_full() {
                Durability::Synced
            } else {
                Durability::Lazy
            };
            self.put(&bundle.path(), &bytes, durability)?;
            self.append(&mut held, first, &entries)?;
            progress(held.auditor.size(), growth.size());
        }
    }

    /// The bytes of a bundle that the checkpoint commits to: those kept here before, or the log's.
    fn bundle(
        &self,
        source: &dyn Source,
        growth: &Growth,
        bundle: &EntryBundleId,
    ) -> Result<Vec<u8>, MirrorError> {
        let kept = self.get(&bundle.path())?;
        match kept {
            Some(bytes) if growth.check(bundle, &bytes).is_ok() => Ok(bytes),
            // What is kept was committed to as well, once: it is never written over.
            Some(_) => Err(MirrorError::NotCommitted(format!(
                "{bundle}: other entries were kept here before; compare the file {} of the mirror's folder with \
                 what other mirrors hold",
                Path::new("log").join(bundle.path()).display()
            ))),
            None => source::bundle(source, bundle),
        }
    }

    /// Takes authenticated entries, of which the first has this index; those that are here already are passed
    /// over. Each is judged, and each bundle that they fill is kept.
    fn append(&self, held: &mut Held, first: u64, entries: &[Vec<u8>]) -> Result<(), MirrorError> {
        let skipped = held.auditor.size().saturating_sub(first);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let mut rest = entries.get(skipped..).unwrap_or_default();
        while !rest.is_empty() {
            let room = usize::from(tlog::TILE_WIDTH) - held.tail.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.judge(held, now)?;
            if held.tail.len() == usize::from(tlog::TILE_WIDTH) {
                let size = held.auditor.size();
                let last = entries::bundle_of(size - 1, size);
                self.put(&last.path(), &encode(&held.tail)?, Durability::Synced)?;
                held.tail.clear();
            }
            rest = later;
        }
        Ok(())
    }

    /// Judges entries in order, as many as the last bundle has room for; signatures are checked on all cores.
    /// What the rules refuse ends the cosigning: the log signed it.
    fn judge(&self, held: &mut Held, entries: &[Vec<u8>]) -> Result<(), MirrorError> {
        let bytes: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        for (entry, verified) in entries.iter().zip(entries::verify_all(&bytes)) {
            let judged = match verified {
                Ok(statement) => held.auditor.verified(&statement),
                Err(_) => held.auditor.entry(entry),
            };
            if let Err(fault) = judged {
                let error = MirrorError::Rules(fault);
                self.status.end(&error);
                return Err(error);
            }
            held.tail.push(entry.clone());
        }
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // It is moved in whole steps, each of which holds by itself.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, size: u64, checkpoint: Vec<u8>) {
        self.status.grown(size);
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        *shown = Shown { size, checkpoint };
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, MirrorError> {
        Ok(self.objects.get(&path(name)?).map_err(StoreError::from)?)
    }

    fn put(&self, name: &str, bytes: &[u8], durability: Durability) -> Result<(), MirrorError> {
        let put = self.objects.put_if_absent(&path(name)?, bytes, durability);
        Ok(put.map_err(StoreError::from)?)
    }
}

impl Held {
    /// Whether entries, of which the first has this index, are those that are here, as far as they are.
    fn begin(&self, first: u64, entries: &[Vec<u8>]) -> bool {
        let here = (first..self.auditor.size()).map(|index| self.auditor.tree.node(0, index).ok());
        let theirs = leaves(entries).into_iter().map(Some);
        theirs.zip(here).all(|(theirs, ours)| theirs == ours)
    }
}

/// A path of the log's; it always is an object's.
fn path(name: &str) -> Result<ObjectPath, MirrorError> {
    name.parse()
        .map_err(|error| MirrorError::Source(format!("{name}: {error}")))
}

fn required(source: &dyn Source, path: &str) -> Result<Vec<u8>, MirrorError> {
    let found = source.get(path).map_err(MirrorError::Source)?;
    found.ok_or_else(|| MirrorError::Source(format!("{path} is not there")))
}

/// The bytes of a bundle's entries; what `encode_entry_bundle` makes of them again.
fn encode(held: &[Vec<u8>]) -> Result<Vec<u8>, MirrorError> {
    let held: Vec<&[u8]> = held.iter().map(Vec::as_slice).collect();
    encode_entry_bundle(&held).map_err(|error| MirrorError::NotCommitted(error.to_string()))
}

/// Leaf hashes of entries.
fn leaves(held: &[Vec<u8>]) -> Vec<tlog::Hash> {
    held.iter().map(|entry| leaf_hash(entry)).collect()
}
