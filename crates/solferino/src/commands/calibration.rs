//! `solferino calibration`.

use std::path::PathBuf;

use record::body::charter::SeatRole;
use record::ids::{MemberId, Slug};
use record::state::{MemberRole, Question, State};
use serde_json::{Value, json};

use crate::problem::{Exit, Outcome};
use crate::{opened, ui};

/// Show how the reviewers' stated probabilities turned out, and the weight that earns each
///
/// Computed from the record alone: every resolved question counts, an answer that was not opened as
/// the worst. Works beside a running server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the record
    dir: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let state = opened::state(&args.dir)?;
    let demonstration = ui::is_demonstration(&state);
    let reviewers = reviewers(&state);
    if args.json {
        let rows = reviewers.iter().map(|m| {
            let record = state.global.calibration(m);
            // before the first resolved question there is no score, and 0 would read as perfect
            let scored = (record.n > 0).then_some(&record);
            json!({"reviewer": m, "calibration": scored, "weight_ppm": record.weight_ppm})
        });
        let questions = state.global.questions.iter().map(question_json);
        let answer = json!({
            "reviewers": rows.collect::<Vec<_>>(), "questions": questions.collect::<Vec<_>>(),
        });
        ui::json(&ui::marked(answer, demonstration));
        return Ok(Exit::Ok);
    }
    ui::notice(demonstration);
    let rows = reviewers.iter().map(|m| {
        let r = state.global.calibration(m);
        vec![
            m.to_string(),
            r.n.to_string(),
            r.unopened.to_string(),
            scored(r.n, r.brier),
            scored(r.n, r.brier_even),
            scored(r.n, r.log_bits),
            scored(r.n, r.skill),
            format!("{:.6}", f64::from(r.weight_ppm) / f64::from(method::PPM)),
        ]
    });
    let heads = [
        "reviewer",
        "resolved",
        "unopened",
        "Brier",
        "even guess",
        "log bits",
        "skill",
        "weight",
    ];
    ui::table(&heads, &rows.collect::<Vec<_>>());
    ui::line("");
    if state.global.questions.is_empty() {
        ui::line("no question has been asked: every reviewer counts the same");
        return Ok(Exit::Ok);
    }
    let rows = state.global.questions.iter().map(question_row);
    let heads = ["question", "closes", "answers", "open", "came true"];
    ui::table(&heads, &rows.collect::<Vec<_>>());
    Ok(Exit::Ok)
}

/// Whoever holds a reviewer's seat or has ever answered.
fn reviewers(state: &State) -> Vec<MemberId> {
    let answered = |id: &MemberId| {
        let mut all = state.global.questions.values();
        all.any(|q| q.answers.contains_key(id))
    };
    let members = state.global.members.iter();
    let counts = members.filter(|(id, m)| {
        (m.role == MemberRole::Seated(SeatRole::Reviewer) && m.seated) || answered(id)
    });
    counts.map(|(id, _)| id.clone()).collect()
}

fn scored(n: u32, value: f64) -> String {
    if n == 0 {
        "-".to_string()
    } else {
        format!("{value:.3}")
    }
}

fn came_true(question: &Question) -> Option<&Slug> {
    let resolved = question.resolved.as_ref()?;
    question.outcomes.get(resolved.outcome)
}

fn opened_answers(question: &Question) -> usize {
    question
        .answers
        .values()
        .filter(|a| a.ppm.is_some())
        .count()
}

fn question_row((id, question): (&Slug, &Question)) -> Vec<String> {
    vec![
        id.to_string(),
        question.closes.to_string(),
        question.answers.len().to_string(),
        opened_answers(question).to_string(),
        came_true(question).map_or("-".to_string(), Slug::to_string),
    ]
}

fn question_json((id, question): (&Slug, &Question)) -> Value {
    let answers = question
        .answers
        .iter()
        .map(|(member, a)| json!({"reviewer": member, "statement": a.statement, "ppm": a.ppm}));
    json!({
        "question": id, "statement": question.statement, "closes": question.closes,
        "outcomes": question.outcomes, "text_sha256": question.text_sha256,
        "answers": answers.collect::<Vec<_>>(), "came_true": came_true(question),
        "resolved_by": question.resolved.as_ref().map(|r| r.statement),
    })
}
