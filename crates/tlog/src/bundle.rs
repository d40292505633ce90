//! Entry bundles: the log's entries, 256 to a resource (tlog-tiles, "Log entries").

use std::fmt;
use std::ops::Range;

use crate::tile::{
    TILE_WIDTH, TileError, check_width, expect_canonical, grown_spans, parse_tail, path_tail,
};

/// Longest entry in bytes: its length is written in 16 bits.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Start of every path of an entry bundle.
const PREFIX: &str = "tile/entries/";

/// One entry bundle: index, and how many of its 256 entries it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryBundleId {
    /// Index of the bundle; its first entry is number index * 256 of the log.
    pub index: u64,
    /// Number of entries: 1 to 255 in a partial bundle, 256 in a full one.
    pub width: u16,
}

/// Why the bytes of an entry bundle could not be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// No entries, or more than 256.
    #[error("a bundle holds 1 to 256 entries, not {count}")]
    Count {
        /// Entries given or asked for.
        count: usize,
    },
    /// An entry whose length does not fit 16 bits.
    #[error("entry {position} of the bundle has {length} bytes, more than 65535")]
    EntryTooLong {
        /// Position in the bundle, from 0.
        position: usize,
        /// Length in bytes.
        length: usize,
    },
    /// The bytes end before the last entry does.
    #[error("the bundle ends inside entry {position}")]
    Truncated {
        /// Position in the bundle, from 0.
        position: usize,
    },
    /// Bytes follow the last entry.
    #[error("{length} bytes follow the last entry of the bundle")]
    TrailingBytes {
        /// Number of bytes left over.
        length: usize,
    },
}

impl EntryBundleId {
    /// A bundle of an allowed width.
    ///
    /// # Errors
    /// [`TileError::Width`].
    pub fn new(index: u64, width: u16) -> Result<Self, TileError> {
        check_width(width.into())?;
        Ok(Self { index, width })
    }

    /// Whether the bundle holds all its 256 entries.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The path below the log's prefix, such as `tile/entries/x001/234.p/5`.
    pub fn path(&self) -> String {
        format!("{PREFIX}{}", path_tail(self.index, self.width))
    }

    /// Reads a path as [`EntryBundleId::path`] writes it, and no other spelling.
    ///
    /// # Errors
    /// [`TileError`] naming the part that is wrong.
    pub fn parse_path(path: &str) -> Result<Self, TileError> {
        let tail = path
            .strip_prefix(PREFIX)
            .ok_or(TileError::Prefix { expected: PREFIX })?;
        let (index, width) = parse_tail(tail)?;
        let bundle = Self { index, width };
        expect_canonical(path, bundle.path()).map(|()| bundle)
    }
}

impl fmt::Display for EntryBundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// Every bundle a growth from `old_size` to `new_size` entries newly needs, by index: those that
/// became full, then the partial one of the new size. Nothing where `new_size` is not larger.
pub fn entry_bundles_to_write(old_size: u64, new_size: u64) -> Vec<EntryBundleId> {
    let spans = grown_spans(old_size, new_size);
    spans
        .map(|(index, width)| EntryBundleId { index, width })
        .collect()
}

/// The bytes of a bundle: for each entry its length in two bytes, big-endian, and the entry.
///
/// # Errors
/// [`BundleError::Count`] unless there are 1 to 256 entries, [`BundleError::EntryTooLong`].
pub fn encode_entry_bundle(entries: &[&[u8]]) -> Result<Vec<u8>, BundleError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(BundleError::Count {
            count: entries.len(),
        });
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 2).sum());
    for (position, entry) in entries.iter().enumerate() {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong {
            position,
            length: entry.len(),
        })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Reads the bytes of a bundle of exactly `width` entries, without a byte left over.
///
/// # Errors
/// [`BundleError::Count`] for a width that is not 1 to 256, [`BundleError::Truncated`],
/// [`BundleError::TrailingBytes`].
pub fn parse_entry_bundle(bytes: &[u8], width: u16) -> Result<Vec<Vec<u8>>, BundleError> {
    let places = entry_places(bytes, width)?.into_iter();
    // Within the bytes, where they were found.
    let entry = |place: Range<usize>| bytes.get(place).unwrap_or_default().to_vec();
    Ok(places.map(entry).collect())
}

/// Where the entries of a bundle lie in its bytes, read as [`parse_entry_bundle`] does.
///
/// # Errors
/// As there.
pub fn entry_places(bytes: &[u8], width: u16) -> Result<Vec<Range<usize>>, BundleError> {
    let count = usize::from(width);
    check_width(width.into()).map_err(|_| BundleError::Count { count })?;
    let mut places = Vec::with_capacity(count);
    let mut rest = bytes;
    for position in 0..count {
        let truncated = BundleError::Truncated { position };
        let Some((length, tail)) = rest.split_first_chunk::<2>() else {
            return Err(truncated);
        };
        let length = usize::from(u16::from_be_bytes(*length));
        let start = bytes.len() - tail.len();
        rest = tail.get(length..).ok_or(truncated)?;
        places.push(start..start + length);
    }
    match rest.len() {
        0 => Ok(places),
        length => Err(BundleError::TrailingBytes { length }),
    }
}
