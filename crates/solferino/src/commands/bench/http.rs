//! Submissions over HTTP: a server and its clients in one process, on 127.0.0.1.

mod client;

use server::rate::Rate;
use store::Record;
use store::measure::{Aim, Limits, Spent};
use tlog::VerifierKey;
use tokio::net::TcpListener;

use self::client::Clients;
use crate::problem::{Outcome, Problem};
use crate::ui;

/// Connections that submit, each waiting for its receipt before the next submission: nearly as many
/// as the requests that a server works on at once.
const CONNECTIONS: usize = 480;
/// Rate that stands in nobody's way here.
const UNLIMITED: Rate = Rate::new(10_000_000, 10_000_000);
/// Statements a second, with their receipts, that are aimed at.
const WANTED_PER_S: f64 = 8_000.0;

/// Submits everything to a server over the record, and prints how it went.
pub(super) fn run(
    record: Record,
    log: VerifierKey,
    entries: Vec<Vec<u8>>,
    limits: &Limits,
) -> Outcome<Aim> {
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
    let clients = Clients::new(address, log, entries);
    let (waits, spent) = Spent::by(|| clients.run(CONNECTIONS));
    let mut waits = waits?;
    waits.sort_by(f64::total_cmp);
    let p99 = waits.get(waits.len() * 99 / 100).copied().unwrap_or(0.0);
    let (clock, processor) = limits.share(count, spent);
    let per_s = count as f64 / spent.wall_s;
    ui::line(format!(
        "HTTP        {per_s:>12.0} statements/s, each receipt checked, over {CONNECTIONS} connections; 99 % within {:.0} ms",
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
    Ok(Aim::at_least(
        "statements over HTTP, a second",
        WANTED_PER_S,
        per_s,
    ))
}
