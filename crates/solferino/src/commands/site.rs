//! `solferino site`.

use std::path::PathBuf;
use std::sync::Arc;

use server::site::{self, SiteError};

use crate::problem::{Exit, Outcome, Problem};
use crate::ui::Progress;
use crate::{opened, ui};

/// Write a record as files that any web server can serve
///
/// The files hold exactly what `solferino serve` answers: pages in every language, JSON, bundles, public
/// exhibits and the log's tiles. A second run writes only what changed and removes what is gone; the list
/// solferino-site.txt has the SHA-256 of every file. Forms that ask the register something need a server.
/// The record must not be open elsewhere: a server that runs keeps a copy itself, with `serve --site DIR`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    record: PathBuf,
    /// Folder of the files: absent, empty, or an earlier copy
    dir: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let modules = super::serve::modules(None)?;
    let record = opened::record(&args.record)?;
    let progress = Arc::new(Progress::start("writing"));
    let told = Arc::clone(&progress);
    let runtime = tokio::runtime::Runtime::new()?;
    let told = move |done, total| told.at(done, total);
    let exported = runtime.block_on(site::export_with(&record, &args.dir, modules, told));
    drop(progress);
    record.stop();
    let exported = exported.map_err(problem)?;
    ui::line(format!(
        "{} files, {} bytes, in {}: {} written, {} as they were, {} removed",
        exported.files,
        exported.bytes,
        args.dir.display(),
        exported.written,
        exported.files - exported.written,
        exported.removed
    ));
    Ok(Exit::Ok)
}

fn problem(error: SiteError) -> Problem {
    let problem = Problem::new(record::trust::with_sources(&error));
    match error {
        SiteError::NotACopy(_) => problem.hint("name a folder that is empty or does not exist"),
        SiteError::Io { .. } => problem.hint("run it again; it goes on where it was"),
        _ => problem,
    }
}
