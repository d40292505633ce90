//! `solferino taxii`.

mod account;
mod assign;
mod load;
mod peer;
mod pull;
mod review;
mod walk;

use std::path::Path;

use record::ids::MemberId;
use store::taxii::Taxii;
use tokio::runtime::Runtime;

use crate::opened;
use crate::problem::{Outcome, Problem};

/// Exchange STIX over TAXII 2.1: fetch from others, give members accounts, decide what waits in the inbox and whose an object is
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Pull(pull::Args),
    Load(load::Args),
    Account(account::Args),
    Review(review::Args),
    Assign(assign::Args),
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Pull(args) => pull::run(args),
        Command::Load(args) => load::run(args),
        Command::Account(args) => account::run(args),
        Command::Review(args) => review::run(args),
        Command::Assign(args) => assign::run(args),
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

/// The member of this identifier, who has to be current.
fn current(dir: &Path, member: &str) -> Outcome<MemberId> {
    let state = opened::state(dir)?;
    let id = member.parse().map_err(Problem::from)?;
    let found = state.global.members.get(&id);
    if found.is_some_and(|member| member.seated && !member.revoked) {
        return Ok(id);
    }
    let text = format!("{member} is no current member of this record");
    Err(Problem::new(text).hint("the page /register and `solferino audit DIR` list them"))
}

/// Microseconds since 1970 by the system's clock.
pub(crate) fn now_micros() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
