//! `solferino rebuild`.

use std::path::PathBuf;

use crate::problem::{Exit, Outcome};
use crate::ui;
use crate::ui::Progress;

/// Make the SQL views of a record again from its log
///
/// The views hold nothing that the log does not; they may be deleted at any time.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let progress = Progress::start("rebuilding");
    let made = store::rebuild_views(&args.dir, |done, total| progress.at(done, total))?;
    drop(progress);
    ui::line(format!(
        "views rebuilt: {} statements, {} cases, {} findings",
        made.statements, made.cases, made.findings
    ));
    Ok(Exit::Ok)
}
