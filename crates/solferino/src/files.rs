//! Small files read with a limit, and files written whole or not at all.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::problem::{Outcome, Problem};

/// Largest file that is read as text or as a statement, in bytes (1 MiB).
pub(crate) const MAX_TEXT_BYTES: u64 = 1 << 20;
/// Who may read what is written, as Unix mode bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everyone: 0644.
    Public,
    /// Nobody but the owner: 0600.
    Secret,
}

/// A problem with a file, naming it.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Problem + '_ {
    move |e| Problem::new(format!("{}: {e}", path.display()))
}

/// Reads at most so many bytes; more is a problem, not a cut.
pub(crate) fn read(path: &Path, limit_bytes: u64) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(at(path))?.take(limit_bytes + 1);
    file.read_to_end(&mut bytes).map_err(at(path))?;
    if bytes.len() as u64 > limit_bytes {
        let text = format!("{}: more than {limit_bytes} bytes", path.display());
        return Err(Problem::new(text));
    }
    Ok(bytes)
}

/// A problem if something is at the path a command is to write: another's work, or its own input.
pub(crate) fn must_be_new(path: &Path) -> Outcome<()> {
    if !path.exists() {
        return Ok(());
    }
    let text = format!("{}: there is a file already", path.display());
    Err(Problem::new(text)
        .hint("nothing was written; choose another name, or remove the file first"))
}

/// Reads a text.
pub(crate) fn read_text(path: &Path) -> Outcome<String> {
    let bytes = read(path, MAX_TEXT_BYTES)?;
    String::from_utf8(bytes).map_err(|_| Problem::new(format!("{}: not UTF-8", path.display())))
}

/// Writes a file that must not be there yet: a key is never overwritten.
pub(crate) fn write_new(path: &Path, bytes: &[u8], mode: Mode) -> Outcome<()> {
    written(path, bytes, mode)?
        .persist_noclobber(path)
        .map_err(|e| at(path)(e.error))?;
    Ok(())
}

/// Writes a file whole, in place of an earlier one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Outcome<()> {
    replace_as(path, bytes, Mode::Public)
}

/// The same, for whom the mode says.
pub(crate) fn replace_as(path: &Path, bytes: &[u8], mode: Mode) -> Outcome<()> {
    written(path, bytes, mode)?
        .persist(path)
        .map_err(|e| at(path)(e.error))?;
    Ok(())
}

/// Writes a file whole, in place of an earlier one, piece by piece.
pub(crate) fn replace_with<T>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Outcome<T>,
) -> Outcome<T> {
    let folder = folder_of(path);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(at(folder))?;
    let done = write(file.as_file_mut())?;
    set_mode(file.as_file(), Mode::Public).map_err(at(path))?;
    file.as_file().sync_all().map_err(at(path))?;
    file.persist(path).map_err(|e| at(path)(e.error))?;
    Ok(done)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn written(path: &Path, bytes: &[u8], mode: Mode) -> Outcome<tempfile::NamedTempFile> {
    let folder = folder_of(path);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(at(folder))?;
    file.write_all(bytes).map_err(at(path))?;
    set_mode(file.as_file(), mode).map_err(at(path))?;
    file.as_file().sync_all().map_err(at(path))?;
    Ok(file)
}

#[cfg(unix)]
fn set_mode(file: &File, mode: Mode) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let bits = match mode {
        Mode::Public => 0o644,
        Mode::Secret => 0o600,
    };
    file.set_permissions(fs::Permissions::from_mode(bits))
}

#[cfg(not(unix))]
fn set_mode(_: &File, _: Mode) -> std::io::Result<()> {
    Ok(())
}

/// Makes a folder and those above it; nobody else may look into a secret one.
pub(crate) fn create_folder(path: &Path, mode: Mode) -> Outcome<()> {
    fs::create_dir_all(path).map_err(at(path))?;
    #[cfg(unix)]
    if mode == Mode::Secret {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(at(path))?;
    }
    #[cfg(not(unix))]
    let _ = mode;
    Ok(())
}

/// A path with something added to its name: `report.jsonc` and `.tlog-proof`.
pub(crate) fn beside(path: &Path, added: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(added);
    PathBuf::from(name)
}
