//! What the desk was told: age files made on the requester's own device, each wrapped once more
//! under a key of its request alone (docs/aid-statements.md, sections 3, 8 and 9).
//!
//! ```text
//! aid/keys/<id>                    the request's own key (age), 0600; gone after a purge
//! aid/items/<id>/<commitment>.age  one sealed item, wrapped under that key, 0400
//! aid/incoming/                    items being written; cleared when the record is opened
//! ```
//!
//! **Architecture Invariant:** no other module opens these files or holds these keys, and nothing
//! here reads a case. `cargo xtask tidy` walks the sources for it.

mod cross;
mod error;
mod purge;
mod wrap;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use record::ids::StatementId;
use tlog::Hash;

pub use self::cross::cross;
pub use self::error::AidError;
use crate::disk::{self, IoError};

/// Longest age file of an item, in bytes.
pub const MAX_SEALED_BYTES: usize = 256 * 1024;
/// Most bytes of the age files of one statement.
pub const MAX_STATEMENT_SEALED_BYTES: usize = 512 * 1024;

/// A sealed item as it came in: its commitment, and the age file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedItem {
    /// What the statement calls it.
    pub commitment: Hash,
    /// The age file, which this machine cannot open.
    pub age: Vec<u8>,
}

/// The folder of what the desk was told.
pub struct AidStore {
    folder: PathBuf,
}

impl AidStore {
    /// Opens the folder, makes it if it is missing, and clears away what interrupted writes left.
    pub(crate) fn open(folder: &Path) -> Result<Self, AidError> {
        let store = Self {
            folder: folder.to_path_buf(),
        };
        for part in [
            store.folder.clone(),
            store.keys(),
            store.items(),
            store.incoming(),
        ] {
            disk::create_folder(&part)?;
            disk::set_path_mode(&part, disk::PRIVATE_FOLDER_MODE)
                .map_err(IoError::at("make private", &part))?;
        }
        purge::empty(&store.incoming())?;
        Ok(store)
    }

    /// Keeps the items of a statement under the key of `id` (the request, or the enlistment),
    /// durably. The same items again change nothing. Gives the commitments that were not kept before.
    ///
    /// # Errors
    /// [`AidError::TooLarge`], [`AidError::Other`] if another file is kept under a commitment;
    /// failures of the storage, after which some items may be kept: keep them again, or
    /// [`Self::forget`] them.
    pub fn keep(&self, id: &StatementId, items: &[SealedItem]) -> Result<Vec<Hash>, AidError> {
        check_sizes(items)?;
        let key = wrap::create_key(&self.key_of(id))?;
        let folder = self.items_of(id);
        disk::create_folder(&folder)?;
        let mut fresh = Vec::new();
        for item in items {
            let path = self.item_of(id, &item.commitment);
            if wrap::write(&key, &self.incoming(), &path, &item.age)? {
                fresh.push(item.commitment);
                continue;
            }
            if wrap::read(&key, &path)?.as_ref() != Some(&item.age) {
                return Err(AidError::Other {
                    commitment: item.commitment,
                });
            }
        }
        disk::sync_folder(&folder)?;
        Ok(fresh)
    }

    /// Destroys single items: those of a statement that was not recorded.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn drop_items(&self, id: &StatementId, commitments: &[Hash]) -> Result<(), AidError> {
        for commitment in commitments {
            purge::destroy(&self.item_of(id, commitment))?;
        }
        Ok(())
    }

    /// Commitments of the items kept of `id`.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn items_kept(&self, id: &StatementId) -> Result<Vec<Hash>, AidError> {
        let folder = self.items_of(id);
        let entries =
            absent_is_none(fs::read_dir(&folder)).map_err(IoError::at("list", &folder))?;
        let mut kept = Vec::new();
        for entry in entries.into_iter().flatten() {
            let name = entry.map_err(IoError::at("list", &folder))?.file_name();
            let name = name.to_str().and_then(|n| n.strip_suffix(".age"));
            kept.extend(name.and_then(|n| n.parse::<Hash>().ok()));
        }
        Ok(kept)
    }

    /// The age file of an item; `None` if it is not (or no more) held.
    ///
    /// # Errors
    /// [`AidError::Damaged`]; failures of the storage.
    pub fn item(&self, id: &StatementId, commitment: &Hash) -> Result<Option<Vec<u8>>, AidError> {
        let Some(key) = wrap::read_key(&self.key_of(id))? else {
            return Ok(None);
        };
        wrap::read(&key, &self.item_of(id, commitment))
    }

    /// Whether an item is held, and is the age file with this SHA-256.
    ///
    /// # Errors
    /// As [`Self::item`].
    pub fn holds(
        &self,
        id: &StatementId,
        commitment: &Hash,
        sealed_sha256: &Hash,
    ) -> Result<bool, AidError> {
        let held = self.item(id, commitment)?;
        Ok(held.is_some_and(|age| tlog::sha256(&age) == *sealed_sha256))
    }

    /// Destroys what is kept of `id`: the key first, which alone makes the rest readable, then
    /// every item, overwritten and removed. Gives whether there was anything. Repeating it after a
    /// crash finishes it.
    ///
    /// # Errors
    /// Failures of the storage; something may then be left, without its key.
    pub fn forget(&self, id: &StatementId) -> Result<bool, AidError> {
        let had_key = purge::destroy(&self.key_of(id))?;
        let folder = self.items_of(id);
        let had_items = purge::destroy_folder(&folder)?;
        Ok(had_key || had_items)
    }

    /// Everything something is kept of, in ascending order.
    ///
    /// # Errors
    /// The folders cannot be read.
    pub fn kept(&self) -> Result<Vec<StatementId>, AidError> {
        let mut kept = Vec::new();
        for folder in [self.keys(), self.items()] {
            let entries = fs::read_dir(&folder).map_err(IoError::at("list", &folder))?;
            for entry in entries {
                let name = entry.map_err(IoError::at("list", &folder))?.file_name();
                kept.extend(name.to_str().and_then(|n| n.parse::<StatementId>().ok()));
            }
        }
        kept.sort_unstable();
        kept.dedup();
        Ok(kept)
    }

    fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }
    fn items(&self) -> PathBuf {
        self.folder.join("items")
    }
    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }
    fn key_of(&self, id: &StatementId) -> PathBuf {
        self.keys().join(id.to_string())
    }
    fn items_of(&self, id: &StatementId) -> PathBuf {
        self.items().join(id.to_string())
    }
    fn item_of(&self, id: &StatementId, commitment: &Hash) -> PathBuf {
        self.items_of(id).join(format!("{commitment}.age"))
    }
}

impl fmt::Debug for AidStore {
    /// Shows the folder, never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AidStore")
            .field("folder", &self.folder)
            .finish()
    }
}

fn check_sizes(items: &[SealedItem]) -> Result<(), AidError> {
    let longest = items.iter().map(|i| i.age.len()).max().unwrap_or(0);
    let all: usize = items.iter().map(|i| i.age.len()).sum();
    if longest > MAX_SEALED_BYTES || all > MAX_STATEMENT_SEALED_BYTES {
        return Err(AidError::TooLarge { longest, all });
    }
    Ok(())
}

/// `None` where there is no such file.
fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
