//! Encrypting and decrypting one exhibit as a stream, hashing both sides on the way.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::iter;
use std::path::Path;

use age::x25519::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use tempfile::NamedTempFile;
use tlog::Hash;

use super::streams::{Hashing, read_some};
use super::{Stored, VaultError};
use crate::disk::{self, IoError};

/// Content and ciphertext held in memory at once, in bytes each: one chunk of the age format.
const CHUNK_BYTES: usize = 64 * 1024;

/// Head of an age file overwritten on destruction, in bytes. It covers the header, which holds
/// the file's wrapped key, several times over.
const HEAD_BYTES: u64 = 4096;

/// Encrypts `source` into `file`, refusing more than `limit_bytes` of content.
pub(super) fn seal(
    recipient: &Recipient,
    source: impl Read,
    file: &mut NamedTempFile,
    limit_bytes: u64,
) -> Result<Stored, VaultError> {
    let path = file.path().to_path_buf();
    let failed = |source| IoError::at("write", &path)(source);
    let encryptor = Encryptor::with_recipients(iter::once(recipient as &dyn age::Recipient))
        .map_err(|error| failed(io::Error::other(error)))?;
    let output = Hashing::new(BufWriter::with_capacity(CHUNK_BYTES, file.as_file_mut()));
    let mut sealing = encryptor.wrap_output(output).map_err(failed)?;
    // One byte more than allowed is asked for, to tell a full exhibit from a longer one.
    let mut source = Hashing::new(source.take(limit_bytes.saturating_add(1)));
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = read_some(&mut source, &mut chunk)
            .map_err(|error| VaultError::Source(source.failure.take().unwrap_or(error)))?;
        if source.length > limit_bytes {
            return Err(VaultError::TooLarge { limit_bytes });
        }
        match chunk.get(..length) {
            None | Some([]) => break,
            Some(part) => sealing.write_all(part).map_err(failed)?,
        }
    }
    let mut output = sealing.finish().map_err(failed)?;
    output.flush().map_err(failed)?;
    Ok(Stored {
        sha256: source.hash(),
        ciphertext_sha256: output.hash(),
        size: source.length,
        fresh: true,
    })
}

/// Opens the file of an exhibit.
pub(super) fn open_file(path: &Path, hash: &Hash) -> Result<File, VaultError> {
    match File::open(path) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(VaultError::Missing { hash: *hash })
        }
        Err(error) => Err(IoError::at("open", path)(error).into()),
    }
}

/// Decrypts `file` into `sink` and says what was in it; the caller compares.
pub(super) fn unseal(
    identity: &Identity,
    file: File,
    path: &Path,
    sink: &mut impl Write,
) -> Result<Stored, VaultError> {
    let mut input = BufReader::with_capacity(CHUNK_BYTES, Hashing::new(file));
    let mut output = Hashing::new(sink);
    match decrypt(identity, &mut input, &mut output) {
        Ok(()) => {}
        Err(Failure::Sink(error)) => return Err(VaultError::Sink(error)),
        Err(Failure::Decryption(source)) => {
            return Err(match input.get_mut().failure.take() {
                Some(error) => IoError::at("read", path)(error).into(),
                None => VaultError::Undecipherable {
                    path: path.to_path_buf(),
                    source,
                },
            });
        }
    }
    io::copy(&mut input, &mut io::sink()).map_err(IoError::at("read", path))?;
    Ok(Stored {
        sha256: output.hash(),
        ciphertext_sha256: input.get_ref().hash(),
        size: output.length,
        fresh: false,
    })
}

/// Which side of a decryption failed.
enum Failure {
    Decryption(age::DecryptError),
    Sink(io::Error),
}

fn decrypt(
    identity: &Identity,
    input: &mut BufReader<Hashing<File>>,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let mut content = Decryptor::new_buffered(input)
        .and_then(|decryptor| decryptor.decrypt(iter::once(identity as &dyn age::Identity)))
        .map_err(Failure::Decryption)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = read_some(&mut content, &mut chunk)
            .map_err(|error| Failure::Decryption(error.into()))?;
        match chunk.get(..length) {
            None | Some([]) => return output.flush().map_err(Failure::Sink),
            Some(part) => output.write_all(part).map_err(Failure::Sink)?,
        }
    }
}

/// SHA-256 and length of all that is left in `file`.
pub(super) fn hash_of(file: File, path: &Path) -> Result<(Hash, u64), IoError> {
    let mut input = Hashing::new(file);
    let mut chunk = vec![0; CHUNK_BYTES];
    while read_some(&mut input, &mut chunk).map_err(IoError::at("read", path))? > 0 {}
    Ok((input.hash(), input.length))
}

/// Overwrites the head of a file, durably, so that the rest cannot be decrypted.
pub(super) fn spoil(path: &Path) -> Result<(), IoError> {
    disk::set_path_mode(path, disk::SECRET_MODE).map_err(IoError::at("unlock", path))?;
    let overwrite = |mut file: File| {
        let length = file.metadata()?.len().min(HEAD_BYTES);
        io::copy(&mut io::repeat(0).take(length), &mut file)?;
        file.sync_all()
    };
    fs::OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(overwrite)
        .map_err(IoError::at("overwrite", path))
}
