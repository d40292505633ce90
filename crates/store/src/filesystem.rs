//! What the folder of objects and the cell ask of a file system.
//!
//! The trait stands between them and the system so that their own steps, in their own order, can
//! be run on a disk that loses power (`tests/shim`, docs/crash.md). It has one implementation for
//! use, [`LocalFiles`].

use std::any::Any;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempPath;

use crate::disk;

/// A file system, as far as the log needs one.
///
/// # What is durable when
///
/// The bytes of a file survive a power cut once [`Written::sync`] has returned. A name, given,
/// moved or removed, survives once [`FileSystem::sync_folder`] of the folder that holds it has
/// returned. Before that, any part of either may be there or not, in any order. A process that
/// is killed loses nothing: the next one sees every call that returned.
pub trait FileSystem: Send + Sync + fmt::Debug {
    /// The whole content of a file.
    ///
    /// # Errors
    /// Those of the system; `NotFound` if there is no such file.
    fn read(&self, file: &Path) -> io::Result<Vec<u8>>;

    /// What a folder holds, in any order.
    ///
    /// # Errors
    /// Those of the system; `NotFound` if there is no such folder.
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>>;

    /// Makes one folder.
    ///
    /// # Errors
    /// `AlreadyExists`, `NotFound` if the folder above is missing, others of the system.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// Whether there is a folder of this name.
    fn is_folder(&self, folder: &Path) -> bool;

    /// Writes a new file, or over one that is there; not yet durable.
    ///
    /// # Errors
    /// Those of the system; the file may then hold a part.
    fn write(&self, file: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<Box<dyn Written>>;

    /// Moves a file to a name that must be free.
    ///
    /// # Errors
    /// `AlreadyExists` if the name is taken, others of the system.
    fn name(&self, file: &Path, to: &Path) -> io::Result<()>;

    /// Moves a file to a name, in one step in the place of what is there.
    ///
    /// # Errors
    /// Those of the system.
    fn replace(&self, file: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Those of the system; `NotFound` if there is none.
    fn remove(&self, file: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// Those of the system; `NotFound` if there is none.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// Those of the system.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Takes an exclusive lock on a file, waiting for it; dropping the value releases it.
    ///
    /// # Errors
    /// Those of the system.
    fn lock(&self, file: &Path) -> io::Result<Box<dyn Any + Send>>;
}

/// A file just written, not yet durable.
pub trait Written: Send {
    /// Makes its bytes durable.
    ///
    /// # Errors
    /// Those of the system.
    fn sync(&self) -> io::Result<()>;
}

/// One thing in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: OsString,
    /// What it is.
    pub kind: ListedKind,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Something else.
    Other,
}

/// The file systems of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalFiles;

impl LocalFiles {
    /// For handles that share one file system.
    #[must_use]
    pub fn shared() -> Arc<dyn FileSystem> {
        Arc::new(Self)
    }
}

impl FileSystem for LocalFiles {
    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        fs::read(file)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        let listed = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = match (kind.is_file(), kind.is_dir()) {
                (true, _) => ListedKind::File,
                (_, true) => ListedKind::Folder,
                _ => ListedKind::Other,
            };
            let name = entry.file_name();
            Ok(Listed { name, kind })
        };
        fs::read_dir(folder)?.map(listed).collect()
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)
    }

    fn is_folder(&self, folder: &Path) -> bool {
        folder.is_dir()
    }

    fn write(&self, file: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<Box<dyn Written>> {
        let mut handle = File::create(file)?;
        handle.write_all(bytes)?;
        if let Some(mode) = mode {
            disk::set_mode(&handle, mode)?;
        }
        Ok(Box::new(handle))
    }

    fn name(&self, file: &Path, to: &Path) -> io::Result<()> {
        // One system call where there is one for it, otherwise a link and a removal.
        let from = TempPath::try_from_path(file)?;
        from.persist_noclobber(to).map_err(|refused| refused.error)
    }

    fn replace(&self, file: &Path, to: &Path) -> io::Result<()> {
        fs::rename(file, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        #[cfg(not(unix))]
        let _ = folder;
        Ok(())
    }

    fn lock(&self, file: &Path) -> io::Result<Box<dyn Any + Send>> {
        let mut options = OpenOptions::new();
        let handle = options
            .write(true)
            .create(true)
            .truncate(false)
            .open(file)?;
        handle.lock()?;
        Ok(Box::new(handle))
    }
}

impl Written for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_all()
    }
}
