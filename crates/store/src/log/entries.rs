//! Reading entries back, and checking many signatures at once.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

use record::audit::{Auditor, Fault};
use record::envelope::KnownKeys;
use record::refusal::Refusal;
use record::statement::{StatementError, Verified};
use tlog::{EntryBundleId, TILE_WIDTH, parse_entry_bundle};

use super::object;
use crate::error::StoreError;
use crate::objects::Objects;

/// Fewer statements than this are checked on the calling thread.
const MIN_PARALLEL_CHECKS: usize = 8;
/// Bundles read and checked ahead of the one that is judged, for each core.
const AHEAD_PER_CORE: usize = 2;
/// In a log of fewer entries nothing is read ahead (eight bundles): it takes no time anyway.
const MIN_AHEAD_ENTRIES: u64 = 2_048;

/// The bundle that holds entry `index` in a log of `size` entries; the index is below the size.
pub fn bundle_of(index: u64, size: u64) -> EntryBundleId {
    let width = u64::from(TILE_WIDTH);
    let bundle = index / width;
    EntryBundleId {
        index: bundle,
        // The remainder is below 256.
        width: if bundle < size / width {
            TILE_WIDTH
        } else {
            (size % width) as u16
        },
    }
}

/// Reads one bundle.
///
/// # Errors
/// [`StoreError::Damaged`] where it is missing or no bundle; failures of the storage.
pub fn read_bundle(
    objects: &dyn Objects,
    bundle: &EntryBundleId,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let place = || format!("log/{bundle}");
    if let Some(bytes) = objects.get(&object(&bundle.path())?)? {
        return parse_entry_bundle(&bytes, bundle.width)
            .map_err(|error| StoreError::damaged_by(place(), &error));
    }
    // The log has grown meanwhile, and a partial bundle goes once the full one is there.
    let full = EntryBundleId {
        width: TILE_WIDTH,
        ..*bundle
    };
    let bytes = objects
        .get(&object(&full.path())?)?
        .ok_or_else(|| StoreError::damaged(place(), "the entry bundle is missing"))?;
    let mut entries = parse_entry_bundle(&bytes, full.width)
        .map_err(|error| StoreError::damaged_by(place(), &error))?;
    entries.truncate(usize::from(bundle.width));
    Ok(entries)
}

/// Calls `each` with the entries of a log of `size` entries, bundle after bundle.
///
/// # Errors
/// As [`read_bundle`], and those of `each`.
pub fn for_each_bundle(
    objects: &dyn Objects,
    size: u64,
    mut each: impl FnMut(EntryBundleId, Vec<Vec<u8>>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut next = 0;
    while next < size {
        let bundle = bundle_of(next, size);
        each(bundle, read_bundle(objects, &bundle)?)?;
        next += u64::from(bundle.width);
    }
    Ok(())
}

/// Parses entries and checks their signatures, on all cores where that pays.
pub fn verify_all(entries: &[&[u8]]) -> Vec<Result<Verified, Refusal>> {
    Checker::default().verify_all(entries)
}

/// Checks signatures again and again, and remembers keys meanwhile.
#[derive(Debug)]
pub(crate) struct Checker {
    /// One for each core.
    known: Vec<KnownKeys>,
}

impl Default for Checker {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            known: vec![KnownKeys::default(); cores],
        }
    }
}

impl Checker {
    /// As [`verify_all`].
    pub(crate) fn verify_all(&mut self, entries: &[&[u8]]) -> Vec<Result<Verified, Refusal>> {
        let check = |part: &[&[u8]], known: &mut KnownKeys| -> Vec<_> {
            let read = |entry: &&[u8]| Verified::parse_with(entry, known).map_err(Refusal::from);
            part.iter().map(read).collect()
        };
        let few = entries.len() < MIN_PARALLEL_CHECKS || self.known.len() == 1;
        if let (true, Some(known)) = (few, self.known.first_mut()) {
            return check(entries, known);
        }
        let parts = entries.chunks(entries.len().div_ceil(self.known.len()));
        std::thread::scope(|scope| {
            let threads: Vec<_> = parts
                .zip(&mut self.known)
                .map(|(part, known)| (part, scope.spawn(move || check(part, known))))
                .collect();
            let mut all = Vec::with_capacity(entries.len());
            for (part, thread) in threads {
                // A thread that could not finish is done over here.
                let checked = thread.join();
                all.extend(checked.unwrap_or_else(|_| check(part, &mut KnownKeys::default())));
            }
            all
        })
    }
}

/// How an entry of a log is read; keys that were read before may be remembered.
pub type Reader = fn(&[u8], &mut KnownKeys) -> Result<Verified, StatementError>;

/// A bundle's entries: their bytes, and what each says.
#[derive(Debug)]
pub struct Read {
    /// Which bundle.
    pub bundle: EntryBundleId,
    /// The entries' bytes.
    pub held: Vec<Vec<u8>>,
    /// What they say, or why they are no statements.
    pub said: Vec<Result<Verified, StatementError>>,
}

impl Read {
    fn of(
        objects: &dyn Objects,
        bundle: EntryBundleId,
        reader: Reader,
        known: &mut KnownKeys,
    ) -> Result<Self, StoreError> {
        let held = read_bundle(objects, &bundle)?;
        let said = held.iter().map(|entry| reader(entry, known)).collect();
        Ok(Self { bundle, held, said })
    }

    /// Judges all entries, in order.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn judge(&self, auditor: &mut Auditor) -> Result<(), Fault> {
        for (entry, said) in self.held.iter().zip(&self.said) {
            match said {
                Ok(statement) => auditor.verified(statement)?,
                // Told by the same words as where nothing was read ahead.
                Err(_) => auditor.entry(entry)?,
            }
        }
        Ok(())
    }
}

type Job = (EntryBundleId, SyncSender<Result<Read, StoreError>>);

/// Calls `each` with the entries of a log of `size` entries, bundle after bundle, each read by
/// `reader`: on all cores, some bundles ahead, while `each` takes them in order.
///
/// # Errors
/// As [`read_bundle`], and those of `each`.
pub fn for_each_read(
    objects: &dyn Objects,
    size: u64,
    reader: Reader,
    mut each: impl FnMut(Read) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut next = 0;
    let mut following = || {
        let bundle = (next < size).then(|| bundle_of(next, size))?;
        next += u64::from(bundle.width);
        Some(bundle)
    };
    let mut known = KnownKeys::default();
    if cores == 1 || size < MIN_AHEAD_ENTRIES {
        while let Some(bundle) = following() {
            each(Read::of(objects, bundle, reader, &mut known)?)?;
        }
        return Ok(());
    }
    let (jobs, queue) = channel::<Job>();
    let queue = &Mutex::new(queue);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(move || work(objects, reader, queue));
        }
        // Dropped at the end of this closure, however it ends: then the threads end too.
        let jobs = jobs;
        let mut ahead = VecDeque::new();
        loop {
            while ahead.len() < cores * AHEAD_PER_CORE
                && let Some(bundle) = following()
            {
                let (reply, read) = sync_channel(1);
                // Nobody takes it only if all threads have ended: it is read below then.
                let _ = jobs.send((bundle, reply));
                ahead.push_back((bundle, read));
            }
            let Some((bundle, read)) = ahead.pop_front() else {
                return Ok(());
            };
            let read = read.recv();
            let here = |_| Read::of(objects, bundle, reader, &mut known);
            each(read.unwrap_or_else(here)?)?;
        }
    })
}

fn work(objects: &dyn Objects, reader: Reader, queue: &Mutex<Receiver<Job>>) {
    let mut known = KnownKeys::default();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((bundle, reply)) = job else { return };
        // Whoever asked may have found a fault before.
        let _ = reply.send(Read::of(objects, bundle, reader, &mut known));
    }
}
