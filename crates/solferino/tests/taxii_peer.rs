//! A TAXII server that says what a test tells it to, for what ours would never say.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

/// One answer.
pub(crate) struct Said {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Said {
    pub(crate) fn status(status: u16, headers: &[(&str, &str)]) -> Self {
        let headers = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Self {
            status,
            headers,
            body: "{}".to_owned(),
        }
    }

    pub(crate) fn text(body: &str) -> Self {
        Self {
            body: body.to_owned(),
            ..Self::status(200, &[])
        }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::text(&body.to_string())
    }

    /// An envelope; there is more if there is a `next`.
    pub(crate) fn page(objects: &[Value], next: Option<&str>, added_last: Option<&str>) -> Self {
        let mut body = json!({"objects": objects, "more": next.is_some()});
        if let Some(next) = next {
            body["next"] = json!(next);
        }
        Self::json(&body).dated(added_last)
    }

    /// An envelope of a server that has no `next`.
    pub(crate) fn more(objects: &[Value], more: bool, added_last: Option<&str>) -> Self {
        Self::json(&json!({"objects": objects, "more": more})).dated(added_last)
    }

    fn dated(mut self, added_last: Option<&str>) -> Self {
        let last = added_last.map(|last| ("X-TAXII-Date-Added-Last".to_owned(), last.to_owned()));
        self.headers.extend(last);
        self
    }
}

/// The server, and how often it was asked.
pub(crate) struct Peer {
    pub(crate) url: String,
    asked: Arc<AtomicUsize>,
}

impl Peer {
    /// Answers with what `say` gives for the number of the request, its path and its parameters.
    pub(crate) fn start(
        say: impl Fn(usize, &str, &BTreeMap<String, String>) -> Said + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &count, &say);
            }
        });
        Self { url, asked }
    }

    pub(crate) fn collection(&self) -> String {
        format!("{}/api/collections/one/", self.url)
    }

    pub(crate) fn requests(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Answers the one request of a connection.
fn answer(
    stream: TcpStream,
    count: &AtomicUsize,
    say: &impl Fn(usize, &str, &BTreeMap<String, String>) -> Said,
) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        line.clear();
    }
    let target = first.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = pairs.map(|(n, v)| (decoded(n), decoded(v))).collect();
    let said = say(count.fetch_add(1, Ordering::SeqCst), path, &query);
    let mut head = format!(
        "HTTP/1.1 {} x\r\nContent-Type: application/taxii+json;version=2.1\r\nConnection: close\r\n",
        said.status
    );
    for (name, value) in &said.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n{}", said.body.len(), said.body);
    // Who hung up wants no answer.
    let _ = reader.get_mut().write_all(head.as_bytes());
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex: Vec<u8> = rest.by_ref().take(2).collect();
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
