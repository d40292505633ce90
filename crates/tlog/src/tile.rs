//! Names of tiles and which of them a growing tree needs (tlog-tiles).

use std::fmt;

use crate::text::{DecimalError, parse_decimal};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// Highest tile level a path may name (tlog-tiles). Trees of up to 2^64 leaves use levels 0 to 7.
pub const MAX_TILE_LEVEL: u8 = 63;
/// log2 of [`TILE_WIDTH`]: tree levels between two tile levels.
pub(crate) const TILE_HEIGHT: u8 = 8;
/// Highest tile level of a tree whose size fits 64 bits.
const TOP_LEVEL_OF_U64: u8 = 7;

/// One tile of hashes: level, index in the level, and how many of its 256 hashes it holds.
///
/// Hash *i* is the Merkle tree hash of the leaves from (index * 256 + i) * 256^level up to
/// (index * 256 + i + 1) * 256^level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Tile level, 0 (leaf hashes) to 63.
    pub level: u8,
    /// Index of the tile in its level.
    pub index: u64,
    /// Number of hashes: 1 to 255 in a partial tile, 256 in a full one.
    pub width: u16,
}

/// Why a tile or bundle, or its path, is not one of tlog-tiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Width 0 (empty tiles do not exist) or beyond 256.
    #[error("a tile is 1 to 256 wide, not {width}")]
    Width {
        /// Width found.
        width: u64,
    },
    /// Level beyond 63.
    #[error("a tile level is 0 to 63, not {level}")]
    Level {
        /// Level found.
        level: u64,
    },
    /// The path does not start as the paths of this kind do.
    #[error("the path does not start with {expected}")]
    Prefix {
        /// Start of every path of this kind.
        expected: &'static str,
    },
    /// The level or the width is not a canonical decimal.
    #[error("the {part} in the path is not a number")]
    Number {
        /// Part of the path.
        part: &'static str,
        /// What is wrong with it.
        #[source]
        source: DecimalError,
    },
    /// An element of the index is not three digits, with an `x` before all but the last.
    #[error("the index in the path is not made of x000 elements and a final 000 element")]
    IndexElement,
    /// The index does not fit 64 bits.
    #[error("the index in the path does not fit 64 bits")]
    IndexTooLarge,
    /// Another spelling of a path: more index elements than needed, or a full tile with a width.
    #[error("the canonical path is {canonical}")]
    NotCanonical {
        /// The one spelling that is read.
        canonical: String,
    },
}

impl TileId {
    /// A tile whose level and width tlog-tiles allows.
    ///
    /// # Errors
    /// [`TileError::Level`], [`TileError::Width`].
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, TileError> {
        if level > MAX_TILE_LEVEL {
            return Err(TileError::Level {
                level: level.into(),
            });
        }
        check_width(width.into())?;
        Ok(Self {
            level,
            index,
            width,
        })
    }

    /// Whether the tile holds all its 256 hashes.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The path below the log's prefix, such as `tile/0/x001/234` or `tile/0/x001/234.p/5`.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, path_tail(self.index, self.width))
    }

    /// Reads a path as [`TileId::path`] writes it, and no other spelling.
    ///
    /// # Errors
    /// [`TileError`] naming the part that is wrong.
    pub fn parse_path(path: &str) -> Result<Self, TileError> {
        const PREFIX: &str = "tile/";
        let rest = path
            .strip_prefix(PREFIX)
            .ok_or(TileError::Prefix { expected: PREFIX })?;
        let (level, tail) = rest.split_once('/').ok_or(TileError::IndexElement)?;
        let level = parse_decimal(level)
            .map_err(|source| TileError::Number {
                part: "level",
                source,
            })
            .and_then(|level| u8::try_from(level).map_err(|_| TileError::Level { level }))?;
        let (index, width) = parse_tail(tail)?;
        let tile = Self::new(level, index, width)?;
        expect_canonical(path, tile.path()).map(|()| tile)
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// Every tile a growth from `old_size` to `new_size` leaves newly needs: the tiles that became
/// full, and the partial tiles of the new size where their level grew. Lowest level first, then by
/// index; none is empty; nothing where `new_size` is not larger.
///
/// The list holds about `(new_size - old_size) / 255` names, so callers grow in batches that fit
/// memory.
pub fn tiles_to_write(old_size: u64, new_size: u64) -> Vec<TileId> {
    let mut tiles = Vec::new();
    for level in 0..=TOP_LEVEL_OF_U64 {
        let shift = u32::from(level * TILE_HEIGHT);
        let spans = grown_spans(old_size >> shift, new_size >> shift);
        tiles.extend(spans.map(|(index, width)| TileId {
            level,
            index,
            width,
        }));
    }
    tiles
}

/// (index, width) of the tiles or bundles over `new` items that `old` items did not yet have.
pub(crate) fn grown_spans(old: u64, new: u64) -> impl Iterator<Item = (u64, u16)> {
    let width = u64::from(TILE_WIDTH);
    let full = (old / width..new / width).map(|index| (index, TILE_WIDTH));
    let rest = (new % width) as u16;
    let partial = (new > old && rest > 0).then_some((new / width, rest));
    full.chain(partial)
}

/// Accepts widths from 1 to 256.
pub(crate) fn check_width(width: u64) -> Result<u16, TileError> {
    match u16::try_from(width) {
        Ok(narrow @ 1..=TILE_WIDTH) => Ok(narrow),
        _ => Err(TileError::Width { width }),
    }
}

/// Index and width as the last part of a path: `x001/234.p/5`.
pub(crate) fn path_tail(index: u64, width: u16) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width != TILE_WIDTH {
        path.push_str(&format!(".p/{width}"));
    }
    path
}

/// Reads index and width from the last part of a path; superfluous elements pass here.
pub(crate) fn parse_tail(tail: &str) -> Result<(u64, u16), TileError> {
    let (index, width) = match tail.split_once(".p/") {
        None => (tail, TILE_WIDTH),
        Some((index, width)) => {
            let width = parse_decimal(width).map_err(|source| TileError::Number {
                part: "width",
                source,
            })?;
            (index, check_width(width)?)
        }
    };
    let (leading, last) = match index.rsplit_once('/') {
        None => (None, index),
        Some((leading, last)) => (Some(leading), last),
    };
    let mut value = 0_u64;
    for element in leading.into_iter().flat_map(|leading| leading.split('/')) {
        let digits = element.strip_prefix('x').ok_or(TileError::IndexElement)?;
        value = push_element(value, digits)?;
    }
    Ok((push_element(value, last)?, width))
}

/// Appends three digits to an index.
fn push_element(value: u64, digits: &str) -> Result<u64, TileError> {
    if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TileError::IndexElement);
    }
    let element: u64 = digits.parse().map_err(|_| TileError::IndexElement)?;
    let shifted = value.checked_mul(1000).ok_or(TileError::IndexTooLarge)?;
    shifted.checked_add(element).ok_or(TileError::IndexTooLarge)
}

/// Refuses a path that is not the one spelling of what it names.
pub(crate) fn expect_canonical(path: &str, canonical: String) -> Result<(), TileError> {
    if path == canonical {
        Ok(())
    } else {
        Err(TileError::NotCanonical { canonical })
    }
}
