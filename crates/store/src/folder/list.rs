//! Finding the objects in a folder.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::disk::IoError;
use crate::filesystem::{FileSystem, ListedKind};
use crate::objects::ObjectPath;

/// Whether a path cannot be followed because a file stands where a folder should, or the reverse.
pub(super) fn is_obstruction(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory | io::ErrorKind::AlreadyExists
    )
}

/// The objects on disk whose path starts with `prefix`. Walks only the folder the prefix names.
pub(super) fn objects_in(
    files: &dyn FileSystem,
    root: &Path,
    prefix: &str,
) -> Result<BTreeSet<ObjectPath>, IoError> {
    let mut found = BTreeSet::new();
    let mut folders = match prefix.rsplit_once('/') {
        None => vec![String::new()],
        Some((folder, _)) if folder.parse::<ObjectPath>().is_ok() => vec![folder.to_owned()],
        Some(_) => return Ok(found),
    };
    while let Some(folder) = folders.pop() {
        let place = root.join(&folder);
        let entries = match files.list(&place) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) if is_obstruction(&error) => continue,
            Err(error) => return Err(IoError::at("list", &place)(error)),
        };
        for entry in entries {
            let name = entry.name.to_string_lossy();
            let path = if folder.is_empty() {
                name.into()
            } else {
                format!("{folder}/{name}")
            };
            let Ok(object) = path.parse::<ObjectPath>() else {
                continue;
            };
            match entry.kind {
                ListedKind::Folder => folders.push(path),
                ListedKind::File if path.starts_with(prefix) => {
                    found.insert(object);
                }
                ListedKind::File | ListedKind::Other => {}
            }
        }
    }
    Ok(found)
}
