//! Destroying files: overwritten, made durable, removed.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::{AidError, absent_is_none};
use crate::disk::{self, IoError};

/// Overwrites a file with zeros, durably, and removes it. Gives whether there was one.
pub(super) fn destroy(path: &Path) -> Result<bool, AidError> {
    let there = absent_is_none(fs::metadata(path)).map_err(IoError::at("look for", path))?;
    let Some(there) = there else {
        return Ok(false);
    };
    disk::set_path_mode(path, disk::SECRET_MODE).map_err(IoError::at("unlock", path))?;
    let overwrite = |mut file: fs::File| {
        io::copy(&mut io::repeat(0).take(there.len()), &mut file)?;
        file.sync_all()
    };
    fs::OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(overwrite)
        .map_err(IoError::at("overwrite", path))?;
    fs::remove_file(path).map_err(IoError::at("remove", path))?;
    disk::sync_folder(disk::folder_of(path))?;
    Ok(true)
}

/// Destroys every file of a folder and the folder. Gives whether there was one.
pub(super) fn destroy_folder(folder: &Path) -> Result<bool, AidError> {
    let there = absent_is_none(fs::metadata(folder)).map_err(IoError::at("look for", folder))?;
    if there.is_none() {
        return Ok(false);
    }
    empty(folder)?;
    fs::remove_dir(folder).map_err(IoError::at("remove", folder))?;
    disk::sync_folder(disk::folder_of(folder))?;
    Ok(true)
}

/// Destroys every file of a folder.
pub(super) fn empty(folder: &Path) -> Result<(), AidError> {
    for entry in fs::read_dir(folder).map_err(IoError::at("list", folder))? {
        destroy(&entry.map_err(IoError::at("list", folder))?.path())?;
    }
    Ok(())
}
