//! `solferino aid`: asking for help, seeing what became of it, and the desk's own work.

mod again;
mod ask;
mod cross;
mod desk;
mod first_hour;
mod harm;
pub(crate) mod matching;
mod on_call;
mod open;
mod prompt;
mod readers;
mod round;
mod server;
mod status;
mod tell;
pub(crate) mod words;

use clap::Subcommand;

pub(crate) use self::on_call::pager;
use crate::problem::Outcome;

/// Ask for help, see what became of it, and run the desk that helps
///
/// `request` needs no account: it makes twelve words, seals what you write on this machine and sends it. Whoever
/// has the words sees everything with `status`, and alone can `withdraw` or `confirm`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Request(ask::Request),
    Send(ask::Send),
    Status(status::Status),
    Withdraw(status::Withdraw),
    Confirm(status::Confirm),
    Consent(status::Consent),
    Agree(status::Agree),
    Scope(status::Sign),
    List(desk::List),
    Due(on_call::Due),
    Rota(on_call::Rota),
    Figures(desk::Figures),
    Step(desk::Step),
    Open(open::Open),
    Reseal(again::Reseal),
    Harm(harm::Harm),
    HarmCount(harm::Count),
    Enlist(ask::Enlist),
    Tell(tell::Tell),
    Round(round::Inputs),
    Close(matching::Close),
    Match(matching::Match),
    Replay(matching::Replay),
    Explain(matching::Explain),
    Row(matching::Row),
    Guard(first_hour::Guard),
    First(first_hour::First),
    Cross(cross::Cross),
}

/// Runs a subcommand.
pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Request(args) => ask::request(&args),
        Command::Send(args) => ask::send(&args),
        Command::Status(args) => status::status(&args),
        Command::Withdraw(args) => status::withdraw(&args),
        Command::Confirm(args) => status::confirm(&args),
        Command::Consent(args) => status::consent(&args),
        Command::Agree(args) => status::agree(&args),
        Command::Scope(args) => status::scope(&args),
        Command::List(args) => desk::list(&args),
        Command::Due(args) => on_call::due(&args),
        Command::Rota(args) => on_call::rota(&args),
        Command::Figures(args) => desk::figures(&args),
        Command::Step(args) => desk::step(&args),
        Command::Open(args) => open::run(&args),
        Command::Reseal(args) => again::reseal(&args),
        Command::Harm(args) => harm::tell(&args),
        Command::HarmCount(args) => harm::count(&args),
        Command::Enlist(args) => ask::enlist(&args),
        Command::Tell(args) => tell::run(&args),
        Command::Round(args) => round::run(&args),
        Command::Close(args) => matching::close(&args),
        Command::Match(args) => matching::match_round(&args),
        Command::Replay(args) => matching::replay(&args),
        Command::Explain(args) => matching::explain(&args),
        Command::Row(args) => matching::row(&args),
        Command::Guard(args) => first_hour::guard(&args),
        Command::First(args) => first_hour::first(&args),
        Command::Cross(args) => cross::run(&args),
    }
}
