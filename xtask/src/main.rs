//! Development tasks, run as `cargo xtask <task>`. `.ci/run` calls `cargo xtask test` and nothing else.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its terminal output is its result"
)]

mod browser;
mod interop;
mod licences;
mod modules;
mod needs;
mod python;
mod skipped;
mod steps;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

const HELP: &str = "\
cargo xtask <task>

  test                  everything a change has to pass; installs what the tests need where it can, and lists at its end
                        what tests skipped because something is missing
  tidy                  the rules of the house over all tracked files
  licences              licences and sources of all dependencies, against deny.toml
  kill-test [--runs N] [--kills M] [--from SEED]
                        N crashes (default 10000), and an audit of what each leaves: M of them (default 200, at
                        most N) kill a real server, the others cut the power of a simulated disk. Each crash has a
                        number, counted from SEED (default 0); lines on the way say from where a run that was
                        stopped goes on. On as many cores as it is given (`taskset`)
  modules               the WebAssembly modules that pages run, where `solferino serve` finds them, and their digests
  browser [FILTER]      the tests of browser/ whose file name holds FILTER, in a real browser, against the binary
                        that SOLFERINO_BIN names or else the development build
  screenshots           docs/screenshots again: register, finding, verifier and desk, on phone and desktop, light and dark
  interop [--write] [RUN]...
                        Solferino and others' software with each other (docs/interop.md), against the committed
                        transcripts or, with --write, into them; says so and ends if Go is not installed
  help                  this text
";

/// Crashes of `kill-test` unless told otherwise.
const DEFAULT_CRASHES: u32 = 10_000;
/// How many of them kill a real server unless told otherwise: each takes about a second.
const DEFAULT_KILLS: u32 = 200;

#[derive(Debug, PartialEq, Eq)]
enum Task {
    Test,
    Tidy,
    Licences,
    KillTest(steps::Crashes),
    Modules,
    Screenshots,
    Browser { filter: Option<String> },
    Interop(interop::Options),
    Help,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match parse(&args).and_then(|task| run(&task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn parse(args: &[String]) -> Result<Task> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => Ok(Task::Test),
        ["tidy"] => Ok(Task::Tidy),
        ["licences" | "licenses"] => Ok(Task::Licences),
        ["kill-test", options @ ..] => kill_test(options),
        ["screenshots"] => Ok(Task::Screenshots),
        ["modules"] => Ok(Task::Modules),
        ["browser"] => Ok(Task::Browser { filter: None }),
        ["browser", filter] if !filter.starts_with('-') => Ok(Task::Browser {
            filter: Some((*filter).to_owned()),
        }),
        ["interop", options @ ..] => interop::options(options).map(Task::Interop),
        [] | ["help" | "--help" | "-h"] => Ok(Task::Help),
        other => bail!("no task `{}`\n\n{HELP}", other.join(" ")),
    }
}

fn kill_test(options: &[&str]) -> Result<Task> {
    let (mut runs, mut kills, mut from) = (DEFAULT_CRASHES, None, 0);
    for option in options.chunks(2) {
        let count = |text: &str, least: u32| match text.parse() {
            Ok(count) if count >= least => Ok(count),
            _ => bail!(
                "`{}`: give a whole number of at least {least}",
                option.join(" ")
            ),
        };
        match option {
            ["--runs", text] => runs = count(text, 1)?,
            ["--kills", text] => kills = Some(count(text, 0)?),
            ["--from", text] => from = count(text, 0)?,
            other => bail!("kill-test has no option `{}`\n\n{HELP}", other.join(" ")),
        }
    }
    let kills = kills.unwrap_or(DEFAULT_KILLS).min(runs);
    Ok(Task::KillTest(steps::Crashes { runs, kills, from }))
}

fn run(task: &Task) -> Result<()> {
    let root = workspace_root()?;
    match task {
        Task::Test => steps::test(&root),
        Task::Tidy => tidy::run(&root),
        Task::Licences => licences::run(&root),
        Task::KillTest(crashes) => steps::kill_test(&root, crashes),
        Task::Screenshots => browser::screenshots(&root),
        Task::Modules => modules::build(&root),
        Task::Browser { filter } => browser::run(&root, filter.as_deref()),
        Task::Interop(options) => interop::run(&root, options),
        Task::Help => {
            print!("{HELP}");
            Ok(())
        }
    }
}

/// The folder above `xtask/`. Cargo says at run time where it is; a binary run by hand remembers where it was built.
fn workspace_root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = package.parent().context("xtask has no parent folder")?;
    Ok(root.to_path_buf())
}

/// The cargo that runs us, in the workspace's root.
fn cargo(root: &Path, args: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).current_dir(root);
    command
}

/// Runs a command with its output on ours.
fn succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs a command and returns its standard output; its standard error stays on ours.
fn output_of(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` did not print UTF-8"))
}

/// A command as one would type it: the program without its folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Option<Task> {
        let args: Vec<String> = line.split_whitespace().map(String::from).collect();
        parse(&args).ok()
    }

    #[test]
    fn tasks_are_read_from_the_command_line() {
        assert_eq!(parsed("test"), Some(Task::Test));
        assert_eq!(parsed(""), Some(Task::Help));
        let from = |runs, kills, from| {
            let crashes = steps::Crashes { runs, kills, from };
            Some(Task::KillTest(crashes))
        };
        let crashes = |runs, kills| from(runs, kills, 0);
        assert_eq!(parsed("kill-test"), crashes(10_000, 200));
        assert_eq!(parsed("kill-test --runs 1"), crashes(1, 1));
        assert_eq!(parsed("kill-test --kills 0 --runs 7"), crashes(7, 0));
        assert_eq!(parsed("kill-test --from 7 --runs 9"), from(9, 9, 7));
        assert_eq!(parsed("kill-test --runs 0"), None);
        assert_eq!(parsed("kill-test --runs many"), None);
        assert_eq!(parsed("kill-test --runs"), None);
        assert_eq!(parsed("tests"), None);
        let browser = |filter: Option<&str>| {
            let filter = filter.map(String::from);
            Some(Task::Browser { filter })
        };
        assert_eq!(parsed("screenshots"), Some(Task::Screenshots));
        assert_eq!(parsed("browser"), browser(None));
        assert_eq!(parsed("browser verify"), browser(Some("verify")));
        assert_eq!(parsed("browser --headed"), None);
        let interop = |write, runs: &[&str]| {
            let runs = runs.iter().map(|run| (*run).to_owned()).collect();
            Some(Task::Interop(interop::Options { write, runs }))
        };
        assert_eq!(parsed("interop"), interop(false, &[]));
        assert_eq!(parsed("interop --write notes"), interop(true, &["notes"]));
        assert_eq!(parsed("interop --all"), None);
    }
}
