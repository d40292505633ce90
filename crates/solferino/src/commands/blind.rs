//! `solferino blind`.

mod exhibits;
mod matrix;

use std::path::{Path, PathBuf};

use record::blind::{self, BlindError, MAX_MAP_BYTES, MAX_TERMS, MaskMap};
use record::derive;
use record::ids::CaseId;
use serde_json::json;
use store::Record;
use tlog::Hash;

use super::finding;
use crate::files::{self, Mode};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, opened, select, ui};

/// What reviewers get.
const FOR_REVIEWERS: &str = "for-reviewers";
/// The draft of the statement that seals the map; it is the map.
const MASK: &str = "mask.json";
/// What a person looks through before the reviewers get anything.
const CHECK: &str = "check-before-handing-over.txt";
/// Seeds tried before two names of 40-bit tokens are taken for a fault.
const SEEDS_TO_TRY: usize = 8;

/// Write a case for reviewers with states and tell-tale names masked, and the draft that seals the map
///
/// Makes OUT/for-reviewers (the case as JSON, a readable matrix, masked texts of the exhibits),
/// OUT/mask.json (the map: submit it as a `mask` before the panel is assigned, and show it to no
/// reviewer) and a list of words that may still tell who is meant, for a person to look through.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The case
    case: String,
    /// Folder of the record, which keeps what opens the analysis
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// Folder to write; must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A further tell-tale word or name to mask in texts
    #[arg(long, value_name = "WORD")]
    term: Vec<String>,
    /// File with such words, one a line
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let terms = terms(args)?;
    let record = opened::record(&args.record)?;
    let case = select::case(&record.state(), &args.case)?.id.clone();
    let inputs = inputs(&record, &case)?;
    let earlier = earlier_map(&record, &case)?;
    let map = map(&inputs, earlier.as_ref(), &terms)?;
    let size = record::json::canonical(&serde_json::to_value(&map)?).len();
    if size > MAX_MAP_BYTES {
        let text = format!("the map takes {size} bytes; at most {MAX_MAP_BYTES} can be opened");
        return Err(Problem::new(text).hint("give fewer terms, or the case fewer items"));
    }
    if args.out.try_exists().map_err(files::at(&args.out))? {
        let text = format!("{} exists", args.out.display());
        return Err(
            Problem::new(text).hint("give a folder that does not exist; nothing was written")
        );
    }
    let masked = blind::mask(&inputs, &map)?;
    let handed = args.out.join(FOR_REVIEWERS);
    files::create_folder(&args.out, Mode::Secret)?;
    files::create_folder(&handed, Mode::Public)?;
    let pretty = serde_json::to_string_pretty(&masked)?;
    write(
        &handed.join("case.json"),
        &format!("{pretty}\n"),
        Mode::Public,
    )?;
    write(
        &handed.join("matrix.md"),
        &matrix::page(&masked),
        Mode::Public,
    )?;
    let texts = exhibits::mask(&record, &case, &inputs, &map, &handed)?;
    let draft = json!({"type": "mask", "case": case, "body": {"content": map}});
    let draft = serde_json::to_string_pretty(&draft)?;
    write(&args.out.join(MASK), &format!("{draft}\n"), Mode::Secret)?;
    let check = args.out.join(CHECK);
    write(&check, &exhibits::report(&texts), Mode::Secret)?;
    tell(args, &map, &texts);
    Ok(Exit::Ok)
}

fn write(path: &Path, text: &str, mode: Mode) -> Outcome<()> {
    files::write_new(path, text.as_bytes(), mode)
}

/// The words of the command line and of the file, each once.
fn terms(args: &Args) -> Outcome<Vec<String>> {
    let file = args.terms.as_deref().map(files::read_text).transpose()?;
    let lines = file.iter().flat_map(|text| text.lines());
    let mut terms: Vec<String> = Vec::new();
    for term in args.term.iter().map(String::as_str).chain(lines) {
        let term = term.trim();
        if !term.is_empty() && !terms.iter().any(|t| t == term) {
            terms.push(term.to_string());
        }
    }
    if terms.len() > MAX_TERMS {
        return Err(Problem::new(format!("more than {MAX_TERMS} terms")));
    }
    Ok(terms)
}

/// What the panel will be given, from what is open and what this record can open.
fn inputs(record: &Record, id: &CaseId) -> Outcome<method::Case> {
    let kept = finding::kept(record, id)?;
    let state = record.state();
    let case = select::case(&state, id.as_str())?;
    let opened = |id: &record::ids::StatementId| case.contents.get(id).or_else(|| kept.get(id));
    let (mut inputs, _) = derive::inputs(case, opened).map_err(|e| {
        Problem::from(e)
            .hint("hypotheses and an assessment come first; mask where what opens them is kept")
    })?;
    // Reviewers see the evidence, not each other.
    inputs.reviews.clear();
    Ok(inputs)
}

/// The last map of the case that this record can open: its tokens stay.
fn earlier_map(record: &Record, id: &CaseId) -> Outcome<Option<MaskMap>> {
    let masks: Vec<_> = {
        let state = record.state();
        let case = select::case(&state, id.as_str())?;
        let said = |(_, id): &&(u64, record::ids::StatementId)| case.masks.contains_key(id);
        case.statements
            .iter()
            .rev()
            .filter(said)
            .map(|(_, id)| *id)
            .collect()
    };
    for mask in masks {
        if let Some(opening) = record.opening(&mask)? {
            return Ok(Some(serde_json::from_value(opening.value)?));
        }
    }
    Ok(None)
}

/// The map of the case: under the seed of an earlier one, so that its tokens stay, else under a fresh one.
fn map(inputs: &method::Case, earlier: Option<&MaskMap>, terms: &[String]) -> Outcome<MaskMap> {
    let wanted = blind::wanted(inputs, earlier, terms);
    if let Some(seed) = earlier.map(|m| m.seed) {
        return Ok(blind::make(seed, wanted)?);
    }
    for _ in 0..SEEDS_TO_TRY {
        match blind::make(Hash::from_bytes(keys::random()?), wanted.clone()) {
            Err(BlindError::Collision(_)) => {}
            made => return Ok(made?),
        }
    }
    Err(Problem::new(format!(
        "{SEEDS_TO_TRY} seeds each gave two names one token"
    )))
}

fn tell(args: &Args, map: &MaskMap, texts: &[exhibits::Masked]) {
    let out = args.out.display();
    let suspicious: usize = texts.iter().map(|t| t.leftovers.len()).sum();
    let left_out = texts.iter().filter(|t| t.left_out.is_some()).count();
    if args.json {
        ui::json(&json!({
            "folder": args.out, "for_reviewers": args.out.join(FOR_REVIEWERS),
            "mask": args.out.join(MASK), "check": args.out.join(CHECK),
            "names": map.names.len(), "texts": texts.len() - left_out, "texts_left_out": left_out,
            "words_to_check": suspicious,
        }));
        return;
    }
    ui::line(format!(
        "{} names masked; {} texts masked, {left_out} left out",
        map.names.len(),
        texts.len() - left_out
    ));
    ui::line(format!("{suspicious} words to look at: {out}/{CHECK}"));
    ui::line(format!(
        "seal the map before the panel is assigned: solferino submit {out}/{MASK} --key REGISTRARKEY --record {}",
        args.record.display()
    ));
    ui::line(format!(
        "then give the reviewers {out}/{FOR_REVIEWERS} and nothing else of {out}"
    ));
}
