//! `cargo xtask interop`: Solferino and software written by others work with each other (docs/interop.md).
//!
//! The runs are a Go program in `interop/`, because those others are Go libraries. It is built here, with the commands
//! of theirs that it starts, from the versions that its `go.mod` and `go.sum` pin.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{cargo, steps, succeed};

/// Commands of others that the runs start as they are.
const TOOLS: &[&str] = &[
    "filippo.io/torchwood/cmd/litewitness",
    "filippo.io/torchwood/cmd/witnessctl",
    "github.com/transparency-dev/tessera/cmd/examples/posix-oneshot",
];

/// What `cargo xtask interop` was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Write the transcripts instead of comparing with them.
    pub(crate) write: bool,
    /// The runs to play; none means all.
    pub(crate) runs: Vec<String>,
}

/// Reads the words after `interop`.
pub(crate) fn options(words: &[&str]) -> Result<Options> {
    let mut options = Options::default();
    for word in words {
        match *word {
            "--write" => options.write = true,
            run if !run.starts_with('-') => options.runs.push(run.to_owned()),
            other => bail!("interop has no option `{other}`; it has --write, and names of runs"),
        }
    }
    Ok(options)
}

/// Builds both sides and plays the runs. Without Go it says loudly that nothing was shown, and succeeds.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if !have_go() {
        println!(
            "    *** GO IS NOT INSTALLED: NOTHING OF docs/interop.md WAS RUN. The transcripts in"
        );
        println!("    *** interop/transcripts show the last run; Go 1.26 or later repeats it.");
        return Ok(());
    }
    let binary = binary(root)?;
    let tools = steps::target_folder(root)?.join("interop");
    std::fs::create_dir_all(&tools).with_context(|| format!("cannot make {}", tools.display()))?;
    let mut build = Command::new("go");
    build
        .args(["build", "-mod=readonly", "-o"])
        .arg(format!("{}/", tools.display()))
        .arg(".")
        .args(TOOLS)
        .current_dir(root.join("interop"));
    succeed(&mut build).context("the Go programs of interop/ were not built")?;

    let mut play = Command::new(tools.join("interop"));
    play.arg("-solferino").arg(binary);
    play.arg("-tools").arg(&tools).arg("-root").arg(root);
    if options.write {
        play.arg("-write");
    }
    succeed(play.args(&options.runs))
}

fn have_go() -> bool {
    let mut go = Command::new("go");
    go.arg("version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    go.status().is_ok_and(|status| status.success())
}

/// The command under test: the one that `SOLFERINO_BIN` names, or a release build.
fn binary(root: &Path) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("SOLFERINO_BIN") {
        return std::path::absolute(named).context("SOLFERINO_BIN names no file");
    }
    succeed(&mut cargo(root, &["build", "--release", "-p", "solferino"]))?;
    steps::release_binary(root)
}
