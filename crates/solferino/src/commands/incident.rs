//! `solferino incident`.

use std::path::PathBuf;

use incidents::{Coding, MAX_CODING_BYTES, ReceiverCategory};
use norms::States;
use serde_json::json;

use crate::files;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Code an incident of your own in the fields others use
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Check(Check),
}

/// Check a coding of an incident; every fault is named with its place
///
/// docs/incidents.md describes the file and has an example. A coding says what is claimed by whom; it decides nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The coding, as JSON
    file: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Check(args) => check(args),
    }
}

fn check(args: &Check) -> Outcome {
    let bytes = files::read(&args.file, MAX_CODING_BYTES as u64)?;
    let states = States::shipped()?;
    match Coding::read(&bytes, |code| states.get(code).is_some()) {
        Ok(coding) => {
            if args.json {
                ui::json(&json!({"ok": true, "faults": [], "records": records(&coding)}));
            } else {
                ui::line(format!("{}: {}, no fault", coding.id, coding.title));
                for (unit, count) in counts(&coding) {
                    ui::line(format!("{count:>3}  {unit}"));
                }
                let critical = |r: &&incidents::CodedReceiver| {
                    r.category == ReceiverCategory::CriticalInfrastructure
                };
                let struck = coding.receivers.iter().filter(critical).count();
                ui::line(format!(
                    "{struck:>3}  of the victim effects at critical infrastructure"
                ));
            }
            Ok(Exit::Ok)
        }
        Err(faults) => {
            if args.json {
                let list = faults
                    .0
                    .iter()
                    .map(|f| json!({"place": f.place, "reason": f.reason}));
                ui::json(&json!({"ok": false, "faults": list.collect::<Vec<_>>()}));
            } else {
                ui::line(faults.to_string());
            }
            let (n, s) = (faults.0.len(), if faults.0.len() == 1 { "" } else { "s" });
            let text = format!("{}: {n} fault{s}", args.file.display());
            Err(Problem::new(text)
                .hint("docs/incidents.md says what a coding is")
                .exit(Exit::Failed))
        }
    }
}

/// The four record types and the answers, counted apart.
fn counts(coding: &Coding) -> [(&'static str, usize); 5] {
    [
        ("incident", 1),
        (
            "campaigns it is filed under",
            usize::from(coding.campaign.is_some()),
        ),
        ("victim effects", coding.receivers.len()),
        ("attributions by others", coding.attributions.len()),
        ("responses", coding.responses.len()),
    ]
}

fn records(coding: &Coding) -> serde_json::Value {
    let [incident, campaign, effect, attribution, response] = counts(coding).map(|(_, n)| n);
    json!({
        "incident": incident, "campaign": campaign, "victim-effect": effect, "attribution": attribution,
        "response": response,
    })
}
