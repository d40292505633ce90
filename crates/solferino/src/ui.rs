//! The one place that prints: results on standard output, problems and progress on standard error.
#![allow(clippy::print_stdout, clippy::print_stderr)] // this module is the command's voice

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use record::state::State;
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;

/// What stands beside every number of a demonstration.
pub(crate) const NOTICE: &str = rehearsal::corpus::NOTICE;

/// A line of the result. A reader that has hung up wants no more of it, so that is no problem.
pub(crate) fn line(text: impl AsRef<str>) {
    // The only failure is a closed pipe.
    let _ = writeln!(std::io::stdout(), "{}", harmless(text.as_ref()));
}

/// Text in which nothing drives the terminal or turns the direction of writing: such characters,
/// from whatever file they came, are shown by their number. Line ends and tabs stay.
fn harmless(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_control() && c != '\n' && c != '\t') || turns(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Text that ends its own lines.
pub(crate) fn text(text: impl AsRef<str>) {
    let _ = write!(std::io::stdout(), "{}", text.as_ref());
}

/// Bytes as they are.
pub(crate) fn bytes(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

/// Something worth knowing that is not part of the result.
pub(crate) fn remark(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", harmless(text.as_ref()));
}

/// A result for machines: one JSON document, keys sorted.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    line(text);
}

/// Adds to a JSON answer whether the record is a demonstration, and the notice if it is.
pub(crate) fn marked(mut value: Value, demonstration: bool) -> Value {
    if let Value::Object(map) = &mut value {
        map.insert("demonstration".to_string(), Value::Bool(demonstration));
        if demonstration {
            map.insert("notice".to_string(), Value::String(NOTICE.to_string()));
        }
    }
    value
}

/// Whether a state's record is a demonstration; one without a charter decides nothing either.
pub(crate) fn is_demonstration(state: &State) -> bool {
    state
        .global
        .charter
        .as_ref()
        .is_none_or(|c| c.demonstration)
}

/// The notice as a line of its own, where the record is a demonstration.
pub(crate) fn notice(demonstration: bool) {
    if demonstration {
        line(format!("*** {NOTICE} ***"));
    }
}

/// Columns lined up under their heads, two spaces apart.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|r| r.get(column));
        let head = heads.get(column).map_or(0, |h| h.chars().count());
        cells.map(|c| c.chars().count()).fold(head, usize::max)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let print = |cells: Vec<&str>| {
        let mut out = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            // a cell from a file may not begin a line of its own
            let cell = cell.replace('\n', " ");
            out.push_str(&format!("{cell:<width$}  "));
        }
        line(out.trim_end());
    };
    print(heads.to_vec());
    let rules: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
    print(rules.iter().map(String::as_str).collect());
    for row in rows {
        print(row.iter().map(String::as_str).collect());
    }
}

/// Prints a problem with its hint.
pub(crate) fn problem(problem: &Problem) {
    eprintln!("problem: {}", harmless(&problem.text));
    if let Some(hint) = &problem.hint {
        eprintln!("hint: {hint}");
    }
}

/// Prints help, or what was not understood of the command line.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe again.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// A bar on standard error while something long goes on; silent where nobody watches.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Starts a bar that says what is going on.
    pub(crate) fn start(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    /// So many of so many are done.
    pub(crate) fn at(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
