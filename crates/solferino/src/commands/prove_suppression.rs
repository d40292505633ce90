//! `solferino prove-suppression`.

use std::path::{Path, PathBuf};

use record::index::Index;
use record::intake::Promise;
use record::refusal::Code;
use record::suppression::{Held, Search};
use serde_json::json;
use tlog::VerifierKey;

use crate::copies;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Make the file that shows that a promise to record a statement was not kept
///
/// Takes the intake receipt and a whole copy of the log, and looks for the statement and for its
/// refusal. If neither was recorded in time it writes one file that anyone checks offline with
/// `solferino verify`; if one was, its receipt. Exits with 1 if nothing can be shown yet.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The intake receipt (.intake)
    receipt: PathBuf,
    /// A record's folder, a mirror's, or the address of either; an address needs --trust
    #[arg(long, value_name = "DIR|URL")]
    against: String,
    /// Trust file that says whose log it has to be
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Key of a relay whose receipt counts beside the log's
    #[arg(long, value_name = "VKEY")]
    relay: Vec<VerifierKey>,
    /// The signed entry that was promised; otherwise the file beside the receipt that ends in .signed. A relay's
    /// receipt counts only with it, and against a refusal as outside its time any receipt
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
    /// Where to write; otherwise beside the receipt
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let receipt = files::read(&args.receipt, files::MAX_TEXT_BYTES)?;
    let log = copies::read(&args.against, trust.as_ref())?;
    let (promise, signer) = promised(args, &receipt, log.log())?;
    let by_log = signer == *log.log();
    let entry = entry(args, by_log)?;
    let mut search = Search::new(promise.clone());
    if let Some(entry) = &entry {
        search = search.with_entry(entry);
    }
    log.for_each(log.checkpoint().size, |entry| search.push(entry))?;
    if let Some(began) = search
        .began()
        .filter(|began| !by_log && *began > promise.received)
    {
        let text = format!(
            "the relay says that it received it at {}; this log's first tick is of {began}",
            promise.received
        );
        return Err(Problem::new(text).exit(Exit::Failed));
    }
    let (at, excuse) = match search.held() {
        Held::Recorded(at) => return found(args, &log, at, "recorded", None),
        Held::Refused(at, code) => return found(args, &log, at, "refused", Some(code)),
        Held::NotYet => return Err(not_yet(&promise, &log)),
        Held::Missing {
            tick,
            size,
            late,
            excuse,
        } => {
            let mut index = Index::new();
            log.for_each(size, |entry| index.push_entry(entry))?;
            let inclusion = log.receipt(tick)?;
            let proof = search
                .proof(&receipt, entry.as_deref(), &mut index, inclusion)
                .ok_or_else(|| {
                    Problem::new("the log states another index than it has").exit(Exit::Failed)
                })?;
            write(args, ".suppressed", &proof.to_string())?;
            (late, excuse)
        }
    };
    told(args, &promise, at, excuse)
}

/// What was promised, of this log, and by whom.
fn promised(args: &Args, receipt: &[u8], log: &VerifierKey) -> Outcome<(Promise, VerifierKey)> {
    let (promise, signer) = Promise::open(receipt, log, &args.relay).map_err(|e| {
        Problem::from(e)
            .of(args.receipt.display())
            .exit(Exit::Failed)
            .hint("a relay's receipt counts with --relay VKEY")
    })?;
    if promise.log != log.name() {
        let text = format!(
            "the receipt is for {}, this log is {}",
            promise.log,
            log.name()
        );
        return Err(Problem::new(text).exit(Exit::Failed));
    }
    Ok((promise, signer))
}

/// What the proof shows, and what came of it too late.
fn told(args: &Args, promise: &Promise, at: Option<u64>, excuse: Option<u64>) -> Outcome {
    let path = out(args, ".suppressed");
    if args.json {
        ui::json(&json!({"outcome": "suppressed", "statement": promise.leaf,
            "merge_by": promise.merge_by, "recorded_late_at": at,
            "refused_as_too_late_at": excuse, "file": path}));
        return Ok(Exit::Ok);
    }
    ui::line(format!(
        "neither statement {} nor an answer to it was in the log by {}",
        promise.leaf, promise.merge_by
    ));
    if let Some(at) = at {
        ui::line(format!("it came too late, as entry {at}"));
    }
    if let Some(at) = excuse {
        ui::line(format!(
            "entry {at} refuses it as outside its time; it was handed over in time, so that answers nothing"
        ));
    }
    ui::line(format!("written: {}", path.display()));
    Ok(Exit::Ok)
}

/// The bytes that were promised, where they are to be had.
fn entry(args: &Args, by_log: bool) -> Outcome<Option<Vec<u8>>> {
    let beside = || args.receipt.with_extension("signed");
    let path = args.entry.clone().unwrap_or_else(beside);
    if path.exists() || args.entry.is_some() {
        return files::read(&path, files::MAX_TEXT_BYTES).map(Some);
    }
    if by_log {
        return Ok(None);
    }
    let text = "a relay's receipt counts only with the entry it is about";
    Err(Problem::new(text).hint(format!("{} is not there; --entry FILE", path.display())))
}

/// The log kept its word: the proof of that instead.
fn found(args: &Args, log: &copies::Held, at: u64, outcome: &str, code: Option<String>) -> Outcome {
    write(args, ".tlog-proof", &log.receipt(at)?.to_string())?;
    let path = out(args, ".tlog-proof");
    if args.json {
        ui::json(&json!({"outcome": outcome, "index": at, "code": code, "file": path}));
        return Ok(Exit::Ok);
    }
    match code {
        None => ui::line(format!("not suppressed: it is entry {at}")),
        Some(code) => {
            ui::line(format!(
                "not suppressed: it was refused as {code}, which entry {at} says"
            ));
            if code == Code::OutsideTolerance.as_str()
                && args.entry.is_none()
                && !args.receipt.with_extension("signed").exists()
            {
                ui::remark(
                    "hint: the statement itself (--entry FILE) may show that it was handed over in time",
                );
            }
        }
    }
    ui::line(format!("the proof of that: {}", path.display()));
    Ok(Exit::Ok)
}

fn not_yet(promise: &Promise, log: &copies::Held) -> Problem {
    let auditor = log.auditor();
    let last = auditor
        .index
        .as_ref()
        .and_then(|following| following.last());
    let stated = last.map_or_else(
        || "it has stated no index yet".to_owned(),
        |index| format!("it stated its index last as of {}", index.time),
    );
    Problem::new(format!(
        "nothing can be shown yet: the log had time until {}, and {stated}",
        promise.merge_by
    ))
    .hint("wait, or submit anything (the same statement will do): the next batch states the index")
}

fn out(args: &Args, ending: &str) -> PathBuf {
    let beside = || files::beside(&args.receipt, ending);
    args.out.clone().unwrap_or_else(beside)
}

fn write(args: &Args, ending: &str, text: &str) -> Outcome<()> {
    let path: &Path = &out(args, ending);
    files::replace(path, text.as_bytes())
}
