//! The targets without a fuzzer: the committed corpus, and seeded mutations of it for a bounded number of inputs.
//!
//! Ordinary tests of crates/record and crates/exchange run this on stable.

use std::path::{Path, PathBuf};

/// A target: its name, which is that of its corpus folder, and what it does with an input.
type Target = (&'static str, fn(&[u8]));

/// Mutated inputs for each target, unless `SOLFERINO_FUZZ_INPUTS` says otherwise.
const INPUTS: usize = 1000;

/// Folder of a target's corpus, from the folder of a crate.
pub fn folder(crate_dir: &str, target: &str) -> PathBuf {
    Path::new(crate_dir).join("../../fuzz/corpus").join(target)
}

fn corpus(crate_dir: &str, target: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder(crate_dir, target)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// Puts every input of the corpus to its target.
pub fn replay(crate_dir: &str, targets: &[Target]) {
    let mut inputs = 0;
    for (name, target) in targets {
        let corpus = corpus(crate_dir, name);
        assert!(corpus.len() >= 2, "{name}: a sample and a near miss");
        corpus.iter().for_each(|input| target(input));
        inputs += corpus.len();
    }
    println!("{} targets, {inputs} inputs replayed", targets.len());
}

/// Puts mutations of the corpus to each target, the same in every run; an input that breaks one is written to a file and named.
pub fn mutate(crate_dir: &str, targets: &[Target], seed: u64) {
    let inputs = std::env::var("SOLFERINO_FUZZ_INPUTS");
    let inputs: usize = inputs.map_or(INPUTS, |number| number.parse().unwrap());
    for (number, (name, target)) in targets.iter().enumerate() {
        let corpus = corpus(crate_dir, name);
        let mut random = Random(seed + number as u64);
        for n in 0..inputs {
            let input = mutated(&corpus, &mut random);
            let kept = input.clone();
            let ran = std::panic::catch_unwind(move || target(&input));
            if ran.is_err() {
                let path = std::env::temp_dir().join(format!("solferino-{name}-{n}"));
                std::fs::write(&path, kept).unwrap();
                panic!("{name}: input {n} breaks it; it is in {}", path.display());
            }
        }
    }
    println!("{} targets, {inputs} mutated inputs each", targets.len());
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
    b"[",
    b"]",
    b"{",
    b"}",
    b"{}",
    b"(",
    b")",
    b"'",
    b"\"",
    b"\\",
    b",",
    b":",
    b"-0",
    b"-1",
    b"1e999",
    b"18446744073709551615",
    b"18446744073709551616",
    b"AAAA",
    b"null",
    b"[[[[[[[[",
    b"\0",
    b"\xff",
    b"\xff\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\xe2\x80\x94 ",
    b"\x1b",
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd2\x84",
    b"quorum none\n",
    b" AND ",
    b" OR ",
    b" FOLLOWEDBY ",
    b" NOT ",
    b" IN ",
    b" REPEATS 9 TIMES",
    b" WITHIN 1 SECONDS",
    b"t'",
    b"h'",
    b"\"id\":",
    b"\"type\":",
    b"\"objects\":[",
    b"\"Attribute\":[",
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
