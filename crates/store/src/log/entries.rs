//! Reading entries back, and checking many signatures at once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use record::audit::{Auditor, Fault};
use record::envelope::KnownKeys;
use record::refusal::Refusal;
use record::statement::{StatementError, Verified};
use tlog::{EntryBundleId, TILE_WIDTH, Tree, entry_places};

use super::object;
pub use super::pipeline::{for_each_checked, for_each_read};
use crate::error::StoreError;
use crate::objects::Objects;

/// Fewer statements than this are checked on the calling thread.
const MIN_PARALLEL_CHECKS: usize = 8;
/// Statements that a thread takes to check at a time.
const PART_OF_CHECKS: usize = 64;

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

/// The bytes of a bundle's entries, in one piece.
#[derive(Debug, Default)]
pub struct Held {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Held {
    /// The entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let entry = |place: &Range<usize>| self.bytes.get(place.clone()).unwrap_or_default();
        self.places.iter().map(entry)
    }

    /// Each entry in a piece of its own.
    pub fn to_vecs(&self) -> Vec<Vec<u8>> {
        self.iter().map(<[u8]>::to_vec).collect()
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
    Ok(read_held(objects, bundle)?.to_vecs())
}

fn read_held(objects: &dyn Objects, bundle: &EntryBundleId) -> Result<Held, StoreError> {
    let parsed = |bytes: Vec<u8>, width| {
        let places = entry_places(&bytes, width)
            .map_err(|error| StoreError::damaged_by(format!("log/{bundle}"), &error))?;
        Ok(Held { bytes, places })
    };
    if let Some(bytes) = objects.get(&object(&bundle.path())?)? {
        return parsed(bytes, bundle.width);
    }
    // The log has grown meanwhile, and a partial bundle goes once the full one is there.
    let full = EntryBundleId {
        width: TILE_WIDTH,
        ..*bundle
    };
    let missing = || StoreError::damaged(format!("log/{bundle}"), "the entry bundle is missing");
    let bytes = objects.get(&object(&full.path())?)?.ok_or_else(missing)?;
    let mut held = parsed(bytes, full.width)?;
    held.places.truncate(usize::from(bundle.width));
    Ok(held)
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
            let read = Verified::parse_each(part, known).into_iter();
            read.map(|read| read.map_err(Refusal::from)).collect()
        };
        let Some((mine, others)) = self.known.split_first_mut() else {
            return check(entries, &mut KnownKeys::default());
        };
        if entries.len() < MIN_PARALLEL_CHECKS || others.is_empty() {
            return check(entries, mine);
        }
        // Whoever is done takes the next part: a core that has other work holds nobody up.
        let cores = others.len() + 1;
        let length = entries.len().div_ceil(cores).min(PART_OF_CHECKS);
        let parts: Vec<&[&[u8]]> = entries.chunks(length).collect();
        let next = AtomicUsize::new(0);
        let following = || {
            let at = next.fetch_add(1, Ordering::Relaxed);
            parts.get(at).map(|part| (at, *part))
        };
        let work = |known: &mut KnownKeys| -> Vec<_> {
            let following = std::iter::from_fn(following);
            following
                .map(|(at, part)| (at, check(part, known)))
                .collect()
        };
        let mut checked = std::thread::scope(|scope| {
            let threads: Vec<_> = others
                .iter_mut()
                .map(|known| scope.spawn(|| work(known)))
                .collect();
            let mut checked: BTreeMap<usize, Vec<_>> = work(mine).into_iter().collect();
            for thread in threads {
                // What a thread could not finish is done below.
                checked.extend(thread.join().unwrap_or_default());
            }
            checked
        });
        let mut all = Vec::with_capacity(entries.len());
        for (at, part) in parts.iter().enumerate() {
            all.extend(checked.remove(&at).unwrap_or_else(|| check(part, mine)));
        }
        all
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
    pub held: Held,
    /// What they say, or why they are no statements.
    pub said: Vec<Result<Verified, StatementError>>,
    /// The tree over the identities of those that are.
    leaves: Tree,
}

impl Read {
    pub(super) fn of(
        objects: &dyn Objects,
        bundle: EntryBundleId,
        reader: Reader,
        known: &mut KnownKeys,
    ) -> Result<Self, StoreError> {
        let held = read_held(objects, &bundle)?;
        let said = held.iter().map(|entry| reader(entry, known)).collect();
        Ok(Self::new(bundle, held, said))
    }

    /// As [`Self::of`], with every signature checked.
    pub(super) fn checked(
        objects: &dyn Objects,
        bundle: EntryBundleId,
        known: &mut KnownKeys,
    ) -> Result<Self, StoreError> {
        let held = read_held(objects, &bundle)?;
        let entries: Vec<&[u8]> = held.iter().collect();
        let said = Verified::parse_each(&entries, known);
        Ok(Self::new(bundle, held, said))
    }

    pub(super) fn new(
        bundle: EntryBundleId,
        held: Held,
        said: Vec<Result<Verified, StatementError>>,
    ) -> Self {
        let leaves = said.iter().flatten().map(|statement| statement.id.0);
        Self {
            leaves: Tree::from_leaves(leaves),
            bundle,
            held,
            said,
        }
    }

    /// The bytes of its entries, where the bundle is not full: what the next ones are added to.
    pub fn tail(&self) -> Vec<Vec<u8>> {
        match self.bundle.is_full() {
            true => Vec::new(),
            false => self.held.to_vecs(),
        }
    }

    /// Judges all entries, in order.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn judge(&self, auditor: &mut Auditor) -> Result<(), Fault> {
        if self.said.iter().all(Result::is_ok) {
            return auditor.all_verified(self.said.iter().flatten(), &self.leaves);
        }
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
