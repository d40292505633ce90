//! `cargo xtask modules`: the WebAssembly modules that pages run, built so that anybody gets the same bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
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
        without(&bytes, root).with_context(|| file.display().to_string())?;
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        println!("    {digest}  {} ({} bytes)", file.display(), bytes.len());
    }
    Ok(())
}

/// Folders of this machine have no place in a module: with one of them in it, nobody else gets the same bytes.
fn without(module: &[u8], root: &Path) -> Result<()> {
    let mut folders = vec![root.to_path_buf(), cargo_home()?];
    folders.extend(std::env::var_os("HOME").map(PathBuf::from));
    for folder in folders {
        let path = format!("{}/", folder.display());
        let path = path.as_bytes();
        if path.len() > 1 && module.windows(path.len()).any(|bytes| bytes == path) {
            bail!(
                "the module names {}, a folder of this machine",
                folder.display()
            );
        }
    }
    Ok(())
}

/// Where a module is built.
pub(crate) fn file(root: &Path, name: &str) -> Result<PathBuf> {
    let folder = target_folder(root)?.join(WASM).join(PROFILE);
    Ok(folder.join(format!("solferino_{name}.wasm")))
}

fn cargo_home() -> Result<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let user = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    home.or_else(user)
        .context("neither CARGO_HOME nor HOME is set")
}

/// Messages of a panic name source files; where somebody keeps those must not change the module.
fn without_paths() -> Result<String> {
    let sources = cargo_home()?.join("registry/src");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_names_a_folder_of_the_machine_is_refused() {
        let root = Path::new("/somewhere/checkout");
        let module = |path: &str| format!("\0asm panicked at {path}:1:2").into_bytes();
        assert!(without(&module("crates/record/src/lib.rs"), root).is_ok());
        assert!(without(&module("/rustc/0123/library/core/src/lib.rs"), root).is_ok());
        assert!(
            without(
                &module("/somewhere/checkout/crates/record/src/lib.rs"),
                root
            )
            .is_err()
        );
    }
}
