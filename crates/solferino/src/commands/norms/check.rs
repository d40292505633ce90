//! `solferino norms check`.

use std::path::{Path, PathBuf};

use norms::{Against, Basis, Corpus, States, Themes, Vocabulary};
use serde_json::json;

use crate::files;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Check corpus files; every fault is named with file, row and reason
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Corpus files, or folders of them; together they are one corpus
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let mut read = Vec::new();
    for path in &args.paths {
        read.extend(files_of(path)?);
    }
    let named: Vec<(&str, &str)> = read.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let (vocabulary, themes) = (Vocabulary::shipped()?, Themes::shipped()?);
    let states = States::shipped()?;
    let against = Against {
        vocabulary: &vocabulary,
        themes: &themes,
        states: &states,
    };
    match Corpus::load(&named, against) {
        Ok(corpus) => {
            let instruments = corpus.instruments().count();
            let norms = corpus.entries().len();
            let unchecked = corpus
                .entries()
                .iter()
                .filter(|e| e.basis() == Basis::K)
                .count();
            if args.json {
                ui::json(&json!({
                    "ok": true, "files": named.len(), "instruments": instruments, "norms": norms,
                    "not_yet_checked": unchecked, "faults": [],
                }));
            } else {
                ui::line(format!(
                    "{} files, {instruments} instruments, {norms} norms, no fault; {unchecked} norms not yet checked \
                     against the primary text",
                    named.len()
                ));
            }
            Ok(Exit::Ok)
        }
        Err(faults) => {
            if args.json {
                let texts: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
                ui::json(&json!({"ok": false, "files": named.len(), "faults": texts}));
            } else {
                ui::line(faults.to_string());
            }
            let text = format!("{} faults; nothing of this corpus is used", faults.0.len());
            let hint = "docs/norms.md says what a corpus file is";
            Err(Problem::new(text).hint(hint).exit(Exit::Failed))
        }
    }
}

/// A file, or the `.json` files of a folder in the order of their names.
fn files_of(path: &Path) -> Outcome<Vec<(String, String)>> {
    if !path.is_dir() {
        return Ok(vec![(path.display().to_string(), files::read_text(path)?)]);
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(path).map_err(files::at(path))? {
        let path = entry.map_err(files::at(path))?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        let text = format!("{}: no file ends in .json", path.display());
        return Err(Problem::new(text));
    }
    let read = |path: PathBuf| Ok((path.display().to_string(), files::read_text(&path)?));
    paths.into_iter().map(read).collect()
}
