//! A client that costs little: one connection, no parsing beyond what is asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::problem::{Outcome, Problem};

const MEDIA: &str = "application/taxii+json;version=2.1";

pub(super) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

pub(super) struct Client {
    connection: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
    added_last: Option<String>,
}

impl Client {
    pub(super) fn new(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            connection: BufReader::with_capacity(1 << 18, stream),
            line: String::new(),
            body: Vec::new(),
            added_last: None,
        })
    }

    pub(super) fn get(&mut self, path: &str) -> Outcome<()> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: {MEDIA}\r\n\r\n");
        self.connection.get_mut().write_all(head.as_bytes())?;
        self.read(200)
    }

    /// Posts an envelope; how many of its objects are held.
    pub(super) fn post(&mut self, path: &str, authorization: &str, body: &[u8]) -> Outcome<u64> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: {MEDIA}\r\nContent-Type: {MEDIA}\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = self.connection.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        self.read(202)?;
        let status: Value = serde_json::from_slice(&self.body)?;
        Ok(status["success_count"].as_u64().unwrap_or(0))
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
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
        let (front, back) = (
            self.body.len().min(64),
            self.body.len().saturating_sub(20_000),
        );
        window(&self.body[..front]).or_else(|| {
            window(&self.body[back..]).filter(|_| self.body.starts_with(b"{\"more\":true"))
        })
    }

    fn read(&mut self, wanted: u16) -> Outcome<()> {
        self.line.clear();
        self.connection.read_line(&mut self.line)?;
        let status = self
            .line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse::<u16>().ok());
        let mut length = 0;
        loop {
            self.line.clear();
            self.connection.read_line(&mut self.line)?;
            let field = self.line.trim_end();
            if field.is_empty() {
                break;
            }
            let Some((name, value)) = field.split_once(": ") else {
                continue;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case("x-taxii-date-added-last") {
                self.added_last = Some(value.to_owned());
            }
        }
        self.body.resize(length, 0);
        self.connection.read_exact(&mut self.body)?;
        if status == Some(wanted) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&self.body).into_owned();
        Err(Problem::new(format!("status {status:?}: {said}")))
    }
}
