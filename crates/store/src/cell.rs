//! One small value swapped atomically: the latest signed checkpoint of a log.
//!
//! The cell is what keeps one log from having two histories: a sequencer that signs on top of a
//! tree that is no longer the latest loses the swap and publishes nothing.

use std::any::Any;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{self, IoError};
use crate::filesystem::{FileSystem, LocalFiles};

/// Keeps one value.
///
/// # Duties of every backend
///
/// * **Atomic.** Of any number of concurrent swaps with the same `expected`, from any number of
///   processes, at most one returns `Ok`.
/// * **Durability.** After `Ok` the new value survives a power cut. So does any value that `load`
///   has returned: what was read is not taken back.
/// * **Consistency.** `load` returns the value of the latest swap that returned `Ok`, or that of
///   a later ambiguous one. A reader sees a whole value, never a part.
/// * **Retry.** A swap is never repeated by the backend once it may have taken effect; a doubt
///   is reported as [`CellError::Ambiguous`].
///
/// # Duties of the caller
///
/// After [`CellError::Ambiguous`] the swap may or may not have persisted. The caller stops using
/// what it knows, loads the cell again and replays from there; it neither repeats the swap
/// blindly nor publishes what it signed.
pub trait Cell: Send + Sync {
    /// The value, or `None` if nothing was ever put in.
    fn load(&self) -> Result<Option<Vec<u8>>, CellError>;

    /// Puts in `new` if the value is `expected` (`None`: if there is none yet).
    fn compare_and_swap(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), CellError>;
}

/// Why a cell was not read or swapped.
#[derive(Debug, thiserror::Error)]
pub enum CellError {
    /// The value is another one than expected; nothing changed.
    #[error("the cell holds another value than expected")]
    Mismatch {
        /// The value the cell holds.
        found: Option<Vec<u8>>,
    },
    /// The swap may or may not have persisted: abort, load again and replay.
    #[error("the swap may or may not have persisted")]
    Ambiguous(#[source] IoError),
    /// Nothing was read, or nothing was changed.
    #[error(transparent)]
    Io(#[from] IoError),
}

/// A cell in one file, swapped under the lock of a sibling file.
#[derive(Debug)]
pub struct FileCell {
    files: Arc<dyn FileSystem>,
    file: PathBuf,
    lock_file: PathBuf,
    pending: PathBuf,
}

impl FileCell {
    /// Opens the cell kept in `file`, which need not exist yet; its folder must. Beside it stand
    /// the hidden files `.NAME.lock` and, during a swap, `.NAME.pending`.
    ///
    /// # Errors
    /// [`IoError`] if the lock file cannot be made there.
    pub fn open(file: &Path) -> Result<Self, IoError> {
        Self::open_on(LocalFiles::shared(), file)
    }

    /// As [`Self::open`], on any file system.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(files: Arc<dyn FileSystem>, file: &Path) -> Result<Self, IoError> {
        let sibling = |suffix: &str| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            disk::folder_of(file).join(format!(".{name}.{suffix}"))
        };
        let cell = Self {
            files,
            file: file.to_path_buf(),
            lock_file: sibling("lock"),
            pending: sibling("pending"),
        };
        cell.lock()?;
        Ok(cell)
    }

    /// Waits for the exclusive lock; dropping the handle releases it.
    fn lock(&self) -> Result<Box<dyn Any + Send>, IoError> {
        self.files
            .lock(&self.lock_file)
            .map_err(IoError::at("lock", &self.lock_file))
    }

    /// Writes the new value beside the old one, durably. A leftover of a crash is removed first,
    /// never written over: where a power cut has split a rename, it is the cell's file itself.
    fn write_pending(&self, new: &[u8]) -> Result<(), IoError> {
        match self.files.remove(&self.pending) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(IoError::at("clear away", &self.pending))?,
        }
        let written = self
            .files
            .write(&self.pending, new, None)
            .map_err(IoError::at("write", &self.pending))?;
        written
            .sync()
            .map_err(IoError::at("make durable", &self.pending))
    }

    fn sync_folder(&self) -> Result<(), IoError> {
        disk::sync_folder_on(&*self.files, disk::folder_of(&self.file))
    }
}

impl Cell for FileCell {
    fn load(&self) -> Result<Option<Vec<u8>>, CellError> {
        let _held = self.lock()?;
        let value = disk::read_if_there_on(&*self.files, &self.file)?;
        // The process that swapped this value in may have died before its name was durable.
        self.sync_folder()?;
        Ok(value)
    }

    fn compare_and_swap(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), CellError> {
        let _held = self.lock()?;
        let found = disk::read_if_there_on(&*self.files, &self.file)?;
        if found.as_deref() != expected {
            return Err(CellError::Mismatch { found });
        }
        self.write_pending(new)?;
        // From here on the swap may have happened, whatever the system answers.
        self.files
            .replace(&self.pending, &self.file)
            .map_err(IoError::at("swap", &self.file))
            .map_err(CellError::Ambiguous)?;
        self.sync_folder().map_err(CellError::Ambiguous)
    }
}
