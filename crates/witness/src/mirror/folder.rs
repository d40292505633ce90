//! A mirror's folder: what it pins, its key, where its copy lies.

use std::fs;
use std::path::{Path, PathBuf};

use record::trust::TrustFile;
use serde::{Deserialize, Serialize};
use store::lock::{LockError, RecordLock};
use tlog::{KeyType, SigningKey, VerifierKey};

use crate::folder::{FolderError, at, key, read, write_new};

/// The format of a mirror's folder.
pub const FORMAT: &str = "solferino.org/mirror@v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    format: String,
    name: String,
}

/// A mirror's folder, held by this process alone.
#[derive(Debug)]
pub struct MirrorFolder {
    dir: PathBuf,
    /// What the mirror pins.
    pub trust: TrustFile,
    /// The mirror's key.
    pub key: SigningKey,
    lock: RecordLock,
}

/// Makes a mirror: its folder, its pins, its key. The key is never a witness's: it says another
/// thing. `seed` is fresh randomness of the operating system.
///
/// # Errors
/// [`FolderError`].
pub fn init(
    dir: &Path,
    name: &str,
    seed: [u8; 32],
    trust: &TrustFile,
) -> Result<VerifierKey, FolderError> {
    let mark = dir.join("mirror.json");
    if mark.exists() || dir.join("witness.json").exists() {
        return Err(FolderError::AlreadyThere(dir.to_path_buf()));
    }
    let key_file = dir.join("mirror.key");
    let key = SigningKey::from_seed(name, seed, KeyType::CosignatureV1)
        .map_err(|error| FolderError::Key(key_file.clone(), error))?;
    for folder in ["log", "exhibits", "evidence"] {
        let folder = dir.join(folder);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
    }
    write_new(&key_file, &format!("{}\n", key.to_text()), 0o600)?;
    write_new(&dir.join("trust.txt"), &trust.to_string(), 0o644)?;
    let text = Mark {
        format: FORMAT.to_owned(),
        name: name.to_owned(),
    };
    let text = serde_json::to_string(&text).unwrap_or_default();
    write_new(&mark, &format!("{text}\n"), 0o644)?;
    Ok(key.verifier_key())
}

impl MirrorFolder {
    /// Opens a mirror's folder, for this process alone.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(dir: &Path) -> Result<Self, FolderError> {
        let mark = dir.join("mirror.json");
        let wrong = |problem: String| FolderError::Format {
            folder: dir.to_path_buf(),
            problem,
        };
        let mark: Mark = serde_json::from_str(&read(&mark)?).map_err(|e| wrong(e.to_string()))?;
        if mark.format != FORMAT {
            return Err(wrong(format!("its format is {:?}", mark.format)));
        }
        let lock = RecordLock::hold(dir).map_err(|error| match error {
            LockError::Held { .. } => FolderError::Held(dir.to_path_buf()),
            LockError::Io(error) => FolderError::Io(error.place, error.source),
        })?;
        let trust = TrustFile::parse(&read(&dir.join("trust.txt"))?)
            .map_err(|error| wrong(format!("trust.txt: {error}")))?;
        Ok(Self {
            dir: dir.to_path_buf(),
            trust,
            key: key(&dir.join("mirror.key"))?,
            lock,
        })
    }

    pub(super) fn lock(&self) -> &RecordLock {
        &self.lock
    }

    /// The one log that the trust file pins.
    pub(super) fn log(&self) -> Result<VerifierKey, FolderError> {
        let log = self.trust.policy.logs().first();
        log.map(|log| log.key.clone())
            .ok_or_else(|| FolderError::Format {
                folder: self.dir.clone(),
                problem: "trust.txt pins no log".into(),
            })
    }
}
