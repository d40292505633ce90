//! The vault's key pair: the identity file outside the vault, the public key inside.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::VaultError;
use crate::disk::{self, IoError};
use age::secrecy::{ExposeSecret, SecretString};
use age::x25519::{Identity, Recipient};

/// Name of the file in the vault that holds its public key.
const RECIPIENT_FILE: &str = "recipient";

/// Bytes read of an identity file; one key and a comment are far shorter.
const MAX_IDENTITY_BYTES: u64 = 4096;

/// Makes a new identity from the operating system's randomness, unless the file exists.
pub(super) fn create_if_absent(path: &Path) -> Result<(), VaultError> {
    let text = Identity::generate().to_string();
    match disk::write_once(
        path,
        &[text.expose_secret().as_bytes(), b"\n"].concat(),
        disk::SECRET_MODE,
    ) {
        Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => Ok(other?),
    }
}

/// Reads an identity that nobody but its owner may read.
pub(super) fn read_identity(path: &Path) -> Result<Identity, VaultError> {
    let file = File::open(path).map_err(IoError::at("open the identity file", path))?;
    require_private(&file, path)?;
    let mut text = String::new();
    file.take(MAX_IDENTITY_BYTES)
        .read_to_string(&mut text)
        .map_err(IoError::at("read the identity file", path))?;
    let text = SecretString::from(text);
    let mut lines = text
        .expose_secret()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    match (lines.next().map(str::parse), lines.next()) {
        (Some(Ok(identity)), None) => Ok(identity),
        _ => Err(VaultError::IdentityMalformed {
            path: path.to_path_buf(),
        }),
    }
}

/// Writes the public key that makes a folder a vault; the last step of creation.
pub(super) fn create_recipient(folder: &Path, recipient: &Recipient) -> Result<(), VaultError> {
    let text = format!("{recipient}\n");
    match disk::write_once(
        &folder.join(RECIPIENT_FILE),
        text.as_bytes(),
        disk::PUBLISHED_MODE,
    ) {
        Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {
            Err(VaultError::AlreadyThere {
                folder: folder.to_path_buf(),
            })
        }
        other => Ok(other?),
    }
}

/// Reads the public key of a vault.
pub(super) fn read_recipient(folder: &Path) -> Result<Recipient, VaultError> {
    let bytes = disk::read_if_there(&folder.join(RECIPIENT_FILE))?.unwrap_or_default();
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| text.trim_end().parse().ok())
        .ok_or_else(|| VaultError::NotAVault {
            folder: folder.to_path_buf(),
        })
}

/// Refuses an identity file that its group or others may use.
fn require_private(file: &File, path: &Path) -> Result<(), VaultError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions: fs::Permissions = file
            .metadata()
            .map_err(IoError::at("inspect", path))?
            .permissions();
        let mode = permissions.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(VaultError::IdentityExposed {
                path: path.to_path_buf(),
                mode,
            });
        }
    }
    #[cfg(not(unix))]
    let _ = (file, path);
    Ok(())
}
