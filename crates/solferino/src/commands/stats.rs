//! `solferino stats`.

use std::path::PathBuf;

use incidents::{Answer, Base, Question};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Largest incident base read, in bytes (256 MiB).
const MAX_BASE_BYTES: u64 = 256 << 20;

/// Ask an incident base: who is said to have attacked whom, on what basis, how soon, how answered
///
/// Every count says its unit, its rule and how many are unknown. The base holds claims by others.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// who-attacked-whom, attribution-basis, time-to-attribution or responses; all without it
    question: Option<String>,
    /// The incident base, as `solferino import` writes it
    #[arg(long, value_name = "FILE")]
    base: PathBuf,
    /// Most lines shown per question; 0 shows all
    #[arg(long, default_value_t = 20)]
    top: usize,
    /// As JSON, all lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let questions = match args.question.as_deref() {
        None => Question::ALL.to_vec(),
        Some(name) => vec![Question::named(name).ok_or_else(|| {
            let known: Vec<_> = Question::ALL.iter().map(|q| q.as_str()).collect();
            Problem::new(format!("there is no question {name}"))
                .hint(format!("choose one of {}", known.join(", ")))
                .exit(Exit::Usage)
        })?],
    };
    let bytes = files::read(&args.base, MAX_BASE_BYTES)?;
    let base: Base = serde_json::from_slice(&bytes).map_err(|e| {
        Problem::new(format!(
            "{}: not an incident base: {e}",
            args.base.display()
        ))
        .hint("`solferino import eurepoc DIR --out FILE` writes one")
    })?;
    let answers: Vec<Answer> = questions.iter().map(|q| q.answer(&base)).collect();
    if args.json {
        ui::json(&serde_json::json!({"publisher": base.publisher, "answers": answers}));
        return Ok(Exit::Ok);
    }
    ui::line(format!("claims by {}, not findings", base.publisher));
    for answer in &answers {
        show(answer, args.top);
    }
    Ok(Exit::Ok)
}

fn show(answer: &Answer, top: usize) {
    ui::line("");
    ui::line(answer.question.as_str());
    ui::line(format!("unit: {}", answer.unit));
    ui::line(format!("rule: {}", answer.rule));
    ui::line(format!(
        "asked of {}; unknown {}",
        answer.of, answer.unknown
    ));
    let shown = if top == 0 { answer.rows.len() } else { top };
    let row = |r: &incidents::Row| {
        vec![
            r.n.to_string(),
            r.label.clone(),
            r.rule.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = answer.rows.iter().take(shown).map(row).collect();
    ui::table(&["n", "what", "rule"], &rows);
    if answer.rows.len() > shown {
        ui::line(format!(
            "… and {} more lines (--top 0)",
            answer.rows.len() - shown
        ));
    }
}
