//! `solferino verify`.

mod others;

use std::path::{Path, PathBuf};

use record::bundle::{self, MAX_BUNDLE_BYTES};
use record::check::{Outcome as CheckOutcome, Report};
use record::intake::INTAKE_HEADER;
use record::state::State;
use record::subject_proof::SUBJECT_HEADER;
use record::suppression::SUPPRESSION_HEADER;
use record::trust::TrustFile;
use serde_json::json;
use tlog::{Checkpoint, Note, TlogProof, VerifierKey};

use crate::problem::{Exit, Outcome, Problem};
use crate::{figures, files, opened, ui};

/// First line of a receipt.
const RECEIPT: &[u8] = b"c2sp.org/tlog-proof@v1\n";
/// First line of evidence of equivocation.
const EQUIVOCATION: &[u8] = b"solferino.org/equivocation@v1\n";
/// First byte of a COSE receipt: the tag of a `COSE_Sign1`, 18.
const COSE: u8 = 0xd2;

/// Check a finding's bundle, a receipt, a suppression or index proof, or evidence of equivocation, offline
///
/// Prints check by check what holds. Exits with 0 if everything holds under the trust file, with 3
/// if everything agrees with itself but no trust file says whose record it is, and with 4 if
/// something does not hold.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A bundle, a receipt (.tlog-proof, COSE, .intake), a suppression or index proof, evidence
    file: PathBuf,
    /// Trust file: log key, first charter and witness policy to hold it against
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// For a receipt: the signed statement it is for
    #[arg(long, value_name = "FILE")]
    statement: Option<PathBuf>,
    /// Key of a relay whose intake receipt counts beside the log's
    #[arg(long, value_name = "VKEY")]
    relay: Vec<VerifierKey>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let trust = args.trust.as_deref().map(opened::trust).transpose()?;
    let bytes = files::read(&args.file, MAX_BUNDLE_BYTES as u64)?;
    let (trust, json) = (&trust, args.json);
    let begins = |header: &str| bytes.strip_prefix(header.as_bytes()).is_some();
    let statement = || {
        let missing = || {
            Problem::new("a receipt is checked against the statement it is for")
                .hint("give the signed statement with --statement FILE")
        };
        args.statement.as_deref().ok_or_else(missing)
    };
    if bytes.starts_with(RECEIPT) {
        receipt(&bytes, statement()?, trust.as_ref(), json)
    } else if bytes.first() == Some(&COSE) {
        others::cose(&bytes, statement()?, trust.as_ref(), json)
    } else if begins(SUPPRESSION_HEADER) {
        others::suppression(&bytes, trust.as_ref(), &args.relay, json)
    } else if begins(SUBJECT_HEADER) {
        others::subject(&bytes, trust.as_ref(), json)
    } else if begins(INTAKE_HEADER) {
        others::intake(&bytes, trust.as_ref(), &args.relay, json)
    } else if bytes.starts_with(EQUIVOCATION) {
        others::equivocation(&bytes, trust.as_ref(), json)
    } else {
        whole_bundle(&bytes, trust.as_ref(), args.json)
    }
}

fn whole_bundle(bytes: &[u8], trust: Option<&TrustFile>, as_json: bool) -> Outcome {
    let (v, bundle) = bundle::verify(bytes, trust);
    let exit = exit(v.holds(), v.pinned);
    let finding = bundle.as_ref().and_then(|b| v.finding(b));
    // A record without a charter in sight may be anything.
    let demonstration = charter_is_demonstration(&v.state);
    if as_json {
        let answer = json!({
            "verification": v, "holds": v.holds(), "verdict": verdict(exit),
            "finding": finding.map(|f| json!({"statement": f.statement, "finding": f.finding})),
        });
        ui::json(&ui::marked(answer, demonstration));
        return Ok(exit);
    }
    print_checks(&v.report);
    if let Some(time) = v.as_of_time.filter(|_| v.holds()) {
        ui::line(format!(
            "as of checkpoint {}, time {time}; later withdrawal not checked",
            v.as_of_size
        ));
    }
    if let Some(f) = finding {
        ui::line(format!(
            "finding: {}",
            figures::outcome(&f.finding.proposal)
        ));
        if let Some(case) = v.state.cases.get(&f.finding.proposal.case) {
            let answered = figures::Answered::of(&case.question, &f.finding.proposal);
            ui::line(answered.sentence(&f.replayed.evaluation));
        }
    }
    ui::line(verdict(exit));
    ui::notice(demonstration && v.holds());
    if exit == Exit::NotPinned {
        ui::remark("hint: with the body's trust file, --trust FILE says whose record it is");
    }
    Ok(exit)
}

fn charter_is_demonstration(state: &State) -> bool {
    state
        .global
        .charter
        .as_ref()
        .is_some_and(|c| c.demonstration)
}

pub(crate) fn exit(holds: bool, pinned: bool) -> Exit {
    match (holds, pinned) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::NotPinned,
        (true, true) => Exit::Ok,
    }
}

/// The last line: what all of it comes to.
pub(crate) fn verdict(exit: Exit) -> &'static str {
    match exit {
        Exit::Ok => "verified",
        Exit::NotPinned => "self-consistent, signers not pinned",
        _ => "NOT verified",
    }
}

/// One line per check; a failure says where.
pub(crate) fn print_checks(report: &Report) {
    for check in &report.checks {
        let mark = match check.outcome {
            CheckOutcome::Held => "ok",
            CheckOutcome::Failed => "FAILED",
            CheckOutcome::NotChecked => "not checked",
        };
        ui::line(format!("{:<12} {mark}: {}", check.name, check.detail));
    }
}

/// A receipt without a trust file shows only that path and checkpoint fit together.
fn receipt(bytes: &[u8], statement: &Path, trust: Option<&TrustFile>, as_json: bool) -> Outcome {
    let entry = files::read(statement, files::MAX_TEXT_BYTES)?;
    let leaf = tlog::leaf_hash(&entry);
    let mut report = Report::default();
    let checkpoint = check_receipt(&mut report, bytes, &leaf, trust);
    let exit = exit(checkpoint.is_some(), trust.is_some());
    if as_json {
        ui::json(&json!({
            "report": report, "verdict": verdict(exit), "statement": leaf,
            "checkpoint_size": checkpoint.map(|c| c.size),
        }));
        return Ok(exit);
    }
    print_checks(&report);
    if let Some(c) = checkpoint {
        ui::line(format!(
            "statement {leaf} is in the log {} of {} entries",
            c.origin, c.size
        ));
    }
    ui::line(verdict(exit));
    Ok(exit)
}

fn check_receipt(
    report: &mut Report,
    bytes: &[u8],
    leaf: &tlog::Hash,
    trust: Option<&TrustFile>,
) -> Option<Checkpoint> {
    let words = |e: &dyn std::error::Error| record::trust::with_sources(e);
    let parsed = TlogProof::parse(bytes).map_err(|e| words(&e));
    let proof = report.note("form", "a C2SP tlog-proof", parsed)?;
    let Some(trust) = trust else {
        let inclusion = unpinned(&proof, leaf);
        let checkpoint = report.note(
            "inclusion",
            "the statement is in the tree of the checkpoint",
            inclusion,
        )?;
        report.not_checked(
            "trust",
            "no trust file was given: anyone could have signed the checkpoint",
        );
        return Some(checkpoint);
    };
    let logs = trust.policy.logs();
    let verified = logs
        .first()
        .ok_or_else(|| "the trust file pins no log".to_string());
    let verified = verified.and_then(|log| {
        proof
            .verify(leaf, &log.key, Some(&trust.policy))
            .map_err(|e| words(&e))
    });
    report.note(
        "inclusion",
        "signed by the pinned log, and the statement is in its tree",
        verified,
    )
}

fn unpinned(proof: &TlogProof, leaf: &tlog::Hash) -> Result<Checkpoint, String> {
    let note = Note::parse(proof.checkpoint.as_bytes()).map_err(|e| e.to_string())?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|e| e.to_string())?;
    tlog::verify_inclusion(
        leaf,
        proof.index,
        checkpoint.size,
        &proof.path,
        &checkpoint.root,
    )
    .map_err(|e| e.to_string())?;
    Ok(checkpoint)
}
