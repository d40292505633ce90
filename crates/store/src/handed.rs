//! What members hand to each other at the desk: encrypted in the browser of whoever gives it, to the key of whoever is to
//! read it. Nothing of it can be read here; losing it loses no statement, only what its giver can hand on again.
//!
//! ```text
//! desk/readings/<SHA-256 of the member's vkey>.json     with which key a member reads, signed by it
//! desk/copies/<statement>/<what>.<reader>.<giver>.age   one copy for one reader
//! ```

use std::fs;
use std::path::PathBuf;

use record::ids::{MemberId, StatementId, Vkey};

use crate::disk::{self, IoError};
use crate::error::StoreError;
use crate::layout::Layout;

/// A copy: what it is of, for whom, by whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// A short word: what is in it.
    pub what: String,
    /// Whose key it is encrypted to.
    pub reader: MemberId,
    /// Who encrypted it.
    pub giver: MemberId,
}

impl Copy {
    fn name(&self) -> String {
        format!("{}.{}.{}.age", self.what, self.reader, self.giver)
    }

    /// `None` for a file that is none of ours.
    fn of_name(name: &str) -> Option<Self> {
        let parts: Vec<_> = name.strip_suffix(".age")?.split('.').collect();
        let [what, reader, giver] = parts.as_slice() else {
            return None;
        };
        Some(Self {
            what: (*what).to_owned(),
            reader: reader.parse().ok()?,
            giver: giver.parse().ok()?,
        })
    }
}

fn readings(layout: &Layout) -> PathBuf {
    layout.desk().join("readings")
}

fn copies(layout: &Layout, statement: &StatementId) -> PathBuf {
    layout.desk().join("copies").join(statement.to_string())
}

/// Keeps what a key says of the key it reads with, in place of what it said before.
pub(crate) fn keep_reading(layout: &Layout, key: &Vkey, said: &[u8]) -> Result<(), StoreError> {
    let folder = readings(layout);
    create(&folder)?;
    let path = folder.join(format!("{}.json", key.digest()));
    Ok(disk::replace(&path, said, disk::CONTENT_MODE)?)
}

/// What a key said last of the key it reads with.
pub(crate) fn reading(layout: &Layout, key: &Vkey) -> Result<Option<Vec<u8>>, StoreError> {
    let path = readings(layout).join(format!("{}.json", key.digest()));
    Ok(disk::read_if_there(&path)?)
}

/// Keeps a copy, in place of an earlier one of the same giver for the same reader.
pub(crate) fn keep(
    layout: &Layout,
    statement: &StatementId,
    copy: &Copy,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let folder = copies(layout, statement);
    create(&folder)?;
    Ok(disk::replace(
        &folder.join(copy.name()),
        sealed,
        disk::CONTENT_MODE,
    )?)
}

/// The copies of a statement, in the order of their names.
pub(crate) fn list(layout: &Layout, statement: &StatementId) -> Result<Vec<Copy>, StoreError> {
    let folder = copies(layout, statement);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(IoError::at("list", &folder))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(IoError::at("list", &folder))?;
        found.extend(entry.file_name().to_str().and_then(Copy::of_name));
    }
    found.sort();
    Ok(found)
}

/// The bytes of a copy.
pub(crate) fn load(
    layout: &Layout,
    statement: &StatementId,
    copy: &Copy,
) -> Result<Option<Vec<u8>>, StoreError> {
    let path = copies(layout, statement).join(copy.name());
    Ok(disk::read_if_there(&path)?)
}

fn create(folder: &std::path::Path) -> Result<(), StoreError> {
    disk::create_folder(folder)?;
    disk::set_path_mode(folder, disk::PRIVATE_FOLDER_MODE)
        .map_err(IoError::at("make private", folder))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_and_found_again_and_the_last_one_stands() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        let id = StatementId::of_entry(b"x");
        assert_eq!(list(&layout, &id).unwrap(), []);
        let copy = Copy {
            what: "opening".to_owned(),
            reader: "panel-europe".parse().unwrap(),
            giver: "registrar".parse().unwrap(),
        };
        keep(&layout, &id, &copy, b"first").unwrap();
        keep(&layout, &id, &copy, b"second").unwrap();
        fs::write(copies(&layout, &id).join("stray"), b"").unwrap();
        assert_eq!(list(&layout, &id).unwrap(), std::slice::from_ref(&copy));
        assert_eq!(load(&layout, &id, &copy).unwrap().unwrap(), b"second");
        let other = Copy {
            giver: "investigator".parse().unwrap(),
            ..copy
        };
        assert_eq!(load(&layout, &id, &other).unwrap(), None);
    }
}
