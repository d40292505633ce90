//! `solferino import misp`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use super::claims::{self, Refusals};
use super::source::{self, PassedOver};
use crate::problem::{Exit, Outcome};
use crate::{files, ui};
use exchange::misp::{self, Kind, MAX_FILE_BYTES};

/// Read MISP events, galaxies and taxonomies, as claims by others
///
/// FILE may be a file, packed with gzip or not, a folder, or - for standard input. Every document is kept as it
/// stands. The import is whole or nothing: if a document is refused, nothing is written.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files and folders
    #[arg(required = true, value_name = "FILE")]
    names: Vec<PathBuf>,
    /// Where to write the claims, one JSON document a line
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Go on without what is refused; the report names it
    #[arg(long)]
    skip_refused: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// What was read.
#[derive(Debug, Default, serde::Serialize)]
struct Report {
    read: BTreeMap<&'static str, u64>,
    attributes: u64,
    objects: u64,
    clusters: u64,
    names_claimed_by_several: u64,
    problems: BTreeMap<&'static str, u64>,
    refused: Refusals,
    passed_over: PassedOver,
}

pub(super) fn run(args: &Args) -> Outcome {
    files::must_be_new(&args.out)?;
    let found = source::sources(&args.names, &[".json", ".json.gz"])?;
    let sources = found.files;
    let report = files::replace_with(&args.out, |file| {
        let mut out = std::io::BufWriter::new(file);
        let mut report = Report {
            passed_over: found.passed_over,
            ..Report::default()
        };
        let progress = ui::Progress::start("reading MISP");
        for (n, source) in sources.iter().enumerate() {
            progress.at(n as u64, sources.len() as u64);
            let documents = match source.bytes(MAX_FILE_BYTES) {
                Ok(bytes) => misp::documents(&bytes).map_err(|e| format!("{source}: {e}")),
                Err(problem) => Err(problem.text),
            };
            let origin = source.to_string();
            let documents = match documents {
                Ok(documents) => documents,
                Err(why) => {
                    report.refused.add(&source.to_string(), None, why);
                    continue;
                }
            };
            for document in documents {
                report.take(&document);
                let told = (origin.as_str(), "misp", name(document.kind));
                claims::write(&mut out, told, document.value()).map_err(files::at(&args.out))?;
            }
        }
        report.refused.allow(args.skip_refused)?;
        out.flush().map_err(files::at(&args.out))?;
        Ok(report)
    })?;
    report.show(args);
    Ok(Exit::Ok)
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Event => "event",
        Kind::Galaxy => "galaxy",
        Kind::Taxonomy => "taxonomy",
    }
}

impl Report {
    fn take(&mut self, document: &misp::Document) {
        let list = |name: &str| {
            document
                .fields
                .get(name)
                .and_then(|v| v.as_array())
                .map_or(0, Vec::len) as u64
        };
        match document.kind {
            Kind::Event => {
                self.attributes += list("Attribute");
                self.objects += list("Object");
            }
            Kind::Galaxy => {
                self.clusters += list("values");
                self.names_claimed_by_several += misp::shared_names(&document.fields).len() as u64;
            }
            Kind::Taxonomy => {}
        }
        *self.read.entry(name(document.kind)).or_default() += 1;
        for (code, count) in misp::check::check(document).count {
            *self.problems.entry(code).or_default() += count;
        }
    }

    fn show(&self, args: &Args) {
        if args.json {
            ui::json(self);
            return;
        }
        for (kind, count) in &self.read {
            ui::line(format!("read: {count} {kind}"));
        }
        ui::line(format!(
            "kept as they stand: {} attributes, {} objects, {} clusters",
            self.attributes, self.objects, self.clusters
        ));
        if self.names_claimed_by_several > 0 {
            let names = self.names_claimed_by_several;
            ui::line(format!(
                "{names} names are claimed by several clusters; none were merged"
            ));
        }
        for (code, count) in &self.problems {
            ui::line(format!("problem: {count} {code} (docs/misp.md)"));
        }
        for refused in &self.refused.first {
            ui::line(format!("refused: {}", refused.why));
        }
        ui::line(format!("refused: {}", self.refused.count));
        self.passed_over.tell();
        ui::line(format!(
            "written to {}, as claims by others",
            args.out.display()
        ));
    }
}
