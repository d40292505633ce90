//! `solferino witness`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tlog::VerifierKey;
use tokio::net::TcpListener;
use witness::folder::Folder;
use witness::http::{Config, Witness};
use witness::relay::{Relay, Target, relay_key};

use super::serve::{start_log, stop_signal};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, ui};

/// Where a witness listens unless told otherwise: this machine only.
const LISTEN: &str = "127.0.0.1:8027";

/// Watch logs from outside and cosign what only grows
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Serve(Serve),
}

/// Make a witness: its folder and its key
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// Folder to make
    dir: PathBuf,
    /// Name of the witness's key, like witness.example/archive
    #[arg(long)]
    name: String,
    /// Public key of a log to watch; more can be added to the file `logs`
    #[arg(long, value_name = "VKEY")]
    log: Vec<VerifierKey>,
    /// Also make an ML-DSA-44 key: the witness cosigns with both, and signs subtrees
    #[arg(long)]
    subtree_key: bool,
}

/// Answer logs over HTTP (C2SP tlog-witness)
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Folder of the witness
    dir: PathBuf,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = LISTEN)]
    listen: SocketAddr,
    /// Also take submissions, give receipts for them, and hand them to the logs whose address
    /// stands in the file `logs`
    #[arg(long)]
    relay: bool,
    /// A proxy stands in front and sets X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
    /// Log lines on standard error as JSON; the variable RUST_LOG says what is logged
    #[arg(long)]
    log_json: bool,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Init(args) => init(args),
        Command::Serve(args) => serve(args),
    }
}

fn init(args: &Init) -> Outcome {
    let second = args.subtree_key.then(keys::random).transpose()?;
    let seeds = (keys::random()?, second);
    let made = Folder::init(&args.dir, &args.name, seeds, &args.log)?;
    ui::line(format!("witness in {}", args.dir.display()));
    for key in made {
        ui::line(format!("public key      {key}"));
    }
    ui::line(format!("logs watched    {}", args.log.len()));
    ui::line("for a policy: witness <name> <public key> <URL of this witness>");
    ui::line(format!(
        "next: solferino witness serve {}",
        args.dir.display()
    ));
    Ok(Exit::Ok)
}

fn serve(args: &Serve) -> Outcome {
    start_log(args.log_json)?;
    let folder = Folder::open(&args.dir)?;
    let relay = args.relay.then(|| relay(args, &folder)).transpose()?;
    let config = Config {
        behind_proxy: args.behind_proxy,
        ..Config::default()
    };
    let witness = Witness::start(folder, config)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listen = args.listen;
        let listener = TcpListener::bind(listen).await.map_err(|e| {
            Problem::new(format!("{listen}: {e}"))
                .hint("another address: --listen 127.0.0.1:0 takes a free port")
        })?;
        ui::line(format!("witness on http://{}", listener.local_addr()?));
        say_relay(relay.as_ref());
        ui::line("ctrl-c stops it");
        witness::http::serve(witness, relay, listener, stop_signal()).await?;
        Ok(Exit::Ok)
    })
}

fn relay(args: &Serve, folder: &Folder) -> Outcome<Relay> {
    if folder.targets.is_empty() {
        let path = args.dir.join("logs");
        return Err(
            Problem::new(format!("no log in {} has an address", path.display()))
                .hint("a relay needs to know where to hand over: log <vkey> <url>")
                .exit(Exit::Usage),
        );
    }
    let name = folder.keys.first().map(|key| key.verifier_key());
    let name = name.as_ref().map_or("", |key| key.name());
    start_relay(&args.dir, name, folder.targets.clone(), args.behind_proxy)
}

/// Says by which key a relay signs: readers of its receipts have to name it.
pub(super) fn say_relay(relay: Option<&Relay>) {
    if let Some(relay) = relay {
        ui::line(format!("relay           {}", relay.verifier_key()));
    }
}

/// Starts the relay of a mirror's or witness's folder.
pub(super) fn start_relay(
    dir: &Path,
    name: &str,
    targets: Vec<Target>,
    behind_proxy: bool,
) -> Outcome<Relay> {
    let key = relay_key(dir, name, keys::random()?)?;
    let config = witness::relay::Config {
        behind_proxy,
        ..witness::relay::Config::default()
    };
    Ok(Relay::start(dir, &key, targets, config)?)
}
