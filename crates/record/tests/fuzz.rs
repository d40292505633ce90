//! The fuzz targets without a fuzzer: the committed corpus, and seeded mutations of it.

use std::path::{Path, PathBuf};

use crate::seeds;
use crate::targets::TARGETS;

/// Mutated inputs for each target, unless `SOLFERINO_FUZZ_INPUTS` says otherwise.
const INPUTS: usize = 1000;

fn folder(target: &str) -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    Path::new(root).join(target)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[test]
fn fuzz_corpus_replays() {
    let mut inputs = 0;
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        assert!(corpus.len() >= 2, "{name}: a sample and a near miss");
        corpus.iter().for_each(|input| target(input));
        inputs += corpus.len();
    }
    seeds::repository_samples()
        .iter()
        .for_each(|(name, bytes)| run(name, bytes));
    println!("{} targets, {inputs} inputs replayed", TARGETS.len());
}

fn run(name: &str, bytes: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    target(bytes);
}

/// A generator with a fixed seed (xorshift64*): the same inputs in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

/// Bytes and words that parsers care about.
const TOKENS: &[&[u8]] = &[
    b"\n",
    b"\n\n",
    b" ",
    b"0",
    b"=",
    b"+",
    b"\"",
    b"{}",
    b"[",
    b"\xff",
    b"\0",
    b"\xe2\x80\x94 ",
    b"18446744073709551615",
    b"18446744073709551616",
    b"-1",
    b"AAAA",
    b"quorum none\n",
    b"\x1b",
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd2\x84",
    b"\xff\xff",
];

/// One to four changes of a sample, or of two samples spliced.
fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => {
                let token = TOKENS[random.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            5 => bytes.truncate(at),
            _ => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}

#[test]
fn fuzz_mutations_of_the_corpus_break_nothing() {
    let inputs = std::env::var("SOLFERINO_FUZZ_INPUTS");
    let inputs: usize = inputs.map_or(INPUTS, |number| number.parse().unwrap());
    for (number, (name, target)) in TARGETS.iter().enumerate() {
        let corpus = corpus(name);
        let mut random = Random(0x5eed_0000 + number as u64);
        (0..inputs).for_each(|_| target(&mutated(&corpus, &mut random)));
    }
    println!("{} targets, {inputs} mutated inputs each", TARGETS.len());
}

/// Writes the samples of [`seeds`] into the corpus; what else is in there stays.
#[test]
#[ignore = "writes fuzz/corpus"]
fn plant_the_corpus() {
    for (target, name, bytes) in seeds::all() {
        std::fs::create_dir_all(folder(target)).unwrap();
        std::fs::write(folder(target).join(name), bytes).unwrap();
    }
}
