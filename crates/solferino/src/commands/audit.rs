//! `solferino audit`.

use std::path::PathBuf;

use record::state::State;
use serde_json::json;

use super::verify;
use crate::problem::{Exit, Outcome};
use crate::ui::Progress;
use crate::{copies, opened, ui};

/// Check a whole record from entry 0: every tile, signature, rule and finding
///
/// Needs no key and opens nothing for writing, so it may run beside a server. Exits with 0 if
/// everything holds under the trust file, with 3 if everything agrees with itself but no trust file
/// says whose record it is, and with 4 if something does not hold.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// Trust file to hold the record against
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Folder of the record that this one succeeds: it has to go on from that one's last checkpoint
    #[arg(long, value_name = "DIR")]
    predecessor: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let progress = Progress::start("auditing");
    let mut audited = store::audit(&args.dir, trust.as_ref(), |done, total| {
        progress.at(done, total)
    });
    drop(progress);
    if let Some(old) = &args.predecessor
        && audited.report.failure().is_none()
    {
        let followed = follow(&audited.state, old);
        let held = "it goes on from its predecessor's last cosigned checkpoint, under the key committed to";
        // The report says how it came out.
        let _ = audited.report.note("predecessor", held, followed);
    }
    let exit = verify::exit(audited.report.failure().is_none(), trust.is_some());
    let time = audited.state.global.time;
    // What was not judged says nothing of itself.
    let charter = audited.state.global.charter.as_ref();
    let demonstration = charter.is_some_and(|c| c.demonstration);
    if args.json {
        let answer = json!({
            "report": audited.report, "size": audited.size, "time": time,
            "holds": audited.report.failure().is_none(), "verdict": verify::verdict(exit),
        });
        ui::json(&ui::marked(answer, demonstration));
        return Ok(exit);
    }
    verify::print_checks(&audited.report);
    if let Some(time) = time.filter(|_| exit != Exit::Failed) {
        ui::line(format!("as of checkpoint {}, time {time}", audited.size));
    }
    ui::line(verify::verdict(exit));
    if exit == Exit::NotPinned {
        ui::remark("hint: with the body's trust file, --trust FILE says whose record it is");
    }
    Ok(exit)
}

/// Whether a record succeeds the one in a folder, which is judged for that.
fn follow(state: &State, old: &str) -> Result<(), String> {
    let charter = state.global.charter.as_ref();
    let charter = charter.ok_or_else(|| "the record has no charter".to_owned())?;
    let old = copies::read(old, None).map_err(|problem| problem.text)?;
    let judged = &old.auditor().state;
    record::succession::follow(charter, old.first_charter(), judged, old.checkpoint())
        .map_err(|e| e.to_string())
}
