//! `solferino disclose`.

use std::path::PathBuf;

use record::kind::Kind;
use record::seal::Opening;
use record::time::Timestamp;
use serde_json::json;

use super::submit;
use crate::problem::{Exit, Outcome, Problem};
use crate::template::Filled;
use crate::{files, keys, opened, select, ui};

/// Open a sealed statement with what was kept when it was submitted
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The sealed statement; a unique beginning is enough
    statement: String,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// File of the private key that signs the disclosure
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The opening in a file, where it is not kept with the record
    #[arg(long, value_name = "FILE")]
    opening: Option<PathBuf>,
    /// Time of the statement, for a record with an injected clock
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let record = opened::record(&args.record)?;
    let (id, case, kind) = {
        let state = record.state();
        let id = select::statement(&state, &args.statement)?;
        let entry = state.statements.get(&id);
        let kind = entry.as_ref().map(|e| e.kind);
        (id, entry.and_then(|e| e.case), kind)
    };
    let opening: Opening = match &args.opening {
        Some(path) => serde_json::from_str(&files::read_text(path)?)?,
        None => record.opening(&id)?.ok_or_else(|| {
            Problem::new(format!("no opening of {id} is kept with this record"))
                .hint("who submitted it has it; give its file with --opening FILE")
        })?,
    };
    let (kind, body) = match kind {
        Some(Kind::CalibrationAnswer) => (
            Kind::CalibrationOpen,
            json!({"answer": id, "salt": opening.salt, "value": opening.value}),
        ),
        _ => (
            Kind::Disclose,
            json!({"statement": id, "pointer": opening.pointer, "salt": opening.salt, "value": opening.value}),
        ),
    };
    let filled = Filled {
        kind: kind.to_string(),
        case,
        body,
        until: None,
    };
    let submitted = submit::say(&record, &keys::read(&args.key)?, filled, args.at)?;
    ui::line(format!(
        "opened by statement {}, index {}",
        submitted.id, submitted.index
    ));
    Ok(Exit::Ok)
}
