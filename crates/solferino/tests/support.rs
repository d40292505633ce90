//! Running the binary, and one demonstration shared by all tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The binary under test.
pub(crate) fn bin() -> PathBuf {
    std::env::var_os("SOLFERINO_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_solferino").into(), Into::into)
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The output of a run that has to end with this code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self.out
    }

    /// What a run said on standard error that has to end with this code.
    #[track_caller]
    pub(crate) fn code_err(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self.err
    }
}

/// Runs the binary in a folder.
pub(crate) fn run_in(dir: &Path, args: &[&str]) -> Ran {
    Ran::of(
        &Command::new(bin())
            .args(args)
            .current_dir(dir)
            .output()
            .unwrap(),
    )
}

/// The folder that holds the one demonstration, `demo`; nobody writes into it.
pub(crate) fn shared() -> &'static Path {
    static SHARED: OnceLock<PathBuf> = OnceLock::new();
    SHARED.get_or_init(|| {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        remove_leftovers(tmp);
        let dir = tmp.join(format!("shared-demo-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let ran = run_in(&dir, &["demo", "--no-serve", "--dir", "demo"]);
        assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
        std::fs::write(dir.join("first-run.txt"), &ran.out).unwrap();
        dir
    })
}

/// Statics are never dropped, so a later run removes what earlier ones left.
fn remove_leftovers(tmp: &Path) {
    for entry in std::fs::read_dir(tmp).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix("shared-demo-").map(str::to_owned);
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A copy of the demonstration to damage.
pub(crate) fn copy_of_demo() -> tempfile::TempDir {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    copy(&shared().join("demo"), &dir.path().join("demo"));
    dir
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Every file below a folder with the hash of its content.
pub(crate) fn hashes(dir: &Path) -> BTreeMap<PathBuf, tlog::Hash> {
    let mut found = BTreeMap::new();
    for path in files(dir) {
        found.insert(path.clone(), tlog::sha256(&std::fs::read(&path).unwrap()));
    }
    found
}

/// Every file below a folder.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Changes one bit of a file, also of one that is published and so read-only.
pub(crate) fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    overwrite(path, &bytes);
}

pub(crate) fn overwrite(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    let before = std::fs::metadata(path).unwrap().permissions();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, before).unwrap();
}
