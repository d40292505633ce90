//! Solferino: the one command, with a subcommand per role.

mod claim;
mod commands;
mod copies;
mod figures;
mod files;
mod keys;
mod knowledge;
mod opened;
mod problem;
mod select;
mod template;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;

/// What one thread reads another frees, by the million when a record is opened. The system's allocator
/// makes the two wait for each other then.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match commands::Args::try_parse() {
        Ok(args) => args,
        Err(usage) => return ui::usage(&usage),
    };
    match commands::run(args.command) {
        Ok(exit) => exit.into(),
        Err(problem) => {
            ui::problem(&problem);
            problem.exit.into()
        }
    }
}
