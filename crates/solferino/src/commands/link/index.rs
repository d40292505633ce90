//! `solferino link index`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use exchange::observable::{self, Tally};
use exchange::stix::Object;
use linking::{Builder, CaseNumber, Key, MAX_NAME_BYTES};
use serde_json::json;

use super::answer;
use super::input::{self, Input, Records};
use crate::problem::{Exit, Outcome, Problem};
use crate::{files, ui};

/// Build the index of earlier cases from STIX bundles, and from claims that peers sent
///
/// Reads each file object by object, and of a record's folder every collection of claims by others; nothing of it is kept but who holds which observable. The same cases give the same
/// index, byte for byte, in whatever order they are read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// STIX 2.1 bundles, objects one a line (.jsonl), claims of an import, packed with gzip or not; or a record's folder
    #[arg(required = true, value_name = "BUNDLE")]
    bundles: Vec<PathBuf>,
    /// Where the index goes; an earlier one is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What one case is
    #[arg(long, value_enum, default_value_t = By::File)]
    by: By,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What one case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Each file, each collection of claims
    File,
    /// Each `report` and `grouping` object, with the objects it refers to
    Report,
    /// Each file that an import read, as its claims name it; each collection of claims
    Origin,
}

/// What was read.
#[derive(Default)]
struct Read {
    tally: Tally,
    /// Objects with observables that no report refers to.
    in_no_report: u64,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let mut builder = Builder::default();
    let mut read = Read::default();
    files::must_be_new(&args.out)?;
    let records = Records::among(&args.bundles)?;
    let inputs = records.inputs(&args.bundles)?;
    let names = match args.by {
        By::File => input::names(&inputs)?,
        By::Report | By::Origin => Vec::new(),
    };
    let progress = ui::Progress::start("reading");
    for (done, input) in inputs.iter().enumerate() {
        progress.at(done as u64, inputs.len() as u64);
        match args.by {
            By::File => by_file(input, &names[done], &mut builder, &mut read)?,
            By::Report => by_report(input, &mut builder, &mut read)?,
            By::Origin => by_origin(input, &mut builder, &mut read)?,
        }
    }
    drop(progress);
    let built = files::replace_with(&args.out, |file| Ok(builder.finish(file)?))?;
    let sha256: String = built.sha256.iter().map(|b| format!("{b:02x}")).collect();
    let per_observable = built.bytes as f64 / built.observables.max(1) as f64;
    if args.json {
        ui::json(&json!({
            "cases": built.cases, "observables": built.observables, "pairs": built.pairs,
            "bytes": built.bytes, "bytes_per_observable": per_observable, "sha256": sha256,
            "read": answer::tally_json(&read.tally), "in_no_report": read.in_no_report,
        }));
        return Ok(Exit::Ok);
    }
    ui::line(format!(
        "{}: {} cases, {} observables, {} pairs of both",
        args.out.display(),
        built.cases,
        built.observables,
        built.pairs
    ));
    ui::line(format!(
        "{} bytes, {per_observable:.1} per observable; in memory it takes the same",
        built.bytes
    ));
    ui::line(format!("sha256 {sha256}"));
    if read.in_no_report > 0 {
        let n = read.in_no_report;
        ui::line(format!(
            "{n} objects with observables are in no report, so in no case"
        ));
    }
    answer::print_tally(&read.tally);
    Ok(Exit::Ok)
}

fn by_file(input: &Input<'_>, name: &str, builder: &mut Builder, read: &mut Read) -> Outcome<()> {
    let case = builder.case(name)?;
    input.each(|_, object| {
        add(builder, &[case], object, &mut read.tally)?;
        Ok(())
    })
}

/// Twice through the file: a report may stand after what it refers to.
fn by_report(input: &Input<'_>, builder: &mut Builder, read: &mut Read) -> Outcome<()> {
    let mut held: BTreeMap<String, Vec<CaseNumber>> = BTreeMap::new();
    input.each(|_, object| {
        if matches!(object.kind(), "report" | "grouping") {
            let case = builder.case(&report_name(object))?;
            date(builder, case, object)?;
            for held_by in object.texts("object_refs") {
                held.entry(held_by.to_owned()).or_default().push(case);
            }
        }
        Ok(())
    })?;
    input.each(|_, object| {
        let cases = held.get(object.id()).map_or(&[][..], Vec::as_slice);
        let found = add(builder, cases, object, &mut read.tally)?;
        read.in_no_report += u64::from(found && cases.is_empty());
        Ok(())
    })
}

/// Each file that was imported is a case, under the name it had then.
fn by_origin(input: &Input<'_>, builder: &mut Builder, read: &mut Read) -> Outcome<()> {
    input.each(|origin, object| {
        let Some(origin) = origin else {
            let text = "no claims of an import, so nothing in it has an origin";
            return Err(Problem::new(text)
                .hint("`solferino import` writes claims; leave --by out for bundles"));
        };
        let case = builder.case(shortened(origin))?;
        add(builder, &[case], object, &mut read.tally)?;
        Ok(())
    })
}

fn shortened(name: &str) -> &str {
    &name[..name.floor_char_boundary(MAX_NAME_BYTES)]
}

/// Its identifier, which is unique, then its title, as far as there is room.
fn report_name(report: &Object) -> String {
    let title = report.text("name").unwrap_or_default();
    let name = format!("{} {title}", report.id());
    shortened(name.trim()).to_owned()
}

/// Adds what an object names to the cases that hold it; whether it names anything.
fn add(
    builder: &mut Builder,
    cases: &[CaseNumber],
    object: &Object,
    tally: &mut Tally,
) -> Outcome<bool> {
    let observables = observable::observables(object, tally);
    for case in cases {
        date(builder, *case, object)?;
    }
    for observable in &observables {
        let key = Key::of(&observable.to_string());
        for case in cases {
            builder.add(*case, key, day(object))?;
        }
    }
    Ok(!observables.is_empty())
}

fn date(builder: &mut Builder, case: CaseNumber, object: &Object) -> Outcome<()> {
    if let Some(day) = day(object) {
        builder.date(case, day)?;
    }
    Ok(())
}

/// Days from 1970-01-01; the last one stands for no day (2149-06-06).
fn day(object: &Object) -> Option<u16> {
    let day = u16::try_from(observable::day_of(object)?).ok()?;
    (day != u16::MAX).then_some(day)
}
