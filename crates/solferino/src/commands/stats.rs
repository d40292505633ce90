//! `solferino stats`.

use std::path::PathBuf;

use incidents::{Answer, Base, Filter, MAX_BASE_BYTES, Question};

use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Ask an incident base: who is said to have attacked whom, on what basis, how soon, how answered
///
/// Every count says its unit, its rule and how many are unknown. The base holds claims by others.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// who-attacked-whom, attribution-basis, time-to-attribution or responses; all without it
    question: Option<String>,
    /// The incident base as `solferino import` writes it, or a record with an imported dataset
    #[arg(long, value_name = "FILE|RECORD")]
    base: PathBuf,
    /// Of a record: which dataset
    #[arg(long, value_name = "NAME", default_value = incidents::eurepoc::PUBLISHER)]
    dataset: String,
    /// Incidents that began in this year only
    #[arg(long)]
    year: Option<u16>,
    /// Only with an initiator coded with this country, as the publisher writes it
    #[arg(long, value_name = "COUNTRY")]
    initiator: Option<String>,
    /// Only with a receiver coded with this country, as the publisher writes it
    #[arg(long, value_name = "COUNTRY")]
    receiver: Option<String>,
    /// Only with a receiver of this category or sub-category, as the publisher writes it
    #[arg(long)]
    sector: Option<String>,
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
    let base = read(args)?;
    let filter = Filter {
        year: args.year,
        initiator: args.initiator.clone(),
        receiver: args.receiver.clone(),
        sector: args.sector.clone(),
    };
    let (part, selected) = filter.select(&base);
    let answers: Vec<Answer> = questions.iter().map(|q| q.answer(&part)).collect();
    if args.json {
        ui::json(&serde_json::json!({
            "claims": "claims by others, not findings", "source": base.source, "selection": selected,
            "answers": answers,
        }));
        return Ok(Exit::Ok);
    }
    let source = &base.source;
    ui::line(format!("claims by {}, not findings", source.publisher));
    let stated = |text: Option<String>| text.unwrap_or_else(|| "not stated".to_owned());
    ui::line(format!(
        "{} ({}), published {}, licence {}",
        source.title,
        source.home,
        stated(source.published.as_ref().map(ToString::to_string)),
        stated(source.licence.clone())
    ));
    if !filter.is_empty() {
        ui::line(format!(
            "selected {} of {} incidents; of {} the publisher does not say whether they meet what is asked",
            selected.selected, selected.of, selected.unknown
        ));
    }
    for answer in &answers {
        show(answer, args.top);
    }
    Ok(Exit::Ok)
}

/// The base of a file, or the dataset of a record.
fn read(args: &Args) -> Outcome<Base> {
    let bytes = if args.base.is_dir() {
        let bytes = store::datasets::read(&args.base, &args.dataset)?;
        bytes.ok_or_else(|| {
            let text = format!("{}: no dataset {}", args.base.display(), args.dataset);
            Problem::new(text).hint("`solferino import eurepoc DIR --into RECORD` keeps one there")
        })?
    } else {
        files::read(&args.base, MAX_BASE_BYTES)?
    };
    Base::read(&bytes).map_err(|e| {
        Problem::new(format!("{}: {e}", args.base.display()))
            .hint("`solferino import eurepoc DIR --out FILE` writes one")
    })
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
