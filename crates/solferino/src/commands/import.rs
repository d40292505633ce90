//! `solferino import`.

pub(crate) mod frame;
mod misp;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use incidents::eurepoc::{self, TABLES};
use incidents::{Base, MAX_TABLE_BYTES};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Read what others have published, as claims by others
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Eurepoc(Eurepoc),
    Misp(misp::Args),
}

/// Read the tables of the European Repository of Cyber Incidents into an incident base
///
/// DIR holds the six tables as .csv or .csv.gz. The import is whole or nothing. What comes out are
/// claims by others: nothing of it enters a case or a finding.
#[derive(Debug, clap::Args)]
pub(crate) struct Eurepoc {
    /// Folder with the tables
    folder: PathBuf,
    /// Where to write the incident base
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Eurepoc(args) => eurepoc(args),
        Command::Misp(args) => misp::run(args),
    }
}

fn eurepoc(args: &Eurepoc) -> Outcome {
    files::must_be_new(&args.out)?;
    let mut tables = Vec::with_capacity(TABLES.len());
    for name in TABLES {
        tables.push(table(&args.folder, name)?);
    }
    let slices: Vec<&[u8]> = tables.iter().map(Vec::as_slice).collect();
    let six = slices
        .try_into()
        .map_err(|_| Problem::new("the dataset has six tables"))?;
    let base = eurepoc::import(&six).map_err(|e| {
        Problem::from(e)
            .hint("nothing was written; docs/incidents.md lists the tables and columns read")
    })?;
    let text = serde_json::to_string(&base)?;
    files::replace(&args.out, text.as_bytes())?;
    report(args, &base);
    Ok(Exit::Ok)
}

/// A table as `.csv` or `.csv.gz`, unpacked under the crate's limit.
fn table(folder: &Path, name: &str) -> Outcome<Vec<u8>> {
    let plain = folder.join(format!("{name}.csv"));
    let packed = folder.join(format!("{name}.csv.gz"));
    let limit = MAX_TABLE_BYTES as u64;
    if plain.exists() {
        return files::read(&plain, limit);
    }
    if !packed.exists() {
        let text = format!("{}: no {name}.csv and no {name}.csv.gz", folder.display());
        return Err(Problem::new(text).hint("docs/incidents.md says where the tables come from"));
    }
    let file = std::fs::File::open(&packed).map_err(files::at(&packed))?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file)
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(files::at(&packed))?;
    Ok(bytes)
}

fn report(args: &Eurepoc, base: &Base) {
    if args.json {
        ui::json(&serde_json::json!({
            "publisher": base.publisher,
            "records": {
                "incident": base.incidents.len(),
                "victim-effect": base.effects.len(),
                "attribution": base.attributions.len(),
                "campaign": base.campaigns.len(),
            },
            "tables": base.report.tables,
        }));
        return;
    }
    ui::line(format!(
        "claims by {}: {} incidents, {} victim effects, {} attributions, {} campaigns",
        base.publisher,
        base.incidents.len(),
        base.effects.len(),
        base.attributions.len(),
        base.campaigns.len()
    ));
    let row = |t: &incidents::TableReport| {
        let kept = t.rows - t.repeats;
        vec![
            t.table.clone(),
            t.rows.to_string(),
            kept.to_string(),
            t.repeats.to_string(),
        ]
    };
    let rows: Vec<_> = base.report.tables.iter().map(row).collect();
    ui::table(&["table", "rows", "distinct", "repeats"], &rows);
    ui::line(format!(
        "written to {}; ask it with `solferino stats`",
        args.out.display()
    ));
}
