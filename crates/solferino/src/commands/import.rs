//! `solferino import`.

pub(crate) mod claims;
mod misp;
pub(crate) mod source;
mod stix;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use incidents::eurepoc::{self, TABLES};
use incidents::{Base, CodedDate, MAX_TABLE_BYTES};
use store::datasets::Kept;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Read what others have published, as claims by others
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Eurepoc(Eurepoc),
    Stix(stix::Args),
    Misp(misp::Args),
}

/// Read the tables of the European Repository of Cyber Incidents into an incident base
///
/// DIR holds the six tables as .csv or .csv.gz. The import is whole or nothing. What comes out are
/// claims by others: nothing of it enters a case or a finding. `--into` keeps it in a record's folder,
/// apart from the log, where a server shows it; importing the same again changes nothing.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("to").required(true).args(["out", "into"])))]
pub(crate) struct Eurepoc {
    /// Folder with the tables
    folder: PathBuf,
    /// Where to write the incident base
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The record to keep it in; may be served meanwhile
    #[arg(
        long,
        value_name = "RECORD",
        requires = "published",
        requires = "licence"
    )]
    into: Option<PathBuf>,
    /// Day, month or year this edition was published, as the publisher says
    #[arg(long, value_name = "DATE")]
    published: Option<CodedDate>,
    /// Licence or terms of this edition, as the publisher says
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Eurepoc(args) => eurepoc(args),
        Command::Stix(args) => stix::run(args),
        Command::Misp(args) => misp::run(args),
    }
}

fn eurepoc(args: &Eurepoc) -> Outcome {
    if let Some(out) = &args.out {
        files::must_be_new(out)?;
    }
    let mut tables = Vec::with_capacity(TABLES.len());
    for name in TABLES {
        tables.push(table(&args.folder, name)?);
    }
    let slices: Vec<&[u8]> = tables.iter().map(Vec::as_slice).collect();
    let six = slices
        .try_into()
        .map_err(|_| Problem::new("the dataset has six tables"))?;
    let mut base = eurepoc::import(&six).map_err(|e| {
        Problem::from(e)
            .hint("nothing was written; docs/incidents.md lists the tables and columns read")
    })?;
    base.source.published.clone_from(&args.published);
    base.source.licence.clone_from(&args.licence);
    let bytes = base.write()?;
    if let Some(out) = &args.out {
        files::replace(out, &bytes)?;
    }
    let kept = match &args.into {
        None => None,
        Some(record) => Some(keep(record, &base.source.publisher, &bytes)?),
    };
    report(args, &base, kept);
    Ok(Exit::Ok)
}

fn keep(record: &Path, name: &str, bytes: &[u8]) -> Outcome<Kept> {
    store::datasets::keep(record, name, bytes).map_err(|e| {
        let what = record.display();
        Problem::from(e).hint(format!(
            "nothing was written; {what} has to be a record's folder"
        ))
    })
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

fn report(args: &Eurepoc, base: &Base, kept: Option<Kept>) {
    let kept = kept.map(|kept| match kept {
        Kept::New => "new",
        Kept::Same => "unchanged",
        Kept::Replaced => "replaced another edition",
    });
    if args.json {
        ui::json(&serde_json::json!({
            "source": base.source,
            "kept": kept,
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
        base.source.publisher,
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
    if let Some(out) = &args.out {
        let out = out.display();
        ui::line(format!(
            "written to {out}; ask it with `solferino stats --base {out}`"
        ));
    }
    if let (Some(record), Some(kept)) = (&args.into, kept) {
        let record = record.display();
        ui::line(format!(
            "kept in {record}, apart from the log ({kept}); ask it with `solferino stats --base {record}`"
        ));
    }
}
