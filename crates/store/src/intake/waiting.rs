//! Submissions kept durably, and the receipts signed for them: of the log itself, or of a relay.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use record::ids::StatementId;
use record::intake::Promise;
use record::statement::Verified;
use record::time::Timestamp;
use tlog::{SigningKey, VerifierKey};

use crate::disk::{self, IoError};
use crate::error::{StoreError, SubmitError};

/// Entries that may wait in one folder, at most.
pub const MAX_INTAKE: usize = 4_096;

/// A signed promise that an entry is recorded, or its refusal logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeReceipt {
    /// The statement.
    pub id: StatementId,
    /// By when it is recorded, or its refusal logged.
    pub merge_by: Timestamp,
    /// The receipt: a signed note (docs/suppression.md, section 3).
    pub note: String,
}

/// A private folder of waiting entries, each named by its identity, and the Ed25519 key that signs
/// their receipts.
#[derive(Debug)]
pub struct Waiting {
    folder: PathBuf,
    key: SigningKey,
}

impl Waiting {
    /// Opens the folder; makes it if it is not there.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn open(folder: &Path, key: SigningKey) -> Result<Self, StoreError> {
        disk::create_folder(folder)?;
        disk::set_path_mode(folder, disk::PRIVATE_FOLDER_MODE)
            .map_err(IoError::at("make private", folder))?;
        Ok(Self {
            folder: folder.to_path_buf(),
            key,
        })
    }

    /// The public half of the key that signs.
    #[must_use]
    pub fn signer(&self) -> VerifierKey {
        self.key.verifier_key()
    }

    /// Keeps an entry, durably, and then signs its receipt for the log of this origin. An entry
    /// that waits already gets another receipt, and is kept once.
    ///
    /// # Errors
    /// [`SubmitError::Overloaded`], [`SubmitError::Store`].
    pub fn take(
        &self,
        statement: &Verified,
        entry: &[u8],
        log: &str,
        received: Timestamp,
    ) -> Result<IntakeReceipt, SubmitError> {
        let path = self.path(&statement.id);
        let kept = disk::read_if_there(&path).map_err(StoreError::from)?;
        if kept.is_none() {
            if self.ids()?.len() >= MAX_INTAKE {
                return Err(SubmitError::Overloaded { limit: MAX_INTAKE });
            }
            disk::write_once(&path, entry, disk::SECRET_MODE).map_err(StoreError::from)?;
        }
        let promise = Promise::new(log, statement.id, received);
        let note = promise
            .sign(&self.key)
            .map_err(|error| StoreError::damaged_by("the intake receipt", &error))?;
        Ok(IntakeReceipt {
            id: statement.id,
            merge_by: promise.merge_by,
            note: note.to_string(),
        })
    }

    /// What waits, in the order of the identities.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn ids(&self) -> Result<Vec<StatementId>, StoreError> {
        let entries = fs::read_dir(&self.folder).map_err(IoError::at("list", &self.folder))?;
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(IoError::at("list", &self.folder))?;
            ids.extend(entry.file_name().to_string_lossy().parse::<StatementId>());
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// The bytes of a waiting entry; `None` if it waits no longer.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn read(&self, id: &StatementId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(disk::read_if_there(&self.path(id))?)
    }

    /// How long an entry has waited by this machine's clock, in seconds; 0 if nobody can say.
    #[must_use]
    pub fn waited_s(&self, id: &StatementId) -> u64 {
        let kept = fs::metadata(self.path(id)).and_then(|data| data.modified());
        let waited = kept.ok().and_then(|since| since.elapsed().ok());
        waited.map_or(0, |waited| waited.as_secs())
    }

    /// Ends the waiting of an entry.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn forget(&self, id: &StatementId) -> Result<(), StoreError> {
        let path = self.path(id);
        Ok(fs::remove_file(&path).map_err(IoError::at("remove", &path))?)
    }

    fn path(&self, id: &StatementId) -> PathBuf {
        self.folder.join(id.to_string())
    }
}

/// The moment by this machine's clock.
///
/// # Errors
/// The clock is out of range.
pub fn now() -> Result<Timestamp, StoreError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.ok().and_then(|s| i64::try_from(s.as_secs()).ok());
    let now = seconds.and_then(|s| Timestamp::from_unix_seconds(s).ok());
    now.ok_or_else(|| StoreError::damaged("the intake receipt", "the clock is out of range"))
}
