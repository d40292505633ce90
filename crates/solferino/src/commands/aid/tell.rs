//! `solferino aid tell`: something sealed for a request, by whoever may: a message, a need, a report.

use std::path::PathBuf;

use record::kind::Kind;
use serde_json::json;

use super::readers::sealed_to;
use super::server::At;
use super::words;
use crate::files;
use crate::keys;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Largest content that is sealed, in bytes.
const MAX_TOLD_BYTES: u64 = 250 * 1024;

/// What is told.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// To the requester, the desk and the team
    Message,
    /// What triage found it to need (docs/aid.md, section 6), by an officer
    Need,
    /// When a responder worked and on what (docs/aid.md, section 5)
    Report,
    /// What harm was done (docs/aid.md, section 10), as an officer found it
    Harm,
}

/// Tell something in a request, sealed on this machine
///
/// It is sealed to the officers, the requester, the proxy, and the team once the requester took it.
#[derive(Debug, clap::Args)]
pub(crate) struct Tell {
    /// The request
    request: String,
    /// The file with it
    file: PathBuf,
    #[command(flatten)]
    at: At,
    /// What it is
    #[arg(long, value_enum, default_value = "message")]
    kind: What,
    /// File of the private key that signs
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(crate) fn run(args: &Tell) -> Outcome {
    let content = files::read(&args.file, MAX_TOLD_BYTES)?;
    let of_file = |problem: Problem| problem.of(args.file.display());
    let kind = match args.kind {
        What::Message => "message",
        What::Need => {
            aid::matching::CodedNeed::from_json(&content).map_err(|e| of_file(e.into()))?;
            "need"
        }
        What::Report => {
            aid::matching::Report::from_json(&content).map_err(|e| of_file(e.into()))?;
            "report"
        }
        What::Harm => {
            aid::HarmRecord::from_json(&content).map_err(|e| of_file(e.into()))?;
            "harm"
        }
    };
    tell(
        &args.at,
        &args.request,
        kind,
        &content,
        &keys::read(&args.key)?,
    )?;
    Ok(Exit::Ok)
}

/// Seals something to whoever may read it, and adds it to a request; gives its commitment.
pub(crate) fn tell(
    at: &At,
    request: &str,
    kind: &str,
    content: &[u8],
    key: &tlog::SigningKey,
) -> Outcome<tlog::Hash> {
    let to = sealed_to(at, &at.desk()?, Some(request))?.recipients;
    let (item, age) = words::seal(content, &to)?;
    let body = json!({"request": request, "kind": kind, "items": [item]});
    at.hand_over("/api/v1/aid/items", key, Kind::AidItem, body, &[age])?;
    ui::line(format!("told ({kind}): item {}", item.commitment));
    Ok(item.commitment)
}
