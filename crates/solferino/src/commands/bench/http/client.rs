//! Clients that submit over connections they keep: one thread for all of them, since they share
//! the processor with the server that is measured. Each answer is read whole and its receipt
//! checked against the entry that was sent.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use tlog::{Checkpoint, TlogProof, VerifierKey, leaf_hash, open_checkpoint, verify_inclusion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

/// Bytes of an answer that are made room for at a time.
const READ_BYTES: usize = 4 << 10;
/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// What ends the head of an answer.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// What the clients of one load share.
pub(super) struct Clients {
    address: SocketAddr,
    log: VerifierKey,
    /// What is still to be submitted.
    entries: RefCell<Vec<Vec<u8>>>,
    /// The last checkpoint whose signature held, and its note: many receipts carry the same.
    opened: RefCell<Option<(String, Checkpoint)>>,
}

impl Clients {
    /// Clients of a server whose log has this key.
    pub(super) fn new(address: SocketAddr, log: VerifierKey, entries: Vec<Vec<u8>>) -> Self {
        Self {
            address,
            log,
            entries: RefCell::new(entries),
            opened: RefCell::default(),
        }
    }

    /// Submits everything over so many connections, each of which waits for its receipt before the
    /// next submission. Gives how long each waited, in seconds.
    pub(super) fn run(self, connections: usize) -> io::Result<Vec<f64>> {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_io().build()?;
        let shared = Rc::new(self);
        LocalSet::new().block_on(&runtime, async {
            let mut running = JoinSet::new();
            for _ in 0..connections {
                running.spawn_local(Rc::clone(&shared).submit_all());
            }
            let mut waits = Vec::new();
            while let Some(ended) = running.join_next().await {
                waits.append(&mut ended.map_err(io::Error::other)??);
            }
            Ok(waits)
        })
    }

    async fn submit_all(self: Rc<Self>) -> io::Result<Vec<f64>> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (mut waits, mut bytes) = (Vec::new(), Vec::new());
        loop {
            let next = self.entries.borrow_mut().pop();
            let Some(entry) = next else {
                return Ok(waits);
            };
            let begun = Instant::now();
            bytes.clear();
            bytes.extend_from_slice(head_for(&entry).as_bytes());
            bytes.extend_from_slice(&entry);
            stream.write_all(&bytes).await?;
            let answer = Answer::read(&mut stream, &mut bytes).await?;
            waits.push(begun.elapsed().as_secs_f64());
            self.check(&entry, &answer)?;
        }
    }

    /// The status says recorded, and the receipt shows this very entry in a checkpoint of the log.
    fn check(&self, entry: &[u8], answer: &Answer<'_>) -> io::Result<()> {
        if answer.status != "201" {
            let problem = format!("{}: {}", answer.status, answer.body);
            return Err(io::Error::other(problem));
        }
        let leaf = leaf_hash(entry);
        if answer.statement != Some(leaf.to_string().as_str()) {
            return Err(io::Error::other("the answer names another statement"));
        }
        let proof = TlogProof::parse(answer.body).map_err(io::Error::other)?;
        let checkpoint = self.open(&proof.checkpoint)?;
        let (size, root) = (checkpoint.size, &checkpoint.root);
        verify_inclusion(&leaf, proof.index, size, &proof.path, root).map_err(io::Error::other)
    }

    /// The checkpoint, whose signature was checked once.
    fn open(&self, note: &str) -> io::Result<Checkpoint> {
        let mut opened = self.opened.borrow_mut();
        if let Some((same, checkpoint)) = &*opened
            && same == note
        {
            return Ok(checkpoint.clone());
        }
        let read = open_checkpoint(note.as_bytes(), &self.log).map_err(io::Error::other)?;
        *opened = Some((note.to_owned(), read.0.clone()));
        Ok(read.0)
    }
}

fn head_for(entry: &[u8]) -> String {
    format!(
        "POST /api/v1/statements HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        entry.len()
    )
}

/// An answer of the server.
struct Answer<'a> {
    status: &'a str,
    statement: Option<&'a str>,
    body: &'a str,
}

impl<'a> Answer<'a> {
    /// Reads one answer into the buffer; the server sends none unasked.
    async fn read(stream: &mut TcpStream, bytes: &'a mut Vec<u8>) -> io::Result<Self> {
        bytes.clear();
        let mut wanted = None;
        while wanted.is_none_or(|wanted| bytes.len() < wanted) {
            if bytes.len() > MAX_ANSWER_BYTES {
                return Err(io::Error::other("an answer is too long"));
            }
            bytes.reserve(READ_BYTES);
            if stream.read_buf(bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if wanted.is_none() {
                wanted = whole(bytes)?;
            }
        }
        Self::of(bytes).ok_or_else(|| io::Error::other("an answer has no head"))
    }

    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (head, body) = split(bytes)?;
        let (head, body) = (str::from_utf8(head).ok()?, str::from_utf8(body).ok()?);
        Some(Self {
            status: head.strip_prefix("HTTP/1.1 ")?.get(..3)?,
            statement: field(head, "solferino-statement"),
            body,
        })
    }
}

/// Head and body.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = END_OF_HEAD.len();
    let at = bytes.windows(end).position(|part| part == END_OF_HEAD)?;
    Some((bytes.get(..at)?, bytes.get(at + end..)?))
}

/// Bytes of the whole answer, once its head is there.
fn whole(bytes: &[u8]) -> io::Result<Option<usize>> {
    let Some((head, body)) = split(bytes) else {
        return Ok(None);
    };
    let head = str::from_utf8(head).map_err(io::Error::other)?;
    let length = field(head, "content-length").unwrap_or("0");
    let length: usize = length.parse().map_err(io::Error::other)?;
    Ok(Some(bytes.len() - body.len() + length))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut named = fields.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_once_its_body_is_there() {
        let text =
            "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nSolferino-Statement: ab\r\n\r\nproof";
        for end in 0..text.len() {
            let wanted = whole(&text.as_bytes()[..end]).unwrap();
            assert!(wanted.is_none_or(|wanted| wanted == text.len()));
        }
        let answer = Answer::of(text.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.body), ("201", "proof"));
        assert_eq!(answer.statement, Some("ab"));
        assert!(whole(b"HTTP/1.1 201 Created\r\nContent-Length: x\r\n\r\n").is_err());
    }

    #[test]
    fn a_receipt_of_another_entry_is_told() {
        let time = "2014-01-01T00:00:00Z".parse().unwrap();
        let flood = rehearsal::Flood::new("log.example/bench", time).unwrap();
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("record");
        let genesis = flood.genesis().unwrap();
        let record = store::Record::create(&dir, flood.log_key(), &genesis).unwrap();
        let entries: Vec<_> = (0..2).map(|n| flood.report(n).unwrap()).collect();
        let receipt = |entry: &Vec<u8>| {
            let submitted = record.submit_blocking(entry.clone()).unwrap();
            record.receipt(submitted.index).unwrap().to_string()
        };
        let receipts: Vec<_> = entries.iter().map(receipt).collect();
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        let clients = Clients::new(address, flood.log_key().verifier_key(), Vec::new());
        let checked = |status, named: &[u8], entry: &[u8], body: &str| {
            let statement = leaf_hash(named).to_string();
            let statement = Some(statement.as_str());
            let answer = Answer {
                status,
                statement,
                body,
            };
            clients.check(entry, &answer).is_ok()
        };
        let [one, other] = entries.as_slice() else {
            panic!("two entries")
        };
        assert!(checked("201", one, one, &receipts[0]));
        assert!(checked("201", other, other, &receipts[1]));
        assert!(!checked("202", one, one, &receipts[0]));
        assert!(!checked("201", other, one, &receipts[0]));
        assert!(!checked("201", one, one, &receipts[1]));
        let mut moved = TlogProof::parse(&receipts[0]).unwrap();
        moved.index += 1;
        assert!(!checked("201", one, one, &moved.to_string()));
        let mut unsigned = TlogProof::parse(&receipts[0]).unwrap();
        unsigned.checkpoint = unsigned
            .checkpoint
            .replacen("\n\n", "\n\n\u{2014} x y\n", 1);
        assert!(!checked("201", one, one, &unsigned.to_string()));
    }
}
