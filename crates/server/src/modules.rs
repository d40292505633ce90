//! The WebAssembly modules that pages run: files that plain cargo builds (docs/browser.md), found beside the
//! command and never asked of anybody else. Without them the pages say so.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tlog::Hash;

/// File of the module that verifies and replays bundles.
pub const VERIFIER: &str = "solferino_verifier.wasm";

/// Largest module that is served, in bytes.
const MAX_MODULE_BYTES: u64 = 16 << 20;

/// One module: its bytes and their digest, which pages show.
#[derive(Clone)]
pub struct Module {
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
    /// SHA-256 of the bytes.
    pub sha256: Hash,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Module({})", self.sha256)
    }
}

/// The modules a server has.
#[derive(Clone, Debug, Default)]
pub struct Modules {
    /// Verifies and replays bundles.
    pub verifier: Option<Module>,
}

impl Modules {
    /// Those that lie in a folder; none where there are none.
    ///
    /// # Errors
    /// Where a file is there and cannot be read, or is larger than a module is.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            verifier: module(&folder.join(VERIFIER))?,
        })
    }

    /// These, and what is missing from others.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            verifier: self.verifier.or(other.verifier),
        }
    }
}

fn module(file: &Path) -> io::Result<Option<Module>> {
    let size = match std::fs::metadata(file) {
        Ok(metadata) => metadata.len(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    if size > MAX_MODULE_BYTES {
        let text = format!("{} has {size} bytes, too many for a module", file.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    let bytes: Arc<[u8]> = std::fs::read(file)?.into();
    let sha256 = tlog::sha256(&bytes);
    Ok(Some(Module { bytes, sha256 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_found_by_name_and_its_absence_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            Modules::in_folder(folder.path())
                .unwrap()
                .verifier
                .is_none()
        );
        std::fs::write(folder.path().join(VERIFIER), b"\0asm").unwrap();
        let found = Modules::in_folder(folder.path()).unwrap();
        assert_eq!(found.verifier.unwrap().sha256, tlog::sha256(b"\0asm"));
    }
}
