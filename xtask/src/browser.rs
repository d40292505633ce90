//! `cargo xtask browser`: the tests of `browser/` against the built command, in a real browser.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::{cargo, modules, needs, steps, succeed};

/// Builds what is missing and runs the tests whose file name holds the filter. A binary named by
/// `SOLFERINO_BIN` is taken as it is; else the development build is made and taken.
pub(crate) fn run(root: &Path, filter: Option<&str>) -> Result<()> {
    with(root, &binary(root)?, filter)
}

/// Makes the pictures of docs/screenshots again.
pub(crate) fn screenshots(root: &Path) -> Result<()> {
    let mut node = script(root, "screenshots.mjs", &binary(root)?)?;
    succeed(node.arg(root.join("docs/screenshots")))
}

fn binary(root: &Path) -> Result<PathBuf> {
    needs::provide()?;
    if let Some(binary) = std::env::var_os("SOLFERINO_BIN") {
        return Ok(PathBuf::from(binary));
    }
    modules::build(root)?;
    succeed(&mut cargo(root, &["build", "-p", "solferino"]))?;
    steps::built_binary(root, "debug")
}

/// Runs the tests against that binary.
pub(crate) fn with(root: &Path, binary: &Path, filter: Option<&str>) -> Result<()> {
    let mut node = script(root, "run.mjs", binary)?;
    succeed(node.args(filter))
}

/// A script of `browser/`, with the modules it imports in place.
fn script(root: &Path, name: &str, binary: &Path) -> Result<Command> {
    let folder = root.join("browser");
    modules(&folder)?;
    if !binary.is_file() {
        bail!(
            "{} is no file; SOLFERINO_BIN names the built command",
            binary.display()
        );
    }
    let mut node = Command::new("node");
    node.arg(name)
        .current_dir(&folder)
        .env("SOLFERINO_BIN", binary);
    Ok(node)
}

/// Installs exactly what the lock file lists, unless that was done since it last changed.
fn modules(folder: &Path) -> Result<()> {
    let changed =
        modified(&folder.join("package-lock.json")).context("browser/package-lock.json")?;
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_ok_and(|installed| installed >= changed) {
        return Ok(());
    }
    let mut npm = Command::new(OsStr::new("npm"));
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    succeed(npm.current_dir(folder))
}

fn modified(file: &Path) -> Result<SystemTime> {
    Ok(std::fs::metadata(file)?.modified()?)
}
