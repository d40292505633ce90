//! Between the network, which must not block, and the vault, which does: frames on a channel.

use std::io::{self, Read, Write};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use http_body_util::channel::{Channel, Sender};
use sha2::{Digest as _, Sha256};
use tlog::Hash;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::limits::{BODY_IDLE_TIMEOUT, FRAMES_IN_FLIGHT};

/// Marks the error of content that is not what its name says.
#[derive(Debug, thiserror::Error)]
#[error("the content's SHA-256 is {found}")]
pub(crate) struct OtherContent {
    /// What it is.
    pub(crate) found: Hash,
}

/// An incoming body as a blocking reader that fails at its end if the content is another than
/// announced, so that the vault keeps nothing of it.
pub(crate) struct Incoming {
    frames: mpsc::Receiver<Result<Bytes, axum::Error>>,
    rest: Bytes,
    hasher: Sha256,
    expected: Hash,
}

impl Incoming {
    /// Starts to receive a body.
    pub(crate) fn new(mut body: Body, expected: Hash) -> Self {
        let (sender, frames) = mpsc::channel(FRAMES_IN_FLIGHT);
        tokio::spawn(async move {
            loop {
                let frame = match tokio::time::timeout(BODY_IDLE_TIMEOUT, body.frame()).await {
                    Ok(None) => return,
                    Ok(Some(frame)) => frame,
                    Err(silence) => Err(axum::Error::new(silence)),
                };
                let data = match frame.map(|frame| frame.into_data()) {
                    Ok(Err(_trailers)) => continue,
                    Ok(Ok(data)) => Ok(data),
                    Err(error) => Err(error),
                };
                let failed = data.is_err();
                if sender.send(data).await.is_err() || failed {
                    return;
                }
            }
        });
        let (rest, hasher) = (Bytes::new(), Sha256::new());
        Self {
            frames,
            rest,
            hasher,
            expected,
        }
    }

    fn at_end(&self) -> io::Result<usize> {
        let found = Hash::from_bytes(self.hasher.clone().finalize().into());
        if found == self.expected {
            return Ok(0);
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            OtherContent { found },
        ))
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.frames.blocking_recv() {
                None => return self.at_end(),
                Some(frame) => self.rest = frame.map_err(io::Error::other)?,
            }
        }
        let part = self.rest.split_to(self.rest.len().min(buffer.len()));
        self.hasher.update(&part);
        let (head, _) = buffer.split_at_mut(part.len());
        head.copy_from_slice(&part);
        Ok(part.len())
    }
}

/// An outgoing body as a blocking writer. It holds the last part back until the vault has said
/// that the whole is what its name says; until then the receiver has less than was announced.
pub(crate) struct Outgoing {
    sender: Sender<Bytes, io::Error>,
    held: Vec<u8>,
    handle: Handle,
}

impl Outgoing {
    /// A writer and the body it writes.
    pub(crate) fn new(handle: Handle) -> (Self, Body) {
        let (sender, body) = Channel::new(FRAMES_IN_FLIGHT);
        (
            Self {
                sender,
                held: Vec::new(),
                handle,
            },
            Body::new(body),
        )
    }

    fn send_held(&mut self) -> io::Result<()> {
        let part = Bytes::from(std::mem::take(&mut self.held));
        if part.is_empty() {
            return Ok(());
        }
        let sent = self.handle.block_on(self.sender.send_data(part));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// The whole is right: lets the last part go.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.send_held()
    }

    /// The whole is not right: breaks the transfer off.
    pub(crate) fn abort(self, why: io::Error) {
        self.sender.abort(why);
    }
}

impl Write for Outgoing {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if !part.is_empty() {
            self.send_held()?;
            self.held.extend_from_slice(part);
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
