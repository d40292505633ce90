//! Submissions over HTTP: a server and its clients in one process, on 127.0.0.1.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::Instant;

use server::rate::Rate;
use store::Record;
use store::measure::{Limits, Spent};
use tokio::net::TcpListener;

use crate::problem::{Outcome, Problem};
use crate::ui;

/// Connections that submit, each waiting for its receipt before the next submission.
const CONNECTIONS: usize = 256;
/// Rate that stands in nobody's way here.
const UNLIMITED: Rate = Rate::new(10_000_000, 10_000_000);

/// Submits everything to a server over the record, and prints how it went.
pub(super) fn run(record: Record, entries: Vec<Vec<u8>>, limits: &Limits) -> Outcome<()> {
    let config = server::Config {
        client_writes: UNLIMITED,
        all_writes: UNLIMITED,
        ..server::Config::default()
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = runtime.spawn(server::serve(record, config, listener, async {
        // Dropping the sender stops the server just as well.
        let _ = stopped.await;
    }));
    let count = entries.len() as u64;
    let entries = Mutex::new(entries);
    let (waits, spent) = Spent::by(|| clients(address, &entries));
    let mut waits = waits?;
    waits.sort_by(f64::total_cmp);
    let p99 = waits.get(waits.len() * 99 / 100).copied().unwrap_or(0.0);
    let (clock, processor) = limits.share(count, spent);
    ui::line(format!(
        "HTTP        {:>12.0} statements/s with their receipts, over {CONNECTIONS} connections; 99 % within {:.0} ms",
        count as f64 / spent.wall_s,
        p99 * 1e3,
    ));
    ui::line(format!(
        "            {:.1} s by the clock, {:.1} s of processor time with the clients'; {:.0} % of the verification limit by the clock, {:.0} % by processor time",
        spent.wall_s,
        spent.cpu_s,
        100.0 * clock,
        100.0 * processor,
    ));
    drop(stop);
    let ended = runtime.block_on(served);
    ended.map_err(|_| Problem::new("the server of the bench ended early"))??;
    Ok(())
}

/// Runs all clients; gives how long each submission waited, in seconds.
fn clients(address: SocketAddr, entries: &Mutex<Vec<Vec<u8>>>) -> Outcome<Vec<f64>> {
    let client = || {
        let next = || entries.lock().map_or(None, |mut entries| entries.pop());
        let mut connection = BufReader::new(TcpStream::connect(address)?);
        connection.get_ref().set_nodelay(true)?;
        let mut waits = Vec::new();
        while let Some(entry) = next() {
            let begun = Instant::now();
            post(&mut connection, &entry)?;
            waits.push(begun.elapsed().as_secs_f64());
        }
        Ok::<_, io::Error>(waits)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(client)).collect();
        let mut all = Vec::new();
        for thread in threads {
            let waits = thread.join();
            let waits = waits.map_err(|_| Problem::new("a client of the bench ended early"))?;
            all.append(&mut waits?);
        }
        Ok(all)
    })
}

/// One submission and its answer.
fn post(connection: &mut BufReader<TcpStream>, entry: &[u8]) -> io::Result<()> {
    let head = format!(
        "POST /api/v1/statements HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        entry.len()
    );
    connection
        .get_mut()
        .write_all(&[head.as_bytes(), entry].concat())?;
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
    if status.starts_with("HTTP/1.1 201") {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&body);
    Err(io::Error::other(format!("{}: {body}", status.trim_end())))
}
