//! Durable steps on a local file system, shared by the folder, the cell and the vault.
//!
//! A file becomes durable in four steps, always in this order: write it under a temporary name,
//! `fsync` it, give it its real name in one atomic step, `fsync` the folder that holds the name.
//! A crash before the third step leaves nothing under the real name; a crash after it leaves the
//! whole file or nothing, never a part.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::filesystem::{FileSystem, LocalFiles};

/// Mode of published objects: readable by all, writable by nobody.
pub(crate) const PUBLISHED_MODE: u32 = 0o444;
/// Mode of the vault's contents: readable by the one user that runs Solferino.
pub(crate) const CONTENT_MODE: u32 = 0o400;
/// Mode of secrets on disk.
pub(crate) const SECRET_MODE: u32 = 0o600;
/// Mode of folders that only the user running Solferino may enter.
pub(crate) const PRIVATE_FOLDER_MODE: u32 = 0o700;

/// A storage step failed: what was tried, where, and what the system said (the source).
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", .place.display())]
pub struct IoError {
    /// What was tried, as a verb phrase ("read", "make durable").
    pub action: &'static str,
    /// The file or folder it was tried on.
    pub place: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl IoError {
    /// For `map_err`: names the step and the place of a failed system call.
    pub(crate) fn at(action: &'static str, place: &Path) -> impl FnOnce(io::Error) -> Self {
        let place = place.to_path_buf();
        move |source| Self {
            action,
            place,
            source,
        }
    }
}

/// Makes the names in `folder` durable (new, replaced and removed ones).
pub(crate) fn sync_folder(folder: &Path) -> Result<(), IoError> {
    sync_folder_on(&LocalFiles, folder)
}

/// As [`sync_folder`], on any file system.
pub(crate) fn sync_folder_on(files: &dyn FileSystem, folder: &Path) -> Result<(), IoError> {
    files
        .sync_folder(folder)
        .map_err(IoError::at("make durable the names in", folder))
}

/// Sets the permission bits of an open file; nothing happens where there are none.
pub(crate) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (file, mode);
        Ok(())
    }
}

/// Sets the permission bits of a path; nothing happens where there are none.
pub(crate) fn set_path_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, mode);
        Ok(())
    }
}

/// The folder that holds `path`.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes `folder` and what is missing above it, and makes their names durable. The name of a
/// folder already there is made durable too: whoever made it may have crashed before that step.
pub(crate) fn create_folder(folder: &Path) -> Result<(), IoError> {
    create_folder_on(&LocalFiles, folder)
}

/// As [`create_folder`], on any file system.
pub(crate) fn create_folder_on(files: &dyn FileSystem, folder: &Path) -> Result<(), IoError> {
    let holder = folder_of(folder);
    let failed = IoError::at("make the folder", folder);
    match files.make_folder(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && holder != folder => {
            create_folder_on(files, holder)?;
            files.make_folder(folder).map_err(failed)?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && files.is_folder(folder) => {}
        other => other.map_err(failed)?,
    }
    sync_folder_on(files, holder)
}

/// Reads a whole file; `None` if there is none under this name.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, IoError> {
    read_if_there_on(&LocalFiles, path)
}

/// As [`read_if_there`], on any file system.
pub(crate) fn read_if_there_on(
    files: &dyn FileSystem,
    path: &Path,
) -> Result<Option<Vec<u8>>, IoError> {
    match files.read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(IoError::at("read", path)(source)),
    }
}

/// Writes a small file durably, in one step that refuses to overwrite.
pub(crate) fn write_once(path: &Path, bytes: &[u8], mode: u32) -> Result<(), IoError> {
    let folder = folder_of(path);
    written(folder, bytes, mode)?
        .persist_noclobber(path)
        .map_err(|refused| IoError::at("name", path)(refused.error))?;
    sync_folder(folder)
}

/// Writes a small file durably, in one step that puts it in the place of an earlier one.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), IoError> {
    let folder = folder_of(path);
    written(folder, bytes, mode)?
        .persist(path)
        .map_err(|refused| IoError::at("name", path)(refused.error))?;
    sync_folder(folder)
}

/// A file that is durable and has no name yet.
fn written(folder: &Path, bytes: &[u8], mode: u32) -> Result<NamedTempFile, IoError> {
    let mut file =
        NamedTempFile::new_in(folder).map_err(IoError::at("make a temporary file in", folder))?;
    file.write_all(bytes)
        .and_then(|()| set_mode(file.as_file(), mode))
        .and_then(|()| file.as_file().sync_all())
        .map_err(IoError::at("write", file.path()))?;
    Ok(file)
}
