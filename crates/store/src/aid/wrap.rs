//! The request's own key, and items wrapped under it.

use std::fs;
use std::io::{self, Read, Write};
use std::iter;
use std::path::Path;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use age::{Decryptor, Encryptor};
use tempfile::NamedTempFile;

use super::{AidError, MAX_SEALED_BYTES, absent_is_none};
use crate::disk::{self, IoError};

/// Bytes read of a key file; one line is far shorter.
const MAX_KEY_BYTES: u64 = 256;
/// Bytes that an age file of one recipient and of the largest item may have: content, header, tags.
const MAX_WRAPPED_BYTES: u64 = MAX_SEALED_BYTES as u64 + 16 * 1024;

/// Makes a key from the operating system's randomness, or reads the one that is there.
pub(super) fn create_key(path: &Path) -> Result<Identity, AidError> {
    let text = Identity::generate().to_string();
    let line = [text.expose_secret().as_bytes(), b"\n"].concat();
    match disk::write_once(path, &line, disk::SECRET_MODE) {
        Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    read_key(path)?.ok_or_else(|| damaged(path, "the key was removed while it was made"))
}

/// The key, if it is there.
pub(super) fn read_key(path: &Path) -> Result<Option<Identity>, AidError> {
    let opened = absent_is_none(fs::File::open(path)).map_err(IoError::at("open", path))?;
    let Some(file) = opened else {
        return Ok(None);
    };
    let mut text = String::new();
    file.take(MAX_KEY_BYTES)
        .read_to_string(&mut text)
        .map_err(IoError::at("read", path))?;
    let key = text.trim_end().parse();
    key.map(Some)
        .map_err(|problem: &str| damaged(path, problem))
}

/// Writes an item durably under its name; `false` if there is one.
pub(super) fn write(
    key: &Identity,
    incoming: &Path,
    target: &Path,
    age: &[u8],
) -> Result<bool, AidError> {
    let mut file = NamedTempFile::new_in(incoming)
        .map_err(IoError::at("make a temporary file in", incoming))?;
    let failed = |error| IoError::at("write", target)(error);
    seal(key, &mut file, age)
        .and_then(|()| disk::set_mode(file.as_file(), disk::CONTENT_MODE))
        .and_then(|()| file.as_file().sync_all())
        .map_err(failed)?;
    match file.persist_noclobber(target) {
        Ok(_) => Ok(true),
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(refused) => Err(IoError::at("name", target)(refused.error).into()),
    }
}

/// Reads an item back; `None` if there is none.
pub(super) fn read(key: &Identity, path: &Path) -> Result<Option<Vec<u8>>, AidError> {
    let opened = absent_is_none(fs::File::open(path)).map_err(IoError::at("open", path))?;
    let Some(file) = opened else {
        return Ok(None);
    };
    let problem = |error: &dyn std::fmt::Display| damaged(path, error);
    let input = io::BufReader::new(file.take(MAX_WRAPPED_BYTES));
    let mut content = Decryptor::new_buffered(input)
        .and_then(|d| d.decrypt(iter::once(key as &dyn age::Identity)))
        .map_err(|e| problem(&e))?;
    let mut age = Vec::new();
    content.read_to_end(&mut age).map_err(|e| problem(&e))?;
    Ok(Some(age))
}

fn seal(key: &Identity, file: &mut NamedTempFile, age: &[u8]) -> io::Result<()> {
    let recipient = key.to_public();
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .map_err(io::Error::other)?;
    let mut output = encryptor.wrap_output(file)?;
    output.write_all(age)?;
    output.finish().map(|_| ())
}

fn damaged(path: &Path, problem: impl std::fmt::Display) -> AidError {
    AidError::Damaged {
        path: path.to_path_buf(),
        problem: problem.to_string(),
    }
}
