//! `solferino taxii account`.

use std::path::PathBuf;

use store::taxii::Secret;

use super::{current, now_micros, open};
use crate::problem::{Exit, Outcome};
use crate::{keys, ui};

/// Make a password with which a member writes over TAXII
///
/// The password is random and printed once; only its digest is kept. A second call makes a new one, and the old one ends.
/// It serves as long as the member is current. May run beside a server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// Identifier of the member
    member: String,
}

pub(super) fn run(args: &Args) -> Outcome {
    let id = current(&args.dir, &args.member)?;
    let open = open(&args.dir)?;
    let secret = Secret::of(keys::random()?);
    let set = open.store.set_account(id.as_str(), &secret, now_micros());
    open.runtime.block_on(set)?;
    ui::line(format!("name      {}", args.member));
    ui::line(format!("password  {}", secret.reveal()));
    ui::line("it is shown this once; hand it over by a safe way");
    Ok(Exit::Ok)
}
