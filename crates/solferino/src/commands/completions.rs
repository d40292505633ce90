//! `solferino completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::problem::{Exit, Outcome};
use crate::ui;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let mut command = super::Args::command();
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut command, "solferino", &mut out);
    ui::bytes(&out);
    Ok(Exit::Ok)
}
