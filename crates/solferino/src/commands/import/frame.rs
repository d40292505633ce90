//! The frame of imports from files: what is read, within which limits, and the report of what became of it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::files;
use crate::problem::{Outcome, Problem};

/// Most files that one import reads.
const MAX_FILES: usize = 1_000_000;
/// Deepest nesting of folders, in levels.
const MAX_FOLDERS: usize = 32;
/// Most refusals that are named in a report; all are counted.
const MAX_NAMED: usize = 100;

/// Where something is read from.
#[derive(Clone, Debug)]
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

/// The files that these names stand for: `-` is standard input, a folder stands for every file below it with one of
/// these endings, in the order of names. Links inside folders are not followed.
pub(crate) fn sources(names: &[PathBuf], endings: &[&str]) -> Outcome<Vec<Source>> {
    let mut found = Vec::new();
    for name in names {
        if name.as_os_str() == "-" {
            found.push(Source::Input);
        } else if name.is_dir() {
            below(name, endings, 0, &mut found)?;
        } else {
            found.push(Source::File(name.clone()));
        }
    }
    if found.is_empty() {
        return Err(Problem::new("no file to read").hint(format!(
            "folders are searched for files that end in {}",
            endings.join(", ")
        )));
    }
    Ok(found)
}

fn below(folder: &Path, endings: &[&str], depth: usize, found: &mut Vec<Source>) -> Outcome<()> {
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
        let kind = entry.file_type().map_err(files::at(&entry.path()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() {
            below(&entry.path(), endings, depth + 1, found)?;
        } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(Source::File(entry.path()));
        }
        if found.len() > MAX_FILES {
            return Err(Problem::new(format!("more than {MAX_FILES} files")));
        }
    }
    Ok(())
}

/// The bytes of a source, unpacked if they are gzip, whatever the name says; reading stops at the limit.
pub(crate) fn bytes(source: &Source, limit_bytes: usize) -> Outcome<Vec<u8>> {
    let limit = limit_bytes as u64 + 1;
    let mut raw: Box<dyn std::io::Read> = match source {
        Source::Input => Box::new(std::io::stdin().lock()),
        Source::File(path) => Box::new(std::fs::File::open(path).map_err(files::at(path))?),
    };
    let failed = |e: std::io::Error| Problem::new(format!("{source}: {e}"));
    let mut head = Vec::new();
    raw.by_ref()
        .take(2)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let packed = head == [0x1f, 0x8b];
    let whole = std::io::Cursor::new(head).chain(raw);
    let mut bytes = Vec::new();
    if packed {
        let mut unpacked = flate2::read::MultiGzDecoder::new(whole).take(limit);
        unpacked.read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let mut plain = whole.take(limit);
        plain.read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() > limit_bytes {
        let text = format!("{source}: more than {limit_bytes} bytes, unpacked");
        return Err(Problem::new(text));
    }
    Ok(bytes)
}

/// Something that was not taken, and why.
#[derive(Debug, Serialize)]
pub(crate) struct Refused {
    pub(crate) origin: String,
    pub(crate) why: String,
}

/// What was refused, the first of it by name.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Refusals {
    pub(crate) count: u64,
    pub(crate) first: Vec<Refused>,
}

impl Refusals {
    pub(crate) fn add(&mut self, origin: &Source, why: impl Into<String>) {
        self.count += 1;
        if self.first.len() < MAX_NAMED {
            self.first.push(Refused {
                origin: origin.to_string(),
                why: why.into(),
            });
        }
    }

    /// A problem if anything was refused and nobody said to go on without it.
    pub(crate) fn allow(&self, skip: bool) -> Outcome<()> {
        if skip || self.count == 0 {
            return Ok(());
        }
        let named: Vec<_> = self.first.iter().take(5).map(|r| r.why.clone()).collect();
        let text = format!("{} refused: {}", self.count, named.join("; "));
        Err(Problem::new(text)
            .hint("nothing was written; mend or leave out what is refused, or give --skip-refused"))
    }
}
