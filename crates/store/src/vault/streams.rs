//! Readers and writers the vault puts between a file and its caller.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};
use tlog::Hash;

/// One read, again if a signal interrupted it.
pub(super) fn read_some(source: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// A reader or writer that hashes what passes, and remembers that it was itself what failed.
pub(super) struct Hashing<T> {
    inner: T,
    state: Sha256,
    pub(super) length: u64,
    pub(super) failure: Option<io::Error>,
}

impl<T> Hashing<T> {
    pub(super) fn new(inner: T) -> Self {
        Self {
            inner,
            state: Sha256::new(),
            length: 0,
            failure: None,
        }
    }

    pub(super) fn hash(&self) -> Hash {
        Hash::from_bytes(self.state.clone().finalize().into())
    }

    fn pass(&mut self, bytes: Option<&[u8]>) {
        let bytes = bytes.unwrap_or_default();
        self.state.update(bytes);
        self.length += bytes.len() as u64;
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(chunk) {
            Ok(length) => {
                self.pass(chunk.get(..length));
                Ok(length)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failure = Some(error);
                Err(kind.into())
            }
        }
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.inner.write(bytes)?;
        self.pass(bytes.get(..length));
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Content kept in memory up to a limit; a write past it fails.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    limit_bytes: u64,
    overrun: bool,
}

impl Bounded {
    pub(super) fn new(limit_bytes: u64) -> Self {
        Self {
            bytes: Vec::new(),
            limit_bytes,
            overrun: false,
        }
    }

    pub(super) fn overrun(&self) -> bool {
        self.overrun
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.limit_bytes {
            self.overrun = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
