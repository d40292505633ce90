//! The Python packages the tests call, in an environment of their own below the target folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::steps::target_folder;

/// OASIS' own client, against our TAXII server. Debian has no package of it.
const PACKAGES: &[&str] = &["taxii2-client==2.3.0"];
/// Succeeds where they are there.
const PROBE: &str = "import taxii2client.v21";

/// The interpreter that has them, installed if it is not there.
pub(crate) fn provide(root: &Path) -> Result<PathBuf> {
    let home = target_folder(root)?.join("python");
    let python = home.join("bin/python");
    if has_packages(&python) {
        return Ok(python);
    }
    println!(
        "    installing {} into {}",
        PACKAGES.join(" "),
        home.display()
    );
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&home);
    crate::succeed(&mut make)
        .context("no environment for Python; on Debian: apt-get install python3-venv")?;
    let mut install = Command::new(&python);
    install
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(PACKAGES)
        .stdin(Stdio::null());
    crate::succeed(&mut install)
        .with_context(|| format!("pip could not install {}", PACKAGES.join(" ")))?;
    anyhow::ensure!(
        has_packages(&python),
        "installed, and yet `{PROBE}` fails in {}",
        python.display()
    );
    Ok(python)
}

fn has_packages(python: &Path) -> bool {
    let probe = Command::new(python)
        .args(["-c", PROBE])
        .stdin(Stdio::null())
        .output();
    probe.is_ok_and(|output| output.status.success())
}
