//! Where things lie in a record's folder, and the file that says it is one.
//!
//! ```text
//! record.json            {"format":"solferino.org/record@v1","origin":...}, written last
//! log/                   exactly C2SP tlog-tiles; staged/ inside while a batch is under way
//! log.cell               the latest signed checkpoint: the one value swapped atomically
//! keys/log.key           the log's private key (C2SP text), 0600
//! keys/log.mldsa.key     its ML-DSA-44 key, where the charter names one, 0600
//! keys/vault.identity    the vault's private key (age), 0600
//! vault/                 exhibits, encrypted
//! openings/<id>.age      what opens the statements sealed here, encrypted to the vault's key
//! desk/                  what members of the desk hand to each other, sealed in their browsers: not readable here
//! aid/                   what the desk was told, under keys of its own (docs/aid-statements.md)
//! on-call/               who is on call, and what they were told (docs/aid.md, section 4); 0700, no part of the log
//! datasets/<name>.json   what others publish, imported: claims by others, no part of the log
//! intake/<id>            entries that were promised to be recorded and wait for the witnesses
//! views.sqlite           rows for pages and searches; may be deleted at any time
//! taxii.sqlite           what is exchanged over TAXII: claims by others, accounts, the inbox; no part of the log
//! ```

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tlog::SigningKey;

use crate::disk::{self, IoError};
use crate::error::StoreError;
use crate::log::LogKeys;

/// The format of a record's folder.
pub const FORMAT: &str = "solferino.org/record@v1";
/// Bytes read of record.json and of the key file; both are far shorter.
const MAX_SMALL_FILE_BYTES: u64 = 16 * 1024;

/// Paths of one record.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    dir: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    format: String,
    origin: String,
}

impl Layout {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_path_buf(),
        }
    }
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("log")
    }
    pub(crate) fn cell(&self) -> PathBuf {
        self.dir.join("log.cell")
    }
    pub(crate) fn keys(&self) -> PathBuf {
        self.dir.join("keys")
    }
    pub(crate) fn log_key(&self) -> PathBuf {
        self.keys().join("log.key")
    }
    fn second_log_key(&self) -> PathBuf {
        self.keys().join("log.mldsa.key")
    }
    pub(crate) fn vault_identity(&self) -> PathBuf {
        self.keys().join("vault.identity")
    }
    pub(crate) fn vault(&self) -> PathBuf {
        self.dir.join("vault")
    }
    pub(crate) fn openings(&self) -> PathBuf {
        self.dir.join("openings")
    }
    pub(crate) fn desk(&self) -> PathBuf {
        self.dir.join("desk")
    }
    pub(crate) fn aid(&self) -> PathBuf {
        self.dir.join("aid")
    }
    pub(crate) fn on_call(&self) -> PathBuf {
        self.dir.join("on-call")
    }
    pub(crate) fn datasets(&self) -> PathBuf {
        self.dir.join("datasets")
    }
    pub(crate) fn intake(&self) -> PathBuf {
        self.dir.join("intake")
    }
    pub(crate) fn views(&self) -> PathBuf {
        self.dir.join("views.sqlite")
    }
    pub(crate) fn taxii(&self) -> PathBuf {
        self.dir.join("taxii.sqlite")
    }
    fn mark(&self) -> PathBuf {
        self.dir.join("record.json")
    }

    /// Whether the folder holds a record.
    pub(crate) fn is_record(&self) -> Result<bool, IoError> {
        let mark = self.mark();
        mark.try_exists().map_err(IoError::at("look for", &mark))
    }

    /// Writes record.json: the last step of making a record.
    pub(crate) fn write_mark(&self, origin: &str) -> Result<(), StoreError> {
        let mark = Mark {
            format: FORMAT.to_owned(),
            origin: origin.to_owned(),
        };
        let text = serde_json::to_string(&mark).unwrap_or_default();
        let bytes = format!("{text}\n");
        Ok(disk::write_once(
            &self.mark(),
            bytes.as_bytes(),
            disk::PUBLISHED_MODE,
        )?)
    }

    /// Reads the origin from record.json.
    pub(crate) fn read_origin(&self) -> Result<String, StoreError> {
        let folder = || self.dir.clone();
        let Some(bytes) = disk::read_if_there(&self.mark())? else {
            return Err(StoreError::NoRecord { folder: folder() });
        };
        let mark: Mark = serde_json::from_slice(&bytes).map_err(|error| StoreError::Format {
            folder: folder(),
            problem: format!("record.json: {error}"),
        })?;
        if mark.format == FORMAT {
            return Ok(mark.origin);
        }
        Err(StoreError::Format {
            folder: folder(),
            problem: format!(
                "its format is {:?}, this software reads {FORMAT:?}",
                mark.format
            ),
        })
    }

    /// Keeps the log's private keys; those already there have to be the same.
    pub(crate) fn keep_log_keys(&self, keys: &LogKeys) -> Result<(), StoreError> {
        disk::create_folder(&self.keys())?;
        disk::set_path_mode(&self.keys(), disk::PRIVATE_FOLDER_MODE)
            .map_err(IoError::at("make private", &self.keys()))?;
        keep_key(&self.log_key(), keys.first())?;
        match keys.second() {
            Some(second) => keep_key(&self.second_log_key(), second),
            None => Ok(()),
        }
    }

    /// Reads the log's private keys.
    pub(crate) fn read_log_keys(&self) -> Result<LogKeys, StoreError> {
        let keys = LogKeys::from(read_key(&self.log_key())?);
        if is_there(&self.second_log_key())? {
            return keys.with_second(read_key(&self.second_log_key())?);
        }
        Ok(keys)
    }
}

fn is_there(path: &Path) -> Result<bool, IoError> {
    path.try_exists().map_err(IoError::at("look for", path))
}

fn keep_key(path: &Path, key: &SigningKey) -> Result<(), StoreError> {
    if !is_there(path)? {
        let text = format!("{}\n", key.to_text());
        return Ok(disk::write_once(path, text.as_bytes(), disk::SECRET_MODE)?);
    }
    let (given, kept) = (key.verifier_key(), read_key(path)?.verifier_key());
    if kept == given {
        return Ok(());
    }
    Err(StoreError::LogKey {
        given: given.to_string(),
        wanted: kept.to_string(),
    })
}

fn read_key(path: &Path) -> Result<SigningKey, StoreError> {
    let file = File::open(path).map_err(IoError::at("open", path))?;
    let mut text = String::new();
    file.take(MAX_SMALL_FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(IoError::at("read", path))?;
    SigningKey::parse(text.trim_end())
        .map_err(|error| StoreError::damaged_by(path.display().to_string(), &error))
}
