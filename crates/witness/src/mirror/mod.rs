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
mod published;
mod publishing;
pub mod source;
pub mod upload;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use record::audit::{Auditor, Fault};
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
use self::source::Source;
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

/// A mirror of one log, following it.
pub struct Mirror {
    dir: PathBuf,
    trust: TrustFile,
    log: VerifierKey,
    key: SigningKey,
    objects: FolderObjects,
    auditor: Auditor,
    /// Entries of the last bundle, if it is not full.
    tail: Vec<Vec<u8>>,
    shown: Arc<RwLock<Shown>>,
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
        let mut mirror = Self {
            dir: dir.to_path_buf(),
            log: folder.log()?,
            trust: folder.trust.clone(),
            key: folder.key.clone(),
            objects,
            auditor: Auditor::default(),
            tail: Vec::new(),
            shown: Arc::default(),
            evidence: Evidence::new(dir.join("evidence")),
            _folder: folder,
        };
        let Some(note) = mirror.get(CHECKPOINT)? else {
            return Ok(mirror);
        };
        let (checkpoint, _) = open_checkpoint(&note, &mirror.log)
            .map_err(|error| MirrorError::Checkpoint(with_sources(&error)))?;
        let mut fault = None;
        let Self {
            objects,
            auditor,
            tail,
            ..
        } = &mut mirror;
        entries::for_each_checked(&*objects, checkpoint.size, |read| {
            fault = fault.take().or(read.judge(auditor).err());
            progress(auditor.size(), checkpoint.size);
            *tail = if read.bundle.is_full() {
                Vec::new()
            } else {
                read.held
            };
            Ok(())
        })?;
        if let Some(fault) = fault {
            return Err(MirrorError::Rules(fault));
        }
        if mirror.auditor.root() != checkpoint.root {
            let problem = "the mirrored entries do not lead to the mirrored checkpoint";
            return Err(MirrorError::NotCommitted(problem.into()));
        }
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
        http::Site::new(&self.dir, Arc::clone(&self.shown), self.log.name())
    }

    /// One round: takes the log's checkpoint, and everything up to it. `progress` hears of entries
    /// verified and their number.
    ///
    /// # Errors
    /// [`MirrorError`]; what was mirrored before stays as it is.
    pub fn follow(
        &mut self,
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
        if checkpoint.size <= self.auditor.size() {
            self.compare(&checkpoint, &note)?;
        }
        if checkpoint.size < before {
            let (ours, theirs) = (before, checkpoint.size);
            return Err(MirrorError::Behind { ours, theirs });
        }
        let growth = Growth::read(source, &checkpoint)?;
        if !growth.extends(&self.auditor.tree) {
            let problem = format!("of size {} and of size {before}", checkpoint.size);
            return Err(self.forked(problem, &checkpoint, &note)?);
        }
        if !self.take_entries(source, &growth, progress)? {
            let problem = format!("of size {} and of size {before}", checkpoint.size);
            return Err(self.forked(problem, &checkpoint, &note)?);
        }
        if self.auditor.size() > checkpoint.size {
            // A round that was cut short had a larger checkpoint than is served now.
            let (ours, theirs) = (self.auditor.size(), checkpoint.size);
            return Err(MirrorError::Behind { ours, theirs });
        }
        self.compare(&checkpoint, &note)?;
        self.publish(&checkpoint, parsed)?;
        let exhibits = exhibits::fetch(&self.dir, source, &self.auditor.state)?;
        Ok(Followed {
            before,
            size: checkpoint.size,
            exhibits,
        })
    }

    /// Takes bundle after bundle: authenticated, kept, judged. `false` if a bundle does not begin
    /// with the entries that are here; nothing of it is kept then.
    fn take_entries(
        &mut self,
        source: &dyn Source,
        growth: &Growth,
        progress: &dyn Fn(u64, u64),
    ) -> Result<bool, MirrorError> {
        while self.auditor.size() < growth.size() {
            let next = self.auditor.size();
            let bundle = entries::bundle_of(next, growth.size());
            let Some(held) = self.bundle(source, growth, &bundle)? else {
                return Ok(false);
            };
            let first = bundle.index * u64::from(tlog::TILE_WIDTH);
            // The beginning of a bundle may be here already.
            let fresh = held.get((next - first) as usize..).unwrap_or_default();
            self.judge(fresh)?;
            progress(self.auditor.size(), growth.size());
        }
        Ok(true)
    }

    /// Judges the next entries, and keeps each bundle that they fill.
    fn judge(&mut self, fresh: &[Vec<u8>]) -> Result<(), MirrorError> {
        let mut rest = fresh;
        while !rest.is_empty() {
            let room = usize::from(tlog::TILE_WIDTH) - self.tail.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            judge(&mut self.auditor, now).map_err(MirrorError::Rules)?;
            self.tail.extend_from_slice(now);
            if self.tail.len() == usize::from(tlog::TILE_WIDTH) {
                let last = entries::bundle_of(self.auditor.size() - 1, self.auditor.size());
                self.put(&last.path(), &encode(&self.tail)?, Durability::Synced)?;
                self.tail.clear();
            }
            rest = later;
        }
        Ok(())
    }

    /// The entries of a bundle: those kept here before, or the log's, checked against what leads to
    /// the checkpoint and against what is here, and then kept.
    fn bundle(
        &self,
        source: &dyn Source,
        growth: &Growth,
        bundle: &EntryBundleId,
    ) -> Result<Option<Vec<Vec<u8>>>, MirrorError> {
        let path = bundle.path();
        if let Some(bytes) = self.get(&path)?
            && let Ok(held) = growth.check(bundle, &bytes)
        {
            return Ok(Some(held));
        }
        let bytes = source::bundle(source, bundle)?;
        let held = growth.check(bundle, &bytes)?;
        let first = bundle.index * u64::from(tlog::TILE_WIDTH);
        let here = (first..self.auditor.size()).map(|index| self.auditor.tree.node(0, index).ok());
        if !leaves(&held)
            .into_iter()
            .map(Some)
            .zip(here)
            .all(|(a, b)| a == b)
        {
            return Ok(None);
        }
        let durability = if bundle.is_full() {
            Durability::Synced
        } else {
            Durability::Lazy
        };
        self.put(&path, &bytes, durability)?;
        Ok(Some(held))
    }

    fn show(&self, size: u64, checkpoint: Vec<u8>) {
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

/// Judges entries in order; signatures are checked on all cores.
fn judge(auditor: &mut Auditor, held: &[Vec<u8>]) -> Result<(), Fault> {
    let bytes: Vec<&[u8]> = held.iter().map(Vec::as_slice).collect();
    for (entry, verified) in held.iter().zip(entries::verify_all(&bytes)) {
        match verified {
            Ok(statement) => auditor.verified(&statement)?,
            Err(_) => auditor.entry(entry)?,
        }
    }
    Ok(())
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
