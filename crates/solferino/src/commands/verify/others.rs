//! What else can be checked: suppression and index proofs, evidence of equivocation, intake and COSE receipts.

use std::path::Path;

use record::check::Report;
use record::intake::Promise;
use record::subject_proof::SubjectProof;
use record::suppression::SuppressionProof;
use record::trust::{TrustFile, with_sources};
use serde_json::{Value, json};
use tlog::{CoseReceipt, Equivocation, Evidence, SignerRole, VerifierKey};

use super::{exit, print_checks, verdict};
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Prints checks, what is shown, and the verdict.
fn told(report: &Report, pinned: bool, lines: &[String], shown: Value, as_json: bool) -> Outcome {
    let exit = exit(report.failure().is_none(), pinned);
    if as_json {
        ui::json(&json!({"report": report, "verdict": verdict(exit), "shown": shown}));
        return Ok(exit);
    }
    print_checks(report);
    lines.iter().for_each(ui::line);
    ui::line(verdict(exit));
    Ok(exit)
}

/// A suppression proof.
pub(super) fn suppression(
    bytes: &[u8],
    trust: Option<&TrustFile>,
    relays: &[VerifierKey],
    as_json: bool,
) -> Outcome {
    let found = SuppressionProof::verify(bytes, trust, relays);
    let Some(shown) = &found.shown else {
        return told(&found.report, found.pinned, &[], Value::Null, as_json);
    };
    let promise = &shown.promise;
    let who = if shown.by_log {
        "the log itself"
    } else {
        "on the word of this relay alone: the relay"
    };
    let lines = [
        format!(
            "{who} ({}) took statement {} at {}",
            shown.signer.name(),
            promise.leaf,
            promise.received
        ),
        format!(
            "by {} the log {} held neither it nor an answer to it",
            promise.merge_by, promise.log
        ),
        format!(
            "the log says so by its index over {} entries, as of {}",
            shown.index.size, shown.index.time
        ),
    ];
    let value = json!({"statement": promise.leaf, "log": promise.log, "received": promise.received,
        "merge_by": promise.merge_by, "signer": shown.signer.to_string(), "by_log": shown.by_log,
        "index": shown.index});
    match told(&found.report, found.pinned, &lines, value, as_json)? {
        Exit::Ok if !shown.by_log => Ok(Exit::Testimony),
        exit => Ok(exit),
    }
}

/// A proof from the index. Entries that are listed are all there are; that none is listed says so as well.
pub(super) fn subject(bytes: &[u8], trust: Option<&TrustFile>, as_json: bool) -> Outcome {
    let found = SubjectProof::verify(bytes, trust);
    let Some(shown) = &found.shown else {
        return told(&found.report, found.pinned, &[], Value::Null, as_json);
    };
    let subject = shown.subject.to_string();
    let listed: Vec<String> = shown.entries.iter().map(u64::to_string).collect();
    let lines = [
        match listed.is_empty() {
            true => format!("no entry is about {subject}"),
            false => format!("about {subject} are the entries {}", listed.join(", ")),
        },
        format!(
            "the log says so by its index over the first {} entries, as of {}; what came later is not in it",
            shown.index.size, shown.index.time
        ),
    ];
    let value = json!({"subject": subject, "entries": shown.entries, "index": shown.index,
        "checkpoint_size": shown.checkpoint.size});
    told(&found.report, found.pinned, &lines, value, as_json)
}

/// Evidence of equivocation.
pub(super) fn equivocation(bytes: &[u8], trust: Option<&TrustFile>, as_json: bool) -> Outcome {
    let mut report = Report::default();
    let evidence = Evidence::parse(bytes).map_err(|e| with_sources(&e));
    let shown = report
        .note("form", "evidence of equivocation", evidence)
        .and_then(|evidence| {
            let verified = evidence.verify().map_err(|e| with_sources(&e));
            let held =
                "two checkpoints of one log that contradict each other, signed by the same keys";
            report.note("equivocation", held, verified)
        });
    let Some(shown) = shown else {
        return told(&report, trust.is_some(), &[], Value::Null, as_json);
    };
    let held = "every signer is the log or a witness that the trust file pins";
    match trust {
        Some(trust) => drop(report.note("trust", held, known(&shown, trust))),
        None => report.not_checked("trust", "no trust file says whose keys these are"),
    }
    let mut lines = vec![format!(
        "{}: the first {} entries have root {} in one history and {} in the other",
        shown.older.origin, shown.older.size, shown.older.root, shown.prefix_root
    )];
    lines.extend(shown.signers.iter().map(|(key, role)| match role {
        SignerRole::Log => format!("the log {} signed both", key.name()),
        SignerRole::Cosigner => format!("{} vouched for both", key.name()),
    }));
    let signers = shown.signers.iter().map(|(key, _)| key.to_string());
    let value = json!({"origin": shown.older.origin, "sizes": [shown.older.size, shown.newer.size],
        "roots": [shown.older.root, shown.prefix_root], "signers": signers.collect::<Vec<_>>()});
    told(&report, trust.is_some(), &lines, value, as_json)
}

fn known(shown: &Equivocation, trust: &TrustFile) -> Result<(), String> {
    let logs = trust.policy.logs().iter().map(|log| log.key.clone());
    let known: Vec<VerifierKey> = logs.chain(trust.policy.witness_keys()).collect();
    let stranger = shown.signers.iter().find(|(key, _)| !known.contains(key));
    match stranger {
        None => Ok(()),
        Some((key, _)) => Err(format!("the trust file does not know {key}")),
    }
}

/// An intake receipt.
pub(super) fn intake(
    bytes: &[u8],
    trust: Option<&TrustFile>,
    relays: &[VerifierKey],
    as_json: bool,
) -> Outcome {
    let Some(log) = trust.and_then(|trust| trust.policy.logs().first()) else {
        return Err(
            Problem::new("an intake receipt is checked against the key that signed it")
                .hint("give the trust file of the record with --trust FILE"),
        );
    };
    let mut report = Report::default();
    let opened = Promise::open(bytes, &log.key, relays).map_err(|e| e.to_string());
    let opened = report.note(
        "receipt",
        "signed by the pinned log or a relay you named",
        opened,
    );
    let Some((promise, signer)) = opened else {
        return told(&report, true, &[], Value::Null, as_json);
    };
    let lines = [
        format!(
            "{} took statement {} at {}",
            signer.name(),
            promise.leaf,
            promise.received
        ),
        format!(
            "by {} the log {} holds it or its refusal; if not: solferino prove-suppression",
            promise.merge_by, promise.log
        ),
    ];
    let value = json!({"statement": promise.leaf, "log": promise.log, "merge_by": promise.merge_by,
        "signer": signer.to_string()});
    told(&report, true, &lines, value, as_json)
}

/// A COSE receipt. It carries no cosignatures, so the witnesses' word is not in it.
pub(super) fn cose(
    bytes: &[u8],
    statement: &Path,
    trust: Option<&TrustFile>,
    as_json: bool,
) -> Outcome {
    let Some(log) = trust.and_then(|trust| trust.policy.logs().first()) else {
        return Err(
            Problem::new("a COSE receipt is checked against the log's key")
                .hint("give the trust file of the record with --trust FILE"),
        );
    };
    let leaf = tlog::leaf_hash(&files::read(statement, files::MAX_TEXT_BYTES)?);
    let mut report = Report::default();
    let parsed = CoseReceipt::parse(bytes).map_err(|e| with_sources(&e));
    let size = report
        .note("form", "a COSE receipt, RFC9162_SHA256", parsed)
        .and_then(|receipt| {
            let verified = receipt
                .verify(&leaf, &log.key)
                .map_err(|e| with_sources(&e));
            let held = "signed by the pinned log, and the statement is in its tree";
            report.note("inclusion", held, verified)
        });
    report.not_checked("witnesses", "a COSE receipt carries no cosignatures");
    let lines = size.map(|(size, _)| format!("statement {leaf} is in the log of {size} entries"));
    let lines: Vec<String> = lines.into_iter().collect();
    told(&report, true, &lines, json!({"statement": leaf}), as_json)
}
