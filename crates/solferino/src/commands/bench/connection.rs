//! A connection of a bench's client: kept, and no parsing beyond what is asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::problem::{Outcome, Problem};

/// Bytes that are read at one time.
const BUFFER_BYTES: usize = 1 << 18;

pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    pub(super) fn to(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(BUFFER_BYTES, stream),
            line: String::new(),
            body: Vec::new(),
        })
    }

    /// Asks with a head, whose lines end in CRLF, and a body; reads the answer, which must have this
    /// status. `field` hears every header field.
    pub(super) fn ask(
        &mut self,
        head: &str,
        body: &[u8],
        wanted: u16,
        mut field: impl FnMut(&str, &str),
    ) -> Outcome<()> {
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        self.line.clear();
        self.stream.read_line(&mut self.line)?;
        let status = self.line.split(' ').nth(1);
        let status = status.and_then(|status| status.parse::<u16>().ok());
        let mut length = 0;
        loop {
            self.line.clear();
            self.stream.read_line(&mut self.line)?;
            let line = self.line.trim_end();
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            }
            field(name, value);
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        if status == Some(wanted) {
            return Ok(());
        }
        let asked = head.lines().next().unwrap_or_default();
        let said = String::from_utf8_lossy(&self.body);
        Err(Problem::new(format!("{asked}: status {status:?}: {said}")))
    }

    /// The body of the last answer.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }
}
