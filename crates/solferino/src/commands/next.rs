//! `solferino next`.

use std::path::{Path, PathBuf};

use method::{Candidate, Check, CheckValue, Decision, NextChecks, Params};
use record::bundle::{self, MAX_BUNDLE_BYTES};
use record::derive;
use serde::Deserialize;
use serde_json::json;

use super::{finding, verify};
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, select, template, ui};

/// Below this many bits a check is said to tell next to nothing.
const NOTHING_BITS: f64 = 0.0005;
/// Share of the bits that are about who alone, above which a check tells mostly that.
const MOSTLY: f64 = 2.0 / 3.0;

/// Rank what could be looked at next by what it is expected to tell
///
/// Counts bits over who did it and whom they imitate together, and over who alone for comparison;
/// EVSI is the expected gain under the charter's published loss. Examining each item again is always
/// among the candidates; --checks adds those an analyst has in mind (docs/method.md).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The case; its last finding's where --bundle is given
    #[arg(required_unless_present = "bundle")]
    case: Option<String>,
    /// Folder of the record
    #[arg(long, value_name = "DIR", required_unless_present = "bundle")]
    record: Option<PathBuf>,
    /// A finding's bundle instead of a record: no record and no network are needed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["record", "case"])]
    bundle: Option<PathBuf>,
    /// Trust file to hold the bundle against
    #[arg(long, value_name = "FILE", requires = "bundle")]
    trust: Option<PathBuf>,
    /// Candidate checks, JSON with // comments
    #[arg(long, value_name = "FILE")]
    checks: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A file of candidate checks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    checks: Vec<Check>,
}

/// What the ranking is made from.
struct Inputs {
    case: String,
    inputs: method::Case,
    params: Params,
    demonstration: bool,
    /// Whether a trust file pinned the bundle; a record of one's own needs none.
    pinned: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let checks = args.checks.as_deref().map_or(Ok(Vec::new()), read)?;
    let found = match (&args.bundle, &args.case, &args.record) {
        (Some(bundle), _, _) => of_bundle(bundle, args.trust.as_deref())?,
        (None, Some(case), Some(dir)) => Some(of_record(case, dir)?),
        _ => return Err(Problem::new("neither a case nor a bundle was given").exit(Exit::Usage)),
    };
    let Some(found) = found else {
        return Ok(Exit::Failed);
    };
    let next = method::next_checks(&found.inputs, &checks, &found.params).map_err(|e| {
        Problem::from(e).hint(
            "docs/method.md, \"What to look for next\", explains the file; docs/examples has one",
        )
    })?;
    if args.json {
        let answer = json!({"case": found.case, "pinned": found.pinned, "next": next});
        ui::json(&ui::marked(answer, found.demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(found.demonstration);
    print(&found.case, &next);
    if !found.pinned {
        ui::line("signers not pinned: give the body's trust file with --trust FILE");
    }
    ui::notice(found.demonstration);
    Ok(Exit::Ok)
}

fn read(path: &Path) -> Outcome<Vec<Check>> {
    let plain = template::without_comments(&files::read_text(path)?);
    let value = record::json::parse(plain.as_bytes()).map_err(|e| {
        Problem::from(e)
            .of(path.display())
            .hint("a file of checks is JSON with // comments")
    })?;
    let parsed: Result<Checks, _> = serde_json::from_value(value);
    Ok(parsed
        .map_err(|e| {
            Problem::from(e)
                .of(path.display())
                .hint("docs/method.md, \"What to look for next\", lists the fields")
        })?
        .checks)
}

/// The inputs a case has now, from what is open and what this record can open.
fn of_record(case: &str, dir: &Path) -> Outcome<Inputs> {
    let record = opened::record(dir)?;
    let id = select::case(&record.state(), case)?.id.clone();
    let kept = finding::kept(&record, &id)?;
    let state = record.state();
    let case = select::case(&state, id.as_str())?;
    let charter = state
        .global
        .charter_in_force()
        .ok_or_else(|| Problem::new("the record is not founded"))?;
    let content = |id: &_| case.contents.get(id).or_else(|| kept.get(id));
    let (inputs, _) =
        derive::inputs(case, content).map_err(|e| Problem::from(e).hint(finding::NOT_READY))?;
    Ok(Inputs {
        case: id.to_string(),
        inputs,
        params: charter.method.clone(),
        demonstration: ui::is_demonstration(&state),
        pinned: true,
    })
}

/// The inputs of a published finding; nothing where its bundle does not verify.
fn of_bundle(path: &Path, trust: Option<&Path>) -> Outcome<Option<Inputs>> {
    let trust = trust.map(opened::trust).transpose()?;
    let bytes = files::read(path, MAX_BUNDLE_BYTES as u64)?;
    let (v, bundle) = bundle::verify(&bytes, trust.as_ref());
    let finding = bundle.as_ref().and_then(|b| v.finding(b));
    let charter = v.state.global.charter.as_ref();
    let (true, Some(finding), Some(charter)) = (v.holds(), finding, charter) else {
        verify::print_checks(&v.report);
        ui::line(verify::verdict(Exit::Failed));
        return Ok(None);
    };
    Ok(Some(Inputs {
        case: finding.finding.proposal.case.to_string(),
        inputs: finding.replayed.inputs.clone(),
        params: charter.method.clone(),
        demonstration: charter.demonstration,
        pinned: v.pinned,
    }))
}

fn print(case: &str, next: &NextChecks) {
    ui::line(format!(
        "case {case}: {:.3} bits in doubt about who did it and whom they imitate, {:.3} about who alone",
        next.joint_bits, next.actor_bits
    ));
    ui::line("");
    let of = |candidate| {
        let all = next.checks.iter();
        all.filter(|c| c.candidate == candidate).collect::<Vec<_>>()
    };
    let (given, again) = (of(Candidate::Given), of(Candidate::ReExamination));
    if !given.is_empty() {
        ranking("check", &given);
        ui::line("");
    }
    if !again.is_empty() {
        ui::line("examining an item again, at most:");
        ranking("item", &again);
        ui::line("");
    }
    let wrong = f64::from(next.loss_false_milli) / f64::from(next.loss_silence_milli);
    ui::line(match (&next.decision, next.some_check_could_decide()) {
        (Decision::Silent, false) => format!(
            "no single check can justify publication yet: whatever it says, silence costs less while a wrong name costs {wrong} times as much"
        ),
        (Decision::Silent, true) => {
            "a single check could make naming cost less than silence; the standards of proof decide whether it is published".to_string()
        }
        (Decision::Name { .. }, _) => {
            "naming already costs less than silence by the published loss; the standards of proof decide whether it is published".to_string()
        }
    });
}

/// One table, the most informative first, and a sentence on each row.
fn ranking(head: &str, checks: &[&CheckValue]) {
    let row = |(n, c): (usize, &&CheckValue)| {
        vec![
            (n + 1).to_string(),
            c.id.clone(),
            format!("{:.3}", c.joint_bits),
            format!("{:.3}", c.actor_bits),
            format!("{:.3}", c.evsi),
            c.days.map_or("-".to_string(), |d| d.to_string()),
        ]
    };
    let rows: Vec<_> = checks.iter().enumerate().map(row).collect();
    ui::table(&["rank", head, "bits", "who alone", "EVSI", "days"], &rows);
    for (n, check) in checks.iter().enumerate() {
        ui::line(format!("{}. {}: {}", n + 1, check.what, sentence(check)));
    }
}

/// What a check is expected to tell, in one sentence.
fn sentence(check: &CheckValue) -> String {
    let about = if check.joint_bits < NOTHING_BITS {
        "tells next to nothing"
    } else if check.actor_bits > MOSTLY * check.joint_bits {
        "tells mostly who did it"
    } else if check.actor_bits < (1.0 - MOSTLY) * check.joint_bits {
        "tells mostly whether somebody is imitated, little about who did it"
    } else {
        "tells both who did it and whether somebody is imitated"
    };
    if check.evsi > method::EVSI_FLOOR {
        format!("{about}; one of its answers would change what the published loss advises")
    } else {
        about.to_string()
    }
}
