//! The desk's own work: the queue, the counts, the steps.

use std::path::PathBuf;

use record::kind::Kind;
use serde_json::{Value, json};

use super::server::At;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, keys, ui};

/// Open requests, the longest waiting first
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    at: At,
    /// Only those with a clock that ran out
    #[arg(long)]
    overdue: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Public counts: promises kept and broken
#[derive(Debug, clap::Args)]
pub(crate) struct Figures {
    #[command(flatten)]
    at: At,
}

/// Take a step: docs/aid.md, section 1, lists who may, and why
#[derive(Debug, clap::Args)]
pub(crate) struct Step {
    /// The request
    request: String,
    /// The stage it goes to
    to: aid::Stage,
    /// Why
    reason: aid::Reason,
    #[command(flatten)]
    at: At,
    /// File of the private key that signs
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// How urgent, with triage: P1 to P4
    #[arg(long)]
    class: Option<aid::Class>,
    /// The round that takes it in, with matching
    #[arg(long, value_name = "ID")]
    round: Option<String>,
    /// The offers that `solferino aid match` wrote, with an offer
    #[arg(long, value_name = "FILE")]
    offers: Option<PathBuf>,
}

pub(crate) fn list(args: &List) -> Outcome {
    let mut rows = args.at.rows("/api/v1/aid/requests")?;
    let open = rows.len();
    let late = |row: &Value| {
        ["acknowledgement", "first_assistance"]
            .iter()
            .any(|c| row[*c]["late"] == json!(true) && row[*c]["met"].is_null())
    };
    if args.overdue {
        rows.retain(late);
    }
    if args.json {
        ui::json(&rows);
        return Ok(Exit::Ok);
    }
    for row in &rows {
        let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
        let mut mark = if late(row) { "  OVERDUE" } else { "" }.to_owned();
        if row["team_fit"] == json!(false) {
            mark.push_str("  its team may not help any more");
        }
        if let Some(since) = row["wrote_since"].as_str() {
            mark.push_str(&format!("  wrote {since}, not answered"));
        }
        ui::line(format!(
            "{}  {}  {}  received {}  read by {}  help by {}{mark}",
            text(&row["id"]),
            text(&row["stage"]),
            text(&row["class"]),
            text(&row["received"]),
            text(&row["acknowledgement"]["due"]),
            text(&row["first_assistance"]["due"]),
        ));
    }
    ui::remark(format!(
        "{} of {open} open requests shown; unit: requests, each once",
        rows.len()
    ));
    Ok(Exit::Ok)
}

pub(crate) fn figures(args: &Figures) -> Outcome {
    ui::json(&args.at.get("/api/v1/aid/figures")?);
    Ok(Exit::Ok)
}

pub(crate) fn step(args: &Step) -> Outcome {
    let mut body = json!({"request": args.request, "to": args.to, "reason": args.reason});
    if let Some(class) = args.class {
        body["class"] = json!(class);
    }
    if let Some(round) = &args.round {
        body["round"] = json!(round);
    }
    if let Some(file) = &args.offers {
        let mut offers: Value = serde_json::from_str(&files::read_text(file)?)?;
        let offer = offers["offers"][&args.request].take();
        if offer.is_null() {
            let text = format!("{} holds no offer for {}", file.display(), args.request);
            return Err(Problem::new(text)
                .hint("the round left it without a team; `solferino aid explain` says why"));
        }
        body["offer"] = offer;
    }
    let id = args.at.say(&keys::read(&args.key)?, Kind::AidStep, body)?;
    ui::line(format!("{}: statement {id}", args.to));
    Ok(Exit::Ok)
}
