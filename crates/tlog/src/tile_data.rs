//! The bytes of tiles, and trees read through tiles (tlog-tiles).

use crate::hash::{HASH_BYTES, Hash, node_hash};
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, TileId, check_width};
use crate::tree::NodeReader;

/// Why the bytes of a tile could not be made or read. `E` is the node reader's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileBytesError<E = std::convert::Infallible> {
    /// Width 0 or beyond 256.
    #[error("a tile is 1 to 256 wide, not {width}")]
    Width {
        /// Width asked for.
        width: u16,
    },
    /// No tree whose size fits 64 bits has this tile.
    #[error("no tree of up to 2^64 leaves has tile {index} at level {level}")]
    BeyondTree {
        /// Tile level.
        level: u8,
        /// Index of the tile in its level.
        index: u64,
    },
    /// The length is not 32 bytes for each hash.
    #[error("the tile has {actual} bytes, its width asks for {expected}")]
    Length {
        /// Length found, in bytes.
        actual: usize,
        /// Length by the width, in bytes.
        expected: usize,
    },
    /// A hash of the tile could not be read.
    #[error("a node of the tile could not be read")]
    Reader(#[source] E),
}

/// The bytes of a tile: `width` hashes of 32 bytes, one after the other.
///
/// # Errors
/// [`TileBytesError::Width`], [`TileBytesError::BeyondTree`], or the reader's error where the tree
/// does not reach that far.
pub fn tile_bytes<R: NodeReader>(
    reader: &R,
    tile: &TileId,
) -> Result<Vec<u8>, TileBytesError<R::Error>> {
    check_width(tile.width.into()).map_err(|_| TileBytesError::Width { width: tile.width })?;
    let beyond = TileBytesError::BeyondTree {
        level: tile.level,
        index: tile.index,
    };
    // Both checks only keep the arithmetic in 64 bits; the reader knows where the tree ends.
    let level = tile
        .level
        .checked_mul(TILE_HEIGHT)
        .filter(|&level| level < 64);
    let first = tile.index.checked_mul(TILE_WIDTH.into());
    let last = first.and_then(|first| first.checked_add(TILE_WIDTH.into()));
    let (Some(level), Some(first), Some(_)) = (level, first, last) else {
        return Err(beyond);
    };
    let mut bytes = Vec::with_capacity(usize::from(tile.width) * HASH_BYTES);
    for offset in 0..u64::from(tile.width) {
        let hash = reader
            .node(level, first + offset)
            .map_err(TileBytesError::Reader)?;
        bytes.extend_from_slice(hash.as_bytes());
    }
    Ok(bytes)
}

/// Reads the bytes of a tile: exactly `width` hashes of 32 bytes.
///
/// # Errors
/// [`TileBytesError::Width`], [`TileBytesError::Length`].
pub fn parse_tile(bytes: &[u8], tile: &TileId) -> Result<Vec<Hash>, TileBytesError> {
    check_width(tile.width.into()).map_err(|_| TileBytesError::Width { width: tile.width })?;
    let expected = usize::from(tile.width) * HASH_BYTES;
    if bytes.len() != expected {
        return Err(TileBytesError::Length {
            actual: bytes.len(),
            expected,
        });
    }
    let (hashes, _) = bytes.as_chunks::<HASH_BYTES>();
    Ok(hashes.iter().copied().map(Hash::from_bytes).collect())
}

/// Why a node could not be read through tiles. `E` is the error of the fetching function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileReadError<E> {
    /// The subtree is not complete in the tree.
    #[error("no complete subtree at level {level}, index {index} in a tree of {size} leaves")]
    OutOfTree {
        /// Level asked for; the subtree has 2^level leaves.
        level: u8,
        /// Index among the subtrees of that level.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The fetching function gave a tile of another width than asked for.
    #[error("tile {tile} came with {actual} hashes")]
    Width {
        /// Tile asked for.
        tile: TileId,
        /// Hashes received.
        actual: usize,
    },
    /// The tile could not be fetched.
    #[error("tile {tile} could not be fetched")]
    Fetch {
        /// Tile asked for.
        tile: TileId,
        /// Why not.
        #[source]
        source: E,
    },
}

/// Reads the nodes of a tree of a given size through its tiles.
///
/// Each node costs one call of the fetching function, for the widest tile that the size has at
/// that place. Tiles are not kept: a function that asks a disk or a network keeps them itself.
/// Tiles are believed; what is computed from them is checked against a signed root.
#[derive(Debug, Clone, Copy)]
pub struct TileReader<F> {
    size: u64,
    fetch: F,
}

impl<F> TileReader<F> {
    /// Reads the tree of `size` leaves; `fetch` gives the hashes of a tile ([`parse_tile`]).
    pub fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch }
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<F, E> NodeReader for TileReader<F>
where
    F: Fn(&TileId) -> Result<Vec<Hash>, E>,
{
    type Error = TileReadError<E>;

    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let out = TileReadError::OutOfTree {
            level,
            index,
            size: self.size,
        };
        if level >= 64 || index >= self.size >> level {
            return Err(out);
        }
        let width = u64::from(TILE_WIDTH);
        // The node stands `inner` levels above the hashes of its tile: it covers 2^inner of them.
        let (tile_level, inner) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let first = index << inner;
        let hashes_in_level = self.size >> (tile_level * TILE_HEIGHT);
        let tile_index = first / width;
        let tile_width = match hashes_in_level / width > tile_index {
            true => TILE_WIDTH,
            false => (hashes_in_level % width) as u16,
        };
        let tile = TileId {
            level: tile_level,
            index: tile_index,
            width: tile_width,
        };
        let hashes = (self.fetch)(&tile).map_err(|source| TileReadError::Fetch { tile, source })?;
        if hashes.len() != usize::from(tile_width) {
            return Err(TileReadError::Width {
                tile,
                actual: hashes.len(),
            });
        }
        let offset = (first % width) as usize;
        let covered = hashes
            .get(offset..offset + (1 << inner))
            .map(<[Hash]>::to_vec);
        fold_up(covered.ok_or(out)?).ok_or(TileReadError::OutOfTree {
            level,
            index,
            size: self.size,
        })
    }
}

/// Hashes a row of 2^n hashes up to the one on top.
fn fold_up(mut row: Vec<Hash>) -> Option<Hash> {
    while row.len() > 1 {
        let (pairs, _) = row.as_chunks::<2>();
        row = pairs
            .iter()
            .map(|[left, right]| node_hash(left, right))
            .collect();
    }
    row.first().copied()
}
