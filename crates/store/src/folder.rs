//! Objects as files below one folder of a local file system.
//!
//! An object is the file of the same relative path, mode 0444. It is written under a temporary
//! name in `.pending/` (same file system), made durable, and only then given its own name, in a
//! step that refuses to overwrite. Lazy objects wait in memory until the flush, which makes them
//! durable together; so a name in the folder always stands for whole, durable bytes, and a crash
//! leaves nothing but files in `.pending/`, which the next writer clears away.

mod list;
mod publish;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{self, IoError};
use crate::filesystem::{FileSystem, LocalFiles};
use crate::lock::RecordLock;
use crate::objects::{self, Durability, ObjectError, ObjectPath, Objects};

/// Folder of files that have no name yet. Hidden, so no [`ObjectPath`] leads into it.
const PENDING_FOLDER: &str = ".pending";

/// Lazy objects kept in memory at most, in bytes; the put that passes this mark flushes.
pub const MAX_LAZY_BYTES: usize = 64 * 1024 * 1024;

/// Objects as files below one folder.
#[derive(Debug)]
pub struct FolderObjects {
    files: Arc<dyn FileSystem>,
    root: PathBuf,
    writable: bool,
    state: Mutex<State>,
}

/// What the handle remembers beyond the disk.
#[derive(Debug, Default)]
struct State {
    /// Lazy objects not yet on disk.
    lazy: BTreeMap<ObjectPath, Vec<u8>>,
    /// Sum of the lengths in `lazy`.
    lazy_bytes: usize,
    /// Folders whose own names are known to be durable.
    settled: HashSet<PathBuf>,
    /// A flush failed.
    abandoned: bool,
}

impl FolderObjects {
    /// Opens the folder for writing, makes it if needed, and clears away what a crash left
    /// unnamed. The held lock shows that no other writer's work is cleared.
    ///
    /// # Errors
    /// [`IoError`] if the folder cannot be made or cleared.
    pub fn open(root: &Path, _held: &RecordLock) -> Result<Self, IoError> {
        Self::open_on(LocalFiles::shared(), root)
    }

    /// As [`Self::open`], on any file system. The caller makes sure that it is the only writer.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(files: Arc<dyn FileSystem>, root: &Path) -> Result<Self, IoError> {
        let pending = root.join(PENDING_FOLDER);
        disk::create_folder_on(&*files, root)?;
        // This also makes the names beside it durable. A process that was killed may have given
        // the checkpoint its name and no more; what is read from here on is not taken back.
        disk::create_folder_on(&*files, &pending)?;
        for listed in files
            .list(&pending)
            .map_err(IoError::at("list", &pending))?
        {
            let path = pending.join(listed.name);
            files
                .remove(&path)
                .map_err(IoError::at("clear away", &path))?;
        }
        Ok(Self {
            files,
            root: root.to_path_buf(),
            writable: true,
            state: Mutex::default(),
        })
    }

    /// Opens the folder for reading; every write is refused with [`ObjectError::ReadOnly`].
    ///
    /// # Errors
    /// [`IoError`] if there is no such folder.
    pub fn open_read_only(root: &Path) -> Result<Self, IoError> {
        let files = LocalFiles::shared();
        std::fs::read_dir(root).map_err(IoError::at("open the folder", root))?;
        Ok(Self {
            files,
            root: root.to_path_buf(),
            writable: false,
            state: Mutex::default(),
        })
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), IoError> {
        disk::sync_folder_on(&*self.files, folder)
    }

    fn file_of(&self, path: &ObjectPath) -> PathBuf {
        self.root.join(path.as_str())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, for an operation that writes `path`.
    fn state_to_write(&self, path: &ObjectPath) -> Result<MutexGuard<'_, State>, ObjectError> {
        if !self.writable {
            return Err(ObjectError::ReadOnly { path: path.clone() });
        }
        let state = self.state();
        if state.abandoned {
            Err(ObjectError::Abandoned)
        } else {
            Ok(state)
        }
    }

    /// Reads the file of an object; a path through an object, or of a folder, has none.
    fn read(&self, path: &ObjectPath) -> Result<Option<Vec<u8>>, IoError> {
        match disk::read_if_there_on(&*self.files, &self.file_of(path)) {
            Err(error) if list::is_obstruction(&error.source) => Ok(None),
            other => other,
        }
    }

    fn flush_state(&self, state: &mut State) -> Result<(), ObjectError> {
        let lazy = std::mem::take(&mut state.lazy);
        state.lazy_bytes = 0;
        let outcome = self.publish_all(state, lazy);
        state.abandoned = outcome.is_err();
        outcome
    }
}

impl Objects for FolderObjects {
    fn put_if_absent(
        &self,
        path: &ObjectPath,
        bytes: &[u8],
        durability: Durability,
    ) -> Result<(), ObjectError> {
        objects::require_write_once(path)?;
        let mut state = self.state_to_write(path)?;
        let on_disk = self.read(path)?;
        match on_disk.as_ref().or_else(|| state.lazy.get(path)) {
            Some(held) if held != bytes => {
                return Err(ObjectError::conflict(path, held, bytes));
            }
            _ => {}
        }
        if on_disk.is_some() {
            // Whoever named the file may have crashed before the name was durable.
            return Ok(self.sync_folder(disk::folder_of(&self.file_of(path)))?);
        }
        match durability {
            Durability::Synced => {
                if let Some(lazy) = state.lazy.remove(path) {
                    state.lazy_bytes -= lazy.len();
                }
                let one = BTreeMap::from([(path.clone(), bytes.to_vec())]);
                self.publish_all(&mut state, one)
            }
            Durability::Lazy => {
                if state.lazy.insert(path.clone(), bytes.to_vec()).is_none() {
                    state.lazy_bytes += bytes.len();
                }
                if state.lazy_bytes > MAX_LAZY_BYTES {
                    self.flush_state(&mut state)
                } else {
                    Ok(())
                }
            }
        }
    }

    fn replace(&self, path: &ObjectPath, bytes: &[u8]) -> Result<(), ObjectError> {
        objects::require_replaceable(path)?;
        let mut state = self.state_to_write(path)?;
        self.flush_state(&mut state)?;
        let target = self.file_of(path);
        let staged = self.stage(bytes)?;
        staged.sync()?;
        staged.replace(&target)?;
        Ok(self.sync_folder(&self.root)?)
    }

    fn get(&self, path: &ObjectPath) -> Result<Option<Vec<u8>>, ObjectError> {
        if let Some(bytes) = self.read(path)? {
            return Ok(Some(bytes));
        }
        // Under the state's lock no flush can move the object between the two places.
        let state = self.state();
        match state.lazy.get(path) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None => Ok(self.read(path)?),
        }
    }

    fn list(&self, prefix: &str) -> Result<Vec<ObjectPath>, ObjectError> {
        // The lazy ones first: a flush meanwhile moves them to the disk, never away from it.
        let matches = |path: &&ObjectPath| path.as_str().starts_with(prefix);
        let mut found: BTreeSet<_> = self.state().lazy.keys().filter(matches).cloned().collect();
        found.append(&mut list::objects_in(&*self.files, &self.root, prefix)?);
        Ok(found.into_iter().collect())
    }

    fn remove(&self, path: &ObjectPath) -> Result<(), ObjectError> {
        objects::require_removable(path)?;
        let mut state = self.state_to_write(path)?;
        self.flush_state(&mut state)?;
        let target = self.file_of(path);
        match self.files.remove(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(IoError::at("remove", &target))?,
        }
        match self.sync_folder(disk::folder_of(&target)) {
            Err(error) if error.source.kind() == io::ErrorKind::NotFound => Ok(()),
            other => Ok(other?),
        }
    }

    fn discard_partials(&self, full: &ObjectPath) -> Result<(), ObjectError> {
        objects::require_full_tile(full)?;
        let mut state = self.state_to_write(full)?;
        self.flush_state(&mut state)?;
        self.remove_partials(&mut state, full)
    }

    fn flush(&self) -> Result<(), ObjectError> {
        if !self.writable {
            return Ok(());
        }
        let mut state = self.state();
        if state.abandoned {
            Err(ObjectError::Abandoned)
        } else {
            self.flush_state(&mut state)
        }
    }
}
