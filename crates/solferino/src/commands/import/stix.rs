//! `solferino import stix`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use exchange::stix::validate::{self, Code, Judged};
use serde_json::json;

use super::claims::{self, Refusals};
use super::source::{self, PassedOver, Source};
use crate::claim::shown;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// What STIX files in a folder are called.
const ENDINGS: &[&str] = &[
    ".json",
    ".json.gz",
    ".stix",
    ".stix.gz",
    ".stix2",
    ".stix2.gz",
];
/// What a progress bar counts: files of the import.
const READING: &str = "reading STIX";

/// Read STIX bundles of others, as claims by others
///
/// Each object is kept to the letter, one a line: `{"origin", "format": "stix", "kind", "document"}`. What breaks the
/// specification or stands outside it is kept too, and counted. Refused is only what cannot be kept: no JSON object, one without
/// type and id, a second content of one version. The import is whole or nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Bundles, packed with gzip or not; folders of them; - is standard input
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
    refused: Refusals,
    passed_over: PassedOver,
}

pub(crate) fn run(args: &Args) -> Outcome {
    files::must_be_new(&args.out)?;
    let mut report = Report::default();
    let found = source::sources(&args.files, ENDINGS)?;
    let sources = found.files;
    report.passed_over = found.passed_over;
    files::replace_with(&args.out, |file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        let progress = ui::Progress::start(READING);
        for (n, source) in sources.iter().enumerate() {
            progress.at(n as u64, sources.len() as u64);
            one(source, &mut report, &mut out)?;
        }
        drop(progress);
        out.flush().map_err(files::at(&args.out))?;
        if report.refused.count > 0 && !args.skip_refused {
            tell(args, &report);
            let text = format!(
                "{} objects refused; nothing was written",
                report.refused.count
            );
            return Err(Problem::new(text)
                .hint("the report says why; --skip-refused imports the others")
                .exit(Exit::Failed));
        }
        Ok(())
    })?;
    tell(args, &report);
    Ok(Exit::Ok)
}

fn one(source: &Source, report: &mut Report, out: &mut impl std::io::Write) -> Outcome<()> {
    let origin = source.to_string();
    let mut failed = None;
    let header = validate::stream(source.open()?, |judged| {
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
        let at = format!("/objects/{}", judged.index);
        report.refused.add(origin, Some(at), shown(&why));
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
    claims::write(out, (origin, "stix", kind), judged.object)
}

fn tell(args: &Args, report: &Report) {
    let unlisted = report.refused.unlisted();
    if args.json {
        return ui::json(&json!({
            "objects": report.objects,
            "kept": report.kept,
            "kept_though_invalid": report.invalid,
            "kept_with_custom_content": report.outside,
            "refused": report.refused.count,
            "refusals": report.refused.first,
            "unlisted_refusals": unlisted,
            "passed_over": report.passed_over,
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
        report.refused.count,
    ));
    for refusal in &report.refused.first {
        let at = refusal.at.as_deref().unwrap_or_default();
        ui::line(format!("refused {} {at}: {}", refusal.origin, refusal.why));
    }
    if unlisted > 0 {
        ui::line(format!("… and {unlisted} more"));
    }
    report.passed_over.tell();
}
