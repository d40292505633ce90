//! `cargo xtask modules`: the WebAssembly modules that pages run, built so that anybody gets the same bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::steps::{WASM, have_wasm_target, target_folder};
use crate::{cargo, succeed};

/// The profile of what browsers load.
const PROFILE: &str = "browser";
/// The crates that are modules.
const MODULES: &[&str] = &["verifier"];

/// Builds them where `solferino serve` looks for them, and prints their digests.
pub(crate) fn build(root: &Path) -> Result<()> {
    if !have_wasm_target(root) {
        println!("    *** {WASM} is not installed: pages will say that they have no module.");
        return Ok(());
    }
    let args = ["build", "--profile", PROFILE, "--target", WASM];
    let mut command = cargo(root, &args);
    for name in MODULES {
        command.args(["-p", &format!("solferino-{name}")]);
    }
    // Only for the modules: build scripts run here and keep the paths they need.
    succeed(command.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        without_paths()?,
    ))?;
    for name in MODULES {
        let file = file(root, name)?;
        let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        println!("    {digest}  {} ({} bytes)", file.display(), bytes.len());
    }
    Ok(())
}

/// Where a module is built.
pub(crate) fn file(root: &Path, name: &str) -> Result<PathBuf> {
    let folder = target_folder(root)?.join(WASM).join(PROFILE);
    Ok(folder.join(format!("solferino_{name}.wasm")))
}

/// Messages of a panic name source files; where somebody keeps those must not change the module.
fn without_paths() -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let user = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    let home = home
        .or_else(user)
        .context("neither CARGO_HOME nor HOME is set")?;
    let sources = home.join("registry/src");
    let Ok(folders) = std::fs::read_dir(&sources) else {
        return Ok(String::new()); // nothing was ever unpacked: a vendored tree
    };
    let mut flags = Vec::new();
    for folder in folders {
        flags.push(format!(
            "--remap-path-prefix={}=crates",
            folder?.path().display()
        ));
    }
    flags.sort();
    Ok(flags.join(" "))
}
