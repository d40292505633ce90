//! The subcommands, one file each. The doc comments are the help.

mod audit;
mod bench;
mod benchmark;
mod blind;
mod bringing;
mod bundle;
mod calibration;
mod case;
mod claim;
mod completions;
mod demo;
mod disclose;
mod exhibit;
mod export;
mod finding;
mod import;
mod incident;
mod independence;
mod init;
mod key;
mod link;
mod mirror;
mod misp;
mod new;
mod next;
mod norms;
mod policy;
mod prove_suppression;
mod rebuild;
mod receipt;
mod replay;
mod rules;
mod seals;
mod serve;
mod stats;
mod stix;
mod submit;
mod suggest;
mod taxii;
mod verify;
mod witness;

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
    Blind(blind::Args),
    #[command(subcommand)]
    Finding(finding::Command),
    #[command(subcommand)]
    Exhibit(exhibit::Command),
    #[command(subcommand)]
    Case(case::Command),
    Next(next::Args),
    Calibration(calibration::Args),
    Independence(independence::Args),
    #[command(subcommand)]
    Claim(claim::Command),
    Link(link::Args),
    Rules(rules::Args),
    #[command(subcommand)]
    Norms(norms::Command),
    Bundle(bundle::Args),
    Verify(verify::Args),
    Replay(replay::Args),
    #[command(subcommand)]
    Receipt(receipt::Command),
    ProveSuppression(prove_suppression::Args),
    Seals(seals::Args),
    Audit(audit::Args),
    Rebuild(rebuild::Args),
    Serve(serve::Args),
    #[command(subcommand)]
    Witness(witness::Command),
    Mirror(mirror::Args),
    #[command(subcommand)]
    Policy(policy::Command),
    #[command(subcommand)]
    Import(import::Command),
    #[command(subcommand)]
    Incident(incident::Command),
    #[command(subcommand)]
    Export(export::Command),
    #[command(subcommand)]
    Misp(misp::Command),
    Stats(stats::Args),
    #[command(subcommand)]
    Stix(stix::Command),
    Suggest(suggest::Args),
    #[command(subcommand)]
    Taxii(taxii::Command),
    #[command(subcommand)]
    Bench(bench::Command),
    #[command(subcommand)]
    Benchmark(benchmark::Command),
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
        Command::Blind(args) => blind::run(&args),
        Command::Finding(command) => finding::run(command),
        Command::Exhibit(command) => exhibit::run(command),
        Command::Case(command) => case::run(command),
        Command::Next(args) => next::run(&args),
        Command::Calibration(args) => calibration::run(&args),
        Command::Independence(args) => independence::run(&args),
        Command::Claim(command) => claim::run(command),
        Command::Link(args) => link::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Norms(command) => norms::run(command),
        Command::Bundle(args) => bundle::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Receipt(command) => receipt::run(&command),
        Command::ProveSuppression(args) => prove_suppression::run(&args),
        Command::Seals(args) => seals::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Rebuild(args) => rebuild::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Witness(command) => witness::run(&command),
        Command::Mirror(args) => mirror::run(&args),
        Command::Policy(command) => policy::run(&command),
        Command::Import(command) => import::run(&command),
        Command::Incident(command) => incident::run(&command),
        Command::Export(command) => export::run(&command),
        Command::Misp(command) => misp::run(&command),
        Command::Stats(args) => stats::run(&args),
        Command::Stix(command) => stix::run(command),
        Command::Suggest(args) => suggest::run(&args),
        Command::Taxii(command) => taxii::run(&command),
        Command::Bench(command) => bench::run(&command),
        Command::Benchmark(command) => benchmark::run(&command),
        Command::Completions(args) => completions::run(&args),
    }
}
