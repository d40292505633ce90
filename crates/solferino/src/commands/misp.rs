//! `solferino misp`.

use std::path::PathBuf;

use exchange::misp::{self, Bundle, Kind, MAX_FILE_BYTES, Report};
use exchange::stix::Reader;
use serde_json::{Value, json};

use super::import::source::Source;
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// MISP documents on their own
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Convert(Convert),
}

/// Turn a MISP event or galaxy into STIX 2.1, or a STIX bundle into a MISP event
///
/// What the other format cannot say travels beside it (docs/misp.md), so the way back gives the same
/// document. The loss report goes to standard error.
#[derive(Debug, clap::Args)]
pub(crate) struct Convert {
    /// The file, packed with gzip or not; - for standard input
    file: PathBuf,
    /// The format to make
    #[arg(long, value_name = "FORMAT")]
    to: Format,
    /// Where to write; standard output otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// When it is converted, for what has no time of its own, such as 2026-11-26T10:00:00.000Z
    #[arg(long, value_name = "TIME", default_value = "1970-01-01T00:00:00.000Z")]
    at: String,
    /// The loss report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Stix,
    Misp,
}

pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Convert(args) => convert(args),
    }
}

fn convert(args: &Convert) -> Outcome {
    let source = Source::of(&args.file);
    if let Some(out) = &args.out {
        files::must_be_new(out)?;
    }
    let bytes = source.bytes(MAX_FILE_BYTES)?;
    let of = |e: &dyn std::fmt::Display| Problem::new(format!("{source}: {e}"));
    let (made, report) = match args.to {
        Format::Stix => to_stix(args, &bytes).map_err(|p| p.of(&source))?,
        Format::Misp => to_misp(&bytes).map_err(|p| of(&p.text))?,
    };
    let text = serde_json::to_string(&made)?;
    match &args.out {
        Some(out) => files::replace(out, text.as_bytes())?,
        None => ui::text(text + "\n"),
    }
    show(args, &report)?;
    Ok(Exit::Ok)
}

fn to_stix(args: &Convert, bytes: &[u8]) -> Outcome<(Value, Report)> {
    if exchange::stix::time::Timestamp::parse(&args.at).is_err() {
        let text = format!("--at {}: no STIX timestamp", args.at);
        return Err(Problem::new(text).exit(Exit::Usage));
    }
    let mut documents = misp::documents(bytes)?;
    if documents.len() != 1 {
        let text = format!(
            "{} documents in it; one event or galaxy is converted at a time",
            documents.len()
        );
        return Err(Problem::new(text));
    }
    let document = documents.remove(0);
    let (bundle, report) = match document.kind {
        Kind::Event => misp::event_to_stix(&document.fields),
        Kind::Galaxy => misp::galaxy_to_stix(&document.fields, &args.at),
        Kind::Taxonomy => {
            return Err(
                Problem::new("a taxonomy, for which STIX has no counterpart")
                    .hint("`solferino import misp` keeps it whole"),
            );
        }
    };
    Ok((bundle.value(), report))
}

fn to_misp(bytes: &[u8]) -> Outcome<(Value, Report)> {
    let mut reader = Reader::bundle(bytes);
    let mut bundle = Bundle::default();
    for object in &mut reader {
        bundle.objects.push(object?.into_properties());
    }
    bundle.header = reader.header().clone();
    // A TAXII envelope has objects and no type; what has neither is something else.
    if bundle.objects.is_empty() && !bundle.header.contains_key("type") {
        return Err(Problem::new("neither a STIX bundle nor objects of one"));
    }
    if let Some(galaxy) = misp::stix_to_galaxy(&bundle) {
        return Ok((Value::Object(galaxy), Report::default()));
    }
    let (event, report) = misp::stix_to_event(&bundle);
    Ok((json!({"Event": event}), report))
}

fn show(args: &Convert, report: &Report) -> Outcome<()> {
    if args.json {
        ui::remark(serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    for (what, count) in &report.became {
        ui::remark(format!("converted: {count} {what}"));
    }
    for (what, count) in &report.kept {
        ui::remark(format!("kept beside: {count} {what}"));
    }
    for (kind, count) in &report.whole {
        ui::remark(format!("kept whole, with no counterpart: {count} {kind}"));
    }
    if report.edited > 0 {
        ui::remark(format!(
            "edited since the first conversion: {}",
            report.edited
        ));
    }
    if report.withheld > 0 {
        let count = report.withheld;
        ui::remark(format!(
            "not restored, since what it became was taken out: {count}"
        ));
    }
    if matches!(args.to, Format::Misp) && !(report.kept.is_empty() && report.whole.is_empty()) {
        ui::remark(
            "what is kept is in the object original-imported-file; delete it along with anything you withhold",
        );
    }
    Ok(())
}
