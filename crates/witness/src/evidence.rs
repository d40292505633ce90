//! What contradicts, kept: signed requests that do not extend what was cosigned
//! (docs/witness.md, section 3).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Files of evidence kept, at most.
pub const MAX_EVIDENCE_FILES: usize = 1_000;

const HEADER: &str = "solferino.org/inconsistent@v1";
const SUFFIX: &str = "inconsistent";

/// A folder of evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    folder: PathBuf,
}

/// What became of a piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is written and durable.
    Written,
    /// The same checkpoint is kept already.
    Before,
    /// [`MAX_EVIDENCE_FILES`] are kept; this one was not.
    Full,
}

impl Evidence {
    /// Keeps evidence in a folder, which exists.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a signed request that contradicts, once for each checkpoint: `shown` is the request's
    /// body, `text` the checkpoint's text in it, `seen` the note cosigned last.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep(
        &self,
        problem: &str,
        seen: Option<&str>,
        text: &str,
        shown: &[u8],
    ) -> io::Result<Kept> {
        let name = tlog::sha256(text.as_bytes());
        let path = self.folder.join(format!("{name}.{SUFFIX}"));
        if path.try_exists()? {
            return Ok(Kept::Before);
        }
        if fs::read_dir(&self.folder)?.count() >= MAX_EVIDENCE_FILES {
            return Ok(Kept::Full);
        }
        let seen = seen.map_or_else(|| "-".to_owned(), |note| STANDARD.encode(note));
        let shown = STANDARD.encode(shown);
        let problem = problem.replace('\n', " ");
        let file = format!("{HEADER}\nproblem {problem}\nseen {seen}\nshown {shown}\n");
        write_whole(&self.folder, &path, file.as_bytes())?;
        Ok(Kept::Written)
    }
}

/// Writes a file whole or not at all, durably.
fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    fs::File::open(folder)?.sync_all()
}
