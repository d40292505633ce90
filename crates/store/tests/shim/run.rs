//! One run: a few lives of a log, each with its fault, and what has to hold after them.

use std::collections::BTreeMap;
use std::sync::Arc;

use record::trust::TrustFile;
use solferino_store::log::{Answer, Log, Submission};
use solferino_store::{Record, SubmitError, audit};
use tempfile::TempDir;
use tlog::{Hash, Tree, open_checkpoint};

use super::ShimPlace;
use super::disk::{Disk, Fault};
use super::image::Image;
use super::random::Random;
use super::stage::Stage;
use crate::support::{Home, cast, founded_at, genesis, report};

/// Openings of a life before its disk is taken as broken for good.
const MAX_OPENINGS: usize = 4;
/// Calls within which a fault falls: a batch makes about 60 of them.
const FAULT_WITHIN: u64 = 90;

/// An image of a record, with index and bytes of the reports in it.
type Start = (Image, Vec<(u64, Vec<u8>)>);

/// What the runs start from.
pub(super) struct Starts {
    /// By how many reports are in them: few, and just below the end of a tile.
    images: Vec<Start>,
    /// A record's folder without its log, for the audit.
    frame: Vec<(String, Vec<u8>)>,
    trust: TrustFile,
}

impl Starts {
    pub(super) fn new() -> Self {
        let home = Home::new();
        let record = home.create();
        let trust = record.trust_file().unwrap();
        drop::<Record>(record);
        let frame = ["record.json", "vault/recipient"].map(|name| {
            (
                name.to_owned(),
                std::fs::read(home.dir().join(name)).unwrap(),
            )
        });
        Self {
            images: vec![start(3), start(256 - genesis().len() as u64 - 4)],
            frame: frame.into(),
            trust,
        }
    }
}

/// An image of a record with so many reports, and what is in it.
fn start(reports: u64) -> Start {
    let disk = Disk::new(Image::empty(), 0);
    let mut log = open(&disk).unwrap();
    log.found(&genesis()).unwrap();
    let entries: Vec<_> = (0..reports).map(report).collect();
    let mut life = Life::default();
    life.submit(&mut log, &entries);
    assert_eq!(life.acknowledged.len(), entries.len());
    (disk.image(), life.acknowledged)
}

fn open(disk: &Disk) -> Result<Log, solferino_store::StoreError> {
    Log::open(Box::new(ShimPlace(disk.clone())), cast().log, &|_, _| {})
}

/// What the world outside holds in its hands.
#[derive(Default)]
struct Life {
    /// Index and bytes of what was acknowledged.
    acknowledged: Vec<(u64, Vec<u8>)>,
    /// Checkpoints seen: size to root.
    published: BTreeMap<u64, Hash>,
    met: Vec<(Fault, Stage)>,
}

/// How a run came out.
pub(super) struct Outcome {
    /// Statements that it acknowledged, all of them looked up at its end.
    pub(super) acknowledged: usize,
    /// Checkpoints that were seen, each proved consistent with the next.
    pub(super) checkpoints: usize,
    pub(super) met: Vec<(Fault, Stage)>,
}

impl Life {
    fn submit(&mut self, log: &mut Log, entries: &[Vec<u8>]) {
        let batch: Vec<_> = entries.iter().cloned().map(Submission::Entry).collect();
        let mut answers: Vec<Option<Answer>> = batch.iter().map(|_| None).collect();
        log.process(&batch, Some(founded_at()), &mut |at, answer| {
            assert!(answers[at].replace(answer).is_none(), "answered twice");
        });
        for (answer, entry) in answers.into_iter().zip(entries) {
            match answer.unwrap() {
                Ok(submitted) => self.acknowledged.push((submitted.index, entry.clone())),
                Err(SubmitError::Refused(refusal)) => panic!("refused: {refusal}"),
                Err(_) => {}
            }
        }
        self.look(log);
    }

    /// A reader asks for the checkpoint.
    fn look(&mut self, log: &Log) {
        let published = log.published();
        let published = published.read().unwrap();
        if published.checkpoint().is_empty() {
            return;
        }
        let key = cast().log.verifier_key();
        let (checkpoint, _) = open_checkpoint(published.checkpoint(), &key).unwrap();
        let known = self.published.insert(checkpoint.size, checkpoint.root);
        let same = known.is_none_or(|known| known == checkpoint.root);
        assert!(same, "two trees of size {}", checkpoint.size);
    }
}

fn fault(random: &mut Random) -> Option<Fault> {
    Some(match random.below(12) {
        0..3 => Fault::PowerCut,
        3..5 => Fault::Killed,
        5 => Fault::Failed,
        6 => Fault::FailedButPersisted,
        7 => Fault::Full,
        8 => Fault::ReadError,
        9 => Fault::FlippedInWriting,
        10 => Fault::FlippedInReading,
        _ => return None,
    })
}

/// One life: opens the log under a fault and submits a few batches.
fn live(disk: &Disk, life: &mut Life, random: &mut Random, numbers: &mut u64) {
    if let Some(fault) = fault(random) {
        let staged = matches!(fault, Fault::FlippedInReading | Fault::FlippedInWriting);
        let within = if staged { 3 } else { FAULT_WITHIN };
        disk.plan(fault, random.below(within));
    }
    let mut log = None;
    disk.set_opening(true);
    for _ in 0..MAX_OPENINGS {
        log = open(disk).ok();
        if log.is_some() || disk.is_dead() {
            break;
        }
    }
    disk.set_opening(false);
    if let Some(mut log) = log {
        life.look(&log);
        for _ in 0..=random.below(2) {
            let count = 1 + random.below(6);
            let entries: Vec<_> = (*numbers..*numbers + count).map(report).collect();
            *numbers += count;
            life.submit(&mut log, &entries);
        }
    }
    life.met.extend(disk.unplan());
    // Whatever the fault was, the machine or the process may now go down.
    match (
        disk.is_dead(),
        life.met.last().map(|(fault, _)| fault),
        random.below(3),
    ) {
        (true, Some(Fault::Killed), _) | (false, _, 0) => disk.start_again(),
        (true, _, _) | (false, _, 1) => disk.power_on(),
        _ => {}
    }
}

/// One run; panics with its number where something does not hold.
pub(super) fn run(starts: &Starts, number: u64) -> Outcome {
    let mut random = Random::new(number);
    let which = usize::from(random.below(8) == 0);
    let (image, there) = &starts.images[which];
    let disk = Disk::new(image.clone(), number);
    let mut life = Life {
        acknowledged: there.clone(),
        ..Life::default()
    };
    let mut numbers = 1_000;
    for _ in 0..=1 + random.below(3) {
        live(&disk, &mut life, &mut random, &mut numbers);
    }
    let mut log = open(&disk)
        .unwrap_or_else(|error| panic!("run {number}: {}", record::trust::with_sources(&error)));
    let more: Vec<_> = (1..4).map(|n| report(999_000 + n)).collect();
    life.submit(&mut log, &more);
    drop(log);
    disk.power_on();
    check(starts, &disk, &life, number);
    Outcome {
        acknowledged: life.acknowledged.len() - there.len(),
        checkpoints: life.published.len(),
        met: life.met,
    }
}

/// Everything acknowledged is there, the published checkpoints agree, and the audit passes.
fn check(starts: &Starts, disk: &Disk, life: &Life, number: u64) {
    let home = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let file = home.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    };
    starts
        .frame
        .iter()
        .for_each(|(name, bytes)| write(name, bytes));
    let files: BTreeMap<String, Arc<Vec<u8>>> = disk.image().files().into_iter().collect();
    files.iter().for_each(|(name, bytes)| write(name, bytes));
    let report = audit(home.path(), Some(&starts.trust), |_, _| {});
    let failure = report.report.failure();
    assert!(failure.is_none(), "run {number}: {failure:?}");

    let entries = entries(&files, report.size);
    for (index, entry) in &life.acknowledged {
        let there = &entries[usize::try_from(*index).unwrap()];
        assert_eq!(there, entry, "run {number}: entry {index} is another one");
    }
    let tree = Tree::from_leaves(entries.iter().map(|entry| tlog::leaf_hash(entry)));
    let (mut old, mut old_root) = (0, tlog::empty_root());
    for (&new, &new_root) in &life.published {
        let lost = format!(
            "run {number}: {new} entries were published, {} are there",
            tree.size()
        );
        assert!(new <= tree.size(), "{lost}");
        let proof = tlog::consistency_proof(&tree, old, new).unwrap();
        tlog::verify_consistency(old, new, &proof, &old_root, &new_root)
            .unwrap_or_else(|error| panic!("run {number}: {old} to {new}: {error}"));
        (old, old_root) = (new, new_root);
    }
    let proof = tlog::consistency_proof(&tree, old, tree.size()).unwrap();
    tlog::verify_consistency(old, tree.size(), &proof, &old_root, &tree.root()).unwrap();
}

/// The entries of a log of so many, from its bundles.
fn entries(files: &BTreeMap<String, Arc<Vec<u8>>>, size: u64) -> Vec<Vec<u8>> {
    let width = u64::from(tlog::TILE_WIDTH);
    let bundles = (0..size.div_ceil(width)).map(|index| {
        let width = width.min(size - index * width) as u16;
        let bundle = tlog::EntryBundleId { index, width };
        let bytes = &files[&format!("log/{}", bundle.path())];
        tlog::parse_entry_bundle(bytes, width).unwrap()
    });
    bundles.flatten().collect()
}
