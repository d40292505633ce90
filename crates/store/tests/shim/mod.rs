//! The log on a disk that loses power, fills up and lies (docs/crash.md).
//!
//! Each run is one number. It founds nothing anew: it starts from an image of a small record, goes
//! through a few lives with a fault in most of them, and ends on a disk without faults, where
//! everything acknowledged has to be there, every checkpoint ever published consistent with every
//! other, and the audit of the folder without a finding.

mod disk;
mod image;
mod random;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use solferino_store::StoreError;
use solferino_store::cell::{Cell as _, FileCell};
use solferino_store::filesystem::FileSystem;
use solferino_store::folder::FolderObjects;
use solferino_store::log::{Handles, Place};

use self::disk::{Disk, Fault};
use self::image::Image;
use self::run::{Starts, run};

/// Runs within the ordinary suite.
const RUNS: u64 = 100;
/// Runs of the long test unless the environment says otherwise.
const LONG_RUNS: u64 = 10_000;

/// The log's folder on a simulated disk.
#[derive(Clone)]
struct ShimPlace(Disk);

impl Place for ShimPlace {
    fn open(&self) -> Result<Handles, StoreError> {
        let files: Arc<dyn FileSystem> = Arc::new(self.0.clone());
        let objects = FolderObjects::open_on(Arc::clone(&files), &PathBuf::from("log"))?;
        let cell = FileCell::open_on(files, Path::new("log.cell"))?;
        Ok((Box::new(objects), Box::new(cell)))
    }
}

/// Runs so many numbers, some at a time; gives how often each fault was met.
fn runs(numbers: std::ops::Range<u64>) -> BTreeMap<String, u64> {
    let starts = Starts::new();
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    let mut acknowledged = 0;
    std::thread::scope(|scope| {
        let starts = &starts;
        let part = |thread| {
            let numbers = numbers.clone().filter(move |n| n % threads == thread);
            scope.spawn(move || {
                numbers
                    .map(|number| run(starts, number))
                    .collect::<Vec<_>>()
            })
        };
        let parts: Vec<_> = (0..threads).map(part).collect();
        for outcome in parts.into_iter().flat_map(|part| part.join().unwrap()) {
            acknowledged += outcome.acknowledged;
            for fault in outcome.met {
                *met.entry(format!("{fault:?}")).or_default() += 1;
            }
        }
    });
    println!(
        "{} runs, {acknowledged} statements acknowledged, none lost, no fork; faults met: {met:?}",
        numbers.end - numbers.start
    );
    assert!(
        acknowledged > 0,
        "no statement was acknowledged: nothing is shown"
    );
    met
}

fn every_fault_was_met(met: &BTreeMap<String, u64>) {
    use Fault::{
        Failed, FailedButPersisted, FlippedInReading, FlippedInWriting, Full, Killed, PowerCut,
        ReadError,
    };
    for fault in [
        PowerCut,
        Killed,
        Failed,
        FailedButPersisted,
        Full,
        ReadError,
        FlippedInWriting,
        FlippedInReading,
    ] {
        let name = format!("{fault:?}");
        assert!(met.contains_key(&name), "{name} was never met: {met:?}");
    }
}

#[test]
fn a_log_survives_its_disk() {
    every_fault_was_met(&runs(0..RUNS));
}

/// The cell alone, under two power cuts at every pair of calls: it never holds a part of a value,
/// nor anything but the old value or the new one.
#[test]
fn a_cell_survives_two_power_cuts() {
    let values = [
        b"one".repeat(2_000),
        b"two".repeat(2_000),
        b"three".repeat(2_000),
    ];
    let place = Path::new("log.cell");
    let open = |disk: &Disk| FileCell::open_on(Arc::new(disk.clone()), place);
    for (first, second, seed) in (0..9_u64)
        .flat_map(|a| (0..9_u64).map(move |b| (a, b)))
        .flat_map(|(a, b)| (0..24_u64).map(move |seed| (a, b, seed)))
    {
        let what = format!("cuts at {first} and {second}, seed {seed}");
        let disk = Disk::new(Image::empty(), seed);
        let cell = open(&disk).unwrap();
        cell.compare_and_swap(None, &values[0]).unwrap();
        let mut held = values[0].clone();
        for (cut, new) in [(first, &values[1]), (second, &values[2])] {
            disk.plan(Fault::PowerCut, cut);
            let swapped = cell.compare_and_swap(Some(&held), new);
            disk.unplan();
            disk.power_on();
            let found = open(&disk).unwrap().load().unwrap().unwrap();
            assert!(found == held || found == *new, "{what}");
            assert!(
                swapped.is_err() || found == *new,
                "{what}: it was said to be swapped"
            );
            held = found;
        }
    }
}

#[test]
#[ignore = "minutes; `cargo xtask kill-test` runs it"]
fn a_log_survives_its_disk_long() {
    let given = std::env::var("SOLFERINO_SHIM_RUNS").ok();
    let count = given
        .and_then(|text| text.parse().ok())
        .unwrap_or(LONG_RUNS);
    every_fault_was_met(&runs(0..count));
}
