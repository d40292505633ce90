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

use self::source::{PassedOver, Source, sources};
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Longest first line of a table, in bytes.
const MAX_HEADER_BYTES: u64 = 64 << 10;

/// Read what others have published, as claims by others
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Eurepoc(Eurepoc),
    Stix(stix::Args),
    Misp(misp::Args),
}

/// Read the tables of the European Repository of Cyber Incidents into an incident base
///
/// DIR holds the six tables as .csv or .csv.gz, told by their columns. The import is whole or nothing. What comes out are
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
    let (tables, others, passed_over) = tables(&args.folder)?;
    let six = tables.each_ref().map(Vec::as_slice);
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
    report(args, &base, kept, (&others, &passed_over));
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

/// The six tables of a folder, each told by the columns in its first line, whatever its file is called; and the files that
/// are none of them, read or not.
fn tables(folder: &Path) -> Outcome<([Vec<u8>; 6], Vec<String>, PassedOver)> {
    let mut found: [Option<(Source, Vec<u8>)>; 6] = Default::default();
    let mut others = Vec::new();
    let given = sources(&[folder.to_owned()], &[".csv", ".csv.gz"])?;
    for source in given.files {
        let mut read = source.open()?;
        let mut bytes = Vec::new();
        let head = read.by_ref().take(MAX_HEADER_BYTES).read_to_end(&mut bytes);
        head.map_err(source.failed())?;
        let Some(table) = eurepoc::table_of(&bytes) else {
            others.push(source.to_string());
            continue;
        };
        if let Some((first, _)) = &found[table] {
            let name = TABLES[table];
            let text = format!("{first} and {source} both have the columns of the table {name}");
            return Err(Problem::new(text).hint("nothing was written; leave one of them out"));
        }
        // One byte more than a table may have, so that one that is larger is refused.
        let mut rest = read.take(MAX_TABLE_BYTES as u64 + 1 - bytes.len() as u64);
        rest.read_to_end(&mut bytes).map_err(source.failed())?;
        found[table] = Some((source, bytes));
    }
    let missing = found.iter().position(Option::is_none);
    if let Some(missing) = missing {
        let text = format!(
            "{}: no .csv or .csv.gz with the columns of the table {}",
            folder.display(),
            TABLES[missing]
        );
        return Err(Problem::new(text).hint("docs/incidents.md says where the tables come from"));
    }
    Ok((
        found.map(|one| one.map_or_else(Vec::new, |(_, bytes)| bytes)),
        others,
        given.passed_over,
    ))
}

fn report(
    args: &Eurepoc,
    base: &Base,
    kept: Option<Kept>,
    (others, passed_over): (&[String], &PassedOver),
) {
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
            "not_tables": others,
            "passed_over": passed_over,
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
    for other in others {
        ui::line(format!(
            "not read: {other} has the columns of none of the six tables"
        ));
    }
    passed_over.tell();
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
