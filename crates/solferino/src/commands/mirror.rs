//! `solferino mirror`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use witness::mirror::source::{HttpSource, Source};
use witness::mirror::upload::{self, Uploads};
use witness::mirror::{Followed, Mirror, MirrorError, http, init};
use witness::relay::Target;

use super::bringing;
use super::serve::{start_log, stop_signal};
use super::witness::{say_relay, start_relay};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui::Progress;
use crate::{keys, opened, ui};

/// Seconds between two looks at the log unless told otherwise.
const EVERY_S: u64 = 10;
/// How often a waiting mirror looks whether it is to stop.
const STEP: Duration = Duration::from_millis(100);

/// Keep a whole copy of a log, judge all of it again, cosign and serve it
///
/// The first run makes the folder and needs --trust and --name; later runs go on where the last one
/// stopped. While the log does not hold, nothing of it is cosigned; what was mirrored is still served, and uploads and
/// submissions are still taken. --once exits with 4 then.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the log, like http://127.0.0.1:8017
    url: String,
    /// Folder of the mirror
    dir: PathBuf,
    /// Trust file that the mirror pins (first run)
    #[arg(long, value_name = "FILE", requires = "name")]
    trust: Option<PathBuf>,
    /// Name of the mirror's own key, like mirror.example/archive (first run)
    #[arg(long, requires = "trust")]
    name: Option<String>,
    /// Serve the copy, read only, at this address and port
    #[arg(long, value_name = "ADDR", conflicts_with = "once")]
    listen: Option<SocketAddr>,
    /// Take entries from those who bring them too (C2SP tlog-mirror)
    #[arg(long, requires = "listen")]
    accept: bool,
    /// Bring what is mirrored to the mirror at this address too (C2SP tlog-mirror; may be repeated)
    #[arg(long, value_name = "URL")]
    bring: Vec<String>,
    /// Take submissions too: give receipts for them and hand them to the log
    #[arg(long, requires = "listen")]
    relay: bool,
    /// A proxy stands in front and sets X-Forwarded-For
    #[arg(long, requires = "listen")]
    behind_proxy: bool,
    /// Seconds between two looks at the log
    #[arg(long, value_name = "SECONDS", default_value_t = EVERY_S)]
    every: u64,
    /// Catch up once and end
    #[arg(long)]
    once: bool,
    /// The answer of --once as JSON
    #[arg(long, requires = "once")]
    json: bool,
    /// Log lines on standard error as JSON
    #[arg(long)]
    log_json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    if !args.dir.join("mirror.json").exists() {
        make(args)?;
    }
    let progress = Progress::start("judging");
    let mirror =
        Mirror::open(&args.dir, &|done, total| progress.at(done, total)).map_err(failed)?;
    let source = HttpSource::new(&args.url);
    if args.once {
        let done = mirror
            .follow(&source, &|done, total| progress.at(done, total))
            .map_err(failed)?;
        drop(progress);
        let mut others = bringing::others(&args.bring, &args.dir);
        let brought = others.iter_mut().map(bringing::Other::bring);
        let brought = brought.collect::<Result<Vec<_>, _>>()?;
        if args.json {
            ui::json(&serde_json::json!({
                "before": done.before, "size": done.size, "exhibits": done.exhibits, "brought": brought,
            }));
        } else {
            told(&done);
            brought.iter().for_each(bringing::Taken::tell);
        }
        return Ok(Exit::Ok);
    }
    drop(progress);
    start_log(args.log_json)?;
    follow(args, mirror, &source)
}

fn make(args: &Args) -> Outcome<()> {
    let (Some(trust), Some(name)) = (&args.trust, &args.name) else {
        let text = format!("there is no mirror in {} yet", args.dir.display());
        return Err(Problem::new(text)
            .hint("give --trust FILE (what the mirror pins) and --name NAME (of its own key)")
            .exit(Exit::Usage));
    };
    let key = init(&args.dir, name, keys::random()?, &opened::trust(trust)?)?;
    ui::line(format!("mirror in {}", args.dir.display()));
    ui::line(format!("public key      {key}"));
    Ok(())
}

fn told(done: &Followed) {
    ui::line(format!(
        "{} entries mirrored, {} of them new; every signature, rule and hash holds",
        done.size,
        done.size - done.before
    ));
    let exhibits = &done.exhibits;
    ui::line(format!(
        "{} public exhibits held, {} not to be had, {} with other content than declared, {} too large",
        exhibits.held,
        exhibits.missing.len(),
        exhibits.wrong.len(),
        exhibits.too_large.len()
    ));
}

fn failed(error: MirrorError) -> Problem {
    let exit = match error {
        MirrorError::Checkpoint(_)
        | MirrorError::Forked(_)
        | MirrorError::NotCommitted(_)
        | MirrorError::Clock(_)
        | MirrorError::Ended(_)
        | MirrorError::Rules(_) => Exit::Failed,
        _ => Exit::Problem,
    };
    let hint = match error {
        MirrorError::Forked(_) => {
            "both checkpoints are in the mirror's folder `evidence`: show them to others"
        }
        MirrorError::Clock(_) => {
            "compare this machine's clock with others; if it is right, the log's is not: ask the body, and the witnesses"
        }
        MirrorError::Source(_) => {
            "is the log's server running? start the mirror again, it goes on where it was"
        }
        MirrorError::Rules(_) => {
            "the entries are kept; tell the body and other mirrors, this log broke its own rules"
        }
        _ => "nothing more is cosigned; what was mirrored before stays as it is",
    };
    Problem::from(error).exit(exit).hint(hint)
}

/// A source that ends with the program: nobody waits for the rest of a round.
struct Until<'a>(&'a HttpSource, &'a AtomicBool);

impl Source for Until<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if self.1.load(Ordering::SeqCst) {
            return Err("the mirror stops".into());
        }
        self.0.get(path)
    }
}

/// Looks at the log again and again, and serves the copy if asked to. Whatever the log answers, the rest goes on.
fn follow(args: &Args, mirror: Mirror, source: &HttpSource) -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    let stop = Arc::new(AtomicBool::new(false));
    let mirror = Arc::new(mirror);
    let server = serve(args, &runtime, &mirror, &stop)?;
    // Each in a thread of its own: one that answers slowly holds up neither the others nor the following. They
    // end with the program.
    for other in bringing::others(&args.bring, &args.dir) {
        let (stop, every) = (Arc::clone(&stop), Duration::from_secs(args.every));
        std::thread::Builder::new()
            .name("bring".into())
            .spawn(move || other.keep_up(every, &stop))?;
    }
    let source = Until(source, &stop);
    while !stop.load(Ordering::SeqCst) && !server.is_finished() {
        // What is wrong, and since when, is said by the log, the metrics and the first page.
        match mirror.follow(&source, &|_, _| {}) {
            Ok(done) if done.size > done.before => told(&done),
            Err(error) if error.is_own() => return Err(failed(error)),
            Ok(_) | Err(_) => {}
        }
        pause(Duration::from_secs(args.every), &stop);
    }
    let served = runtime.block_on(server);
    served.map_err(|e| Problem::new(format!("the server ended: {e}")))??;
    Ok(Exit::Ok)
}

/// Serves the copy, uploads and the relay, as far as asked to; `stop` is set when the program is to end.
fn serve(
    args: &Args,
    runtime: &Runtime,
    mirror: &Arc<Mirror>,
    stop: &Arc<AtomicBool>,
) -> Outcome<JoinHandle<std::io::Result<()>>> {
    let site = mirror.site();
    let relay = args.relay.then(|| {
        let (log, url) = (mirror.log().clone(), args.url.clone());
        let name = mirror.verifier_key().name().to_owned();
        let targets = vec![Target { log, url }];
        start_relay(&args.dir, &name, targets, args.behind_proxy)
    });
    let relay = relay.transpose()?;
    let config = upload::Config {
        behind_proxy: args.behind_proxy,
        ..upload::Config::default()
    };
    let uploads = match args.accept {
        true => Some(Uploads::start(Arc::clone(mirror), config)?),
        false => None,
    };
    let listener = match args.listen {
        Some(address) => Some(runtime.block_on(TcpListener::bind(address)).map_err(|e| {
            Problem::new(format!("{address}: {e}"))
                .hint("another address: --listen 127.0.0.1:0 takes a free port")
        })?),
        None => None,
    };
    if let Some(listener) = &listener {
        ui::line(format!("mirror on http://{}", listener.local_addr()?));
    }
    say_relay(relay.as_ref());
    ui::line("ctrl-c stops it");
    let stopped = Arc::clone(stop);
    Ok(runtime.spawn(async move {
        let signal = async move {
            stop_signal().await;
            stopped.store(true, Ordering::SeqCst);
        };
        match listener {
            Some(listener) => http::serve(site, uploads, relay, listener, signal).await,
            None => {
                signal.await;
                Ok(())
            }
        }
    }))
}

/// Waits so long, or until it is to stop.
pub(super) fn pause(long: Duration, stop: &AtomicBool) {
    let mut waited = Duration::ZERO;
    while waited < long && !stop.load(Ordering::SeqCst) {
        std::thread::sleep(STEP);
        waited += STEP;
    }
}
