//! `solferino stix validate`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use exchange::stix::validate::{self, Report};
use exchange::stix::{MAX_OBJECT_BYTES, Problem as StreamProblem, StreamError};
use serde_json::json;

use super::{answer, sentence};
use crate::commands::import::source::{MAX_LINE_BYTES, Source};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Most findings that are printed one by one, or listed in the JSON answer about a whole bundle.
const MAX_PRINTED: usize = 1_000;
/// Answers are written once so much of them has gathered, in bytes.
const WRITE_BYTES: usize = 64 << 10;

/// Judge STIX 2.1 objects: errors break a MUST of the specification, warnings a SHOULD
///
/// FILE is a bundle of any size, or one object, packed with gzip or not. A bundle of STIX 2.0 is judged as its upgrade.
/// Codes and limits are in docs/stix.md.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file; - is standard input
    file: PathBuf,
    /// One object or bundle a line in; one answer a line out, in the same order
    #[arg(long)]
    jsonl: bool,
    /// As JSON
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Leave out the warnings
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    if args.jsonl {
        return lines(args);
    }
    let mut read = Source::of(&args.file).open()?;
    let mut head = Vec::new();
    let limit = MAX_OBJECT_BYTES as u64;
    read.by_ref()
        .take(limit)
        .read_to_end(&mut head)
        .map_err(crate::files::at(&args.file))?;
    let mut found = Found::default();
    let judged = validate::stream(head.as_slice().chain(read), |judged| {
        found.objects += 1;
        found.take(judged.report);
    });
    match judged {
        Ok(header) => found.take(header),
        // One object alone.
        Err(StreamError {
            problem: StreamProblem::NotABundle(_),
            ..
        }) if found.objects == 0 && (head.len() as u64) < limit => {
            found = Found::default();
            found.objects = 1;
            found.take(validate::text(&head));
        }
        Err(problem) => {
            found.tell(args);
            let hint = "what stands before that place was judged; a bundle is one JSON object with \"objects\"";
            return Err(Problem::from(problem).of(args.file.display()).hint(hint));
        }
    }
    found.tell(args);
    Ok(if found.all.is_valid() {
        Exit::Ok
    } else {
        Exit::Failed
    })
}

/// What was found in a whole file: the first findings, and a count of all by code.
#[derive(Default)]
struct Found {
    objects: u64,
    invalid: u64,
    all: Report,
    errors: BTreeMap<&'static str, u64>,
    warnings: BTreeMap<&'static str, u64>,
}

impl Found {
    fn take(&mut self, report: Report) {
        self.invalid += u64::from(!report.is_valid());
        for error in report.errors {
            *self.errors.entry(error.code.text()).or_default() += 1;
            if self.all.errors.len() < MAX_PRINTED {
                self.all.errors.push(error);
            } else {
                self.all.unlisted_errors += 1;
            }
        }
        for warning in report.warnings {
            *self.warnings.entry(warning.code.text()).or_default() += 1;
            if self.all.warnings.len() < MAX_PRINTED {
                self.all.warnings.push(warning);
            } else {
                self.all.unlisted_warnings += 1;
            }
        }
        self.all.unlisted_errors += report.unlisted_errors;
        self.all.unlisted_warnings += report.unlisted_warnings;
    }

    fn tell(&mut self, args: &Args) {
        if args.quiet {
            self.all.warnings.clear();
        }
        if args.json {
            let mut whole = answer(&self.all);
            whole["objects"] = json!(self.objects);
            whole["errors_by_code"] = json!(self.errors);
            whole["warnings_by_code"] = json!(self.warnings);
            return ui::json(&whole);
        }
        for error in &self.all.errors {
            ui::line(sentence("error  ", error));
        }
        for warning in &self.all.warnings {
            ui::line(sentence("warning", warning));
        }
        let unlisted = self.all.unlisted_errors + self.all.unlisted_warnings;
        if unlisted > 0 && !args.quiet || self.all.unlisted_errors > 0 {
            ui::line(format!("… and {unlisted} more"));
        }
        let count = |counts: &BTreeMap<_, u64>| counts.values().sum::<u64>();
        ui::line(format!(
            "{} objects: {} errors, {} warnings",
            self.objects,
            count(&self.errors).max(self.all.error_count()),
            count(&self.warnings).max(self.all.warning_count()),
        ));
    }
}

/// One answer a line. The exit code says that every line was judged, the answers how.
fn lines(args: &Args) -> Outcome {
    let mut out = String::new();
    Source::of(&args.file).each_line(|line| {
        let mut report = match line {
            Some(line) => validate::text(line),
            None => validate::too_large(MAX_LINE_BYTES),
        };
        if args.quiet {
            report.warnings.clear();
            report.unlisted_warnings = 0;
        }
        out.push_str(&answer(&report).to_string());
        out.push('\n');
        if out.len() >= WRITE_BYTES {
            ui::text(&out);
            out.clear();
        }
    })?;
    ui::text(&out);
    Ok(Exit::Ok)
}
