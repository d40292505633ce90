//! `solferino taxii`.

mod account;
mod load;
mod peer;
mod pull;
mod review;
mod walk;

use std::path::Path;

use store::taxii::Taxii;
use tokio::runtime::Runtime;

use crate::problem::{Outcome, Problem};

/// Exchange STIX over TAXII 2.1: fetch from others, give members accounts, decide what waits in the inbox
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Pull(pull::Args),
    Load(load::Args),
    Account(account::Args),
    Review(review::Args),
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Pull(args) => pull::run(args),
        Command::Load(args) => load::run(args),
        Command::Account(args) => account::run(args),
        Command::Review(args) => review::run(args),
    }
}

/// The store in a record's folder, and what runs its queries.
pub(crate) struct Open {
    pub(crate) runtime: Runtime,
    pub(crate) store: Taxii,
}

/// Opens the store of a record that may be served meanwhile.
pub(crate) fn open(dir: &Path) -> Outcome<Open> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let store = runtime.block_on(Taxii::open(dir)).map_err(|e| {
        let dir = dir.display();
        Problem::from(e).hint(format!("{dir} has to be a record's folder"))
    })?;
    Ok(Open { runtime, store })
}

/// Microseconds since 1970 by the system's clock.
pub(crate) fn now_micros() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
