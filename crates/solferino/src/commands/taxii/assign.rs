//! `solferino taxii assign`.

use std::path::PathBuf;

use super::{current, now_micros, open};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Say whose an object is, where somebody else brought it first
///
/// Identifiers of published objects are known to everybody, so the first to bring one need not be who made it. What others
/// brought of it is taken out, and from then on only this member brings versions of it; a later call gives it to another. May
/// run beside a server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// Identifier of the member whose it is
    member: String,
    /// Identifiers of objects
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<String>,
    /// Which collection
    #[arg(long, value_name = "ALIAS", default_value = "claims", value_parser = ["claims", "sightings"])]
    collection: String,
}

pub(super) fn run(args: &Args) -> Outcome {
    let member = current(&args.dir, &args.member)?;
    let open = open(&args.dir)?;
    let collection = open.store.collection(&args.collection);
    let collection = open
        .runtime
        .block_on(collection)?
        .ok_or_else(|| Problem::new(format!("there is no collection {}", args.collection)))?;
    for object in &args.objects {
        let assigned = open
            .store
            .assign(&collection, object, member.as_str(), now_micros());
        let gone = open.runtime.block_on(assigned)?;
        ui::line(format!(
            "{object}: {member} brings it; versions of others taken out: {gone}"
        ));
    }
    Ok(Exit::Ok)
}
