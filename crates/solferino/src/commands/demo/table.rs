//! What was found, stage by stage, in one table.

use record::ids::StatementId;
use record::state::State;
use rehearsal::corpus;
use serde::Serialize;

use crate::figures;
use crate::problem::Outcome;
use crate::ui;

/// One stage of one case.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    case: String,
    stage: String,
    cutoff: String,
    statement: StatementId,
    finding: String,
    outcome: record::body::outcome::Outcome,
    named: Option<record::body::outcome::Named>,
    likelihood: String,
    p: f64,
    p5: f64,
    p95: f64,
    interval: String,
    standard: method::Standard,
    standard_as_given: method::Standard,
    naive_actor: String,
    naive_p: f64,
    planting_cost: String,
    note: String,
}

/// The stages of all cases, in the corpus's order; a stage that was not played is left out.
pub(super) fn rows(state: &State) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for script in corpus::scripts()? {
        let Some(case) = state.cases.get(&script.id) else {
            continue;
        };
        for (stage, finding) in script.stages.iter().zip(&case.findings) {
            let e = &finding.replayed.evaluation;
            let (p, p5, p95) = e.top().map_or((0.0, 0.0, 0.0), |s| (s.p, s.p5, s.p95));
            rows.push(Row {
                case: script.id.to_string(),
                stage: stage.label.clone(),
                cutoff: stage.cutoff.to_string(),
                statement: finding.statement,
                finding: figures::outcome(&finding.finding.proposal),
                outcome: finding.finding.proposal.outcome,
                named: finding.finding.proposal.named.clone(),
                likelihood: figures::likelihood(e),
                p,
                p5,
                p95,
                interval: figures::interval(e),
                standard: e.standard,
                standard_as_given: finding.replayed.as_given.standard_numeric,
                naive_actor: e.naive.actor.clone(),
                naive_p: e.naive.p,
                planting_cost: figures::planting(&e.planting),
                note: stage.note.clone(),
            });
        }
    }
    Ok(rows)
}

/// Prints the table between two notices, and what it teaches.
pub(super) fn print(rows: &[Row]) {
    ui::notice(true);
    ui::line("");
    let heads = [
        "case",
        "stage",
        "leading state",
        "5-95 %",
        "std",
        "as given",
        "multiplied",
        "finding",
        "planting cost",
    ];
    let cells = rows.iter().map(|r| {
        vec![
            r.case.clone(),
            r.stage.clone(),
            r.likelihood.clone(),
            r.interval.clone(),
            figures::standard(r.standard).to_string(),
            figures::standard(r.standard_as_given).to_string(),
            format!("{} {:.3}", r.naive_actor, r.naive_p),
            r.finding.clone(),
            r.planting_cost.clone(),
        ]
    });
    ui::table(&heads, &cells.collect::<Vec<_>>());
    ui::line("");
    ui::line("std: standard of proof reached, strands with a common upstream counted once.");
    ui::line("as given: numeric gates with strands as the analysts declared them.");
    ui::line("multiplied: what plain multiplication of the same ratios says.");
    ui::line("planting cost: fewest plantable items whose absence changes the outcome.");
    if let Some(r) = rows
        .iter()
        .find(|r| r.case == "olympic-2018" && r.stage == "T0")
    {
        ui::line("");
        ui::line(format!(
            "Olympic Destroyer, {}: plain multiplication names {} at {:.3}, the party that was framed; the finding: {}.",
            r.stage, r.naive_actor, r.naive_p, r.finding
        ));
    }
    ui::line("");
    ui::notice(true);
}

/// What the desk that helps has to show for itself, as of the record's last entry.
pub(super) fn desk(state: &State) -> Vec<aid::Figure> {
    match state.global.time {
        Some(at) => state.aid.figures(at),
        None => Vec::new(),
    }
}

/// The same in one line.
pub(super) fn print_desk(state: &State) {
    let figures = desk(state);
    let count = |name: &str| {
        let found = figures.iter().find(|f| f.name == name);
        found.map_or(0, |f| f.count)
    };
    ui::line("");
    ui::line(format!(
        "help asked for: {} requests; {} read in time, {} helped in time, {} confirmed, {} destroyed after their retention; {} unanswered and overdue (/aid/figures)",
        count("received"),
        count("acknowledged-in-time"),
        count("assisted-in-time"),
        count("confirmed"),
        count("purged"),
        count("unacknowledged-overdue"),
    ));
}
