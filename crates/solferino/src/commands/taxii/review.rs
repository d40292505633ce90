//! `solferino taxii review`.

use std::path::PathBuf;

use serde_json::json;
use store::taxii::{Decision, Waiting};

use super::{Open, now_micros, open};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Most waiting objects that one call lists.
const MAX_LISTED: u32 = 1_000;

/// See what members dropped into the inbox, and decide about it
///
/// Without more, lists what waits. Accepted objects go to the collection `sightings`, which everybody reads; refused ones
/// become failures in the status of their sender, with the reason. May run beside a server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// Accept the object of this number; may be repeated
    #[arg(long, value_name = "NUMBER")]
    accept: Vec<i64>,
    /// Refuse the object of this number; may be repeated
    #[arg(long, value_name = "NUMBER", requires = "because")]
    refuse: Vec<i64>,
    /// Why, as the sender is told
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// List from after this number on
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
    /// The list as JSON, with the objects
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let open = open(&args.dir)?;
    if args.accept.is_empty() && args.refuse.is_empty() {
        let waiting = open
            .runtime
            .block_on(open.store.waiting(args.after, MAX_LISTED))?;
        list(args, &waiting);
        return Ok(Exit::Ok);
    }
    let because = args.because.clone().unwrap_or_default();
    let accepted = args.accept.iter().map(|seq| (*seq, Decision::Accept));
    let refused = args
        .refuse
        .iter()
        .map(|seq| (*seq, Decision::Refuse(because.clone())));
    let mut exit = Exit::Ok;
    for (seq, decision) in accepted.chain(refused) {
        if !decide(&open, seq, &decision)? {
            exit = Exit::Problem;
        }
    }
    Ok(exit)
}

/// Whether what was asked for was done.
fn decide(open: &Open, seq: i64, decision: &Decision) -> Outcome<bool> {
    let decided = open.store.decide(seq, decision, now_micros());
    let decided = open.runtime.block_on(decided).map_err(Problem::from)?;
    let text = match &decided {
        None => "nothing of this number waits",
        Some(Ok(())) => "accepted; it is in the collection sightings",
        Some(Err(why)) => {
            ui::line(format!("{seq}: refused: {why}"));
            return Ok(matches!(decision, Decision::Refuse(_)));
        }
    };
    ui::line(format!("{seq}: {text}"));
    Ok(decided.is_some())
}

fn list(args: &Args, waiting: &[Waiting]) {
    if args.json {
        let one = |w: &Waiting| {
            json!({
                "number": w.seq, "member": w.account, "status": w.status, "id": w.id, "version": w.version,
                "type": w.kind, "object": w.content,
            })
        };
        return ui::json(&json!({"waiting": waiting.iter().map(one).collect::<Vec<_>>()}));
    }
    let row = |w: &Waiting| {
        let cells = [&w.account, &w.kind, &w.id, &w.version];
        let mut row = vec![w.seq.to_string()];
        row.extend(cells.map(|cell| crate::claim::shown(cell)));
        row
    };
    let rows: Vec<_> = waiting.iter().map(row).collect();
    ui::table(
        &["number", "member", "type", "identifier", "version"],
        &rows,
    );
    let more = if waiting.len() == MAX_LISTED as usize {
        "; there may be more: --after"
    } else {
        ""
    };
    ui::line(format!("{} wait{more}", waiting.len()));
}
