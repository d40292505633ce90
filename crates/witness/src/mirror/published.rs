//! A log read tile by tile, where only a few of its hashes are wanted.

use std::cell::RefCell;
use std::collections::BTreeMap;

use store::log::entries::bundle_of;
use tlog::{Hash, NodeReader, PackageSpan, TILE_WIDTH, TileId, parse_tile, root_of_leaves};

use super::MirrorError;
use super::source::{self, Source};

const WIDTH: u64 = TILE_WIDTH as u64;
/// Levels of the tree that one tile spans.
const TILE_LEVELS: u8 = 8;
/// Tiles kept in memory: 8 KiB each.
const MAX_TILES: usize = 64;

/// A log of a given size. What it gives is not verified: proofs made from it are, by those they are
/// for.
pub(super) struct Published<'a> {
    source: &'a dyn Source,
    size: u64,
    tiles: RefCell<BTreeMap<(u8, u64), Vec<Hash>>>,
}

impl<'a> Published<'a> {
    pub(super) fn new(source: &'a dyn Source, size: u64) -> Self {
        let tiles = RefCell::default();
        Self {
            source,
            size,
            tiles,
        }
    }

    /// The entries of a package.
    pub(super) fn entries(&self, span: &PackageSpan) -> Result<Vec<Vec<u8>>, MirrorError> {
        let bundle = bundle_of(span.first, self.size);
        let bytes = source::bundle(self.source, &bundle)?;
        let mut held = tlog::parse_entry_bundle(&bytes, bundle.width)
            .map_err(|error| MirrorError::NotCommitted(format!("{bundle}: {error}")))?;
        held.truncate((span.subtree.end() - bundle.index * WIDTH) as usize);
        Ok(held.split_off((span.first - bundle.index * WIDTH) as usize))
    }

    fn read(&self, level: u8, index: u64) -> Result<Vec<Hash>, MirrorError> {
        let nodes = self.size >> (u32::from(level) * u32::from(TILE_LEVELS));
        let width = nodes.saturating_sub(index * WIDTH).min(WIDTH) as u16;
        let tile = TileId::new(level, index, width)
            .map_err(|error| MirrorError::Source(error.to_string()))?;
        let bytes = source::tile(self.source, &tile)?;
        parse_tile(&bytes, &tile)
            .map_err(|error| MirrorError::NotCommitted(format!("{tile}: {error}")))
    }
}

impl NodeReader for Published<'_> {
    type Error = MirrorError;

    fn node(&self, level: u8, index: u64) -> Result<Hash, MirrorError> {
        let (tile_level, inside) = (level / TILE_LEVELS, level % TILE_LEVELS);
        let first = index << inside;
        let place = (tile_level, first / WIDTH);
        let mut tiles = self.tiles.borrow_mut();
        if !tiles.contains_key(&place) {
            let read = self.read(place.0, place.1)?;
            if tiles.len() == MAX_TILES {
                tiles.clear();
            }
            tiles.insert(place, read);
        }
        let from = (first % WIDTH) as usize;
        let held = tiles
            .get(&place)
            .and_then(|t| t.get(from..from + (1 << inside)));
        held.map(root_of_leaves).ok_or_else(|| {
            MirrorError::Source(format!("node {index} of level {level} is not in the log"))
        })
    }
}
