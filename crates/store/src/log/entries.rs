//! Reading entries back, and checking many signatures at once.

use record::refusal::Refusal;
use record::statement::Verified;
use tlog::{EntryBundleId, TILE_WIDTH, parse_entry_bundle};

use super::object;
use crate::error::StoreError;
use crate::objects::Objects;

/// Fewer statements than this are checked on the calling thread.
const MIN_PARALLEL_CHECKS: usize = 8;

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
    let check = |entry: &&[u8]| Verified::parse(entry).map_err(Refusal::from);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if entries.len() < MIN_PARALLEL_CHECKS || cores == 1 {
        return entries.iter().map(check).collect();
    }
    let parts: Vec<&[&[u8]]> = entries.chunks(entries.len().div_ceil(cores)).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = parts
            .iter()
            .map(|part| (*part, scope.spawn(move || part.iter().map(check).collect())))
            .collect();
        let mut all = Vec::with_capacity(entries.len());
        for (part, thread) in threads {
            // A thread that could not finish is done over here.
            all.extend(
                thread
                    .join()
                    .unwrap_or_else(|_| part.iter().map(check).collect::<Vec<_>>()),
            );
        }
        all
    })
}
