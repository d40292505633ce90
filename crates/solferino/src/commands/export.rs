//! `solferino export`.

use std::io::{BufRead as _, Read as _, Write as _};
use std::path::PathBuf;

use serde_json::Value;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Largest line of a file of claims, in bytes (256 MiB).
const MAX_LINE_BYTES: u64 = 256 << 20;

/// Write what was imported, or found, in the formats of others
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Misp(Misp),
}

/// Write imported MISP documents as MISP again, as they stood
#[derive(Debug, clap::Args)]
pub(crate) struct Misp {
    /// The claims, as `solferino import misp` wrote them
    claims: PathBuf,
    /// Where to write: one document as it is, several as a list
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Misp(args) => misp(args),
    }
}

fn misp(args: &Misp) -> Outcome {
    files::must_be_new(&args.out)?;
    let file = std::fs::File::open(&args.claims).map_err(files::at(&args.claims))?;
    let mut lines = std::io::BufReader::new(file);
    let (mut documents, mut others) = (Vec::new(), 0_u64);
    let mut line = Vec::new();
    for n in 1_u64.. {
        line.clear();
        let read = lines
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut line);
        if read.map_err(files::at(&args.claims))? == 0 {
            break;
        }
        let wrong = |e: String| Problem::new(format!("{}: line {n}: {e}", args.claims.display()));
        let mut claim: Value = serde_json::from_slice(&line).map_err(|e| wrong(e.to_string()))?;
        if claim["format"] == "misp" {
            documents.push(claim["document"].take());
        } else {
            others += 1;
        }
    }
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
