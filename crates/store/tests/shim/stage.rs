//! How far a batch had come when a fault struck, by what processes then saw on the disk.

use std::fmt;
use std::path::{Path, PathBuf};

use super::image::Image;

/// How far the batch had come: the effects of docs/crash.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The record is being opened, whatever was left of a batch.
    Opening,
    /// Nothing is written yet, or a file without its name.
    Judged,
    /// Staged; the cell does not name it.
    Staged,
    /// The cell names it; the checkpoint does not.
    Signed,
    /// The checkpoint names it; its staged record is still there.
    Published,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opening => "while opening",
            Self::Judged => "in effects 1 and 2",
            Self::Staged => "in effects 3 and 4",
            Self::Signed => "in effects 5 to 7",
            Self::Published => "in effects 8 and 9",
        })
    }
}

impl Stage {
    /// Of a batch that is being taken, never `Opening`.
    pub(super) fn of(image: &Image) -> Self {
        let size = |file: &str| image.read(Path::new(file)).map_or(0, |note| size(&note));
        let (signed, published) = (size("log.cell"), size("log/checkpoint"));
        let staged = image.names(Path::new("log/staged"));
        let staged = staged.is_ok_and(|(_, files)| !files.is_empty());
        match staged {
            _ if signed > published => Self::Signed,
            false => Self::Judged,
            true if image.read(&staged_at(published)).is_ok() => Self::Staged,
            true => Self::Published,
        }
    }
}

/// Where the batch after so many entries is staged.
fn staged_at(size: u64) -> PathBuf {
    Path::new("log/staged").join(size.to_string())
}

/// The size that a checkpoint's second line says.
fn size(note: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(note);
    let line = text.lines().nth(1).and_then(|line| line.parse().ok());
    line.unwrap_or(0)
}
