//! A witness's folder: its key, the logs it watches, where its state and evidence lie
//! (docs/witness.md, section 1).

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use store::lock::{LockError, RecordLock};
use tlog::{KeyError, KeyType, Policy, PolicyError, SigningKey, VerifierKey};

use crate::decide::Logs;
use crate::relay::Target;

/// The format of a witness's folder.
pub const FORMAT: &str = "solferino.org/witness@v1";
const KEY_FILE: &str = "witness.key";
const SUBTREE_KEY_FILE: &str = "witness.subtree.key";
/// Bytes read of a key or of `witness.json`; both are shorter.
const MAX_SMALL_FILE_BYTES: u64 = 64 * 1024;

/// A witness's folder, held by this process alone.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// The witness's keys: Ed25519 first.
    pub keys: Vec<SigningKey>,
    /// The logs it watches.
    pub logs: Logs,
    /// Those of them whose address is known: it can hand submissions to them.
    pub targets: Vec<Target>,
    _lock: RecordLock,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    format: String,
    name: String,
}

/// Why a witness's folder was not made or opened.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no witness in the folder.
    #[error("there is no witness in {}: it has no witness.json; `solferino witness init` makes one", .0.display())]
    NoWitness(PathBuf),
    /// There is one already.
    #[error("there is a witness in {} already; nothing was changed", .0.display())]
    AlreadyThere(PathBuf),
    /// Another process serves it.
    #[error("another process has the witness in {}: stop it first", .0.display())]
    Held(PathBuf),
    /// `witness.json` is of another format.
    #[error("{} is not a witness this software reads: {problem}", .folder.display())]
    Format {
        /// The folder.
        folder: PathBuf,
        /// What was found.
        problem: String,
    },
    /// A key cannot be read.
    #[error("the key in {} is not usable", .0.display())]
    Key(PathBuf, #[source] KeyError),
    /// The list of logs cannot be read.
    #[error("the list of logs in {} was refused", .0.display())]
    Logs(PathBuf, #[source] PolicyError),
    /// A file could not be read or written.
    #[error("cannot read or write {}", .0.display())]
    Io(PathBuf, #[source] io::Error),
}

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> FolderError + '_ {
    move |error| FolderError::Io(path.to_path_buf(), error)
}

impl Folder {
    /// Makes a witness: folder, keys, the logs it watches. Seeds are fresh randomness of the
    /// operating system: the first for the Ed25519 key, the second, if given, for an ML-DSA-44 key
    /// of the same name, which cosigns as well and signs subtrees.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn init(
        dir: &Path,
        name: &str,
        seeds: ([u8; 32], Option<[u8; 32]>),
        logs: &[VerifierKey],
    ) -> Result<Vec<VerifierKey>, FolderError> {
        let mark = dir.join("witness.json");
        if mark.exists() {
            return Err(FolderError::AlreadyThere(dir.to_path_buf()));
        }
        let make = |file: &str, seed, key_type| {
            let path = dir.join(file);
            let key = SigningKey::from_seed(name, seed, key_type);
            let key = key.map_err(|error| FolderError::Key(path.clone(), error))?;
            Ok::<_, FolderError>((path, key))
        };
        let mut keys = vec![make(KEY_FILE, seeds.0, KeyType::CosignatureV1)?];
        if let Some(seed) = seeds.1 {
            keys.push(make(SUBTREE_KEY_FILE, seed, KeyType::SubtreeV1)?);
        }
        fs::create_dir_all(dir.join("evidence")).map_err(at(dir))?;
        for (path, key) in &keys {
            write_new(path, &format!("{}\n", key.to_text()), 0o600)?;
        }
        let lines: String = logs.iter().map(|log| format!("log {log}\n")).collect();
        let head = "# The logs this witness watches: log <vkey> [url]\n";
        write_new(&dir.join("logs"), &format!("{head}{lines}"), 0o644)?;
        let text = Mark {
            format: FORMAT.to_owned(),
            name: name.to_owned(),
        };
        let text = serde_json::to_string(&text).unwrap_or_default();
        write_new(&mark, &format!("{text}\n"), 0o644)?;
        Ok(keys.iter().map(|(_, key)| key.verifier_key()).collect())
    }

    /// Opens a witness's folder, for this process alone.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(dir: &Path) -> Result<Self, FolderError> {
        let mark = dir.join("witness.json");
        if !mark.exists() {
            return Err(FolderError::NoWitness(dir.to_path_buf()));
        }
        let wrong = |problem: String| FolderError::Format {
            folder: dir.to_path_buf(),
            problem,
        };
        let read: Mark = serde_json::from_str(&read(&mark)?).map_err(|e| wrong(e.to_string()))?;
        if read.format != FORMAT {
            return Err(wrong(format!("its format is {:?}", read.format)));
        }
        let lock = RecordLock::hold(dir).map_err(|error| match error {
            LockError::Held { .. } => FolderError::Held(dir.to_path_buf()),
            LockError::Io(error) => FolderError::Io(error.place, error.source),
        })?;
        let mut keys = vec![key(&dir.join(KEY_FILE))?];
        let subtree = dir.join(SUBTREE_KEY_FILE);
        if subtree.exists() {
            keys.push(key(&subtree)?);
        }
        for held in &keys {
            let name = held.verifier_key().name().to_owned();
            if name != read.name {
                let named = &read.name;
                return Err(wrong(format!(
                    "witness.json names {named:?}, a key {name:?}"
                )));
            }
        }
        let policy = logs(&dir.join("logs"))?;
        let known = policy.logs().iter();
        let targets = known.clone().filter_map(|log| {
            let (log, url) = (log.key.clone(), log.url.clone()?);
            Some(Target { log, url })
        });
        Ok(Self {
            dir: dir.to_path_buf(),
            keys,
            targets: targets.collect(),
            logs: Logs::new(known.map(|log| log.key.clone())),
            _lock: lock,
        })
    }

    /// The database of what was cosigned.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.dir.join("state.sqlite")
    }

    /// Where evidence is kept.
    #[must_use]
    pub fn evidence(&self) -> PathBuf {
        self.dir.join("evidence")
    }
}

pub(crate) fn key(path: &Path) -> Result<SigningKey, FolderError> {
    let text = read(path)?;
    SigningKey::parse(text.trim_end()).map_err(|e| FolderError::Key(path.to_path_buf(), e))
}

/// Reads `log` lines in the syntax of tlog-policy.
fn logs(path: &Path) -> Result<Policy, FolderError> {
    let text = read(path)?;
    let refused = |error| FolderError::Logs(path.to_path_buf(), error);
    Policy::parse(format!("{text}quorum none\n")).map_err(refused)
}

pub(crate) fn read(path: &Path) -> Result<String, FolderError> {
    let mut text = String::new();
    let file = File::open(path).map_err(at(path))?;
    file.take(MAX_SMALL_FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(at(path))?;
    Ok(text)
}

/// Writes a file that must not be there yet, durably.
pub(crate) fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), FolderError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(at(path))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(at(path))
}
