//! Clients that ask for pages over connections they keep.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use store::measure::Spent;

use crate::problem::{Outcome, Problem};

/// How a load was borne.
pub(super) struct Load {
    pub(super) answers: u64,
    pub(super) bytes: u64,
    pub(super) spent: Spent,
    /// Seconds that each answer took, the quickest first.
    waits: Vec<f64>,
}

impl Load {
    /// So many percent of the answers came within so many seconds.
    pub(super) fn within(&self, percent: usize) -> f64 {
        let last = self.waits.len().saturating_sub(1);
        let at = (self.waits.len() * percent / 100).min(last);
        self.waits.get(at).copied().unwrap_or(0.0)
    }
}

/// Asks for the paths in turn, over so many connections, for a time.
pub(super) fn load(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    paths: &[String],
) -> Outcome<Load> {
    let until = Instant::now() + time;
    let client = |first: usize| -> io::Result<(Vec<f64>, u64)> {
        let mut connection = BufReader::new(TcpStream::connect(address)?);
        connection.get_ref().set_nodelay(true)?;
        let (mut waits, mut bytes, mut next) = (Vec::new(), 0, first);
        while Instant::now() < until {
            let path = paths.get(next % paths.len()).map_or("/", String::as_str);
            let begun = Instant::now();
            bytes += get(&mut connection, path)?;
            waits.push(begun.elapsed().as_secs_f64());
            next += 1;
        }
        Ok((waits, bytes))
    };
    let (parts, spent) = Spent::by(|| {
        std::thread::scope(|scope| {
            let start = |n| scope.spawn(move || client(n));
            let threads: Vec<_> = (0..connections).map(start).collect();
            threads
                .into_iter()
                .map(|thread| thread.join())
                .collect::<Vec<_>>()
        })
    });
    let (mut waits, mut bytes) = (Vec::new(), 0);
    for part in parts {
        let part = part.map_err(|_| Problem::new("a client of the bench ended early"))?;
        let (mut more, size) = part?;
        waits.append(&mut more);
        bytes += size;
    }
    waits.sort_by(f64::total_cmp);
    let answers = waits.len() as u64;
    Ok(Load {
        answers,
        bytes,
        spent,
        waits,
    })
}

/// One page; its size in bytes.
fn get(connection: &mut BufReader<TcpStream>, path: &str) -> io::Result<u64> {
    let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n");
    connection.get_mut().write_all(head.as_bytes())?;
    let (mut line, mut length) = (String::new(), 0);
    connection.read_line(&mut line)?;
    let status = line.clone();
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let field = line.trim_end().to_ascii_lowercase();
        if field.is_empty() {
            break;
        }
        if let Some(value) = field.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    match status.starts_with("HTTP/1.1 200") {
        true => Ok(length as u64),
        false => Err(io::Error::other(format!("{path}: {}", status.trim_end()))),
    }
}
