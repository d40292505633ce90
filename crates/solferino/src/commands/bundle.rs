//! `solferino bundle`.

use std::path::PathBuf;

use crate::problem::{Exit, Outcome};
use crate::{files, opened, select, ui};

/// Write the bundle of a finding: one file that verifies and replays it offline
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A finding (a unique beginning is enough) or a case, for its last one
    #[arg(value_name = "FINDING|CASE")]
    what: String,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// Carry along the exhibits labelled clear
    #[arg(long)]
    exhibits: bool,
    /// File to write; standard output if absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let record = opened::record(&args.record)?;
    let (case, finding) = {
        let state = record.state();
        let (case, finding) = select::finding(&state, &args.what)?;
        (case.id.clone(), finding.statement)
    };
    let text = record.bundle(&case, finding, args.exhibits)?.to_string();
    match &args.out {
        None => ui::text(text),
        Some(out) => {
            files::replace(out, text.as_bytes())?;
            ui::line(format!(
                "finding {finding} of case {case}: {}",
                out.display()
            ));
            ui::line(format!(
                "verify it: solferino verify {} --trust TRUST",
                out.display()
            ));
        }
    }
    Ok(Exit::Ok)
}
