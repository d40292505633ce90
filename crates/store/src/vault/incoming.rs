//! Exhibits being written: unnamed, invisible, and cleared away if their writer dies.
//!
//! Several processes may put at once, so what is left over is told from what is being written by
//! a lock: a writer holds its file's lock until the file is named, and the clearing removes only
//! files whose lock it can take.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::disk::{self, IoError};

/// Folder of unnamed files; hidden.
const INCOMING_FOLDER: &str = ".incoming";

/// How often a new file is made when a clearing process takes it away.
const MAX_ATTEMPTS: usize = 16;

/// A new locked file; removed when dropped without being named.
pub(super) fn file(vault: &Path) -> Result<NamedTempFile, IoError> {
    let folder = vault.join(INCOMING_FOLDER);
    disk::create_folder(&folder)?;
    for _ in 0..MAX_ATTEMPTS {
        let file = NamedTempFile::new_in(&folder)
            .map_err(IoError::at("make a temporary file in", &folder))?;
        // A clearing process may have been quicker, and may even have removed the file by now.
        if file.as_file().try_lock().is_ok() && file.path().exists() {
            return Ok(file);
        }
    }
    Err(IoError::at("lock a temporary file in", &folder)(
        io::ErrorKind::ResourceBusy.into(),
    ))
}

/// Removes the files of writers that are gone.
pub(super) fn clear(vault: &Path) -> Result<(), IoError> {
    let folder = vault.join(INCOMING_FOLDER);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(IoError::at("list", &folder))?,
    };
    for entry in entries {
        let path = entry.map_err(IoError::at("list", &folder))?.path();
        match clear_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(IoError::at("clear away", &path))?,
        }
    }
    Ok(())
}

fn clear_file(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    if file.try_lock().is_ok() {
        fs::remove_file(path)
    } else {
        Ok(())
    }
}
