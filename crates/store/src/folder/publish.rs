//! Giving objects their names: written, made durable, named, in this order.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::list::is_obstruction;
use super::{FolderObjects, PENDING_FOLDER, State};
use crate::disk::{self, IoError};
use crate::filesystem::{FileSystem, Written};
use crate::objects::{ObjectError, ObjectPath};

/// Makes the temporary names of one process differ; another process holds no lock meanwhile.
static NEXT_TEMPORARY: AtomicU64 = AtomicU64::new(0);

/// A file without a name of its own yet; removed when dropped before it has one.
pub(super) struct Unnamed<'a> {
    files: &'a dyn FileSystem,
    path: PathBuf,
    written: Option<Box<dyn Written>>,
}

impl Unnamed<'_> {
    /// Makes its bytes durable.
    pub(super) fn sync(&self) -> Result<(), IoError> {
        let Some(written) = &self.written else {
            return Ok(());
        };
        written
            .sync()
            .map_err(IoError::at("make durable", &self.path))
    }

    /// Puts it in the place of what is there.
    pub(super) fn replace(mut self, target: &Path) -> Result<(), IoError> {
        let moved = self.files.replace(&self.path, target);
        self.written = None;
        moved.map_err(IoError::at("replace", target))
    }

    /// Gives it a name that must be free.
    fn name(mut self, target: &Path) -> io::Result<()> {
        let named = self.files.name(&self.path, target);
        self.written = None;
        if named.is_err() {
            // The next writer clears it away otherwise.
            let _ = self.files.remove(&self.path);
        }
        named
    }
}

impl Drop for Unnamed<'_> {
    fn drop(&mut self) {
        if self.written.take().is_some() {
            // The next writer clears it away otherwise.
            let _ = self.files.remove(&self.path);
        }
    }
}

impl FolderObjects {
    /// Writes the bytes to a file without a name of its own, not yet durable.
    pub(super) fn stage(&self, bytes: &[u8]) -> Result<Unnamed<'_>, IoError> {
        let number = NEXT_TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(PENDING_FOLDER).join(number.to_string());
        match self.files.write(&path, bytes, Some(disk::PUBLISHED_MODE)) {
            Ok(written) => Ok(Unnamed {
                files: &*self.files,
                path,
                written: Some(written),
            }),
            Err(error) => {
                // A part of it takes place on a disk that may be full.
                let _ = self.files.remove(&path);
                Err(IoError::at("write", &path)(error))
            }
        }
    }

    /// Makes the folders of `path`, durably.
    fn prepare_folders(&self, state: &mut State, path: &ObjectPath) -> Result<(), ObjectError> {
        for folder in path.folders().map(|folder| self.root.join(folder)) {
            if state.settled.contains(&folder) {
                continue;
            }
            match disk::create_folder_on(&*self.files, &folder) {
                Err(error) if is_obstruction(&error.source) => {
                    return Err(ObjectError::Obstructed { path: path.clone() });
                }
                other => other?,
            }
            state.settled.insert(folder);
        }
        Ok(())
    }

    /// Gives a durable file the object's name. Another process's object under that name is
    /// compared, not overwritten.
    fn publish(
        &self,
        staged: Unnamed<'_>,
        path: &ObjectPath,
        bytes: &[u8],
    ) -> Result<(), ObjectError> {
        let target = self.file_of(path);
        match staged.name(&target) {
            Ok(()) => Ok(()),
            Err(refused) if refused.kind() == io::ErrorKind::AlreadyExists => {
                match self.read(path)? {
                    Some(held) if held == bytes => Ok(()),
                    Some(held) => Err(ObjectError::conflict(path, &held, bytes)),
                    None => Err(ObjectError::Obstructed { path: path.clone() }),
                }
            }
            Err(refused) => Err(IoError::at("name", &target)(refused).into()),
        }
    }

    /// Removes the partial versions of a full object, if that is there.
    pub(super) fn remove_partials(
        &self,
        state: &mut State,
        full: &ObjectPath,
    ) -> Result<(), ObjectError> {
        let folder = self.root.join(full.partials());
        let listed = match self.files.list(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(IoError::at("list", &folder))?,
        };
        if self.read(full)?.is_none() {
            return Ok(());
        }
        for partial in listed {
            let file = folder.join(partial.name);
            let removed = self.files.remove(&file);
            removed.map_err(IoError::at("remove", &file))?;
        }
        let removed = self.files.remove_folder(&folder);
        removed.map_err(IoError::at("remove", &folder))?;
        state.settled.remove(&folder);
        Ok(())
    }

    /// Publishes `objects` together: write all, sync all, name all, sync the folders.
    pub(super) fn publish_all(
        &self,
        state: &mut State,
        objects: BTreeMap<ObjectPath, Vec<u8>>,
    ) -> Result<(), ObjectError> {
        let mut staged = Vec::with_capacity(objects.len());
        for (path, bytes) in objects {
            self.prepare_folders(state, &path)?;
            staged.push((self.stage(&bytes)?, path, bytes));
        }
        for (file, _, _) in &staged {
            file.sync()?;
        }
        let mut folders = BTreeSet::new();
        for (file, path, bytes) in staged {
            self.publish(file, &path, &bytes)?;
            folders.insert(disk::folder_of(&self.file_of(&path)).to_path_buf());
        }
        for folder in folders {
            self.sync_folder(&folder)?;
        }
        Ok(())
    }
}
