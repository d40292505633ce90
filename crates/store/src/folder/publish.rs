//! Giving objects their names: written, made durable, named, in this order.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use tempfile::NamedTempFile;

use super::list::is_obstruction;
use super::{FolderObjects, PENDING_FOLDER, State};
use crate::disk::{self, IoError};
use crate::objects::{ObjectError, ObjectPath};

impl FolderObjects {
    /// Writes the bytes to a file without a name of its own, not yet durable.
    pub(super) fn stage(&self, bytes: &[u8]) -> Result<NamedTempFile, IoError> {
        let pending = self.root.join(PENDING_FOLDER);
        let mut file = NamedTempFile::new_in(&pending)
            .map_err(IoError::at("make a temporary file in", &pending))?;
        file.write_all(bytes)
            .and_then(|()| disk::set_mode(file.as_file(), disk::PUBLISHED_MODE))
            .map_err(IoError::at("write", file.path()))?;
        Ok(file)
    }

    /// Makes the folders of `path`, durably.
    fn prepare_folders(&self, state: &mut State, path: &ObjectPath) -> Result<(), ObjectError> {
        for folder in path.folders().map(|folder| self.root.join(folder)) {
            if state.settled.contains(&folder) {
                continue;
            }
            match disk::create_folder(&folder) {
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
        staged: NamedTempFile,
        path: &ObjectPath,
        bytes: &[u8],
    ) -> Result<(), ObjectError> {
        let target = self.file_of(path);
        match staged.persist_noclobber(&target) {
            Ok(_) => Ok(()),
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                match self.read(path)? {
                    Some(held) if held == bytes => Ok(()),
                    Some(held) => Err(ObjectError::conflict(path, &held, bytes)),
                    None => Err(ObjectError::Obstructed { path: path.clone() }),
                }
            }
            Err(refused) => Err(IoError::at("name", &target)(refused.error).into()),
        }
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
            file.as_file()
                .sync_all()
                .map_err(IoError::at("make durable", file.path()))?;
        }
        let mut folders = BTreeSet::new();
        for (file, path, bytes) in staged {
            self.publish(file, &path, &bytes)?;
            folders.insert(disk::folder_of(&self.file_of(&path)).to_path_buf());
        }
        for folder in folders {
            disk::sync_folder(&folder)?;
        }
        Ok(())
    }
}
