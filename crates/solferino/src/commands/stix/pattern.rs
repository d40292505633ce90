//! `solferino stix pattern`.

use std::path::PathBuf;

use exchange::stix::validate::{self, JudgedPattern};
use serde_json::{Value, json};

use super::{answer, sentence};
use crate::commands::import::source::{MAX_LINE_BYTES, Source};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Largest pattern of a file, in bytes (1 MiB).
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Judge a STIX pattern, and print it in one spelling
///
/// FILE holds one pattern. Errors and warnings name the character, from 0.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file; - is standard input
    file: PathBuf,
    /// One `{"pattern": …}` a line in, with `observations` to match if there are any; one answer a line out, in the same order
    #[arg(long)]
    jsonl: bool,
    /// As JSON
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Also give the canonical form, which is the same for equivalent patterns
    #[arg(long)]
    canonical: bool,
    /// The pattern is one of STIX 2.0, which wrote times as texts
    #[arg(long, conflicts_with = "jsonl")]
    v20: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let source = Source::of(&args.file);
    if args.jsonl {
        source.each_line(|line| {
            let judged = match line {
                Some(line) => validate::pattern(line),
                None => JudgedPattern {
                    report: validate::too_large(MAX_LINE_BYTES),
                    ..JudgedPattern::default()
                },
            };
            ui::line(told(args, &judged).to_string());
        })?;
        return Ok(Exit::Ok);
    }
    let bytes = source.bytes(MAX_PATTERN_BYTES)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{}: not UTF-8", args.file.display())))?;
    let version = if args.v20 { "2.0" } else { "2.1" };
    let given = json!({"pattern": text.trim_end(), "version": version});
    let judged = validate::pattern(given.to_string().as_bytes());
    if args.json {
        ui::json(&told(args, &judged));
    } else {
        for error in &judged.report.errors {
            ui::line(sentence("error  ", error));
        }
        for warning in &judged.report.warnings {
            ui::line(sentence("warning", warning));
        }
        if let Some(pattern) = &judged.pattern {
            ui::line(pattern.to_string());
            if args.canonical {
                ui::line(pattern.canonical()?.to_string());
            }
        }
    }
    Ok(if judged.report.is_valid() {
        Exit::Ok
    } else {
        Exit::Failed
    })
}

fn told(args: &Args, judged: &JudgedPattern) -> Value {
    let mut told = answer(&judged.report);
    if args.canonical {
        // null for what is no pattern, and where the form would be too large
        let pattern = judged.pattern.as_ref();
        let canonical = pattern.and_then(|pattern| pattern.canonical().ok());
        told["canonical"] = json!(canonical.map(|pattern| pattern.to_string()));
    }
    match &judged.matches {
        None => {}
        Some(Ok(matches)) => told["matches"] = json!(matches),
        Some(Err(why)) => {
            told["matches"] = Value::Null;
            told["undecided"] = json!(why.to_string());
        }
    }
    told
}
