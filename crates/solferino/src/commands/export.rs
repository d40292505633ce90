//! `solferino export`.

mod finding;
mod misp;

use std::path::{Path, PathBuf};

use publish::{atom, case_uco, lines, stix};
use serde_json::Value;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Write what was imported, or found, in the formats of others
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Stix(Stix),
    CaseUco(CaseUco),
    Atom(Atom),
    Jsonl(Jsonl),
    Misp(misp::Misp),
}

/// Write a finding as a STIX 2.1 bundle that any program can read
///
/// Report, incident, attribution with confidence, evidence, opinions, dissents and norms; docs/export.md says what becomes
/// of what. The bundle is verified and replayed first, and the same bundle gives the same bytes.
#[derive(Debug, clap::Args)]
pub(crate) struct Stix {
    #[command(flatten)]
    from: finding::From,
    /// Only our extension definitions, with their schemas
    #[arg(long, exclusive = true)]
    definitions: bool,
}

/// Write the exhibits of a case and their custody as CASE/UCO JSON-LD
#[derive(Debug, clap::Args)]
pub(crate) struct CaseUco {
    #[command(flatten)]
    from: finding::From,
}

/// Write the feed of a record's findings as Atom
#[derive(Debug, clap::Args)]
pub(crate) struct Atom {
    /// Folder of the record; may be served meanwhile
    record: PathBuf,
    /// Where the record is served, like `https://record.example`: adds links
    #[arg(long, value_name = "URL")]
    at: Option<String>,
    /// File to write, which must not be there yet; standard output if absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Write a finding and its statements as JSON Lines
#[derive(Debug, clap::Args)]
pub(crate) struct Jsonl {
    #[command(flatten)]
    from: finding::From,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Stix(args) if args.definitions => put(None, &stix::bundle(&stix::definitions())),
        Command::Stix(args) => {
            let v = args.from.verified()?;
            let objects = stix::finding_at(&v, args.from.at());
            put(args.from.out(), &stix::bundle(&objects))
        }
        Command::CaseUco(args) => {
            let v = args.from.verified()?;
            let text = serde_json::to_string_pretty(&case_uco::document(&v))?;
            put(args.from.out(), &(text + "\n"))
        }
        Command::Atom(args) => {
            let state = opened::state(&args.record)?;
            let feed = atom::feed(&state, args.at.as_deref())
                .ok_or_else(|| Problem::new("the record has no charter yet"))?;
            put(args.out.as_deref(), &feed)
        }
        Command::Jsonl(args) => {
            let v = args.from.verified()?;
            let lines: Vec<String> = lines::bundle(&v).iter().map(Value::to_string).collect();
            put(args.from.out(), &(lines.join("\n") + "\n"))
        }
        Command::Misp(args) => misp::run(args),
    }
}

/// Writes a new file whole, or to standard output.
fn put(out: Option<&Path>, text: &str) -> Outcome {
    match out {
        None => ui::text(text),
        Some(out) => {
            files::must_be_new(out)?;
            files::replace(out, text.as_bytes())?;
            ui::line(format!("written: {}", out.display()));
        }
    }
    Ok(Exit::Ok)
}
