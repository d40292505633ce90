//! The name of an object: one spelling, safe on every file system and in every URL.

use std::fmt;
use std::str::FromStr;

/// Longest path of an object, in bytes. Every segment is then also a legal file name.
pub const MAX_OBJECT_PATH_BYTES: usize = 255;

/// The one object that is replaced: the latest published checkpoint.
pub const CHECKPOINT: &str = "checkpoint";

/// Start of the paths of staged records, the only objects that are removed.
pub const STAGED_PREFIX: &str = "staged/";

/// Start of the paths of tiles and entry bundles.
const TILE_PREFIX: &str = "tile/";

/// Between the path of a full tile or bundle and the width of a partial version (tlog-tiles).
const PARTIAL: &str = ".p/";

/// Relative path of an object: segments of `A-Za-z0-9._-` separated by `/`, none of them empty
/// or starting with a dot (so neither `.` nor `..`, and hidden names are the backend's own).
/// Parsing is the only way in. Sorted by bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectPath(String);

/// Why a text is not an [`ObjectPath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectPathError {
    /// More bytes than [`MAX_OBJECT_PATH_BYTES`].
    #[error("an object's path has at most {MAX_OBJECT_PATH_BYTES} bytes, this one has {length}")]
    TooLong {
        /// Length found, in bytes.
        length: usize,
    },
    /// An empty segment, or one with a leading dot or a character outside `A-Za-z0-9._-`.
    #[error(
        "{segment:?} cannot be a part of an object's path: parts hold A-Z a-z 0-9 . _ - and do not start with a dot"
    )]
    Segment {
        /// The first segment refused.
        segment: String,
    },
}

impl ObjectPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the object that is replaced ([`CHECKPOINT`]).
    pub fn is_checkpoint(&self) -> bool {
        self.0 == CHECKPOINT
    }

    /// Whether this is a staged record (under [`STAGED_PREFIX`]).
    pub fn is_staged(&self) -> bool {
        self.0.starts_with(STAGED_PREFIX)
    }

    /// Whether this names a full tile or entry bundle.
    pub(crate) fn is_full_tile(&self) -> bool {
        self.0.starts_with(TILE_PREFIX) && !self.0.contains(PARTIAL)
    }

    /// Start of the paths of the partial versions of this full tile or bundle.
    pub(crate) fn partials(&self) -> String {
        format!("{}{PARTIAL}", self.0)
    }

    /// The folders this path leads through, outermost first: `a/b/c` gives `a`, `a/b`.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl FromStr for ObjectPath {
    type Err = ObjectPathError;

    fn from_str(text: &str) -> Result<Self, ObjectPathError> {
        if text.len() > MAX_OBJECT_PATH_BYTES {
            return Err(ObjectPathError::TooLong { length: text.len() });
        }
        match text.split('/').find(|segment| !is_segment(segment)) {
            Some(segment) => Err(ObjectPathError::Segment {
                segment: segment.to_owned(),
            }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_segment(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !text.is_empty() && !text.starts_with('.') && text.bytes().all(plain)
}
