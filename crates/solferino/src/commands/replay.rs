//! `solferino replay`.

use std::path::{Path, PathBuf};

use record::bundle::{self, MAX_BUNDLE_BYTES};
use record::derive::{self, Replayed};
use record::ids::CaseId;
use serde_json::{Value, json};

use super::verify;
use crate::figures::Answered;
use crate::problem::{Exit, Outcome, Problem};
use crate::{figures, files, opened, ui};

/// Recompute a finding from its bundle, as it is or with something changed
///
/// Verifies the bundle first. Without changes, states that the result is bit for bit the same and
/// prints it. With changes, prints both side by side; what is left out comes first, then what is
/// set, each in the order given.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A bundle
    file: PathBuf,
    /// Trust file to hold the bundle against
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Leave out item.ID, strand.ID or source.ORGANISATION
    #[arg(long, value_name = "WHAT")]
    without: Vec<String>,
    /// Change a judgement, like item.O2.phi=0.9, item.O2.grade=C3, item.O2.lr.GRU=1.2,
    /// strand.CODE.c=0.2, prior.GRU=0.1 or delta=0.2
    #[arg(long, value_name = "WHAT=VALUE")]
    set: Vec<String>,
    /// Write the re-run as an `alternative` statement, ready for `solferino submit`
    #[arg(long, value_name = "FILE")]
    alternative: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let bytes = files::read(&args.file, MAX_BUNDLE_BYTES as u64)?;
    let (v, bundle) = bundle::verify(&bytes, trust.as_ref());
    let finding = bundle.as_ref().and_then(|b| v.finding(b));
    let charter = v.state.global.charter.as_ref();
    let (true, Some(finding), Some(charter)) = (v.holds(), finding, charter) else {
        verify::print_checks(&v.report);
        ui::line(verify::verdict(Exit::Failed));
        return Ok(Exit::Failed);
    };
    let changes: Vec<String> = args.without.iter().chain(&args.set).cloned().collect();
    let proposal = &finding.finding.proposal;
    let case = v.state.cases.get(&proposal.case);
    let case = case.ok_or_else(|| Problem::new("the bundle does not hold the finding's case"))?;
    let after = derive::rerun(case, finding, charter, &changes).map_err(|e| {
        Problem::from(e).hint("`solferino replay --help` shows the changes; `solferino replay FILE --json` lists items and strands")
    })?;
    let was = Answered::of(&case.question, proposal);
    let checked = derive::answer(&case.question, &after, charter)?;
    let is = Answered {
        question: &case.question,
        named: checked.named.is_some(),
        assertions: &checked.assertions,
    };
    if changes.is_empty() && after.bytes() != finding.replayed.bytes() {
        return Err(Problem::new("the result differs from the recomputed one").exit(Exit::Failed));
    }
    if let Some(out) = &args.alternative {
        let body = json!({"finding": finding.statement, "changes": changes, "result_sha256": after.sha256()});
        write_alternative(out, &proposal.case, &body)?;
    }
    if args.json {
        let answer = record::figures::rerun(&v, finding, &changes)?;
        ui::json(&ui::marked(answer, charter.demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(charter.demonstration);
    ui::line(format!(
        "case {}, round {}: {}",
        proposal.case,
        proposal.round,
        figures::outcome(proposal)
    ));
    print_figures(&changes, (&finding.replayed, was), (&after, is));
    if let Some(out) = &args.alternative {
        ui::line(format!(
            "written: {}; sign and submit it with `solferino submit`",
            out.display()
        ));
    }
    if !v.pinned {
        ui::line("signers not pinned: give the body's trust file with --trust FILE");
    }
    ui::notice(charter.demonstration);
    Ok(Exit::Ok)
}

/// The re-run as a statement that anyone can sign.
fn write_alternative(out: &Path, case: &CaseId, body: &Value) -> Outcome<()> {
    let alternative = json!({"type": "alternative", "case": case, "body": body});
    let text = serde_json::to_string_pretty(&alternative).unwrap_or_default();
    files::replace(out, format!("{text}\n").as_bytes())
}

/// The figures as they are, or before and after the changes.
fn print_figures(
    changes: &[String],
    before: (&Replayed, Answered<'_>),
    after: (&Replayed, Answered<'_>),
) {
    if changes.is_empty() {
        ui::line("recomputed from the bundle: bit for bit the same");
        ui::line("");
        figures::print(after.0, after.1);
        print_norms("", after.0);
    } else {
        ui::line(format!("with {}:", changes.join(", ")));
        ui::line("");
        figures::compare(before, after);
        print_norms("before: ", before.0);
        print_norms("after:  ", after.0);
    }
}

/// One line on the norms; `solferino norms verdicts` has the rest.
fn print_norms(when: &str, replayed: &Replayed) {
    let Some(verdicts) = &replayed.verdicts else {
        return;
    };
    let s = verdicts.summary();
    let named: Vec<&str> = s.inconsistent.iter().map(|n| n.norm.as_str()).collect();
    let named = match named.is_empty() {
        true => "none".to_owned(),
        false => named.join(", "),
    };
    ui::line(format!(
        "{when}norms (judged: {}): inconsistent with {named}; cannot tell {} of {}",
        verdicts.party, s.cannot_tell, s.judged
    ));
}
