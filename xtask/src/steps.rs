//! `cargo xtask test`: the steps every change passes, in the order in which they are cheapest to fail.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::{browser, cargo, licences, modules, needs, output_of, python, skipped, succeed, tidy};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Crates without disk, network, clock and environment; the browser runs the same code, so each builds for wasm32.
pub(crate) const PURE_CRATES: &[&str] = &[
    "tlog",
    "method",
    "norms",
    "exchange",
    "linking",
    "suggest",
    "incidents",
    "aid",
    "record",
    "publish",
    "desk",
];

type Step = (&'static str, fn(&Path) -> Result<()>);

/// The tests come last, so that cargo's own `test result:` lines close the output, and what was skipped.
const STEPS: &[Step] = &[
    ("needs", |root| {
        needs::provide()?;
        python::provide(root).map(|_| ())
    }),
    ("format", |root| {
        succeed(&mut cargo(root, &["fmt", "--all", "--check"]))
    }),
    ("clippy", clippy),
    ("docs", docs),
    ("tidy", tidy::run),
    ("licences", licences::run),
    ("wasm", wasm),
    ("release", |root| {
        succeed(&mut cargo(root, &["build", "--release", "-p", "solferino"]))
    }),
    ("browser", |root| {
        browser::with(root, &release_binary(root)?, None)
    }),
    ("tests", tests),
];

/// Runs every step and stops at the first that fails.
pub(crate) fn test(root: &Path) -> Result<()> {
    let begun = Instant::now();
    let total = STEPS.len();
    for (index, (name, step)) in STEPS.iter().enumerate() {
        let number = index + 1;
        let elapsed = begun.elapsed().as_secs_f64();
        println!("==> {number}/{total} {name} (at {elapsed:.1} s)");
        let step_begun = Instant::now();
        step(root).with_context(|| format!("step {number}/{total} `{name}` failed"))?;
        if number < total {
            println!("    {name}: {:.1} s", step_begun.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// Crashes of the long test.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crashes {
    pub(crate) runs: u32,
    /// How many of them kill a real server.
    pub(crate) kills: u32,
    /// The number of the first of each kind.
    pub(crate) from: u32,
}

/// The long test of crashes; too slow for every change, so it is a task of its own.
pub(crate) fn kill_test(root: &Path, crashes: &Crashes) -> Result<()> {
    let Crashes { runs, kills, from } = crashes;
    let test = |package, test| {
        let args = ["test", "--release", "-p", package, "--test", "main", test];
        let mut command = cargo(root, &args);
        command.args(["--", "--ignored", "--nocapture"]);
        command
    };
    if runs > kills {
        let mut command = test("solferino-store", "a_log_survives_its_disk_long");
        command.env("SOLFERINO_SHIM_FROM", from.to_string());
        command.env("SOLFERINO_SHIM_RUNS", (runs - kills).to_string());
        succeed(&mut command)?;
    }
    if *kills == 0 {
        return Ok(());
    }
    succeed(&mut cargo(root, &["build", "--release", "-p", "solferino"]))?;
    let mut command = test("solferino", "kill_nine_long");
    command
        .env("SOLFERINO_KILL_FROM", from.to_string())
        .env("SOLFERINO_KILL_RUNS", kills.to_string())
        .env("SOLFERINO_BIN", release_binary(root)?);
    succeed(&mut command)
}

fn clippy(root: &Path) -> Result<()> {
    let args = ["clippy", "--workspace", "--all-targets", "--"];
    succeed(cargo(root, &args).args(["-D", "warnings"]))
}

fn docs(root: &Path) -> Result<()> {
    let mut command = cargo(root, &["doc", "--workspace", "--no-deps"]);
    succeed(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn wasm(root: &Path) -> Result<()> {
    if !have_wasm_target(root) {
        println!("    *** {WASM} IS NOT INSTALLED AND rustup CANNOT ADD IT: NOTHING WAS BUILT FOR");
        println!("    *** THE BROWSER. The rest goes on; `rustup target add {WASM}` brings it.");
        return Ok(());
    }
    let mut pure = cargo(root, &["build", "--target", WASM]);
    for name in PURE_CRATES.iter().filter(|name| is_crate(root, name)) {
        pure.args(["-p", &format!("solferino-{name}")]);
    }
    succeed(&mut pure)?;
    modules::build(root)
}

fn is_crate(root: &Path, name: &str) -> bool {
    root.join("crates").join(name).join("Cargo.toml").exists()
}

pub(crate) fn have_wasm_target(root: &Path) -> bool {
    if wasm_target_is_installed(root) {
        return true;
    }
    let mut add = std::process::Command::new("rustup");
    add.args(["target", "add", WASM]).current_dir(root);
    succeed(&mut add).is_ok() && wasm_target_is_installed(root)
}

/// Asks rustc rather than rustup: a distribution's toolchain may have the target without rustup.
fn wasm_target_is_installed(root: &Path) -> bool {
    let mut rustc = std::process::Command::new("rustc");
    rustc
        .args(["--print", "target-libdir", "--target", WASM])
        .current_dir(root);
    output_of(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn tests(root: &Path) -> Result<()> {
    let mut command = cargo(root, &["test", "--workspace"]);
    command.env("SOLFERINO_VERIFIER_WASM", modules::file(root, "verifier")?);
    command.env("SOLFERINO_TAXII_PYTHON", python::provide(root)?);
    command.env("SOLFERINO_BIN", release_binary(root)?);
    skipped::run(command.args(skipped::SHOW))
}

/// Where `cargo build --release` puts the binary.
pub(crate) fn release_binary(root: &Path) -> Result<PathBuf> {
    built_binary(root, "release")
}

/// The binary of a profile (`debug` is that of the development profile).
pub(crate) fn built_binary(root: &Path, profile: &str) -> Result<PathBuf> {
    let name = format!("solferino{}", std::env::consts::EXE_SUFFIX);
    Ok(target_folder(root)?.join(profile).join(name))
}

/// The target folder, wherever it was moved to.
pub(crate) fn target_folder(root: &Path) -> Result<PathBuf> {
    let args = ["metadata", "--format-version", "1", "--no-deps"];
    let metadata: serde_json::Value = serde_json::from_str(&output_of(&mut cargo(root, &args))?)?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(target))
}
