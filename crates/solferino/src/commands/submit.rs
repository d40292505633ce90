//! `solferino submit`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use record::body::charter::Clock;
use record::ids::StatementId;
use record::kind::Kind;
use record::statement::{Draft, Signed};
use record::time::Timestamp;
use serde_json::json;
use store::{Record, Submitted};
use tlog::SigningKey;

use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::template::Filled;
use crate::{keys, opened, template, ui};

/// How long a seal holds if the template names no day: two years, in seconds.
const SEALED_FOR_S: i64 = 2 * 365 * 86_400;
/// Largest answer of a server that is read, in bytes.
const MAX_ANSWER_BYTES: u64 = 1 << 20;
/// Longest wait for a server: it answers within ten seconds, its network may be slow.
const SUBMIT_TIMEOUT: Duration = Duration::from_secs(60);

/// Sign a filled-in template and submit it
///
/// Fills in the record and the time, seals a content that is sealed and keeps what opens it, signs,
/// submits, and writes the receipt beside the file. Exits with 5 if the rules refuse it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A filled-in template, or with --raw a signed statement
    file: PathBuf,
    /// File of the private key that signs
    #[arg(long, value_name = "FILE", required_unless_present = "raw")]
    key: Option<PathBuf>,
    /// Folder of the record; no other process may have it open
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    record: Option<PathBuf>,
    /// Address of a running server, like http://127.0.0.1:8017
    #[arg(long)]
    url: Option<String>,
    /// The file is a signed statement already
    #[arg(long, conflicts_with_all = ["key", "sign_only"])]
    raw: bool,
    /// Only sign: write FILE.signed (and what opens it) instead of submitting
    #[arg(long, conflicts_with_all = ["record", "url"], requires = "origin")]
    sign_only: bool,
    /// Origin of the record, where there is neither --record nor --url to ask
    #[arg(long)]
    origin: Option<String>,
    /// Time of the statement, for a record with an injected clock (a demonstration)
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The record rested for more than a week, and this machine's clock is right
    #[arg(long, requires = "record")]
    clock_is_right: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    match (&args.record, &args.url) {
        _ if args.sign_only => sign_only(args),
        (Some(dir), _) => local(args, dir),
        (None, Some(url)) => remote(args, url.trim_end_matches('/')),
        (None, None) => Err(Problem::new("where to?")
            .hint("give the record's folder with --record DIR, or a server with --url URL")
            .exit(Exit::Usage)),
    }
}

fn local(args: &Args, dir: &Path) -> Outcome {
    let record = opened::record(dir)?;
    if args.clock_is_right {
        record.clock_is_right();
    }
    let submitted = match &args.key {
        None => {
            move_clock(&record, args.at)?;
            record.submit_blocking(files::read(&args.file, files::MAX_TEXT_BYTES)?)?
        }
        Some(key) => {
            let filled = template::parse(&files::read_text(&args.file)?)
                .map_err(|p| p.of(args.file.display()))?;
            say(&record, &keys::read(key)?, filled, args.at)?
        }
    };
    let receipt = record.receipt(submitted.index)?;
    let path = files::beside(&args.file, ".tlog-proof");
    files::replace(&path, receipt.to_string().as_bytes())?;
    let signed = files::beside(&args.file, ".signed");
    files::replace(&signed, &record.entry(submitted.index)?)?;
    told(args, &submitted, &path);
    Ok(Exit::Ok)
}

fn told(args: &Args, submitted: &Submitted, receipt: &Path) {
    if args.json {
        ui::json(&json!({
            "statement": submitted.id, "index": submitted.index, "fresh": submitted.fresh,
            "receipt": receipt,
        }));
        return;
    }
    let fresh = if submitted.fresh {
        "recorded"
    } else {
        "was recorded before"
    };
    ui::line(format!("{fresh}: statement {}", submitted.id));
    ui::line(format!(
        "index {}, receipt {}",
        submitted.index,
        receipt.display()
    ));
}

/// Signs what a template says, keeps its opening, submits it.
pub(crate) fn say(
    record: &Record,
    key: &SigningKey,
    filled: Filled,
    at: Option<Timestamp>,
) -> Outcome<Submitted> {
    let issued = move_clock(record, at)?;
    let signed = sign(record.origin(), issued, key, filled)?;
    if let Some(opening) = &signed.opening {
        // Kept first: a statement whose opening is lost could never be opened.
        record.keep_opening(&StatementId::of_entry(&signed.entry), opening)?;
    }
    Ok(record.submit_blocking(signed.entry)?)
}

/// The time statements are made at: by the system's clock, or as given for an injected one.
fn move_clock(record: &Record, at: Option<Timestamp>) -> Outcome<Timestamp> {
    let (clock, present) = {
        let state = record.state();
        let charter = state.global.charter.as_ref();
        (charter.map(|c| c.clock), state.global.time)
    };
    match (at, clock, present) {
        (Some(at), _, _) => {
            record.set_time(at)?;
            Ok(at)
        }
        (None, Some(Clock::Injected), Some(present)) => Ok(present),
        _ => opened::now(),
    }
}

fn sign(origin: &str, issued: Timestamp, key: &SigningKey, filled: Filled) -> Outcome<Signed> {
    let draft = Draft {
        record: origin.to_string(),
        issued,
        case: filled.case,
        kind: filled.kind.parse::<Kind>()?,
        body: filled.body,
    };
    let until = filled.until.unwrap_or(issued.plus_seconds(SEALED_FOR_S));
    Ok(draft.sign(key, &keys::random()?, until)?)
}

/// Signs with the key of the arguments. What opens a sealed content goes into a file of its own,
/// named by the statement, before anybody else sees the statement.
fn signed_here(args: &Args, origin: &str) -> Outcome<(Vec<u8>, Option<PathBuf>)> {
    let key = args
        .key
        .as_deref()
        .ok_or_else(|| Problem::new("no key was given"))?;
    let filled =
        template::parse(&files::read_text(&args.file)?).map_err(|p| p.of(args.file.display()))?;
    let issued = args.at.map_or_else(opened::now, Ok)?;
    let signed = sign(origin, issued, &keys::read(key)?, filled)?;
    let Some(opening) = &signed.opening else {
        return Ok((signed.entry, None));
    };
    let id = StatementId::of_entry(&signed.entry).to_string();
    let path = files::beside(
        &args.file,
        &format!(".{}.opening", id.get(..16).unwrap_or(&id)),
    );
    let text = serde_json::to_string(opening).unwrap_or_default();
    files::write_new(&path, text.as_bytes(), Mode::Secret)?;
    ui::remark(format!(
        "what opens it: {} (keep it secret)",
        path.display()
    ));
    Ok((signed.entry, Some(path)))
}

fn sign_only(args: &Args) -> Outcome {
    let origin = args.origin.as_deref().unwrap_or_default();
    let (entry, _) = signed_here(args, origin)?;
    let path = files::beside(&args.file, ".signed");
    files::replace(&path, &entry)?;
    ui::line(format!(
        "signed: statement {}",
        StatementId::of_entry(&entry)
    ));
    ui::line(format!("written: {}", path.display()));
    Ok(Exit::Ok)
}

fn remote(args: &Args, url: &str) -> Outcome {
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Err(
            Problem::new(format!("{url}: no http:// or https:// address"))
                .hint("give the address of the record, as its pages show it"),
        );
    }
    if args.raw {
        let entry = files::read(&args.file, files::MAX_TEXT_BYTES)?;
        return match post(url, &entry)? {
            Answer::Recorded { fresh, proof } => recorded(args, &entry, fresh, &proof),
            Answer::Received(receipt) => received(args, &args.file, &receipt),
            Answer::Refused(problem) => Err(problem),
        };
    }
    let origin = args.origin.clone().map_or_else(|| origin_of(url), Ok)?;
    let (entry, opening) = signed_here(args, &origin)?;
    let signed = files::beside(&args.file, ".signed");
    match post(url, &entry) {
        Ok(Answer::Recorded { fresh, proof }) => {
            files::replace(&signed, &entry)?;
            recorded(args, &entry, fresh, &proof)
        }
        Ok(Answer::Received(receipt)) => {
            files::replace(&signed, &entry)?;
            received(args, &signed, &receipt)
        }
        Ok(Answer::Refused(problem)) => {
            // Nothing of it was stored, so there is nothing to open.
            if let Some(path) = opening {
                std::fs::remove_file(&path).map_err(files::at(&path))?;
            }
            Err(problem)
        }
        Err(unknown) => {
            files::replace(&signed, &entry)?;
            let again = format!(
                "it may be recorded or not; submit the same bytes again: solferino submit {} --raw --url {url}",
                signed.display()
            );
            Err(unknown.hint(again))
        }
    }
}

/// What a server said.
enum Answer {
    Recorded { fresh: bool, proof: String },
    Received(String),
    Refused(Problem),
}

/// Hands an entry to a server. An error means that nobody knows whether it is recorded.
fn post(url: &str, entry: &[u8]) -> Outcome<Answer> {
    let mut answer = witness::agent::agent(SUBMIT_TIMEOUT)
        .post(format!("{url}/api/v1/statements"))
        .header("Content-Type", "application/vnd.dsse+json")
        .send(entry)?;
    let status = answer.status().as_u16();
    let body = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_string()?;
    match status {
        200 | 201 => Ok(Answer::Recorded {
            fresh: status == 201,
            proof: body,
        }),
        202 => Ok(Answer::Received(body)),
        400..=499 => Ok(Answer::Refused(refused(status, &body))),
        _ => Err(refused(status, &body)),
    }
}

fn recorded(args: &Args, entry: &[u8], fresh: bool, proof: &str) -> Outcome {
    let index = tlog::TlogProof::parse(proof)?.index;
    let path = files::beside(&args.file, ".tlog-proof");
    files::replace(&path, proof.as_bytes())?;
    told(
        args,
        &Submitted {
            id: StatementId::of_entry(entry),
            index,
            fresh,
        },
        &path,
    );
    Ok(Exit::Ok)
}

/// Kept and not published: by the log, while its witnesses are not to be had, or by a relay.
fn received(args: &Args, signed: &Path, receipt: &str) -> Outcome {
    let path = files::beside(&args.file, ".intake");
    files::replace(&path, receipt.as_bytes())?;
    let note = tlog::Note::parse(receipt.as_bytes())?;
    let promise: record::intake::Promise = note.text.parse()?;
    let relay = note
        .signatures
        .iter()
        .find(|s| s.name.as_str() != promise.log);
    match relay {
        Some(relay) => ui::line(format!(
            "taken by the relay {}, which hands it to the log {}",
            relay.name, promise.log
        )),
        None => ui::line(
            "kept by the log and not yet published: its witnesses are not to be had at present",
        ),
    }
    ui::line(format!("its signed promise: {}", path.display()));
    if relay.is_some() {
        ui::line(format!(
            "if the log does not hold it by {}: solferino prove-suppression {} --against LOG --relay KEY",
            promise.merge_by,
            path.display()
        ));
        return Ok(Exit::Ok);
    }
    let url = args.url.as_deref().unwrap_or_default();
    ui::line(format!(
        "for the receipt, submit the same bytes again later: solferino submit {} --raw --url {url}",
        signed.display()
    ));
    Ok(Exit::Ok)
}

/// The first line of the server's checkpoint.
fn origin_of(url: &str) -> Outcome<String> {
    let asked = witness::agent::agent(SUBMIT_TIMEOUT).get(format!("{url}/checkpoint"));
    let mut answer = asked.call()?;
    if answer.status().as_u16() != 200 {
        return Err(Problem::new(format!(
            "{url} serves no log: status {}",
            answer.status()
        )));
    }
    let note = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_string()?;
    let origin = note.lines().next().filter(|o| !o.is_empty());
    origin
        .map(str::to_string)
        .ok_or_else(|| Problem::new(format!("{url} serves no log")))
}

/// What the server's error body says.
fn refused(status: u16, body: &str) -> Problem {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let error = value.get("error").unwrap_or(&value);
    let field = |name: &str| error.get(name).and_then(|v| v.as_str()).map(str::to_string);
    let code = field("code").unwrap_or_else(|| format!("status {status}"));
    let message = field("message").unwrap_or_else(|| "the server gave no reason".to_string());
    let by_rule = record::refusal::Code::ALL
        .iter()
        .any(|c| c.as_str() == code);
    let problem = Problem::new(format!("{code}: {message}"));
    let problem = if by_rule {
        problem.exit(Exit::Refused)
    } else {
        problem
    };
    match field("hint") {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
