//! `solferino import stix`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use exchange::stix::validate::{self, Code, Judged};
use serde_json::{Value, json};

use crate::claim::shown;
use crate::commands::stix::input;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Most refused objects that are named one by one.
const MAX_LISTED: usize = 100;

/// Read STIX bundles of others, as claims by others
///
/// Each object is kept to the letter, one a line: `{"origin", "format": "stix", "kind", "document"}`. What breaks the
/// specification or stands outside it is kept too, and counted. Refused is only what cannot be kept: no JSON object, one without
/// type and id, a second content of one version. The import is whole or nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Bundles, gzipped if called .gz; folders of them; - is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write the claims
    #[arg(long, value_name = "CLAIMS")]
    out: PathBuf,
    /// Write what can be kept, though something was refused; the report names what is missing
    #[arg(long)]
    skip_refused: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// What became of the objects.
#[derive(Default)]
struct Report {
    objects: u64,
    /// Objects kept, by type.
    kept: BTreeMap<String, u64>,
    /// Objects kept that break a MUST, by the code of the first error.
    invalid: BTreeMap<&'static str, u64>,
    /// What stands outside the specification and was kept as it is.
    outside: u64,
    refused: u64,
    listed: Vec<Value>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    files::must_be_new(&args.out)?;
    let mut report = Report::default();
    let paths = all_files(&args.files)?;
    files::replace_with(&args.out, |file| {
        let mut out = BufWriter::new(file);
        for path in &paths {
            one(path, &mut report, &mut out)?;
        }
        out.flush().map_err(files::at(&args.out))?;
        if report.refused > 0 && !args.skip_refused {
            tell(args, &report);
            let text = format!("{} objects refused; nothing was written", report.refused);
            return Err(Problem::new(text)
                .hint("the report says why; --skip-refused imports the others")
                .exit(Exit::Failed));
        }
        Ok(())
    })?;
    tell(args, &report);
    Ok(Exit::Ok)
}

/// The files themselves, and those in folders, in the order of their names.
fn all_files(given: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in given {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(files::at(path))?;
            let inside: Result<Vec<PathBuf>, _> = entries.map(|e| e.map(|e| e.path())).collect();
            let mut inside = inside.map_err(files::at(path))?;
            inside.retain(|path| path.is_file());
            inside.sort();
            found.extend(inside);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn one(path: &Path, report: &mut Report, out: &mut impl std::io::Write) -> Outcome<()> {
    let origin = path.display().to_string();
    let mut failed = None;
    let header = validate::stream(input::open(path)?, |judged| {
        if let Err(e) = take(&origin, judged, report, out) {
            failed.get_or_insert(e);
        }
    });
    let hint = "nothing was written; the file should be a STIX bundle";
    header.map_err(|e| Problem::from(e).of(&origin).hint(hint))?;
    failed.map_or(Ok(()), |e| Err(Problem::from(e)))
}

fn take(
    origin: &str,
    judged: Judged<'_>,
    report: &mut Report,
    out: &mut impl std::io::Write,
) -> std::io::Result<()> {
    report.objects += 1;
    let text = |name: &str| judged.object?.get(name)?.as_str();
    let conflict = judged
        .report
        .errors
        .iter()
        .find(|e| e.code == Code::Conflict);
    let why = match (judged.object, text("type"), text("id")) {
        (None, ..) => judged.report.errors.first().map(|e| e.message.clone()),
        (_, None, _) | (_, _, None) => Some("no text \"type\" and \"id\"".to_owned()),
        _ => conflict.map(|e| e.message.clone()),
    };
    if let Some(why) = why {
        report.refused += 1;
        if report.listed.len() < MAX_LISTED {
            let at = format!("/objects/{}", judged.index);
            report
                .listed
                .push(json!({"origin": origin, "at": at, "why": shown(&why)}));
        }
        return Ok(());
    }
    let kind = text("type").unwrap_or_default();
    *report.kept.entry(kind.to_owned()).or_default() += 1;
    if let Some(error) = judged.report.errors.first() {
        *report.invalid.entry(error.code.text()).or_default() += 1;
    }
    let outside = judged
        .report
        .warnings
        .iter()
        .any(|w| w.code == Code::Custom);
    report.outside += u64::from(outside);
    let line = json!({"origin": origin, "format": "stix", "kind": kind, "document": judged.object});
    writeln!(out, "{line}")
}

fn tell(args: &Args, report: &Report) {
    let unlisted = report.refused - report.listed.len() as u64;
    if args.json {
        return ui::json(&json!({
            "objects": report.objects,
            "kept": report.kept,
            "kept_though_invalid": report.invalid,
            "kept_with_custom_content": report.outside,
            "refused": report.refused,
            "refusals": report.listed,
            "unlisted_refusals": unlisted,
        }));
    }
    let rows: Vec<_> = report
        .kept
        .iter()
        .map(|(kind, n)| vec![shown(kind), n.to_string()])
        .collect();
    ui::table(&["type", "kept"], &rows);
    ui::line(format!(
        "{} objects: {} kept to the letter, of which {} break the specification and {} go beyond it; {} refused",
        report.objects,
        report.kept.values().sum::<u64>(),
        report.invalid.values().sum::<u64>(),
        report.outside,
        report.refused,
    ));
    for refusal in &report.listed {
        let text = |name: &str| refusal[name].as_str().unwrap_or_default().to_owned();
        ui::line(format!(
            "refused {} {}: {}",
            text("origin"),
            text("at"),
            text("why")
        ));
    }
    if unlisted > 0 {
        ui::line(format!("… and {unlisted} more"));
    }
}
