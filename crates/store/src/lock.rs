//! The lock of a record's folder: one process writes a record at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::disk::IoError;

/// Name of the lock file. Hidden, so it is never an object; it stays when the lock is released,
/// because removing it would let two processes hold two different files of one name.
const LOCK_FILE: &str = ".lock";

/// Bytes of the lock file read to name its holder.
const MAX_HOLDER_BYTES: u64 = 20;

/// The exclusive lock on a record's folder, held as long as this value lives. The operating
/// system releases it when the process ends, however it ends.
///
/// The lock is advisory: it keeps Solferino processes on one machine (or on a file system with
/// working locks) apart. What keeps two logs apart that do not see each other's locks is the
/// compare-and-swap cell.
#[derive(Debug)]
pub struct RecordLock {
    /// Dropping the handle releases the lock.
    _file: File,
    folder: PathBuf,
}

/// Why a record's folder was not locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error(
        "another solferino process{} holds the record in {}: stop it first, or send your request to the server it runs",
        .holder.map(|id| format!(" (process {id})")).unwrap_or_default(),
        .folder.display()
    )]
    Held {
        /// The record's folder.
        folder: PathBuf,
        /// Process id the holder wrote down, if it could be read.
        holder: Option<u32>,
    },
    /// The lock file could not be made, or the file system has no locks.
    #[error(transparent)]
    Io(#[from] IoError),
}

impl RecordLock {
    /// Takes the lock of an existing folder, or fails at once.
    ///
    /// # Errors
    /// [`LockError::Held`] if another handle holds it, [`LockError::Io`] if locking is impossible.
    pub fn hold(folder: &Path) -> Result<Self, LockError> {
        let place = folder.join(LOCK_FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&place)
            .map_err(IoError::at("open the lock file", &place))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = (&mut file).take(MAX_HOLDER_BYTES).read_to_string(&mut text);
                let holder = read.ok().and_then(|_| text.trim().parse().ok());
                return Err(LockError::Held {
                    folder: folder.to_path_buf(),
                    holder,
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(IoError::at("lock", &place)(source).into());
            }
        }
        // The number only helps a person find the holder; the lock does not depend on it.
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(IoError::at("write", &place))?;
        Ok(Self {
            _file: file,
            folder: folder.to_path_buf(),
        })
    }

    /// The folder that is locked.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
