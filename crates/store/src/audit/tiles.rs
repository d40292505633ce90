//! The files of the log, each against what the entries lead to.

use std::collections::BTreeMap;

use tlog::{
    EntryBundleId, TILE_WIDTH, TileId, Tree, encode_entry_bundle, tile_bytes, tiles_to_write,
};

use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::log::entries::Held;
use crate::log::object;
use crate::objects::Objects;

/// Files of a log that are present.
#[derive(Default)]
pub(super) struct Files {
    tiles: Vec<TileId>,
    /// By index.
    bundles: BTreeMap<u64, Vec<EntryBundleId>>,
}

impl Files {
    /// Lists all files of the log; one that tlog-tiles does not name is a failure.
    pub(super) fn list(files: &FolderObjects) -> Result<Self, StoreError> {
        let mut listed = Self::default();
        for path in files.list("")? {
            let name = path.as_str();
            if let Ok(tile) = TileId::parse_path(name) {
                listed.tiles.push(tile);
            } else if let Ok(bundle) = EntryBundleId::parse_path(name) {
                let same = listed.bundles.entry(bundle.index).or_default();
                same.push(bundle);
            } else if !path.is_checkpoint() && !path.is_staged() {
                let problem = "it is no file of a log";
                return Err(StoreError::damaged(format!("log/{name}"), problem));
            }
        }
        Ok(listed)
    }

    /// Entries that there can be.
    pub(super) fn most_entries(&self) -> u64 {
        self.bundles.len() as u64 * u64::from(TILE_WIDTH)
    }

    /// Compares the bundles of one index with its entries, but for the full one that they were read from;
    /// the last one is left to [`Self::compare_end`], which knows what is staged.
    pub(super) fn compare(
        &self,
        files: &FolderObjects,
        widest: &EntryBundleId,
        entries: &Held,
    ) -> Result<(), StoreError> {
        if !widest.is_full() {
            return Ok(());
        }
        let present = self
            .bundles
            .get(&widest.index)
            .map_or(&[][..], Vec::as_slice);
        let mut others = present.iter().filter(|bundle| *bundle != widest);
        others.try_for_each(|bundle| {
            let entries: Vec<&[u8]> = entries.iter().collect();
            compare_bundle(files, bundle, &entries)
        })
    }

    /// Compares the bundles from entry `first` on, with the published and staged entries there.
    pub(super) fn compare_end(
        &self,
        files: &FolderObjects,
        first: u64,
        entries: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        let width = u64::from(TILE_WIDTH);
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        for (index, present) in self.bundles.range(first / width..) {
            // No log here has so many entries that this overflows a machine's word.
            let start = ((index - first / width) * width) as usize;
            let held = entries.get(start..).unwrap_or_default();
            for bundle in present {
                compare_bundle(files, bundle, held)?;
            }
        }
        Ok(())
    }

    /// Compares every tile, and asks for those the published size needs.
    pub(super) fn check_tiles(
        &self,
        files: &FolderObjects,
        tree: &Tree,
        size: u64,
    ) -> Result<(), StoreError> {
        let needed = tiles_to_write(0, size);
        let mut tiles = needed.iter().chain(&self.tiles);
        tiles.try_for_each(|tile| compare_tile(files, tree, tile))
    }
}

fn compare_bundle(
    files: &FolderObjects,
    bundle: &EntryBundleId,
    entries: &[&[u8]],
) -> Result<(), StoreError> {
    let place = || format!("log/{bundle}");
    let Some(held) = entries.get(..usize::from(bundle.width)) else {
        return Err(StoreError::damaged(place(), "it reaches beyond the log"));
    };
    let expected =
        encode_entry_bundle(held).map_err(|error| StoreError::damaged_by(place(), &error))?;
    compare_bytes(files, &bundle.path(), &expected)
}

fn compare_bytes(files: &FolderObjects, path: &str, expected: &[u8]) -> Result<(), StoreError> {
    let problem = match files.get(&object(path)?)? {
        Some(found) if found == expected => return Ok(()),
        Some(found) => {
            let same = found.iter().zip(expected).take_while(|(a, b)| a == b);
            format!(
                "byte {} differs from what the entries lead to",
                same.count()
            )
        }
        // A server that runs beside the audit has filled the tile meanwhile, and dropped this.
        None if has_full(files, path)? => return Ok(()),
        None => "it is missing".to_owned(),
    };
    Err(StoreError::damaged(format!("log/{path}"), problem))
}

/// Whether a path is of a partial tile or bundle whose full one is there.
fn has_full(files: &FolderObjects, path: &str) -> Result<bool, StoreError> {
    match path.split_once(".p/") {
        Some((full, _)) => Ok(files.get(&object(full)?)?.is_some()),
        None => Ok(false),
    }
}

fn compare_tile(files: &FolderObjects, tree: &Tree, tile: &TileId) -> Result<(), StoreError> {
    let place = || format!("log/{tile}");
    let expected =
        tile_bytes(tree, tile).map_err(|error| StoreError::damaged_by(place(), &error))?;
    compare_bytes(files, &tile.path(), &expected)
}
