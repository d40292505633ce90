//! `solferino seals`.

use std::path::PathBuf;

use serde_json::json;

use crate::problem::{Exit, Outcome};
use crate::{copies, opened, ui};

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// List the seals that nobody opened in time
///
/// From the log alone, with no key: a record's folder, a mirror's, or an address.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A record's folder, a mirror's, or the address of either; an address needs --trust
    #[arg(value_name = "DIR|URL")]
    from: String,
    /// Those that are due by the log's last tick and not open
    #[arg(long, required = true)]
    overdue: bool,
    /// Trust file that says whose log it has to be
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let log = copies::read(&args.from, trust.as_ref())?;
    let state = &log.auditor().state;
    let overdue = state.overdue_seals();
    let demonstration = ui::is_demonstration(state);
    if args.json {
        let answer = json!({"time": state.global.time, "overdue": overdue});
        ui::json(&ui::marked(answer, demonstration));
        return Ok(Exit::Ok);
    }
    let rows = overdue.iter().map(|seal| {
        let case = seal.case.as_ref().map_or("-", |case| case.as_str());
        vec![
            seal.statement.to_string().chars().take(16).collect(),
            seal.kind.clone(),
            case.to_owned(),
            seal.until.to_string(),
            format!("{} days", seal.overdue_s / DAY_S),
            seal.author.to_string(),
        ]
    });
    let heads = ["statement", "type", "case", "due", "overdue", "author"];
    if overdue.is_empty() {
        ui::line("no seal is overdue");
    } else {
        ui::table(&heads, &rows.collect::<Vec<_>>());
    }
    ui::notice(demonstration);
    Ok(Exit::Ok)
}
