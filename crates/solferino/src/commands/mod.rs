//! The subcommands, one file each. The doc comments are the help.

mod audit;
mod bundle;
mod case;
mod completions;
mod demo;
mod disclose;
mod exhibit;
mod finding;
mod init;
mod key;
mod new;
mod norms;
mod rebuild;
mod replay;
mod rules;
mod serve;
mod submit;
mod verify;

use clap::{Parser, Subcommand};

use crate::problem::Outcome;

/// The software of a Digital Geneva Convention: an open, checkable record of who attacked civilians.
///
/// `solferino demo` plays five historical cases into a record on this machine, checks everything
/// and serves it. `solferino verify FILE` and `solferino replay FILE` check a finding offline.
#[derive(Debug, Parser)]
#[command(name = "solferino", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Args),
    Init(init::Args),
    #[command(subcommand)]
    Key(key::Command),
    New(new::Args),
    Submit(submit::Args),
    Disclose(disclose::Args),
    #[command(subcommand)]
    Finding(finding::Command),
    #[command(subcommand)]
    Exhibit(exhibit::Command),
    #[command(subcommand)]
    Case(case::Command),
    Rules(rules::Args),
    #[command(subcommand)]
    Norms(norms::Command),
    Bundle(bundle::Args),
    Verify(verify::Args),
    Replay(replay::Args),
    Audit(audit::Args),
    Rebuild(rebuild::Args),
    Serve(serve::Args),
    Completions(completions::Args),
}

/// Runs a subcommand.
pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Key(command) => key::run(command),
        Command::New(args) => new::run(&args),
        Command::Submit(args) => submit::run(&args),
        Command::Disclose(args) => disclose::run(&args),
        Command::Finding(command) => finding::run(command),
        Command::Exhibit(command) => exhibit::run(command),
        Command::Case(command) => case::run(command),
        Command::Rules(args) => rules::run(&args),
        Command::Norms(command) => norms::run(command),
        Command::Bundle(args) => bundle::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Rebuild(args) => rebuild::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}
