//! The server of the bench: this program once more, in a process of its own, so that its memory and its processor time
//! are told apart from those of the clients.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use server::rate::Rate;
use store::measure::Spent;
use tokio::net::TcpListener;

use crate::problem::{Exit, Outcome, Problem};
use crate::{opened, ui};

/// Rate that stands in nobody's way here.
const UNLIMITED: Rate = Rate::new(100_000_000, 100_000_000);
/// Ticks of `/proc/PID/stat` in a second: a constant of Linux for programs (USER_HZ).
const TICKS_PER_S: f64 = 100.0;

/// Serves without limits on rates until standard input ends.
pub(super) fn serve(dir: &Path) -> Outcome {
    let config = server::Config {
        client_reads: UNLIMITED,
        client_pages: UNLIMITED,
        all_reads: UNLIMITED,
        client_writes: UNLIMITED,
        all_writes: UNLIMITED,
        ..server::Config::default()
    };
    let record = opened::record(dir)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        ui::line(listener.local_addr()?.to_string());
        let ended = tokio::task::spawn_blocking(|| {
            // An end and a failure both mean that nobody measures any more.
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
        });
        server::serve(record, config, listener, async {
            let _ = ended.await;
        })
        .await?;
        Ok(Exit::Ok)
    })
}

/// The process that serves; ends with this value.
pub(super) struct Service {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Service {
    pub(super) fn start(dir: &Path) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bench", "taxii", "--serve"])
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(said) = child.stdout.take() {
            BufReader::new(said).read_line(&mut line)?;
        }
        let address = line.trim().parse();
        let address = address.map_err(|_| Problem::new("the server of the bench did not start"))?;
        Ok(Self { child, address })
    }

    /// Memory in use, in megabytes: now, and at most so far; nothing where the system does not say.
    pub(super) fn memory_mb(&self) -> [f64; 2] {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        ["VmRSS:", "VmHWM:"].map(|name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes =
                line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            kilobytes.unwrap_or(0.0) * 1024.0 / 1e6
        })
    }

    /// Does the work; tells what the clients took by the clock and of processor time, and what the server took of it.
    pub(super) fn by<T>(&self, work: impl FnOnce() -> T) -> (T, Spent, f64) {
        let before = self.cpu_s();
        let (done, spent) = Spent::by(work);
        (done, spent, self.cpu_s() - before)
    }

    fn cpu_s(&self) -> f64 {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(path).unwrap_or_default();
        // The second field is the name in brackets and may hold spaces; user and system time are the 12th and 13th
        // after it.
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = |at: usize| fields.split_whitespace().nth(at)?.parse::<f64>().ok();
        (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS_PER_S
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Its input ends, and with it the process.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
