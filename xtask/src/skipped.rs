//! Tests that did less than they say: without data, a program or a permission, a test prints a line with the word `SKIPPED` and
//! passes. The harness keeps to itself what a passing test prints, so nobody would see it; here it is asked for all of it, and
//! those lines are picked out, listed at the end and counted.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::shown;

/// The word that such a line has.
const WORD: &str = "SKIPPED";
/// Arguments of the harness that make it show what passing tests print.
pub(crate) const SHOW: [&str; 2] = ["--", "--show-output"];

/// Takes what the harness prints apart into what is for the screen and what passing tests printed.
#[derive(Debug, Default)]
struct Sorter {
    /// Whether the lines are those of passing tests.
    of_passing: bool,
    /// Whose lines they are.
    test: String,
    /// Each test that skipped something, with its line.
    skipped: Vec<(String, String)>,
}

impl Sorter {
    /// Whether the line is for the screen.
    fn is_shown(&mut self, line: &str) -> bool {
        if line == "successes:" {
            self.of_passing = true;
        } else if line == "failures:" || line.starts_with("test result:") {
            self.of_passing = false;
        } else if let Some(test) = header(line) {
            test.clone_into(&mut self.test);
        } else if self.of_passing && line.contains(WORD) {
            self.skipped
                .push((self.test.clone(), line.trim().to_owned()));
        }
        !self.of_passing
    }
}

/// The test in `---- module::test stdout ----`.
fn header(line: &str) -> Option<&str> {
    line.strip_prefix("---- ")?.strip_suffix(" stdout ----")
}

/// Runs tests, shows what the harness says of them, and then lists what was skipped.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let output = child
        .stdout
        .take()
        .with_context(|| format!("`{shown}` has no output"))?;
    let mut sorter = Sorter::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.with_context(|| format!("reading the output of `{shown}`"))?;
        let line = String::from_utf8_lossy(&line);
        if sorter.is_shown(&line) {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    for line in told(&sorter.skipped) {
        println!("{line}");
    }
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// What is said at the end.
fn told(skipped: &[(String, String)]) -> Vec<String> {
    let mut tests: Vec<&str> = skipped.iter().map(|(test, _)| test.as_str()).collect();
    tests.sort_unstable();
    tests.dedup();
    if tests.is_empty() {
        return vec!["    no test skipped anything".to_owned()];
    }
    let count = tests.len();
    let mut lines = vec![format!(
        "    *** {count} TESTS PASSED WITHOUT DOING ALL THEY SAY; WHAT IS MISSING IS NAMED:"
    )];
    let each = skipped
        .iter()
        .map(|(test, line)| format!("    *** {test}: {line}"));
    lines.extend(each);
    lines
}

#[cfg(test)]
mod tests {
    use super::{Sorter, told};

    /// What the harness prints with `--show-output`.
    const OUTPUT: &str = "
running 3 tests
test a::whole ... ok
test a::part ... ok
test b::broken ... FAILED

successes:

---- a::part stdout ----
12 cases
SKIPPED: x.jsonl is not beside the repository; its cases were not run
SKIPPED: y.jsonl is not beside the repository; its cases were not run

---- a::whole stdout ----
something long


successes:
    a::part
    a::whole

failures:

---- b::broken stdout ----
thread panicked

failures:
    b::broken

test result: FAILED. 2 passed; 1 failed
";

    fn sorted(output: &str) -> (Vec<String>, Sorter) {
        let mut sorter = Sorter::default();
        let shown = output.lines().filter(|line| sorter.is_shown(line));
        (shown.map(str::to_owned).collect(), sorter)
    }

    #[test]
    fn what_passing_tests_skipped_is_picked_out_and_the_rest_of_theirs_is_not_shown() {
        let (shown, sorter) = sorted(OUTPUT);
        let has = |text: &str| shown.iter().any(|line| line.contains(text));
        assert!(has("test a::whole ... ok") && has("thread panicked") && has("test result:"));
        assert!(!has("something long") && !has("12 cases"));
        let told = told(&sorter.skipped);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].contains("1 TESTS"), "{told:#?}");
        assert!(told[1].contains("a::part: SKIPPED: x.jsonl"), "{told:#?}");
        assert!(told[2].contains("a::part: SKIPPED: y.jsonl"), "{told:#?}");
    }

    #[test]
    fn nothing_skipped_is_said_too() {
        let whole = OUTPUT.replace("SKIPPED", "done");
        assert_eq!(
            told(&sorted(&whole).1.skipped),
            ["    no test skipped anything"]
        );
    }

    /// The harness of this toolchain prints what is taken apart here: a test that passes is run, and its line is found.
    #[test]
    fn the_harness_shows_what_a_passing_test_skips() {
        if std::env::var_os("XTASK_SKIPS").is_some() {
            eprintln!("SKIPPED: as it was told");
            return;
        }
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "the_harness_shows_what_a_passing_test_skips",
                "--show-output",
            ])
            .env("XTASK_SKIPS", "1")
            .output()
            .unwrap();
        let (_, sorter) = sorted(&String::from_utf8(output.stdout).unwrap());
        let of_it = "skipped::tests::the_harness_shows_what_a_passing_test_skips".to_owned();
        assert_eq!(
            sorter.skipped,
            [(of_it, "SKIPPED: as it was told".to_owned())]
        );
    }
}
