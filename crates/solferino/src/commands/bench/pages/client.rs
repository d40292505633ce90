//! Clients that ask for pages over connections they keep.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use store::measure::Spent;

use super::super::connection::Connection;
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
    /// Answers in a second of the clock.
    pub(super) fn per_second(&self) -> f64 {
        self.answers as f64 / self.spent.wall_s
    }

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
    let client = |first: usize| -> Outcome<(Vec<f64>, u64)> {
        let mut connection = Connection::to(address)?;
        let (mut waits, mut bytes, mut next) = (Vec::new(), 0, first);
        while Instant::now() < until {
            let path = paths.get(next % paths.len()).map_or("/", String::as_str);
            let begun = Instant::now();
            let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n");
            connection.ask(&head, &[], 200, |_, _| {})?;
            bytes += connection.body().len() as u64;
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
