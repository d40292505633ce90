//! Connections: a bounded number of them, and none that says nothing for long.
//!
//! The framework reads a request's head for as long as it takes; a client that sends it byte by
//! byte, or opens connections and sends nothing, would hold them for ever.

use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// A listener that takes a new connection only when a place is free.
pub struct Bounded {
    listener: TcpListener,
    places: Arc<Semaphore>,
    idle: Duration,
}

impl Bounded {
    /// At most `places` connections, each closed after `idle` without a byte in either direction.
    pub fn new(listener: TcpListener, places: usize, idle: Duration) -> Self {
        let places = Arc::new(Semaphore::new(places));
        Self {
            listener,
            places,
            idle,
        }
    }
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // The semaphore is never closed; without a place the connection would only be unbounded.
        let place = self.places.clone().acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // The end of an answer does not wait for the client to confirm its beginning (RFC 896). Where that cannot be
        // had the connection is only slower.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays with its delays");
        }
        let connection = Connection {
            stream,
            idle: self.idle,
            until: Box::pin(tokio::time::sleep(self.idle)),
            _place: place,
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that holds its place and ends when it has been silent too long.
pub struct Connection {
    stream: TcpStream,
    idle: Duration,
    until: Pin<Box<Sleep>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// Passes on what happened, notes progress, and ends what makes none.
    fn watched<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.until.as_mut().reset(Instant::now() + self.idle);
            return outcome;
        }
        let overdue = self.until.as_mut().poll(context);
        overdue.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_read(context, buffer);
        this.watched(context, outcome)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.watched(context, outcome)
    }

    /// Several pieces at once: without it whoever writes would first copy them into one.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(context, pieces);
        this.watched(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::serve::Listener as _;
    use tokio::io::{AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::timeout;

    use super::Bounded;

    const SHORT: Duration = Duration::from_millis(100);

    async fn bounded(places: usize, idle: Duration) -> (Bounded, std::net::SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (Bounded::new(listener, places, idle), address)
    }

    #[tokio::test]
    async fn a_connection_waits_for_a_free_place() {
        let (mut listener, address) = bounded(1, Duration::from_secs(60)).await;
        let _clients = (
            TcpStream::connect(address).await.unwrap(),
            TcpStream::connect(address).await.unwrap(),
        );
        let (first, _) = listener.accept().await;
        assert!(timeout(SHORT, listener.accept()).await.is_err());
        drop(first);
        assert!(timeout(SHORT, listener.accept()).await.is_ok());
    }

    #[tokio::test]
    async fn a_silent_connection_ends_and_a_talking_one_does_not() {
        let (mut listener, address) = bounded(2, SHORT * 2).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        let (mut served, _) = listener.accept().await;
        for _ in 0..4 {
            client.write_all(b"x").await.unwrap();
            assert_eq!(served.read_u8().await.unwrap(), b'x');
            tokio::time::sleep(SHORT).await;
        }
        assert!(served.is_write_vectored(), "a page is not copied once more");
        let error = timeout(SHORT * 10, served.read_u8()).await.unwrap();
        assert_eq!(error.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    }
}
