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
/// Of evidence that proves by itself who lied.
const PROOF_SUFFIX: &str = "equivocation";

/// A signed checkpoint that contradicts what is held.
#[derive(Clone, Debug)]
pub struct Contradictory {
    /// What does not hold, in one line.
    pub problem: String,
    /// The note held, if there is one.
    pub seen: Option<String>,
    /// Text of the checkpoint that contradicts; names the evidence.
    pub text: String,
    /// What was shown, whole: the request's body, or the note.
    pub shown: Vec<u8>,
    /// Proof that the two notes contradict each other. Kept instead of the rest if it verifies.
    pub proof: Option<tlog::Evidence>,
}

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

    /// Keeps what contradicts, once for each checkpoint.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep(&self, found: &Contradictory) -> io::Result<Kept> {
        let name = tlog::sha256(found.text.as_bytes());
        let path = |suffix: &str| self.folder.join(format!("{name}.{suffix}"));
        let (proof, rest) = (path(PROOF_SUFFIX), path(SUFFIX));
        if proof.try_exists()? || rest.try_exists()? {
            return Ok(Kept::Before);
        }
        if fs::read_dir(&self.folder)?.count() >= MAX_EVIDENCE_FILES {
            return Ok(Kept::Full);
        }
        if let Some(evidence) = &found.proof
            && evidence.verify().is_ok()
        {
            write_whole(&self.folder, &proof, evidence.to_string().as_bytes())?;
            return Ok(Kept::Written);
        }
        let seen = found.seen.as_ref();
        let seen = seen.map_or_else(|| "-".to_owned(), |note| STANDARD.encode(note));
        let shown = STANDARD.encode(&found.shown);
        let problem = found.problem.replace('\n', " ");
        let file = format!("{HEADER}\nproblem {problem}\nseen {seen}\nshown {shown}\n");
        write_whole(&self.folder, &rest, file.as_bytes())?;
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
