//! `solferino norms bound`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use norms::{
    Basis, Bound, Bounds, Corpus, Day, Entry, Ledger, LedgerRows, Party, Standing, States,
    bound_when, standings,
};
use serde_json::json;

use super::word;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, opened, ui};

/// Ask who was bound by what on a day, why, and what shows it
///
/// With --state: what that state was bound by, text by text. With --instrument: which states were bound by
/// that text. With both: the two together. What the texts themselves say (adopted by whom, in force since when) is
/// known to the program; who acceded, reserved or withdrew comes from the ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The state, by its code in ISO 3166-1, such as CH; withdrawn codes such as SU too
    #[arg(long, value_name = "XX", required_unless_present = "instrument")]
    state: Option<String>,
    /// The text, such as GGE15; also a text of a collection, such as MALABO
    #[arg(long, value_name = "ID")]
    instrument: Option<String>,
    /// The day, such as 2015-07-22; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// A record's folder, or a ledger file (docs/norms.md, Binding); without it nobody is known to have acceded
    #[arg(long, value_name = "FILE|RECORD")]
    ledger: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What one question is asked of.
struct Asked<'a> {
    corpus: &'a Corpus,
    states: &'a States,
    ledger: &'a Ledger<'a>,
    on: Day,
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let states = States::shipped()?;
    let (corpus, rows) = match &args.ledger {
        None => (Corpus::shipped()?, LedgerRows::default()),
        Some(path) => read(path)?,
    };
    let on = match args.on {
        Some(on) => on,
        None => today()?,
    };
    if let Some(id) = &args.instrument
        && !corpus.texts().contains_key(id.as_str())
    {
        let known: Vec<&str> = corpus.texts().into_keys().collect();
        return Err(Problem::new(format!("there is no text {id}"))
            .hint(format!("the texts are {}", known.join(", "))));
    }
    let party = args.state.as_deref().map(|code| party(code, &states));
    let party = party.transpose()?;
    let ledger = Ledger::build(&rows, &corpus, &states).map_err(|faults| {
        Problem::new(format!(
            "the ledger is broken; nothing of it is used\n{faults}"
        ))
        .hint("docs/norms.md, Binding, says what a ledger may hold")
        .exit(Exit::Failed)
    })?;
    let asked = Asked {
        corpus: &corpus,
        states: &states,
        ledger: &ledger,
        on,
        json: args.json,
    };
    match (&party, &args.instrument) {
        (Some(party), text) => of_state(&asked, party, text.as_deref()),
        (None, Some(text)) => of_text(&asked, text)?,
        (None, None) => {}
    }
    if !args.json && args.ledger.is_none() {
        ui::line("no ledger was given: accessions are unknown (--ledger RECORD asks a record)");
    }
    Ok(Exit::Ok)
}

fn today() -> Outcome<Day> {
    let now = opened::now()?.to_string();
    let day: String = now.chars().take("2015-07-22".len()).collect();
    Ok(day.parse::<Day>()?)
}

fn party(code: &str, states: &States) -> Outcome<Party> {
    let hint = "codes are those of ISO 3166-1, two capital letters, such as CH";
    if !states.has(code) {
        return Err(Problem::new(format!("{code} is no code of ISO 3166-1")).hint(hint));
    }
    code.parse()
        .map_err(|e: norms::PartyError| Problem::from(e).hint(hint))
}

/// The rows of a ledger file over the shipped corpus, or texts and rows of a record.
fn read(path: &Path) -> Outcome<(Corpus, LedgerRows)> {
    if path.is_dir() {
        let law = opened::state(path)?.global.law;
        return Ok((law.corpus().clone(), law.rows().clone()));
    }
    let rows = serde_json::from_str(&files::read_text(path)?).map_err(|e| {
        Problem::new(format!("{}: not a ledger: {e}", path.display()))
            .hint("docs/norms.md, Binding, has an example")
    })?;
    Ok((Corpus::shipped()?, rows))
}

fn of_state(asked: &Asked<'_>, party: &Party, text: Option<&str>) {
    let mut all: Vec<Standing> = standings(asked.corpus, party, asked.on, asked.ledger);
    all.retain(|s| text.is_none_or(|text| s.instrument == text));
    let name = asked
        .states
        .get(party.as_str())
        .map(|s| s.names.en.as_str());
    if asked.json {
        ui::json(&json!({"state": party, "name": name, "on": asked.on, "texts": all}));
        return;
    }
    ui::line(format!(
        "{} ({party}) on {}",
        name.unwrap_or("withdrawn code"),
        asked.on
    ));
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|s| {
            vec![
                s.instrument.clone(),
                word(&s.force),
                word(&s.bounds.bound),
                s.bounds.reason.clone(),
                s.bounds.evidence.join(", "),
                norms_of(asked.corpus, s),
                s.basis.note().unwrap_or("seen in a source").to_owned(),
            ]
        })
        .collect();
    ui::table(
        &[
            "text", "force", "bound", "why", "shown by", "norms", "checked",
        ],
        &rows,
    );
}

/// "all 11", or the norms by name where the text's norms differ.
fn norms_of(corpus: &Corpus, standing: &Standing) -> String {
    let texts = corpus.texts();
    let all = texts.get(standing.instrument.as_str()).map_or(0, Vec::len);
    if all == standing.norms.len() {
        format!("all {all}")
    } else {
        standing.norms.join(" ")
    }
}

/// A state, the norms this is said of, and whether it is bound.
struct Line {
    state: String,
    norms: Vec<String>,
    bounds: Bounds,
}

fn of_text(asked: &Asked<'_>, text: &str) -> Outcome<()> {
    let texts = asked.corpus.texts();
    let entries: &[&Entry] = texts.get(text).map_or(&[], Vec::as_slice);
    let mut lines: Vec<Line> = Vec::new();
    for state in asked.states.iter() {
        let party: Party = state.code.parse()?;
        for entry in entries {
            let bounds = bound_when(entry, &party, asked.on, asked.ledger);
            let same = lines
                .iter_mut()
                .find(|l| l.state == state.code && l.bounds == bounds);
            match same {
                Some(line) => line.norms.push(entry.norm.id.clone()),
                None => lines.push(Line {
                    state: state.code.clone(),
                    norms: vec![entry.norm.id.clone()],
                    bounds,
                }),
            }
        }
    }
    let unchecked = entries.iter().filter(|e| e.basis() == Basis::K).count();
    if asked.json {
        let rows = lines.iter().map(|l| {
            json!({
                "state": l.state, "norms": l.norms, "bound": l.bounds.bound, "reason": l.bounds.reason,
                "evidence": l.bounds.evidence,
            })
        });
        ui::json(&json!({
            "instrument": text, "on": asked.on, "norms_not_yet_checked": unchecked,
            "states": rows.collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    ui::line(format!("{text} on {}", asked.on));
    if unchecked > 0 {
        let of = entries.len();
        ui::line(format!(
            "{unchecked} of its {of} rows are not yet checked against the primary text"
        ));
    }
    show(&lines, entries.len());
    Ok(())
}

/// Who is bound, line by line; the others by reason: a line per state would say the same two hundred times.
fn show(lines: &[Line], all: usize) {
    let mut rows = Vec::new();
    let mut others: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for line in lines {
        if line.bounds.bound != Bound::AtTheTime {
            let why = (word(&line.bounds.bound), line.bounds.reason.as_str());
            *others.entry(why).or_default() += 1;
            continue;
        }
        let norms = if line.norms.len() == all {
            format!("all {all}")
        } else {
            line.norms.join(" ")
        };
        rows.push(vec![
            line.state.clone(),
            line.bounds.reason.clone(),
            line.bounds.evidence.join(", "),
            norms,
        ]);
    }
    if !rows.is_empty() {
        ui::table(&["bound", "why", "shown by", "norms"], &rows);
    }
    for ((bound, why), count) in others {
        ui::line(format!("{count} states {bound}: {why}"));
    }
}
