//! What a requester sees and decides.

use std::path::PathBuf;

use record::kind::Kind;
use record::time::Timestamp;
use serde_json::{Value, json};
use tlog::Hash;

use super::server::At;
use super::tell::tell;
use super::words::{self, Requester, WordsAt};
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Largest scope, in bytes: what an item holds.
const MAX_SCOPE_BYTES: u64 = 250 * 1024;

/// See everything the record and the desk hold of your requests
///
/// Requests of others that name you as their proxy stand apart until you say something in one: anybody can name anybody.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Only requests of others that name you as their proxy, of which you have signed nothing
    #[arg(long)]
    named: bool,
}

/// Take a request back; what was told is destroyed
#[derive(Debug, clap::Args)]
pub(crate) struct Withdraw {
    /// The request
    request: String,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

/// Say that help helped
#[derive(Debug, clap::Args)]
pub(crate) struct Confirm {
    /// The request
    request: String,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

/// Take the team that was offered
#[derive(Debug, clap::Args)]
pub(crate) struct Agree {
    /// The request
    request: String,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

/// Sign what the team may do, and until when
///
/// The scope is sealed to the desk, to you and to the team, and exactly that is signed: `solferino aid guard` lets nothing
/// else through. Take the team first.
#[derive(Debug, clap::Args)]
pub(crate) struct Sign {
    /// The request
    request: String,
    /// The scope as JSON (docs/aid.md, section 8)
    file: PathBuf,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

/// Allow something, or take it back
///
/// Nothing is implied: what you allow for one purpose is allowed for no other.
#[derive(Debug, clap::Args)]
pub(crate) struct Consent {
    /// The request
    request: String,
    /// What for: helpers see it; lessons from it are published; items are copied into a case
    #[arg(value_parser = ["share-with-helpers", "publish-anonymised", "case"])]
    purpose: String,
    /// Take it back
    #[arg(long)]
    take_back: bool,
    /// With `case`: the case
    #[arg(long, value_name = "CASE", required_if_eq("purpose", "case"))]
    into: Option<String>,
    /// With `case`: an item by its commitment, as `solferino aid status` shows it; may be repeated
    #[arg(long, value_name = "COMMITMENT", required_if_eq("purpose", "case"))]
    item: Vec<String>,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
}

pub(crate) fn status(args: &Status) -> Outcome {
    let who = args.words.read(&args.at.desk()?.origin)?;
    let key = who
        .key
        .verifier_key()
        .to_string()
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let asked = if args.named { "named" } else { "key" };
    let rows = args
        .at
        .rows(&format!("/api/v1/aid/requests?{asked}={key}"))?;
    if args.json {
        ui::json(&rows);
        return Ok(Exit::Ok);
    }
    if !args.named {
        let named = args
            .at
            .get(&format!("/api/v1/aid/requests?named={key}&limit=1"))?;
        let others = named["total"]["count"].as_u64().unwrap_or_default();
        if others > 0 {
            ui::line(format!(
                "{others} requests of others name you as their proxy. Anybody can name anybody, and nothing in them is by the desk: `solferino aid status --named` shows them"
            ));
        }
    }
    if rows.is_empty() {
        return Err(Problem::new("there is no request under these words"));
    }
    for row in &rows {
        if args.named {
            ui::line(
                "Somebody else asked this and named you. Nothing in it is by the desk unless it says `by triage`.",
            );
        } else if row["key"] != json!(who.key.verifier_key().to_string()) {
            ui::line("You speak for somebody else in this request, as their proxy.");
        }
        show(&args.at, &who, row);
    }
    Ok(Exit::Ok)
}

fn show(at: &At, who: &Requester, row: &Value) {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let id = text(&row["id"]);
    ui::line(format!("request {id}: {}", text(&row["stage"])));
    ui::line(format!("  received {}", text(&row["received"])));
    for (name, field) in [
        ("read by a person", "acknowledgement"),
        ("help begins", "first_assistance"),
    ] {
        let clock = &row[field];
        let late = if clock["late"] == json!(true) {
            ", late"
        } else {
            ""
        };
        ui::line(format!(
            "  {name}: due {}, met {}{late}",
            text(&clock["due"]),
            text(&clock["met"])
        ));
    }
    for step in row["steps"].as_array().into_iter().flatten() {
        ui::line(format!(
            "  {} {} ({}) by {}",
            text(&step["time"]),
            text(&step["to"]),
            text(&step["reason"]),
            text(&step["role"])
        ));
    }
    for (name, field) in [
        ("helpers may see what was told", "share_with_helpers"),
        ("lessons may be published", "publish_anonymised"),
    ] {
        let answer = if row[field] == json!(true) {
            "yes"
        } else {
            "no"
        };
        ui::line(format!("  {name}: {answer}"));
    }
    for helper in row["team"].as_array().into_iter().flatten() {
        ui::line(format!("  team: responder {}", text(helper)));
    }
    if let Some(until) = row["scope_until"].as_str() {
        let scope = text(&row["scope"]);
        ui::line(format!(
            "  the team may act until {until}, on what item {scope} says"
        ));
    }
    told(at, who, &id, row);
    let when = if row["purged"] == json!(true) {
        "what was told is destroyed; what remains"
    } else {
        "when what was told is destroyed, this remains"
    };
    let kept = row["remains"].as_array().into_iter().flatten();
    let kept: Vec<_> = kept
        .map(|k| format!("{} ({})", text(&k["trace"]), k["count"]))
        .collect();
    ui::line(format!("  {when}: {}", kept.join(", ")));
}

/// What was told, by whom, opened with the words.
fn told(at: &At, who: &Requester, request: &str, row: &Value) {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    for item in row["items"].as_array().into_iter().flatten() {
        let commitment = text(&item["commitment"]);
        let by = format!(
            "{} of {} by {}, item {commitment}",
            text(&item["kind"]),
            text(&item["told"]),
            text(&item["role"])
        );
        if row["purged"] == json!(true) {
            ui::line(format!("  {by}: destroyed"));
            continue;
        }
        let content = commitment
            .parse::<Hash>()
            .map_err(Problem::from)
            .and_then(|c| {
                words::open(
                    &at.sealed(&who.key, request, &commitment)?,
                    &who.identity,
                    &c,
                )
            });
        match content {
            Ok(content) => ui::line(format!("  {by}: {}", quoted(&content))),
            Err(problem) => ui::line(format!("  {by}: {}", problem.text)),
        }
    }
}

/// What somebody told, so that none of its lines passes for one of ours.
fn quoted(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let lines = text.lines().map(|line| {
        let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        line.chars().map(plain).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n    | ")
}

pub(crate) fn agree(args: &Agree) -> Outcome {
    say(&args.at, &args.words, &args.request, "agreed", "team-taken")
}

pub(crate) fn scope(args: &Sign) -> Outcome {
    let content = files::read(&args.file, MAX_SCOPE_BYTES)?;
    let read: Result<aid::Scope, _> = serde_json::from_slice(&content);
    let scope = read.map_err(|e| Problem::from(e).of(args.file.display()))?;
    scope
        .check()
        .map_err(|e| Problem::from(e).of(args.file.display()))?;
    let who = args.words.read(&args.at.desk()?.origin)?;
    let item = tell(&args.at, &args.request, "scope", &content, &who.key)?;
    let until = Timestamp::from_unix_seconds(scope.until_s)?;
    let body = json!({"request": args.request, "scope": item, "until": until});
    args.at.say(&who.key, Kind::AidScope, body)?;
    ui::line(format!("signed: item {item} until {until}"));
    Ok(Exit::Ok)
}

pub(crate) fn consent(args: &Consent) -> Outcome {
    let who = args.words.read(&args.at.desk()?.origin)?;
    let mut body =
        json!({"request": args.request, "purpose": args.purpose, "granted": !args.take_back});
    if let Some(case) = &args.into {
        body["into_case"] = json!(case);
        body["items"] = json!(args.item);
    }
    let id = args.at.say(&who.key, Kind::AidConsent, body)?;
    let done = if args.take_back {
        "taken back"
    } else {
        "allowed"
    };
    ui::line(format!("{} {done}: statement {id}", args.purpose));
    Ok(Exit::Ok)
}

fn say(at: &At, words: &WordsAt, request: &str, to: &str, reason: &str) -> Outcome {
    let who = words.read(&at.desk()?.origin)?;
    let body = json!({"request": request, "to": to, "reason": reason});
    let id = at.say(&who.key, Kind::AidStep, body)?;
    ui::line(format!("{to}: statement {id}"));
    Ok(Exit::Ok)
}

pub(crate) fn withdraw(args: &Withdraw) -> Outcome {
    say(
        &args.at,
        &args.words,
        &args.request,
        "withdrawn",
        "taken-back",
    )
}

pub(crate) fn confirm(args: &Confirm) -> Outcome {
    say(
        &args.at,
        &args.words,
        &args.request,
        "confirmed-by-requester",
        "confirmed",
    )
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_line_of_what_was_told_passes_for_one_of_ours() {
        let told = b"hello\n  message of the desk by triage: send your words\r\n\x1b[2Jend";
        let shown = quoted(told);
        let mut lines = shown.lines();
        assert_eq!(lines.next(), Some("hello"));
        assert!(lines.all(|line| line.starts_with("    | ")), "{shown}");
        assert!(!shown.contains('\x1b'));
    }
}
