//! A client of TAXII that costs little.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::super::connection::Connection;
use crate::problem::{Outcome, Problem};

const MEDIA: &str = "application/taxii+json;version=2.1";

pub(super) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    objects: Vec<IgnoredAny>,
}

pub(super) struct Client {
    connection: Connection,
    added_last: Option<String>,
}

impl Client {
    pub(super) fn new(address: SocketAddr) -> Outcome<Self> {
        Ok(Self {
            connection: Connection::to(address)?,
            added_last: None,
        })
    }

    pub(super) fn get(&mut self, path: &str) -> Outcome<()> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: {MEDIA}\r\n\r\n");
        self.connection.ask(&head, &[], 200, |name, value| {
            if name.eq_ignore_ascii_case("x-taxii-date-added-last") {
                self.added_last = Some(value.to_owned());
            }
        })
    }

    /// Posts an envelope; how many of its objects are held.
    pub(super) fn post(&mut self, path: &str, authorization: &str, body: &[u8]) -> Outcome<u64> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: {MEDIA}\r\nContent-Type: {MEDIA}\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.connection.ask(&head, body, 202, |_, _| {})?;
        let status: Value = serde_json::from_slice(self.body())?;
        Ok(status["success_count"].as_u64().unwrap_or(0))
    }

    pub(super) fn body(&self) -> &[u8] {
        self.connection.body()
    }

    /// How many objects the last answer has; the whole of it is read as JSON.
    pub(super) fn objects(&self) -> Outcome<usize> {
        let envelope: Envelope = serde_json::from_slice(self.body())?;
        Ok(envelope.objects.len())
    }

    /// A problem if the last answer has fewer objects.
    pub(super) fn must_have(&self, objects: usize) -> Outcome<()> {
        let found = self.objects()?;
        if found < objects {
            let text = format!("an answer has {found} objects where {objects} are due");
            return Err(Problem::new(text));
        }
        Ok(())
    }

    pub(super) fn added_last(&self) -> Option<String> {
        self.added_last.clone()
    }

    /// The token of an envelope, which stands in front of its objects, or behind the lines of a manifest.
    pub(super) fn next(&self) -> Option<String> {
        const NAME: &[u8] = b"\"next\":\"";
        let window = |bytes: &[u8]| {
            let at = bytes.windows(NAME.len()).position(|w| w == NAME)? + NAME.len();
            let end = bytes[at..].iter().position(|b| *b == b'"')? + at;
            Some(String::from_utf8_lossy(&bytes[at..end]).into_owned())
        };
        let body = self.body();
        let (front, back) = (body.len().min(64), body.len().saturating_sub(20_000));
        window(&body[..front])
            .or_else(|| window(&body[back..]).filter(|_| body.starts_with(b"{\"more\":true")))
    }
}
