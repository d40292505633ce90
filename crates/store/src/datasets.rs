//! Datasets of others beside a record's log: claims by others, one file per publisher, each whole or not there.
//!
//! They are no part of the log and no statement speaks of them: losing the folder loses nothing the body said. A file
//! is written, made durable, then named in one step that replaces an earlier edition, so a reader beside a running
//! import sees the old edition or the new one. No lock is needed for that, so one may import while a server runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::disk::{self, IoError};
use crate::error::StoreError;
use crate::layout::Layout;

/// Longest name of a dataset, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// What keeping a dataset did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// There was none of this name.
    New,
    /// The very same bytes were there; nothing was written.
    Same,
    /// It stands in place of another edition.
    Replaced,
}

/// Tells one edition of a file from another: when it was written, and its size in bytes.
pub type Stamp = (SystemTime, u64);

fn path(dir: &Path, name: &str) -> Option<PathBuf> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let good = !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.bytes().all(plain);
    good.then(|| Layout::new(dir).datasets().join(format!("{name}.json")))
}

/// Keeps a dataset in the folder of a record, in place of an earlier edition of the same name.
///
/// # Errors
/// [`StoreError::NoRecord`] if the folder holds no record; [`StoreError::Format`] for a name that is not 1 to 64 of
/// `a-z`, `0-9` and `-`; failures of the storage, and then the earlier edition stands.
pub fn keep(dir: &Path, name: &str, bytes: &[u8]) -> Result<Kept, StoreError> {
    let layout = Layout::new(dir);
    layout.read_origin()?;
    let Some(path) = path(dir, name) else {
        return Err(StoreError::Format {
            folder: dir.to_path_buf(),
            problem: format!("{name:?} is no name of a dataset: 1 to 64 of a-z, 0-9 and -"),
        });
    };
    let before = disk::read_if_there(&path)?;
    if before.as_deref() == Some(bytes) {
        return Ok(Kept::Same);
    }
    let folder = layout.datasets();
    disk::create_folder(&folder)?;
    disk::replace(&path, bytes, disk::PUBLISHED_MODE)?;
    Ok(if before.is_some() {
        Kept::Replaced
    } else {
        Kept::New
    })
}

/// The edition that is kept under a name; none if there is none.
///
/// # Errors
/// A failure of the storage.
pub fn stamp(dir: &Path, name: &str) -> Result<Option<Stamp>, StoreError> {
    let Some(path) = path(dir, name) else {
        return Ok(None);
    };
    match fs::metadata(&path).and_then(|meta| Ok((meta.modified()?, meta.len()))) {
        Ok(stamp) => Ok(Some(stamp)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(IoError::at("look at", &path)(source).into()),
    }
}

/// The bytes of a dataset; none if there is none.
///
/// # Errors
/// A failure of the storage.
pub fn read(dir: &Path, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    match path(dir, name) {
        Some(path) => Ok(disk::read_if_there(&path)?),
        None => Ok(None),
    }
}

/// The names of all datasets kept, in order.
///
/// # Errors
/// A failure of the storage.
pub fn names(dir: &Path) -> Result<Vec<String>, StoreError> {
    let folder = Layout::new(dir).datasets();
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(IoError::at("list", &folder)(source).into()),
    };
    let mut names = Vec::new();
    for entry in listed {
        let entry = entry.map_err(IoError::at("list", &folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".json");
        names.extend(stem.filter(|s| path(dir, s).is_some()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
