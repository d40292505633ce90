//! The folder of a copy, and the list of what is in it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{LIST, SiteError};

/// Beginning of the names under which files are written before they get their own.
const UNFINISHED: &str = ".solferino-site.";

/// A folder with the copy that was there before.
pub(super) struct Files {
    folder: PathBuf,
    /// SHA-256 by file.
    before: BTreeMap<String, String>,
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SiteError {
    let path = path.to_owned();
    move |source| SiteError::Io { what, path, source }
}

impl Files {
    /// Opens a folder: absent or empty, or an earlier copy. Anything else is left alone.
    pub(super) fn open(folder: &Path) -> Result<Self, SiteError> {
        fs::create_dir_all(folder).map_err(failed("make", folder))?;
        let list = folder.join(LIST);
        let before = match fs::read_to_string(&list) {
            Ok(text) => parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut inside = fs::read_dir(folder).map_err(failed("list", folder))?;
                if inside.next().is_some() {
                    return Err(SiteError::NotACopy(folder.to_owned()));
                }
                BTreeMap::new()
            }
            Err(error) => return Err(failed("read", &list)(error)),
        };
        forget_unfinished(folder)?;
        // From here on the folder is a copy, finished or not.
        if before.is_empty() {
            fs::write(&list, "").map_err(failed("write", &list))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            before,
        })
    }

    fn path(&self, file: &str) -> Result<PathBuf, SiteError> {
        let inside = Path::new(file)
            .components()
            .all(|c| matches!(c, Component::Normal(_)));
        match inside && !file.is_empty() && file != LIST {
            true => Ok(self.folder.join(file)),
            false => Err(SiteError::Name(file.to_owned())),
        }
    }

    /// Writes a file unless it is there with this content; whether it was written.
    pub(super) fn write(&self, file: &str, hash: &str, body: &[u8]) -> Result<bool, SiteError> {
        let path = self.path(file)?;
        let length = fs::metadata(&path).map(|m| m.len());
        let same = self.before.get(file).is_some_and(|h| h == hash);
        if same && length.is_ok_and(|n| usize::try_from(n).ok() == Some(body.len())) {
            return Ok(false);
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed("make", folder))?;
        }
        // Whoever serves the copy meanwhile never sees half a file.
        let half = self
            .folder
            .join(format!("{UNFINISHED}{}", tlog::sha256(file.as_bytes())));
        fs::write(&half, body).map_err(failed("write", &half))?;
        fs::rename(&half, &path).map_err(failed("write", &path))?;
        Ok(true)
    }

    /// Removes what is no longer part of the copy and writes the list; how many were removed.
    pub(super) fn finish(&self, all: &[(String, String)]) -> Result<u64, SiteError> {
        let mut removed = 0;
        for file in self.before.keys() {
            if all.binary_search_by(|(f, _)| f.cmp(file)).is_err() {
                let path = self.path(file)?;
                match fs::remove_file(&path) {
                    Ok(()) => removed += 1,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(failed("remove", &path)(error)),
                }
            }
        }
        let lines: String = all
            .iter()
            .map(|(file, hash)| format!("{hash}  {file}\n"))
            .collect();
        let (list, half) = (
            self.folder.join(LIST),
            self.folder.join(format!("{LIST}.new")),
        );
        fs::write(&half, lines).map_err(failed("write", &half))?;
        fs::rename(&half, &list).map_err(failed("write", &list))?;
        Ok(removed)
    }
}

/// Removes what an export that was cut short left under its first name.
fn forget_unfinished(folder: &Path) -> Result<(), SiteError> {
    for entry in fs::read_dir(folder).map_err(failed("list", folder))? {
        let path = entry.map_err(failed("list", folder))?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        if name.is_some_and(|n| n.starts_with(UNFINISHED)) {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
    }
    Ok(())
}

fn parse(text: &str) -> BTreeMap<String, String> {
    let line = |line: &str| {
        let (hash, file) = line.split_once("  ")?;
        Some((file.to_owned(), hash.to_owned()))
    };
    text.lines().filter_map(line).collect()
}
