//! Where the bytes come from: a file, gzipped or not, or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::files;
use crate::problem::{Outcome, Problem};

/// Longest line that is judged, in bytes (64 MiB).
pub(super) const MAX_LINE_BYTES: usize = 64 << 20;

/// Opens a file, decompressed if it is called .gz; standard input for `-`.
pub(crate) fn open(path: &Path) -> Outcome<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(files::at(path))?;
    let zipped = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    Ok(if zipped {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Hands over every line that is not empty; `None` for one that is too long.
pub(super) fn each_line(path: &Path, mut give: impl FnMut(Option<&[u8]>)) -> Outcome<()> {
    let mut read = BufReader::with_capacity(1 << 16, open(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = MAX_LINE_BYTES as u64 + 1;
        let taken = read.by_ref().take(limit).read_until(b'\n', &mut line);
        let taken = taken.map_err(files::at(path))?;
        if taken == 0 {
            return Ok(());
        }
        let whole = line.last() == Some(&b'\n') || taken <= MAX_LINE_BYTES;
        if !whole {
            skip_line(&mut read).map_err(files::at(path))?;
            give(None);
        } else if !line.trim_ascii().is_empty() {
            give(Some(line.trim_ascii()));
        }
    }
}

fn skip_line(read: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = read.fill_buf()?;
        let (taken, done) = match buffer.iter().position(|b| *b == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        read.consume(taken);
        if done {
            return Ok(());
        }
    }
}

/// All of it, if it is no larger than so many bytes.
pub(super) fn whole(path: &Path, limit_bytes: u64) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut read = open(path)?.take(limit_bytes + 1);
    read.read_to_end(&mut bytes).map_err(files::at(path))?;
    if bytes.len() as u64 > limit_bytes {
        let text = format!("{}: more than {limit_bytes} bytes", path.display());
        return Err(Problem::new(text));
    }
    Ok(bytes)
}
