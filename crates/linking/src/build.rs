//! An index from which case holds which key, given in any order.
//!
//! While building, memory is 24 bytes per pair of observable and case, plus the cases' names. Pairs
//! given twice are dropped now and then, so that repetition costs no memory in the end.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use crate::key::Key;
use crate::layout::{LIST, Layout, NO_DAY, bucket_bits};

/// Most pairs of observable and case in one index; they take 24 bytes each while building (6.4 GB).
pub const MAX_PAIRS: usize = 1 << 28;
/// Most cases in one index.
pub const MAX_CASES: usize = 1 << 24;
/// Longest name of a case, in bytes.
pub const MAX_NAME_BYTES: usize = 1024;
/// Pairs from which on repetitions are looked for (100 MB).
const FIRST_TIDY_PAIRS: usize = 1 << 22;
/// What is collected before it is handed to the writer, in bytes.
const WRITE_BYTES: usize = 64 << 10;

/// Why an index was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Too many pairs of observable and case.
    #[error(
        "more than {MAX_PAIRS} pairs of observable and case; split the input into several indexes"
    )]
    TooManyPairs,
    /// Too many cases.
    #[error("more than {MAX_CASES} cases; split the input into several indexes")]
    TooManyCases,
    /// A case's name is empty or too long.
    #[error("the name of a case has between 1 and {MAX_NAME_BYTES} bytes, not {0}")]
    Name(usize),
    /// A case of another builder.
    #[error("the case was not given to this builder")]
    UnknownCase,
    /// The writer failed.
    #[error("the index could not be written")]
    Write(#[from] io::Error),
}

/// A case of one builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseNumber(u32);

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Cases.
    pub cases: u64,
    /// Different observables.
    pub observables: u64,
    /// Different pairs of observable and case.
    pub pairs: u64,
    /// Length of the index, in bytes.
    pub bytes: u64,
    /// Its checksum, the last 32 bytes.
    pub sha256: [u8; 32],
}

/// The order of the fields is the order of the index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    key: Key,
    case: u32,
    day: u16,
}

/// Collects which case holds which key. The order in which it is told changes no byte of the index.
#[derive(Default)]
pub struct Builder {
    pairs: Vec<Pair>,
    /// Repetitions are looked for at this length.
    tidy_at: usize,
    numbers: BTreeMap<String, u32>,
    /// The earliest day each case was dated to, by number.
    days: Vec<u16>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pairs, cases) = (self.pairs.len(), self.days.len());
        write!(f, "Builder({pairs} pairs of {cases} cases)")
    }
}

impl Builder {
    /// The case of this name, made if it is new.
    ///
    /// # Errors
    /// [`BuildError::Name`], [`BuildError::TooManyCases`].
    pub fn case(&mut self, name: &str) -> Result<CaseNumber, BuildError> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(CaseNumber(*number));
        }
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(BuildError::Name(name.len()));
        }
        if self.days.len() == MAX_CASES {
            return Err(BuildError::TooManyCases);
        }
        // MAX_CASES fits.
        let number = self.days.len() as u32;
        self.days.push(NO_DAY);
        self.numbers.insert(name.to_owned(), number);
        Ok(CaseNumber(number))
    }

    /// A day something of the case is dated to, in days from 1970-01-01; the earliest is kept.
    ///
    /// # Errors
    /// [`BuildError::UnknownCase`].
    pub fn date(&mut self, case: CaseNumber, day: u16) -> Result<(), BuildError> {
        let known = self.days.get_mut(case.0 as usize);
        let known = known.ok_or(BuildError::UnknownCase)?;
        *known = day.min(*known);
        Ok(())
    }

    /// The case holds the key, seen on this day if somebody dated it; otherwise the case's day stands for it.
    ///
    /// # Errors
    /// [`BuildError::TooManyPairs`], [`BuildError::UnknownCase`].
    pub fn add(&mut self, case: CaseNumber, key: Key, day: Option<u16>) -> Result<(), BuildError> {
        if case.0 as usize >= self.days.len() {
            return Err(BuildError::UnknownCase);
        }
        if self.pairs.len() >= self.tidy_at.max(FIRST_TIDY_PAIRS) {
            tidy(&mut self.pairs);
            self.tidy_at = self.pairs.len().saturating_mul(2).min(MAX_PAIRS);
            if self.pairs.len() >= MAX_PAIRS {
                return Err(BuildError::TooManyPairs);
            }
        }
        self.pairs.push(Pair {
            key,
            case: case.0,
            day: day.unwrap_or(NO_DAY),
        });
        Ok(())
    }

    /// Writes the index.
    ///
    /// # Errors
    /// [`BuildError::Write`].
    pub fn finish(mut self, out: &mut impl Write) -> Result<Built, BuildError> {
        // Cases are numbered anew, by name, so that the order they came in is forgotten.
        let mut renumbered = vec![0_u32; self.days.len()];
        for (new, old) in self.numbers.values().enumerate() {
            renumbered[*old as usize] = new as u32;
        }
        for pair in &mut self.pairs {
            if pair.day == NO_DAY {
                pair.day = self.days[pair.case as usize];
            }
            pair.case = renumbered[pair.case as usize];
        }
        tidy(&mut self.pairs);
        let mut held = vec![0_u32; self.days.len()];
        for pair in &self.pairs {
            held[pair.case as usize] += 1;
        }
        let observables = runs(&self.pairs).count() as u64;
        let lists = runs(&self.pairs).filter(|run| run.len() > 1);
        let layout = Layout {
            bucket_bits: bucket_bits(observables),
            cases: self.days.len() as u64,
            observables,
            list_words: lists.map(|run| run.len() as u64 + 1).sum(),
            text_bytes: self.numbers.keys().map(|name| name.len() as u64).sum(),
        };
        let mut out = Hashing::new(out);
        out.put(&layout.to_bytes())?;
        write_observables(&mut out, &self.pairs, layout.bucket_bits)?;
        let mut end = 0_u64;
        for (name, old) in &self.numbers {
            end += name.len() as u64;
            let new = renumbered[*old as usize] as usize;
            out.put(&end.to_le_bytes())?;
            out.put(&held[new].to_le_bytes())?;
            out.put(&u32::from(self.days[*old as usize]).to_le_bytes())?;
        }
        for name in self.numbers.keys() {
            out.put(name.as_bytes())?;
        }
        let (bytes, sha256) = out.close()?;
        Ok(Built {
            cases: layout.cases,
            observables,
            pairs: self.pairs.len() as u64,
            bytes,
            sha256,
        })
    }
}

/// Sorts, and drops what says the same twice; of two days the earlier stays.
fn tidy(pairs: &mut Vec<Pair>) {
    pairs.sort_unstable();
    pairs.dedup_by_key(|pair| (pair.key, pair.case));
}

/// The pairs of each observable.
fn runs(pairs: &[Pair]) -> impl Iterator<Item = &[Pair]> {
    pairs.chunk_by(|a, b| a.key == b.key)
}

/// The sections of the observables, in their order.
fn write_observables(
    out: &mut Hashing<'_, impl Write>,
    pairs: &[Pair],
    bits: u32,
) -> io::Result<()> {
    let mut bucket = 0;
    let mut count = 0_u32;
    for run in runs(pairs) {
        // A bucket begins with the first observable that is not before it.
        while bucket <= run[0].key.bucket(bits) {
            out.put(&count.to_le_bytes())?;
            bucket += 1;
        }
        count += 1;
    }
    while bucket <= 1 << bits {
        out.put(&count.to_le_bytes())?;
        bucket += 1;
    }
    let mut word = 0_u32;
    for run in runs(pairs) {
        let reference = match run {
            [only] => only.case,
            _ => {
                let list = word | LIST;
                word += 1 + run.len() as u32;
                list
            }
        };
        let day = run.iter().map(|pair| pair.day).min().unwrap_or(NO_DAY);
        out.put(&run[0].key.to_bytes())?;
        out.put(&reference.to_le_bytes())?;
        out.put(&day.to_le_bytes())?;
    }
    for run in runs(pairs).filter(|run| run.len() > 1) {
        out.put(&(run.len() as u32).to_le_bytes())?;
        for pair in run {
            out.put(&pair.case.to_le_bytes())?;
        }
    }
    Ok(())
}

/// Hands bytes on in large pieces, and hashes them.
struct Hashing<'a, W> {
    out: &'a mut W,
    buffer: Vec<u8>,
    hash: Sha256,
    bytes: u64,
}

impl<'a, W: Write> Hashing<'a, W> {
    fn new(out: &'a mut W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(WRITE_BYTES + 1024),
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= WRITE_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hash.update(&self.buffer);
        self.out.write_all(&self.buffer)?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Adds the checksum; gives the length with it.
    fn close(mut self) -> io::Result<(u64, [u8; 32])> {
        self.flush()?;
        let sha256: [u8; 32] = self.hash.finalize().into();
        self.out.write_all(&sha256)?;
        self.out.flush()?;
        Ok((self.bytes + sha256.len() as u64, sha256))
    }
}
