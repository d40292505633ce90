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
mod stage;
mod tally;

use std::ops::Range;
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
use self::tally::Tally;

/// Runs within the ordinary suite.
const RUNS: u64 = 100;
/// Runs of the long test unless the environment says otherwise.
const LONG_RUNS: u64 = 10_000;
/// Runs after which the long test says how far it is: it can go on from there.
const BLOCK: u64 = 500;

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

/// Runs these numbers, some at a time.
fn runs(starts: &Starts, numbers: Range<u64>) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let part = |thread| {
            let numbers = numbers.clone().filter(move |n| n % threads == thread);
            let all = move || numbers.map(|number| run(starts, number)).collect();
            scope.spawn(all)
        };
        let parts: Vec<_> = (0..threads).map(part).collect();
        for outcomes in parts.into_iter().map(|part| part.join()) {
            let outcomes: Vec<_> = outcomes.unwrap();
            outcomes.into_iter().for_each(|outcome| tally.add(outcome));
        }
    });
    tally
}

#[test]
fn a_log_survives_its_disk() {
    let tally = runs(&Starts::new(), 0..RUNS);
    println!("{tally}");
    tally.must_show_something();
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

/// A number that the environment gives.
fn given(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

#[test]
#[ignore = "minutes; `cargo xtask kill-test` runs it"]
fn a_log_survives_its_disk_long() {
    let count = given("SOLFERINO_SHIM_RUNS").unwrap_or(LONG_RUNS);
    let first = given("SOLFERINO_SHIM_FROM").unwrap_or(0);
    let (starts, mut tally, end) = (Starts::new(), Tally::default(), first + count);
    for next in (first..end).step_by(BLOCK as usize) {
        let until = end.min(next + BLOCK);
        tally += runs(&starts, next..until);
        println!("seeds {first} to {}: {}", until - 1, tally.in_a_line());
    }
    println!("seeds {first} to {}: {tally}", end - 1);
    if count >= RUNS {
        tally.must_show_something();
    }
}
