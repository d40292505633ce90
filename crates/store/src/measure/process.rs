//! What the process used: wall time, processor time, memory.

use std::time::Instant;

/// Ticks of `/proc/self/stat` in a second: a constant of Linux for programs (USER_HZ).
const TICKS_PER_S: f64 = 100.0;

/// Time that a piece of work took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// By the clock, in seconds.
    pub wall_s: f64,
    /// On all processors together, in seconds; 0 where the system does not say.
    pub cpu_s: f64,
}

impl Spent {
    /// Does the work and tells what it took.
    pub fn by<T>(work: impl FnOnce() -> T) -> (T, Self) {
        let (begun, cpu) = (Instant::now(), cpu_s());
        let done = work();
        let spent = Self {
            wall_s: begun.elapsed().as_secs_f64(),
            cpu_s: cpu_s() - cpu,
        };
        (done, spent)
    }
}

/// Processor time of the process so far, in seconds.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the name in brackets and may hold spaces; user and system time are the
    // 12th and 13th after it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |at: usize| fields.split_whitespace().nth(at)?.parse::<f64>().ok();
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS_PER_S
}

/// Memory of the process that is in use, in bytes; 0 where the system does not say.
#[must_use]
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
