//! `solferino bench`.

mod connection;
mod http;
mod opening;
mod pages;
mod taxii;

use std::path::PathBuf;

use rehearsal::Flood;
use store::Record;
use store::measure::{self, Aim, Decade, Limits, MeasureError};

use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Origin of the record that is measured.
const ORIGIN: &str = "record.example/bench";
/// When everything in it is said; its charter has an injected clock.
const TIME: &str = "2014-01-01T00:00:00Z";

/// Measure this machine: the log, TAXII, the pages
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Log(Log),
    Pages(pages::Args),
    Taxii(taxii::Args),
}

/// Measure submissions, receipts, recovery and audit beside the limits of the machine
///
/// Makes a record of reports in a temporary folder and removes it. Every figure stands beside the limit measured in the
/// same run (SHA-256, strict Ed25519 verification on all cores, fdatasync) and beside the processor time it took: where
/// other programs run, only the second says something about the software. Ends with what is promised of each figure, met
/// or not met by the clock, and exits with 4 if one is not.
#[derive(Debug, clap::Args)]
pub(crate) struct Log {
    /// Statements to submit in process, then to open and to audit
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    statements: u64,
    /// Receipts to make
    #[arg(long, value_name = "N", default_value_t = 300_000)]
    receipts: u64,
    /// Statements to submit over HTTP, to a server in this process
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    http: u64,
    /// Also the cost of appending and proving at 10^4, 10^5, ... up to N simulated entries, such as 10000000
    #[arg(long, value_name = "N")]
    growth: Option<u64>,
    /// Instead of all that: make a record of N entries, such as 1000000, open it three times, and audit it; fails if
    /// opening takes longer than 2 s for each million
    #[arg(long, value_name = "N")]
    opening: Option<u64>,
    /// Folder in which the temporary one is made, on the disk that is meant [default: the system's]
    #[arg(long, value_name = "DIR")]
    within: Option<PathBuf>,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Log(args) => log(args),
        Command::Pages(args) => pages::run(args),
        Command::Taxii(args) => taxii::run(args),
    }
}

fn log(args: &Log) -> Outcome {
    let home = match &args.within {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir(),
    }?;
    let dir = home.path().join("record");
    let time = TIME
        .parse()
        .map_err(|_| Problem::new("the time of the bench is no time"))?;
    let flood = Flood::new(ORIGIN, time).map_err(|e| Problem::new(e.to_string()))?;
    if let Some(entries) = args.opening {
        return opening::run(home.path(), &flood, entries);
    }
    let entries = reports(&flood, 0, args.statements)?;
    let genesis = flood.genesis().map_err(|e| Problem::new(e.to_string()))?;
    let record = Record::create(&dir, flood.log_key(), &genesis)?;
    // What is signed is the payload, and base64 is most of an envelope.
    let signed = entries.first().map_or(0, Vec::len) / 2;
    let limits = measure::limits(home.path(), signed).map_err(measured)?;
    show(&limits.lines());
    let intake = measure::intake(&record, entries).map_err(measured)?;
    show(&limits.intake(&intake));
    let mut aims = limits.aims_of_intake(&intake);
    let receipts = measure::receipts(&record, args.receipts).map_err(measured)?;
    show(&Limits::receipts(&receipts));
    aims.push(receipts.aim());
    record.stop();
    drop(record);
    let (record, reopened) = measure::reopened(&dir).map_err(measured)?;
    show(&Limits::reopened(&reopened));
    aims.push(reopened.aim());
    if args.http > 0 {
        let entries = reports(&flood, args.statements, args.http)?;
        let log = flood.log_key().verifier_key();
        aims.push(http::run(record, log, entries, &limits)?);
    } else {
        drop(record);
    }
    let audited = measure::audited(&dir).map_err(measured)?;
    show(&limits.audited(&audited));
    aims.push(limits.aim_of_audit(&audited));
    if let Some(entries) = args.growth {
        ui::line(Decade::HEADING);
        measure::growth(entries, |decade| ui::line(decade.line())).map_err(measured)?;
    }
    aims.iter().for_each(|aim| ui::line(aim.line()));
    Ok(if aims.iter().all(Aim::is_met) {
        Exit::Ok
    } else {
        Exit::Failed
    })
}

/// Signs so many reports, on all cores.
fn reports(flood: &Flood, first: u64, count: u64) -> Outcome<Vec<Vec<u8>>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let share = count.div_ceil(cores).max(1);
    let part = |n: u64| first + (n * share).min(count)..first + ((n + 1) * share).min(count);
    let sign = |n| {
        part(n)
            .map(|n| flood.report(n))
            .collect::<Result<Vec<_>, _>>()
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|n| scope.spawn(move || sign(n))).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut all = Vec::new();
    for part in parts {
        let signed = part.map_err(|_| Problem::new("a thread that signed ended early"))?;
        all.append(&mut signed.map_err(|e| Problem::new(e.to_string()))?);
    }
    Ok(all)
}

fn show(lines: &[String]) {
    lines.iter().for_each(ui::line);
}

fn measured(error: MeasureError) -> Problem {
    Problem::new(record::trust::with_sources(&error))
}
