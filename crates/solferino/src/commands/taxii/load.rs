//! `solferino taxii load`.

use std::path::{Path, PathBuf};

use exchange::stix::Reader;
use serde_json::json;
use store::taxii::{Check, Collection, Detail, Entry, NewCollection, object};

use super::pull::Pulled;
use super::{Open, now_micros, open};
use crate::commands::import::source::Source;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Objects that are stored in one step.
const AT_ONCE: usize = 1_000;

/// Put STIX bundles into a collection of claims by others
///
/// As `pull` keeps what it fetches: every object to the letter, one that breaks the specification too. A file is read to
/// its end before any of it is stored; loading again changes nothing. Gzipped if called .gz.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record; may be served meanwhile
    dir: PathBuf,
    /// Bundles or envelopes
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose claims they are; they are kept in the collection claims-NAME
    #[arg(long)]
    name: String,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    for file in &args.files {
        whole(file)?;
    }
    let open = open(&args.dir)?;
    let new = NewCollection::pulled(&args.name, "files");
    let into = open.runtime.block_on(open.store.collection_or_new(&new));
    let into = into.map_err(|e| Problem::from(e).hint("a name has a-z, 0-9, - and ."))?;
    let mut reports = Vec::new();
    for file in &args.files {
        let loaded = load(&open, file, &into)?;
        let title = file.display().to_string();
        if !args.json {
            loaded.show(&title);
        }
        let mut report = loaded.json();
        report["file"] = json!(title);
        reports.push(report);
    }
    if args.json {
        ui::json(&json!({"into": into.alias, "files": reports}));
    } else {
        ui::line(format!(
            "kept in the collection {}, as claims by others",
            into.alias
        ));
    }
    Ok(Exit::Ok)
}

/// Reads a file to its end, so that nothing of one that is cut or no bundle is stored.
fn whole(file: &Path) -> Outcome<()> {
    let mut reader = Reader::bundle(Source::of(file).open()?);
    while let Some(read) = reader.next_text() {
        read.map_err(|e| {
            Problem::from(e)
                .of(file.display())
                .hint("nothing was stored")
        })?;
    }
    Ok(())
}

fn load(open: &Open, file: &Path, into: &Collection) -> Outcome<Pulled> {
    let mut reader = Reader::bundle(Source::of(file).open()?);
    let mut loaded = Pulled::default();
    let mut batch: Vec<Result<Entry, Detail>> = Vec::new();
    let origin = file.display().to_string();
    let mut place = 0;
    let progress = ui::Progress::start("loading");
    loop {
        let read = reader
            .next_text()
            .transpose()
            .map_err(|e| Problem::from(e).of(&origin))?;
        if read.is_some() {
            let text = reader.raw();
            batch.push(object(text, place, Check::Count, &mut loaded.invalid));
            place += 1;
        }
        if batch.len() == AT_ONCE || read.is_none() {
            let added = open
                .store
                .add(into, &origin, std::mem::take(&mut batch), now_micros());
            loaded.count(open.runtime.block_on(added)?);
            progress.at(place as u64, 0);
        }
        if read.is_none() {
            return Ok(loaded);
        }
    }
}
