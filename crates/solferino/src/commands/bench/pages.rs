//! Pages: how many a second, how late the latest, the register with many cases, the static copy.

mod client;
mod played;
mod promises;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use server::rate::Rate;
use server::site;
use store::Record;
use store::measure::{self, Spent};
use tokio::net::TcpListener;

use self::client::{Load, load};
use self::played::Played;
use self::promises::Promises;
use super::measured;
use crate::problem::{Outcome, Problem};
use crate::ui;

/// Rate that stands in nobody's way here.
const UNLIMITED: Rate = Rate::new(u32::MAX, u32::MAX);

/// Measure pages, the register with many cases, and the static copy
///
/// Plays cases into a record in a temporary folder, serves it on 127.0.0.1 and asks it from this process; so the
/// processors are shared by server and clients. Every figure stands beside the processor time it took: where other
/// programs run, only the second says something about the software. Each promise of docs/pages.md is said to be met or
/// missed, by the clock; one missed makes the exit code 4.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Cases in the views while the register is asked
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    cases: u32,
    /// Seconds for each kind of page
    #[arg(long, value_name = "S", default_value_t = 5)]
    seconds: u64,
    /// Connections that ask at one time
    #[arg(long, value_name = "N", default_value_t = 16)]
    connections: usize,
    /// Cases in the record of which a static copy is made; 0 makes none
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    export: u32,
    /// Folder in which the temporary one is made, on the disk that is meant [default: the system's]
    #[arg(long, value_name = "DIR")]
    within: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let home = match &args.within {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir(),
    }?;
    let dir = home.path().join("record");
    let runtime = tokio::runtime::Runtime::new()?;
    let mut promises = Promises::default();
    let played = played::play(&dir, 0)?;
    runtime.block_on(played.record.views().wait_for(played.record.size()))?;
    serving(&runtime, &played.record, |address| {
        pages(address, &played, args, &mut promises)?;
        register(&runtime, address, &played, args, &mut promises)
    })?;
    drop(played);
    if args.export > 0 {
        let dir = home.path().join("many");
        let many = played::play(&dir, args.export)?;
        export(&runtime, &many, &home.path().join("site"), &mut promises)?;
        many.record.stop();
    }
    Ok(promises.exit())
}

/// Serves a record while something asks it.
fn serving<T>(
    runtime: &tokio::runtime::Runtime,
    record: &Record,
    ask: impl FnOnce(SocketAddr) -> Outcome<T>,
) -> Outcome<T> {
    let config = server::Config {
        client_reads: UNLIMITED,
        client_pages: UNLIMITED,
        all_reads: UNLIMITED,
        ..server::Config::default()
    };
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = runtime.spawn(server::serve(record.clone(), config, listener, async {
        // Dropping the sender stops the server just as well.
        let _ = stopped.await;
    }));
    let asked = ask(address);
    drop(stop);
    let ended = runtime.block_on(served);
    ended.map_err(|_| Problem::new("the server of the bench ended early"))??;
    asked
}

fn pages(
    address: SocketAddr,
    played: &Played,
    args: &Args,
    promises: &mut Promises,
) -> Outcome<()> {
    let time = Duration::from_secs(args.seconds);
    for base in ["", "/fr", "/ar"] {
        let finding = format!("{base}/findings/{}", played.finding);
        for (name, path) in [("register", format!("{base}/")), ("finding", finding)] {
            let load = load(address, args.connections, time, std::slice::from_ref(&path))?;
            show(&format!("{name} {path:.24}"), &load);
            promises.of_a_page(&load);
        }
    }
    // A question is never answered from what is kept: each of these is made anew.
    let anew = format!("/findings/{}?", played.finding);
    show("finding, made anew", &load(address, 2, time, &[anew])?);
    Ok(())
}

fn register(
    runtime: &tokio::runtime::Runtime,
    address: SocketAddr,
    played: &Played,
    args: &Args,
    promises: &mut Promises,
) -> Outcome<()> {
    let begun = Instant::now();
    let crowd = measure::crowd(played.record.dir(), args.cases);
    runtime.block_on(crowd).map_err(measured)?;
    ui::line(format!(
        "{} cases put into the views in {:.1} s",
        args.cases,
        begun.elapsed().as_secs_f64()
    ));
    let time = Duration::from_secs(args.seconds);
    let middle = 1_000_000_000 + u64::from(args.cases) / 2;
    let words = (0..50).map(|n| format!("/?q=made{}", n * 997)).collect();
    let questions: [(&str, Vec<String>); 5] = [
        ("first page", vec!["/?".to_owned()]),
        ("a page in the middle", vec![format!("/?after={middle}")]),
        (
            "by sector and year",
            vec!["/?sector=entertainment&year=2014".to_owned()],
        ),
        ("one case by its word", words),
        (
            "words that nothing has",
            vec!["/?q=sony+lazarus+nothing".to_owned()],
        ),
    ];
    for (name, paths) in &questions {
        let load = load(address, 2, time, paths)?;
        show(&format!("register, {name}"), &load);
        promises.of_the_register(&load, args.cases);
    }
    Ok(())
}

fn export(
    runtime: &tokio::runtime::Runtime,
    many: &Played,
    folder: &std::path::Path,
    promises: &mut Promises,
) -> Outcome<()> {
    let (cases, findings) = {
        let state = many.record.state();
        let findings = state
            .cases
            .values()
            .map(|c| c.findings.len())
            .sum::<usize>();
        (state.cases.len(), findings)
    };
    for name in ["static copy", "the same again"] {
        let export = || runtime.block_on(site::export(&many.record, folder, |_, _| {}));
        let (exported, spent) = Spent::by(export);
        let exported = exported.map_err(|e| Problem::new(record::trust::with_sources(&e)))?;
        ui::line(format!(
            "{name}: {cases} cases with {findings} findings, {} files, {} written, {:.0} MB; {:.1} s by the clock, {:.1} s of processor time",
            exported.files,
            exported.written,
            exported.bytes as f64 / 1e6,
            spent.wall_s,
            spent.cpu_s
        ));
        promises.of_a_copy(spent.wall_s, cases);
    }
    Ok(())
}

fn show(name: &str, load: &Load) {
    ui::line(format!(
        "{name:<36} {:>8.0} pages/s; half within {:.1} ms, 99 % within {:.1} ms; {:.0} kB each; {:.0} microseconds of processor time each, with the client's",
        load.per_second(),
        load.within(50) * 1e3,
        load.within(99) * 1e3,
        load.bytes as f64 / load.answers.max(1) as f64 / 1e3,
        1e6 * load.spent.cpu_s / load.answers.max(1) as f64
    ));
}
