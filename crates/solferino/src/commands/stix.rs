//! `solferino stix`.

mod pattern;
mod validate;

use serde_json::{Value, json};

use crate::problem::Outcome;
use exchange::stix::validate::{Finding, Report};

/// Judge STIX 2.1 objects and patterns by the specification
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Validate(validate::Args),
    Pattern(pattern::Args),
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Validate(args) => validate::run(&args),
        Command::Pattern(args) => pattern::run(&args),
    }
}

/// A report for machines; what is not listed is counted.
fn answer(report: &Report) -> Value {
    let mut answer = json!({
        "valid": report.is_valid(),
        "errors": report.errors,
        "warnings": report.warnings,
    });
    if report.unlisted_errors > 0 {
        answer["unlisted_errors"] = report.unlisted_errors.into();
    }
    if report.unlisted_warnings > 0 {
        answer["unlisted_warnings"] = report.unlisted_warnings.into();
    }
    answer
}

/// A finding for people. The words of the file in it are quoted and escaped by the library; its names stand in the pointer.
fn sentence(level: &str, finding: &Finding) -> String {
    let place = if finding.pointer.is_empty() {
        "/".to_owned()
    } else {
        crate::claim::shown(&finding.pointer)
    };
    format!("{level} {:<20} {place}: {}", finding.code, finding.message)
}
