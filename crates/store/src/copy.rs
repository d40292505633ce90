//! Any copy of a log on the disk, judged again from entry 0: a record's folder, or a mirror's.
//!
//! Needs no key and opens nothing for writing.

use std::path::Path;

use record::audit::Auditor;
use record::body::charter::CharterText;
use record::trust::TrustFile;
use tlog::{Checkpoint, Note, TlogProof, VerifierKey, inclusion_proof, open_checkpoint};

use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::log::{entries, object};
use crate::objects::{CHECKPOINT, Objects as _};

/// A whole log, its signatures, rules, stated index and root checked.
#[derive(Debug)]
pub struct LogCopy {
    objects: FolderObjects,
    auditor: Auditor,
    note: String,
    checkpoint: Checkpoint,
    log: VerifierKey,
    first: CharterText,
}

impl LogCopy {
    /// Reads a copy. Without a trust file the log is whoever entry 0 names. `progress` hears of
    /// entries judged and their number.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for whatever does not hold; failures of the storage.
    pub fn read(
        dir: &Path,
        trust: Option<&TrustFile>,
        progress: impl Fn(u64, u64),
    ) -> Result<Self, StoreError> {
        let wrong = |problem: String| StoreError::damaged("log/checkpoint", problem);
        let objects = FolderObjects::open_read_only(&dir.join("log"))?;
        let note = objects.get(&object(CHECKPOINT)?)?;
        let note = note.ok_or_else(|| wrong("there is no checkpoint".into()))?;
        let parsed = Note::parse(&note).map_err(|e| wrong(e.to_string()))?;
        let claimed = Checkpoint::parse(&parsed.text).map_err(|e| wrong(e.to_string()))?;
        if claimed.size == 0 {
            return Err(wrong("it is of an empty log".into()));
        }
        let first = crate::record_folder::entry(&objects, 0, claimed.size)?;
        let first = crate::record_folder::first_charter(&first)?;
        let log = first.log.verifier().map_err(|e| wrong(e.to_string()))?;
        let (checkpoint, parsed) =
            open_checkpoint(&note, &log).map_err(|e| wrong(record::trust::with_sources(&e)))?;
        record::trust::check_second(&first, &parsed).map_err(wrong)?;
        if let Some(trust) = trust {
            if trust.charter != first.digest() {
                return Err(wrong("the trust file pins another record's charter".into()));
            }
            trust.check(&parsed, &log).map_err(wrong)?;
        }
        let mut auditor = Auditor::default();
        entries::for_each_checked(&objects, checkpoint.size, |read| {
            read.judge(&mut auditor).map_err(|fault| {
                StoreError::damaged(format!("log/{}", read.bundle), fault.to_string())
            })?;
            progress(auditor.size(), checkpoint.size);
            Ok(())
        })?;
        if auditor.root() != checkpoint.root {
            return Err(wrong("its entries lead to another root".into()));
        }
        Ok(Self {
            objects,
            auditor,
            note: parsed.to_string(),
            checkpoint,
            log,
            first,
        })
    }

    /// State, tree and index of its entries.
    pub fn auditor(&self) -> &Auditor {
        &self.auditor
    }

    /// The log's key, by its first charter.
    pub fn log(&self) -> &VerifierKey {
        &self.log
    }

    /// The text of its first charter.
    pub fn first_charter(&self) -> &CharterText {
        &self.first
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint as a note, with whatever cosignatures the copy has.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Leaves out a signature of the checkpoint that says nothing: that of a key made to copy.
    pub fn forget_signature(&mut self, key: &VerifierKey) {
        let mut parsed = match Note::parse(self.note.as_bytes()) {
            Ok(parsed) => parsed,
            Err(_) => return,
        };
        let id = key.key_id();
        let by_key = |s: &tlog::NoteSignature| s.key_id == id && s.name.as_str() == key.name();
        parsed.signatures.retain(|s| !by_key(s));
        self.note = parsed.to_string();
    }

    /// One entry's bytes.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`], failures of the storage.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, StoreError> {
        crate::record_folder::entry(&self.objects, index, self.checkpoint.size)
    }

    /// The first `size` entries, in order.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn for_each(&self, size: u64, mut each: impl FnMut(&[u8])) -> Result<(), StoreError> {
        let mut left = size;
        entries::for_each_bundle(&self.objects, self.checkpoint.size, |_, held| {
            for entry in held
                .iter()
                .take(usize::try_from(left).unwrap_or(usize::MAX))
            {
                each(entry);
                left -= 1;
            }
            Ok(())
        })
    }

    /// The proof that an entry is in the log.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    pub fn receipt(&self, index: u64) -> Result<TlogProof, StoreError> {
        let size = self.checkpoint.size;
        let path = inclusion_proof(&self.auditor.tree, index, size)
            .map_err(|_| StoreError::NoEntry { index, size })?;
        Ok(TlogProof {
            extra: None,
            index,
            path,
            checkpoint: self.note.clone(),
        })
    }
}
