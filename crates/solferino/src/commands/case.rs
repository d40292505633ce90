//! `solferino case`.

use std::path::PathBuf;

use record::state::Case;
use serde_json::json;

use crate::problem::{Exit, Outcome};
use crate::{figures, opened, select, ui};

/// Look at cases
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(List),
    Show(Show),
}

/// List the cases with phase and standing finding
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Show a case: its phase, findings, and every statement in order
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The case
    case: String,
    /// Folder of the record
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::List(args) => list(&args),
        Command::Show(args) => show(&args),
    }
}

fn standing(case: &Case) -> String {
    case.standing()
        .map_or("-".to_string(), |f| figures::outcome(&f.finding.proposal))
}

fn list(args: &List) -> Outcome {
    let state = opened::state(&args.record)?;
    let demonstration = ui::is_demonstration(&state);
    if args.json {
        let cases = state.cases.values().map(|c| {
            json!({
                "id": c.id, "phase": c.phase.as_str(), "round": c.round, "opened": c.opened,
                "statements": c.statements.len(), "findings": c.findings.len(),
                "standing": c.standing().map(|f| f.statement),
            })
        });
        ui::json(&ui::marked(
            json!({"cases": cases.collect::<Vec<_>>()}),
            demonstration,
        ));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    let rows = state.cases.values().map(|c| {
        let counts = (c.statements.len().to_string(), c.findings.len().to_string());
        vec![
            c.id.to_string(),
            c.phase.to_string(),
            c.round.to_string(),
            counts.0,
            counts.1,
            standing(c),
        ]
    });
    let heads = [
        "case",
        "phase",
        "round",
        "statements",
        "findings",
        "standing finding",
    ];
    ui::table(&heads, &rows.collect::<Vec<_>>());
    Ok(Exit::Ok)
}

/// What the claim a case checks says, and who says it.
fn claimed(case: &Case) {
    if let Some(claim) = case.question.claim() {
        let (publisher, published) = (&claim.publisher, claim.published);
        ui::line(format!("checks what {publisher} claimed on {published}:"));
        for a in claim.assertions.iter() {
            let says = record::claim::says(&a.says);
            ui::line(format!("  {}: \"{says}\" (claimed by {publisher})", a.id));
        }
    }
}

fn show(args: &Show) -> Outcome {
    let state = opened::state(&args.record)?;
    let case = select::case(&state, &args.case)?;
    let demonstration = ui::is_demonstration(&state);
    let statements = case.statements.iter().map(|(index, id)| {
        let kind = state.statements.get(id).map_or("", |e| e.kind.as_str());
        let seal = match case.sealed.contains_key(id) {
            true if case.contents.contains_key(id) => "opened",
            true => "sealed",
            false => "",
        };
        (*index, *id, kind, seal)
    });
    let statements: Vec<_> = statements.collect();
    if args.json {
        let all = statements.iter().map(|(index, id, kind, seal)| {
            json!({"index": index, "statement": id, "type": kind, "content": seal})
        });
        let findings = case.findings.iter().map(|f| {
            json!({"statement": f.statement, "round": f.finding.proposal.round, "time": f.time,
                   "outcome": f.finding.proposal.outcome, "named": f.finding.proposal.named,
                   "status": figures::status(f)})
        });
        let answer = json!({
            "id": case.id, "phase": case.phase.as_str(), "round": case.round, "opened": case.opened,
            "question": case.question, "panel": case.panel, "recused": case.recused, "exhibits": case.exhibits.len(),
            "findings": findings.collect::<Vec<_>>(), "statements": all.collect::<Vec<_>>(),
        });
        ui::json(&ui::marked(answer, demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    ui::line(format!(
        "case {}, phase {}, round {}, opened {}",
        case.id, case.phase, case.round, case.opened
    ));
    claimed(case);
    ui::line("");
    let findings = case.findings.iter().map(|f| {
        let p = &f.finding.proposal;
        vec![
            p.round.to_string(),
            figures::outcome(p),
            f.statement.to_string(),
            figures::status(f),
        ]
    });
    ui::table(
        &["round", "finding", "statement", "status"],
        &findings.collect::<Vec<_>>(),
    );
    ui::line("");
    let rows = statements.iter().map(|(index, id, kind, seal)| {
        vec![
            index.to_string(),
            (*kind).to_string(),
            id.to_string(),
            (*seal).to_string(),
        ]
    });
    ui::table(
        &["index", "type", "statement", "content"],
        &rows.collect::<Vec<_>>(),
    );
    Ok(Exit::Ok)
}
