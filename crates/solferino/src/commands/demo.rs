//! `solferino demo`.

mod aid;
pub(crate) mod desk;
mod play;
mod proof;
mod table;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use record::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::serve;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Written last: its presence says that the demonstration is complete.
const MARKER: &str = "demo.json";
/// Where the trust file lies in the folder.
const TRUST: &str = "trust.txt";
/// Where the bundles lie.
const BUNDLES: &str = "bundles";
/// Where the private keys lie, so that a person can play on.
const KEYS: &str = "keys-of-the-demo";

/// Play five historical cases and the check of a claim into a fresh record, check everything, and serve it
///
/// Makes keys on the spot, founds a record, and takes the Sony, DNC, Olympic Destroyer, NotPetya and
/// SolarWinds cases, and the check of an early public claim, through the whole procedure under the real rules with an injected clock. Then
/// audits the record, verifies every finding's bundle and prints what was found. A second run on
/// the same folder changes nothing. Nobody decided any of it: the judgements are illustrative.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    #[arg(long, value_name = "DIR", default_value = "solferino-demo")]
    dir: PathBuf,
    /// Stop after the checks
    #[arg(long)]
    no_serve: bool,
    /// Address and port to serve on
    #[arg(long, value_name = "ADDR", default_value = serve::LISTEN)]
    listen: SocketAddr,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What the marker file says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marker {
    format: String,
    origin: String,
    size: u64,
    as_of: Option<Timestamp>,
    notice: String,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let begun = Instant::now();
    let complete = is_complete(&args.dir)?;
    if !complete {
        play::play(&args.dir)?;
    }
    let played_s = begun.elapsed().as_secs_f64();
    let proof = proof::check(&args.dir)?;
    if !complete && proof.holds() {
        write_marker(&args.dir, &proof)?;
    }
    let elapsed_s = begun.elapsed().as_secs_f64();
    let rows = table::rows(&proof.audited.state)?;
    if args.json {
        let answer = json!({
            "folder": args.dir, "already_complete": complete, "stages": rows,
            "audit": proof.audited.report, "size": proof.audited.size, "bundles": proof.bundles,
            "holds": proof.holds(), "elapsed_s": elapsed_s, "help": table::desk(&proof.audited.state),
        });
        ui::json(&ui::marked(answer, true));
    } else {
        if complete {
            ui::line(format!(
                "the demonstration in {} is already complete: nothing changed",
                args.dir.display()
            ));
        }
        table::print(&rows);
        table::print_desk(&proof.audited.state);
        proof::print(&proof);
        if complete {
            ui::line(format!("checked again in {elapsed_s:.1} s"));
        } else {
            ui::line(format!(
                "played in {played_s:.1} s, checked as well in {elapsed_s:.1} s"
            ));
        }
    }
    if !proof.holds() {
        return Ok(Exit::Failed);
    }
    if args.no_serve {
        if !args.json {
            ui::line("");
            try_next(&args.dir, None);
        }
        return Ok(Exit::Ok);
    }
    let record = opened::record(&args.dir)?;
    let config = server::Config {
        modules: serve::modules(None)?,
        publisher: Some(super::serve::published::publisher()),
        pager: Some(super::aid::pager()),
        ..server::Config::default()
    };
    serve::serve(record, config, args.listen, |address| {
        ui::remark("");
        try_next(&args.dir, Some(address));
    })
}

/// Whether an earlier run finished; a folder that is neither empty nor finished is a problem.
fn is_complete(dir: &Path) -> Outcome<bool> {
    let marker = dir.join(MARKER);
    if marker.try_exists().map_err(files::at(&marker))? {
        let read: Result<Marker, _> = serde_json::from_str(&files::read_text(&marker)?);
        read.map_err(|e| {
            Problem::from(e).of(marker.display()).hint(format!(
                "it is not a demonstration's; use another folder than {}",
                dir.display()
            ))
        })?;
        return Ok(true);
    }
    let empty = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
        Err(e) => return Err(files::at(dir)(e)),
    };
    if empty {
        return Ok(false);
    }
    let text = format!(
        "{} is not empty, and no demonstration was finished in it",
        dir.display()
    );
    Err(Problem::new(text).hint(format!(
        "if a run was interrupted, remove the folder and run again; else choose another with --dir. Nothing in {} was touched",
        dir.display()
    )))
}

fn write_marker(dir: &Path, proof: &proof::Proof) -> Outcome<()> {
    let state = &proof.audited.state;
    let origin = state
        .global
        .charter
        .as_ref()
        .map(|c| c.origin().to_string());
    let marker = Marker {
        format: "solferino.org/demo@v1".to_string(),
        origin: origin.unwrap_or_default(),
        size: proof.audited.size,
        as_of: state.global.time,
        notice: ui::NOTICE.to_string(),
    };
    let text = serde_json::to_string_pretty(&marker).unwrap_or_default();
    files::replace(&dir.join(MARKER), format!("{text}\n").as_bytes())
}

/// Commands to go on with; they work as they are printed.
fn try_next(dir: &Path, address: Option<SocketAddr>) {
    let (d, say) = (dir.display(), |t: String| {
        if address.is_some() {
            ui::remark(t)
        } else {
            ui::line(t)
        }
    });
    if let Some(address) = address {
        say(format!("serving on http://{address} (ctrl-c stops it)"));
    }
    let bundle = format!("{d}/{BUNDLES}/olympic-2018-1.bundle");
    say("try next:".to_string());
    say(format!("  solferino verify {bundle} --trust {d}/{TRUST}"));
    say(format!("  solferino replay {bundle} --without item.O2"));
    say(format!(
        "  solferino replay {d}/{BUNDLES}/olympic-2018-4.bundle --set item.O8.phi=0.9"
    ));
    say(format!(
        "  solferino finding show olympic-2018 --record {d}"
    ));
    say(format!("  solferino audit {d} --trust {d}/{TRUST}"));
    if let Some(address) = address {
        say(format!(
            "  solferino aid due --rota {d}/on-call/rota.json --url http://{address}"
        ));
    }
    if address.is_none() {
        say(format!("  solferino serve {d}"));
    }
    say(format!(
        "the keys used are in {d}/{KEYS}: play on with `solferino new TYPE` and `solferino submit`"
    ));
}
