//! `solferino finding`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use record::body::deciding::Choice;
use record::body::outcome::Proposal;
use record::derive::{self, Replayed};
use record::ids::{CaseId, StatementId};
use record::kind::Content;
use record::state::{Case, FindingRecord, State};
use serde_json::{Value, json};
use store::Record;

use crate::figures::Answered;
use crate::problem::{Exit, Outcome, Problem};
use crate::{figures, opened, select, ui};

/// Derive and look at findings
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Propose(Propose),
    Show(Show),
}

/// Derive what the finding of a case would say now, from what is open and what this record can open
///
/// Nothing is submitted and nothing disclosed; the panel votes on the digest.
#[derive(Debug, clap::Args)]
pub(crate) struct Propose {
    /// The case
    case: String,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// Print the whole finding, ready for `solferino submit`
    #[arg(long)]
    finding: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Show a finding: what it says, why, who voted, who disagreed, what the accused replied
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// A finding (a unique beginning is enough) or a case, for its last one
    #[arg(value_name = "FINDING|CASE")]
    what: String,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Propose(args) => propose(&args),
        Command::Show(args) => show(&args),
    }
}

fn propose(args: &Propose) -> Outcome {
    let record = opened::record(&args.record)?;
    let case = select::case(&record.state(), &args.case)?.id.clone();
    let (proposal, replayed) = derived(&record, &case)?;
    let state = record.state();
    let demonstration = ui::is_demonstration(&state);
    let case = select::case(&state, &args.case)?;
    let answered = Answered::of(&case.question, &proposal);
    if args.finding {
        ui::json(&finding_file(&state, case, &proposal));
        return Ok(Exit::Ok);
    }
    if args.json {
        let answer = json!({"proposal": proposal, "digest": proposal.digest(), "figures": figures::json(&replayed, answered)});
        ui::json(&ui::marked(answer, demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    ui::line(format!(
        "case {}, round {}: {}",
        proposal.case,
        proposal.round,
        figures::outcome(&proposal)
    ));
    ui::line(format!("digest to vote on: {}", proposal.digest()));
    let shown = select::case(&state, &args.case)?;
    ui::line(figures::blind(&proposal.blind, shown));
    ui::line("");
    figures::print(&replayed, answered);
    Ok(Exit::Ok)
}

/// What to do where a case cannot be evaluated yet.
pub(crate) const NOT_READY: &str =
    "hypotheses and an assessment come first; a sealed one is opened by its author";

/// The contents of a case that this record can open, open or not.
pub(crate) fn kept(record: &Record, id: &CaseId) -> Outcome<BTreeMap<StatementId, Content>> {
    let sealed: Vec<_> = {
        let state = record.state();
        let case = select::case(&state, id.as_str())?;
        case.sealed.iter().map(|(id, s)| (*id, s.kind)).collect()
    };
    let mut kept = BTreeMap::new();
    for (id, kind) in sealed {
        if let Some(opening) = record.opening(&id)? {
            kept.insert(id, Content::parse(kind, &opening.value)?);
        }
    }
    Ok(kept)
}

/// The proposal of a case, with the openings kept beside the record.
fn derived(record: &Record, id: &CaseId) -> Outcome<(Proposal, Replayed)> {
    let kept = kept(record, id)?;
    let state = record.state();
    let case = select::case(&state, id.as_str())?;
    let charter = state
        .global
        .charter_in_force()
        .ok_or_else(|| Problem::new("the record is not founded"))?;
    let opened = |id: &StatementId| case.contents.get(id).or_else(|| kept.get(id));
    derive::propose(charter, case, opened).map_err(|e| Problem::from(e).hint(NOT_READY))
}

/// The finding that the present state asks for, as `submit` reads it.
fn finding_file(state: &State, case: &Case, proposal: &Proposal) -> Value {
    let digest = proposal.digest();
    let in_favour = |id: &StatementId| {
        let vote = case.opened_vote(id);
        vote.is_some_and(|v| v.proposal == digest && v.choice == Choice::Publish)
    };
    let votes: Vec<_> = case
        .votes
        .iter()
        .map(|v| v.statement)
        .filter(in_favour)
        .collect();
    let finding = json!({
        "proposal": proposal, "votes": votes, "case_statements": record::body::outcome::CaseStatements::of(&case.statement_ids()),
        "state_sha256": derive::state_sha256(&state.global, case),
    });
    match case.standing() {
        None => json!({"type": "finding", "case": case.id, "body": finding}),
        Some(old) => json!({
            "type": "supersede", "case": case.id,
            "body": {"supersedes": old.statement, "finding": finding},
        }),
    }
}

fn show(args: &Show) -> Outcome {
    let state = opened::state(&args.record)?;
    let (case, finding) = select::finding(&state, &args.what)?;
    let demonstration = ui::is_demonstration(&state);
    let answered = Answered::of(&case.question, &finding.finding.proposal);
    if args.json {
        let answer = json!({
            "statement": finding.statement, "index": finding.index, "time": finding.time,
            "status": figures::status(finding), "finding": finding.finding,
            "votes": votes(case, finding), "dissents": dissents(finding),
            "reply": finding.reply.as_ref().map(|r| json!({"statement": r.statement, "text_sha256": r.text_sha256})),
            "recused": finding.recused, "figures": figures::json(&finding.replayed, answered),
        });
        ui::json(&ui::marked(answer, demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    let proposal = &finding.finding.proposal;
    ui::line(format!(
        "case {}, round {}: {}",
        case.id,
        proposal.round,
        figures::outcome(proposal)
    ));
    ui::line(format!(
        "finding {}, {}, {}",
        finding.statement,
        finding.time,
        figures::status(finding)
    ));
    ui::line(figures::blind(&proposal.blind, case));
    ui::line("");
    figures::print(&finding.replayed, answered);
    ui::line("");
    let rows = finding.votes.iter().map(|v| {
        let choice = case
            .opened_vote(&v.statement)
            .map_or("sealed", |v| choice(v.choice));
        vec![
            v.member.to_string(),
            choice.to_string(),
            v.statement.to_string(),
        ]
    });
    ui::table(
        &["reviewer", "vote", "statement"],
        &rows.collect::<Vec<_>>(),
    );
    for (member, id) in &finding.dissents {
        ui::line(format!("dissent of {member}: {id}"));
    }
    match &finding.reply {
        Some(reply) if reply.text_sha256.is_some() => {
            ui::line(format!("reply of the accused: {}", reply.statement))
        }
        Some(_) => ui::line("no reply came within the window; silence is no admission"),
        None => ui::line("nobody was notified: the finding names nobody"),
    }
    ui::notice(demonstration);
    Ok(Exit::Ok)
}

fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::Publish => "publish",
        Choice::Object => "object",
        Choice::Abstain => "abstain",
    }
}

fn votes(case: &Case, finding: &FindingRecord) -> Vec<Value> {
    let all = finding.votes.iter();
    all.map(|v| {
        let choice = case.opened_vote(&v.statement).map(|v| choice(v.choice));
        json!({"member": v.member, "statement": v.statement, "choice": choice})
    })
    .collect()
}

fn dissents(finding: &FindingRecord) -> Vec<Value> {
    let all = finding.dissents.iter();
    all.map(|(member, id)| json!({"member": member, "statement": id}))
        .collect()
}
