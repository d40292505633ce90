//! Files that others wrote: one reader for every command that takes them.
//!
//! What a file is, its first bytes say, not its name: gzip is unpacked. Unpacking is bounded, so that a small file cannot
//! keep a reader busy for ever.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Serialize;

use super::claims::MAX_NAMED;
use crate::claim::shown;
use crate::problem::{Outcome, Problem};
use crate::{files, ui};

/// Most files that one import reads.
const MAX_FILES: usize = 1_000_000;
/// Deepest nesting of folders, in levels.
const MAX_FOLDERS: usize = 32;
/// Longest line that is judged, in bytes (64 MiB).
pub(crate) const MAX_LINE_BYTES: usize = 64 << 20;
/// The first two bytes of gzip (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What any packed file may unpack to, in bytes (64 MiB).
const FREE_UNPACKED_BYTES: u64 = 64 << 20;
/// Beyond that, how many times its own size a packed file may unpack to. JSON of others packs 10 to 50 times.
const MAX_UNPACK_RATIO: u64 = 250;

/// Where something is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard input.
    Input,
    /// A file, as it is or packed with gzip.
    File(PathBuf),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Input => f.write_str("-"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Source {
    /// What a name on the command line stands for: `-` is standard input.
    pub(crate) fn of(name: &Path) -> Self {
        match name.as_os_str() == "-" {
            true => Self::Input,
            false => Self::File(name.to_owned()),
        }
    }

    /// A problem with reading it.
    pub(crate) fn failed(&self) -> impl FnOnce(io::Error) -> Problem + '_ {
        move |e| Problem::new(format!("{self}: {e}"))
    }

    /// Opens it, unpacked if it is gzip.
    pub(crate) fn open(&self) -> Outcome<Box<dyn Read>> {
        let mut raw: Box<dyn Read> = match self {
            Self::Input => Box::new(io::stdin()),
            Self::File(path) => Box::new(File::open(path).map_err(files::at(path))?),
        };
        let mut head = Vec::new();
        let mut first = raw.by_ref().take(GZIP.len() as u64);
        first.read_to_end(&mut head).map_err(self.failed())?;
        let packed = head == GZIP;
        let whole = Cursor::new(head).chain(raw);
        Ok(match packed {
            true => Box::new(Unpacked::new(whole)),
            false => Box::new(whole),
        })
    }

    /// All of it, if it is no larger than so many bytes, unpacked; reading stops there.
    pub(crate) fn bytes(&self, limit_bytes: usize) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut read = self.open()?.take(limit_bytes as u64 + 1);
        read.read_to_end(&mut bytes).map_err(self.failed())?;
        if bytes.len() > limit_bytes {
            let text = format!("{self}: more than {limit_bytes} bytes, unpacked");
            return Err(Problem::new(text));
        }
        Ok(bytes)
    }

    /// Hands over every line that is not empty; `None` for one that is too long.
    pub(crate) fn each_line(&self, give: impl FnMut(Option<&[u8]>)) -> Outcome<()> {
        self.each_line_up_to(MAX_LINE_BYTES, give)
    }

    /// The same with another limit.
    pub(crate) fn each_line_up_to(
        &self,
        limit_bytes: usize,
        mut give: impl FnMut(Option<&[u8]>),
    ) -> Outcome<()> {
        let mut read = BufReader::with_capacity(1 << 16, self.open()?);
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = limit_bytes as u64 + 1;
            let taken = read.by_ref().take(limit).read_until(b'\n', &mut line);
            let taken = taken.map_err(self.failed())?;
            if taken == 0 {
                return Ok(());
            }
            let whole = line.last() == Some(&b'\n') || taken <= limit_bytes;
            if !whole {
                skip_line(&mut read).map_err(self.failed())?;
                give(None);
            } else if !line.trim_ascii().is_empty() {
                give(Some(line.trim_ascii()));
            }
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

/// What names on the command line stand for.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// What is read, in order.
    pub(crate) files: Vec<Source>,
    /// What lies in the folders and is not read.
    pub(crate) passed_over: PassedOver,
}

/// What lies in the folders of an import and is not read, the first of it by name.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PassedOver {
    count: u64,
    first: Vec<Passed>,
}

#[derive(Debug, Serialize)]
struct Passed {
    path: String,
    why: &'static str,
}

impl PassedOver {
    fn add(&mut self, path: &Path, why: &'static str) {
        self.count += 1;
        if self.first.len() < MAX_NAMED {
            let path = path.display().to_string();
            self.first.push(Passed { path, why });
        }
    }

    /// Says it, one a line; nothing if there is nothing.
    pub(crate) fn tell(&self) {
        for Passed { path, why } in &self.first {
            ui::line(format!("not read: {}: {why}", shown(path)));
        }
        let unnamed = self.count - self.first.len() as u64;
        if unnamed > 0 {
            ui::line(format!("not read: {unnamed} more"));
        }
    }
}

/// The files that these names stand for: `-` is standard input, a folder stands for every file below it with one of
/// these endings, in the order of names. Links inside folders are not followed.
pub(crate) fn sources(names: &[PathBuf], endings: &[&str]) -> Outcome<Sources> {
    let mut found = Sources::default();
    for name in names {
        if name.is_dir() {
            below(name, endings, 0, &mut found)?;
        } else {
            found.files.push(Source::of(name));
        }
    }
    if found.files.is_empty() {
        return Err(Problem::new("no file to read").hint(format!(
            "folders are searched for files that end in {}; {} others were passed over",
            endings.join(", "),
            found.passed_over.count
        )));
    }
    Ok(found)
}

fn below(folder: &Path, endings: &[&str], depth: usize, found: &mut Sources) -> Outcome<()> {
    if depth == MAX_FOLDERS {
        let text = format!(
            "{}: folders nested deeper than {MAX_FOLDERS}",
            folder.display()
        );
        return Err(Problem::new(text));
    }
    let entries = std::fs::read_dir(folder).map_err(files::at(folder))?;
    let mut entries = entries
        .collect::<Result<Vec<_>, _>>()
        .map_err(files::at(folder))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(files::at(&path))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() {
            below(&path, endings, depth + 1, found)?;
        } else if kind.is_symlink() {
            found.passed_over.add(&path, "links are not followed");
        } else if !kind.is_file() {
            found.passed_over.add(&path, "it is no file");
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.files.push(Source::File(path));
        } else {
            found.passed_over.add(&path, "its name ends otherwise");
        }
        if found.files.len() > MAX_FILES {
            return Err(Problem::new(format!("more than {MAX_FILES} files")));
        }
    }
    Ok(())
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Gzip, unpacked until it is out of proportion to what was packed.
struct Unpacked<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    bytes: u64,
}

impl<R: Read> Unpacked<R> {
    fn new(inner: R) -> Self {
        let decoder = MultiGzDecoder::new(Counted { inner, bytes: 0 });
        Self { decoder, bytes: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.bytes += read as u64;
        let packed = self.decoder.get_ref().bytes;
        let most = FREE_UNPACKED_BYTES.max(packed.saturating_mul(MAX_UNPACK_RATIO));
        if self.bytes > most {
            return Err(io::Error::other(format!(
                "unpacks to more than {MAX_UNPACK_RATIO} times its size, which no file of this kind does; unpack it yourself if you trust it"
            )));
        }
        Ok(read)
    }
}
