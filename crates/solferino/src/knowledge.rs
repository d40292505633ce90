//! Data files that may be gzipped: read with a limit on what they unpack to.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::files;
use crate::problem::{Outcome, Problem};

/// The first bytes of a gzip member (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Opens a file as it is, or unpacked if it is gzip, whatever its name.
pub(crate) fn open(path: &Path) -> Outcome<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path).map_err(files::at(path))?);
    let mut magic = Vec::new();
    file.by_ref()
        .take(2)
        .read_to_end(&mut magic)
        .map_err(files::at(path))?;
    let gzip = magic == GZIP_MAGIC;
    let whole = std::io::Cursor::new(magic).chain(file);
    Ok(if gzip {
        Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(
            BufReader::new(whole),
        )))
    } else {
        Box::new(whole)
    })
}

/// Reads a file whole; more than so many bytes unpacked is a problem, not a cut.
pub(crate) fn read(path: &Path, limit_bytes: u64) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?
        .take(limit_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(files::at(path))?;
    if bytes.len() as u64 > limit_bytes {
        let text = format!("{}: more than {limit_bytes} bytes unpacked", path.display());
        return Err(Problem::new(text));
    }
    Ok(bytes)
}
