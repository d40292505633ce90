//! The fuzz targets without a fuzzer: the committed corpus, and seeded mutations of it.

use crate::targets::TARGETS;
use crate::{replay, seeds};

/// This crate, whose neighbour is the corpus.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn fuzz_corpus_replays() {
    replay::replay(HERE, TARGETS);
    seeds::repository_samples()
        .iter()
        .for_each(|(name, bytes)| run(name, bytes));
}

fn run(name: &str, bytes: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    target(bytes);
}

#[test]
fn fuzz_mutations_of_the_corpus_break_nothing() {
    replay::mutate(HERE, TARGETS, 0x5eed_0000);
}

/// Writes the samples of [`seeds`] into the corpus; what else is in there stays.
#[test]
#[ignore = "writes fuzz/corpus"]
fn plant_the_corpus() {
    for (target, name, bytes) in seeds::all() {
        std::fs::create_dir_all(replay::folder(HERE, target)).unwrap();
        std::fs::write(replay::folder(HERE, target).join(name), bytes).unwrap();
    }
}
