//! `solferino serve`.

pub(crate) mod published;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use record::time::Timestamp;
use server::modules::Modules;
use store::Record;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Where a server listens unless told otherwise: this machine only.
pub(crate) const LISTEN: &str = "127.0.0.1:8017";

/// Where cargo puts the modules, seen from where it puts this program.
const BUILT_MODULES: &str = "../wasm32-unknown-unknown/browser";

/// Serve a record over HTTP: pages, API, log tiles
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = LISTEN)]
    listen: SocketAddr,
    /// A proxy stands in front and sets X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
    /// Time that statements are made at from now on, for a record with an injected clock (a demonstration)
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The record rested for more than a week, and this machine's clock is right
    #[arg(long)]
    clock_is_right: bool,
    /// Folder of the WebAssembly modules that pages run, if they do not lie beside this program
    #[arg(long, value_name = "DIR")]
    modules: Option<PathBuf>,
    /// Folder of a static copy to keep in step while serving: absent, empty, or an earlier copy
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// A file that says the time of a record with an injected clock, read at each request: for tests
    #[arg(long, value_name = "FILE", hide = true)]
    steered_by: Option<PathBuf>,
    /// Log lines on standard error as JSON; the variable RUST_LOG says what is logged
    #[arg(long)]
    log_json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    start_log(args.log_json)?;
    let record = opened::record(&args.dir)?;
    if args.clock_is_right {
        record.clock_is_right();
    }
    if let Some(at) = args.at {
        record.set_time(at)?;
    }
    let config = server::Config {
        behind_proxy: args.behind_proxy,
        steered_by: args.steered_by.clone(),
        modules: modules(args.modules.as_deref())?,
        publisher: Some(published::publisher()),
        site: args.site.clone(),
        pager: Some(super::aid::pager()),
        ..server::Config::default()
    };
    serve(record, config, args.listen, |address| {
        ui::line(format!(
            "serving {} on http://{address}",
            args.dir.display()
        ));
        ui::line("ctrl-c stops it");
    })
}

/// The modules of a folder, or those beside this program: where it was installed, or where cargo builds them.
pub(crate) fn modules(folder: Option<&Path>) -> Outcome<Modules> {
    let of = |folder: &Path| Modules::in_folder(folder).map_err(files::at(folder));
    let found = match folder {
        Some(folder) => of(folder)?,
        None => {
            let program = std::env::current_exe()?;
            let home = program.parent().unwrap_or(Path::new("."));
            of(home)?.or(of(&home.join(BUILT_MODULES))?)
        }
    };
    if found.verifier.is_none() {
        ui::remark(format!(
            "no {} beside this program: pages say that they cannot verify in the browser; `cargo xtask modules` builds it",
            server::modules::VERIFIER
        ));
    }
    Ok(found)
}

/// Log lines go to standard error; no address and no body is ever in them.
pub(crate) fn start_log(as_json: bool) -> Outcome<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    let started = if as_json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    started.map_err(|e| Problem::new(format!("the log could not be started: {e}")))
}

/// Serves until ctrl-c or a polite kill; `ready` hears the address.
pub(crate) fn serve(
    record: Record,
    config: server::Config,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(|e| {
            Problem::new(format!("{listen}: {e}"))
                .hint("another address: --listen 127.0.0.1:0 takes a free port")
        })?;
        ready(listener.local_addr()?);
        server::serve(record, config, listener, stop_signal()).await?;
        Ok(Exit::Ok)
    })
}

/// Done when the process is asked to end.
pub(crate) async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without signal handlers ctrl-c ends the process at once, and the log is made for that.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
