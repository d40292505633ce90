//! What a requester sees and decides.

use record::kind::Kind;
use serde_json::{Value, json};
use tlog::Hash;

use super::server::At;
use super::words::{self, Requester, WordsAt};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// See everything the record and the desk hold of your requests
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
    /// As JSON
    #[arg(long)]
    json: bool,
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

pub(crate) fn status(args: &Status) -> Outcome {
    let who = args.words.read(&args.at.desk()?.origin)?;
    let key = who
        .key
        .verifier_key()
        .to_string()
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let page = args.at.get(&format!("/api/v1/aid/requests?key={key}"))?;
    let rows = page["rows"].as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        return Err(Problem::new("there is no request under these words"));
    }
    if args.json {
        ui::json(&rows);
        return Ok(Exit::Ok);
    }
    for row in &rows {
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
    if row["purged"] == json!(true) {
        ui::line("  what was told is destroyed; what remains is what stands here");
    }
    for item in row["items"].as_array().into_iter().flatten() {
        let commitment = text(&item["commitment"]);
        let told = commitment
            .parse::<Hash>()
            .map_err(Problem::from)
            .and_then(|c| words::open(&at.sealed(&who.key, &id, &commitment)?, &who.identity, &c));
        match told {
            Ok(content) => ui::line(format!(
                "  told ({}): {}",
                text(&item["kind"]),
                String::from_utf8_lossy(&content)
            )),
            Err(problem) => ui::line(format!("  item {commitment}: {}", problem.text)),
        }
    }
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
