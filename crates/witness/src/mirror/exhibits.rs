//! Public exhibits: fetched from the log's server and checked by their hash.

use std::fs;
use std::io;
use std::path::Path;

use record::state::{State, is_public};
use serde::Serialize;

use super::MirrorError;
use super::source::{MAX_ANSWER_BYTES, Source};
use crate::folder::FolderError;

/// What became of the public exhibits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExhibitReport {
    /// Held here and whole.
    pub held: usize,
    /// Declared, public, and not to be had from the log's server; asked for again in each round.
    pub missing: Vec<String>,
    /// Offered with other content than declared; not kept.
    pub wrong: Vec<String>,
    /// Larger than what is fetched in one answer.
    pub too_large: Vec<String>,
}

/// A public exhibit: its hash, and its size in bytes.
pub(super) type Wanted = (tlog::Hash, u64);

/// What is public by now.
pub(super) fn public(state: &State) -> Vec<Wanted> {
    let cases = state.cases.values();
    let all = cases.flat_map(|case| case.exhibits.iter().map(move |exhibit| (case, exhibit)));
    let public = all.filter(|(case, (_, exhibit))| is_public(state, case, exhibit));
    public
        .map(|(_, (hash, exhibit))| (*hash, exhibit.body.size))
        .collect()
}

/// Fetches what is not held yet. Content is a file of its hash's name below `exhibits`;
/// it is never executed and never rendered.
pub(super) fn fetch(
    dir: &Path,
    source: &dyn Source,
    wanted: &[Wanted],
) -> Result<ExhibitReport, MirrorError> {
    let folder = dir.join("exhibits");
    let mut report = ExhibitReport::default();
    for (hash, size) in wanted {
        let path = folder.join(hash.to_string());
        if path.exists() {
            report.held += 1;
            continue;
        }
        if *size > MAX_ANSWER_BYTES {
            report.too_large.push(hash.to_string());
            continue;
        }
        match source.get(&format!("api/v1/exhibits/{hash}")) {
            Ok(Some(content)) if tlog::sha256(&content) == *hash => {
                let kept = keep(&folder, &path, &content);
                kept.map_err(|error| FolderError::Io(path.clone(), error))?;
                report.held += 1;
            }
            Ok(Some(_)) => report.wrong.push(hash.to_string()),
            Ok(None) | Err(_) => report.missing.push(hash.to_string()),
        }
    }
    Ok(report)
}

/// Writes a file whole or not at all, durably.
fn keep(folder: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    fs::File::open(folder)?.sync_all()
}
