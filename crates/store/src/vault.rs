//! The vault: exhibits, kept by the SHA-256 of their content and encrypted at rest.
//!
//! ```text
//! vault/recipient             the public key every exhibit here is encrypted to (age1...)
//! vault/ab/ab...ef.age        one exhibit (age-encryption.org/v1), mode 0400, written once
//! vault/.incoming/            exhibits being written; cleared when the vault is opened
//! ```
//!
//! Two hashes name an exhibit: that of its content, known to whoever may read it, and that of its
//! ciphertext, which lets an auditor without the key find damage ([`Vault::check_ciphertext`]).
//! The vault never looks into what it keeps: it does not guess a type, render or execute.

mod error;
mod identity;
mod incoming;
mod seal;
mod streams;

use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use age::x25519::{Identity, Recipient};
use tlog::Hash;

pub use self::error::VaultError;
use crate::disk::{self, IoError};

/// Largest exhibit accepted unless a caller asks for less, in bytes (1 GiB).
pub const MAX_EXHIBIT_BYTES: u64 = 1024 * 1024 * 1024;

/// End of the name of an exhibit's file.
const EXTENSION: &str = ".age";

/// What the vault knows of one exhibit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the content: the exhibit's name.
    pub sha256: Hash,
    /// SHA-256 of the encrypted file, for audits without the key.
    pub ciphertext_sha256: Hash,
    /// Length of the content, in bytes.
    pub size: u64,
    /// Whether this put wrote it; `false` if it was there before.
    pub fresh: bool,
}

/// A folder of exhibits, open with its identity or, for audits, without.
pub struct Vault {
    folder: PathBuf,
    recipient: Recipient,
    identity: Option<Identity>,
}

impl Vault {
    /// Makes a vault in `folder` and its identity in `identity_file` (mode 0600, one line). An
    /// identity already there is used, so a creation that crashed half-way is simply repeated.
    ///
    /// # Errors
    /// [`VaultError::AlreadyThere`] if the folder is a vault, and those of [`Vault::open`].
    pub fn create(folder: &Path, identity_file: &Path) -> Result<Self, VaultError> {
        disk::create_folder(folder)?;
        disk::set_path_mode(folder, disk::PRIVATE_FOLDER_MODE)
            .map_err(IoError::at("make private", folder))?;
        identity::create_if_absent(identity_file)?;
        let recipient = identity::read_identity(identity_file)?.to_public();
        identity::create_recipient(folder, &recipient)?;
        Self::open(folder, identity_file)
    }

    /// Opens a vault with its identity, and clears away what interrupted puts left.
    ///
    /// # Errors
    /// [`VaultError::WrongIdentity`] if the vault was made with another one,
    /// [`VaultError::IdentityExposed`] if others may read the identity file.
    pub fn open(folder: &Path, identity_file: &Path) -> Result<Self, VaultError> {
        let identity = identity::read_identity(identity_file)?;
        let mut vault = Self::open_keyless(folder)?;
        let (wanted, given) = (
            vault.recipient.to_string(),
            identity.to_public().to_string(),
        );
        if wanted != given {
            return Err(VaultError::WrongIdentity { wanted, given });
        }
        vault.identity = Some(identity);
        incoming::clear(folder)?;
        Ok(vault)
    }

    /// Opens a vault without its identity: it can be listed and its ciphertexts checked.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`] if the folder holds no readable `recipient`.
    pub fn open_keyless(folder: &Path) -> Result<Self, VaultError> {
        let recipient = identity::read_recipient(folder)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            recipient,
            identity: None,
        })
    }

    /// Takes in content of at most `limit_bytes`, in bounded memory. When this returns, the
    /// exhibit is durable; if it fails or is cut short, nothing of it is visible. Content that
    /// is already there is checked, not written again, and keeps its ciphertext.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`]; [`VaultError::Source`] if `source` fails; what
    /// [`Vault::check`] reports if the same content is there but damaged.
    pub fn put(&self, source: impl Read, limit_bytes: u64) -> Result<Stored, VaultError> {
        self.identity()?;
        let mut file = incoming::file(&self.folder)?;
        let sealed = seal::seal(&self.recipient, source, &mut file, limit_bytes)?;
        disk::set_mode(file.as_file(), disk::CONTENT_MODE)
            .and_then(|()| file.as_file().sync_all())
            .map_err(IoError::at("make durable", file.path()))?;
        let target = self.file_of(&sealed.sha256);
        let shard = disk::folder_of(&target);
        disk::create_folder(shard)?;
        match file.persist_noclobber(&target) {
            Ok(_) => {
                disk::sync_folder(shard)?;
                Ok(sealed)
            }
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                disk::sync_folder(shard)?;
                self.check(&sealed.sha256)
            }
            Err(refused) => Err(IoError::at("name", &target)(refused.error).into()),
        }
    }

    /// Decrypts an exhibit and compares its content with its name, without keeping any of it.
    ///
    /// # Errors
    /// [`VaultError::Missing`], [`VaultError::Undecipherable`], [`VaultError::Damaged`].
    pub fn check(&self, hash: &Hash) -> Result<Stored, VaultError> {
        self.copy_to(hash, &mut io::sink())
    }

    /// Writes an exhibit's content to `sink`, in bounded memory. Each part is authenticated
    /// before it is written, but only `Ok` says that the whole is there and is what its name
    /// says: on an error the caller discards what `sink` received.
    ///
    /// # Errors
    /// As [`Vault::check`], and [`VaultError::Sink`] if `sink` fails.
    pub fn copy_to(&self, hash: &Hash, sink: &mut impl Write) -> Result<Stored, VaultError> {
        let identity = self.identity()?;
        let path = self.file_of(hash);
        let file = seal::open_file(&path, hash)?;
        let stored = seal::unseal(identity, file, &path, sink)?;
        if stored.sha256 != *hash {
            let (expected, found) = (*hash, stored.sha256);
            return Err(VaultError::Damaged {
                path,
                what: "content",
                expected,
                found,
            });
        }
        Ok(stored)
    }

    /// An exhibit's whole content, released only after it was checked.
    ///
    /// # Errors
    /// As [`Vault::check`], and [`VaultError::TooLarge`] if there is more than `limit_bytes`.
    pub fn read_all(&self, hash: &Hash, limit_bytes: u64) -> Result<Vec<u8>, VaultError> {
        let mut content = streams::Bounded::new(limit_bytes);
        let outcome = self.copy_to(hash, &mut content);
        if content.overrun() {
            return Err(VaultError::TooLarge { limit_bytes });
        }
        outcome?;
        Ok(content.into_bytes())
    }

    /// Compares an exhibit's file with the ciphertext hash on record; needs no key. Returns the
    /// length of the ciphertext in bytes.
    ///
    /// # Errors
    /// [`VaultError::Missing`], [`VaultError::Damaged`].
    pub fn check_ciphertext(&self, hash: &Hash, expected: &Hash) -> Result<u64, VaultError> {
        let path = self.file_of(hash);
        let (found, length) = seal::hash_of(seal::open_file(&path, hash)?, &path)?;
        if found != *expected {
            let expected = *expected;
            return Err(VaultError::Damaged {
                path,
                what: "ciphertext",
                expected,
                found,
            });
        }
        Ok(length)
    }

    /// Whether there is a file for this exhibit; says nothing of its state.
    ///
    /// # Errors
    /// [`VaultError::Io`] if the folder cannot be read.
    pub fn contains(&self, hash: &Hash) -> Result<bool, VaultError> {
        let path = self.file_of(hash);
        Ok(path.try_exists().map_err(IoError::at("look for", &path))?)
    }

    /// The names of all exhibits, in ascending order.
    ///
    /// # Errors
    /// [`VaultError::Io`] if a folder cannot be read.
    pub fn list(&self) -> Result<Vec<Hash>, VaultError> {
        let mut found = Vec::new();
        for shard in names_in(&self.folder)?
            .into_iter()
            .filter(|name| name.len() == 2)
        {
            for name in names_in(&self.folder.join(&shard))? {
                let hash: Option<Hash> = name
                    .strip_suffix(EXTENSION)
                    .and_then(|text| text.parse().ok());
                found.extend(hash.filter(|_| name.starts_with(&shard)));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Destroys an exhibit: overwrites the head of its file, which holds the only key to the
    /// rest, then removes the file. Returns whether there was one. Copies elsewhere (mirrors,
    /// backups) are the operator's to destroy; so is what a storage device keeps of old blocks,
    /// which is ciphertext.
    ///
    /// # Errors
    /// [`VaultError::Io`]; the exhibit may then be there still or be damaged: destroy it again.
    pub fn destroy(&self, hash: &Hash) -> Result<bool, VaultError> {
        let path = self.file_of(hash);
        if !self.contains(hash)? {
            return Ok(false);
        }
        seal::spoil(&path)?;
        fs::remove_file(&path).map_err(IoError::at("remove", &path))?;
        disk::sync_folder(disk::folder_of(&path))?;
        Ok(true)
    }

    /// Encrypts a small text for this vault's identity into a file of its own, durably, in one
    /// step that refuses to overwrite. Returns whether it was written; `false` if the file exists.
    pub(crate) fn seal_into(&self, target: &Path, content: &[u8]) -> Result<bool, VaultError> {
        let folder = disk::folder_of(target);
        let mut file = tempfile::NamedTempFile::new_in(folder)
            .map_err(IoError::at("make a temporary file in", folder))?;
        seal::seal(&self.recipient, content, &mut file, MAX_EXHIBIT_BYTES)?;
        disk::set_mode(file.as_file(), disk::CONTENT_MODE)
            .and_then(|()| file.as_file().sync_all())
            .map_err(IoError::at("make durable", file.path()))?;
        let fresh = match file.persist_noclobber(target) {
            Ok(_) => true,
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(refused) => return Err(IoError::at("name", target)(refused.error).into()),
        };
        disk::sync_folder(folder)?;
        Ok(fresh)
    }

    /// Decrypts a file that [`Self::seal_into`] wrote; `None` if there is none.
    pub(crate) fn unseal_from(&self, path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
        let identity = self.identity()?;
        let file = match fs::File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(IoError::at("open", path))?,
        };
        let mut content = Vec::new();
        seal::unseal(identity, file, path, &mut content)?;
        Ok(Some(content))
    }

    /// The public key as its file has to hold it.
    pub(crate) fn recipient_line(&self) -> String {
        format!("{}\n", self.recipient)
    }

    /// Where an exhibit's file is, below the vault's folder.
    pub(crate) fn name_of(&self, hash: &Hash) -> String {
        let path = self.file_of(hash);
        let name = path.strip_prefix(&self.folder).unwrap_or(&path);
        format!("vault/{}", name.display())
    }

    fn identity(&self) -> Result<&Identity, VaultError> {
        self.identity.as_ref().ok_or(VaultError::NoIdentity)
    }

    fn file_of(&self, hash: &Hash) -> PathBuf {
        let name = hash.to_string();
        let shard = name.get(..2).unwrap_or_default();
        self.folder.join(shard).join(format!("{name}{EXTENSION}"))
    }
}

impl fmt::Debug for Vault {
    /// Shows the folder and the public key, never the identity.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("folder", &self.folder)
            .field("recipient", &self.recipient.to_string())
            .finish_non_exhaustive()
    }
}

/// Names in a folder that are text; a file in the folder's place has none.
fn names_in(folder: &Path) -> Result<Vec<String>, IoError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Vec::new()),
        other => other.map_err(IoError::at("list", folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(IoError::at("list", folder))?.file_name();
        names.extend(name.into_string().ok());
    }
    Ok(names)
}
