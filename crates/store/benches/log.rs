//! The log under load, beside the limits of the machine. `solferino bench log` prints the same and more.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)] // a benchmark talks

use rehearsal::Flood;
use solferino_store::Record;
use solferino_store::measure::{self, Limits};

/// Statements taken in, unless another number is given: `cargo bench -p solferino-store --bench log -- 20000`.
const STATEMENTS: u64 = 100_000;
/// Receipts made.
const RECEIPTS: u64 = 300_000;

fn show(lines: Vec<String>) {
    lines.iter().for_each(|line| println!("{line}"));
}

fn main() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("record");
    let flood = Flood::new(
        "record.example/bench",
        "2014-01-01T00:00:00Z".parse().unwrap(),
    )
    .unwrap();
    let given = std::env::args().find_map(|arg| arg.parse().ok());
    let entries: Vec<_> = (0..given.unwrap_or(STATEMENTS))
        .map(|n| flood.report(n).unwrap())
        .collect();
    let record = Record::create(&dir, flood.log_key(), &flood.genesis().unwrap()).unwrap();
    let limits = measure::limits(home.path(), entries[0].len() / 2).unwrap();
    show(limits.lines());
    show(limits.intake(&measure::intake(&record, entries).unwrap()));
    show(Limits::receipts(
        &measure::receipts(&record, RECEIPTS).unwrap(),
    ));
    record.stop();
    drop(record);
    let (record, reopened) = measure::reopened(&dir).unwrap();
    show(Limits::reopened(&reopened));
    drop(record);
    show(limits.audited(&measure::audited(&dir).unwrap()));
}
