//! `solferino export misp`.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::commands::import::claims;
use crate::commands::import::source::Source;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Write imported MISP documents as MISP again, as they stood
#[derive(Debug, clap::Args)]
pub(crate) struct Misp {
    /// The claims, as `solferino import misp` wrote them
    claims: PathBuf,
    /// Where to write: one document as it is, several as a list
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &Misp) -> Outcome {
    files::must_be_new(&args.out)?;
    let (mut documents, mut others) = (Vec::new(), 0_u64);
    claims::each(&Source::of(&args.claims), |claim| {
        if claim.format == "misp" {
            documents.push(Value::Object(claim.document));
        } else {
            others += 1;
        }
        Ok(())
    })?;
    if documents.is_empty() {
        let text = format!("{}: no MISP document in it", args.claims.display());
        return Err(Problem::new(text).hint("`solferino import misp` makes such files"));
    }
    let count = documents.len();
    let all = if count == 1 {
        documents.remove(0)
    } else {
        Value::Array(documents)
    };
    files::replace_with(&args.out, |file| {
        let mut out = std::io::BufWriter::new(file);
        serde_json::to_writer(&mut out, &all)?;
        out.write_all(b"\n").map_err(files::at(&args.out))?;
        out.flush().map_err(files::at(&args.out))
    })?;
    ui::line(format!(
        "{count} documents written to {}",
        args.out.display()
    ));
    if others > 0 {
        ui::line(format!("{others} claims in other formats were left out"));
    }
    Ok(Exit::Ok)
}
