//! Playing the demonstration: founding, norms, reports and the stages of the cases, by date.

use std::path::Path;

use record::time::{Day, Timestamp};
use rehearsal::corpus::{self, AccessionScript, AidScript, ReportScript};
use rehearsal::{CaseScript, Cast, Procedure, RehearsalError, genesis, play_stage};
use store::Record;

use super::aid::HelpDesk;
use super::desk::RecordDesk;
use super::{BUNDLES, KEYS, TRUST};
use crate::files::{self, Mode};
use crate::keys;
use crate::problem::{Outcome, Problem};
use crate::ui::Progress;

/// Origin of the demonstration's record.
const ORIGIN: &str = "record.example/demonstration";
/// The injected clock starts here: before the first case's evidence.
const FOUNDED: &str = "2014-01-01T00:00:00Z";

/// Something that happens on a day.
enum Event<'a> {
    /// The year's money, into the ledger.
    Money,
    Text(&'static str),
    Accession(&'a AccessionScript),
    Report(&'a ReportScript),
    Help(&'a AidScript),
    /// What was told is destroyed, its retention being over.
    Purge,
    Stage(&'a CaseScript, usize),
}

/// Plays everything into a new record and writes trust file, keys and bundles beside it.
pub(super) fn play(dir: &Path) -> Outcome<()> {
    let time: Timestamp = FOUNDED.parse()?;
    let cast = Cast::new(keys::random()?, ORIGIN, &corpus::panel()?)?;
    files::create_folder(dir, Mode::Public)?;
    write_keys(dir, &cast)?;
    let record = Record::create(dir, &cast.log, &genesis(&cast, time)?)?;
    // Dropped on the way out, also on a problem.
    let played = everything(&record, &cast, time, &dir.join(KEYS));
    record.stop();
    played?;
    store::on_call::keep_rota(dir, &super::aid::rota()?)?;
    files::replace(
        &dir.join(TRUST),
        record.trust_file()?.to_string().as_bytes(),
    )?;
    write_bundles(dir, &record)
}

fn everything(record: &Record, cast: &Cast, time: Timestamp, keys: &Path) -> Outcome<()> {
    let scripts = corpus::scripts()?;
    let reports = corpus::reports()?;
    let ledger = corpus::ledger()?;
    let accessions = corpus::accessions()?;
    let requests = corpus::requests_for_help()?;
    let founded = time.day();
    let mut events: Vec<(Day, Event<'_>)> = Vec::new();
    // What was issued after the last case is no part of this record's world.
    let stages = scripts.iter().flat_map(|s| &s.stages);
    let last = stages.map(|s| s.cutoff).max().unwrap_or(founded);
    for year in time.year()..=last.start().year() {
        let day: Day = format!("{year}-01-01").parse()?;
        events.push((day, Event::Money));
    }
    for (_, document) in norms::SHIPPED {
        let text = norms::Reference::shipped()?.corpus(&[("document", document)])?;
        let issued = text.entries().iter().map(|e| e.text().date.last_day());
        let day: Day = match issued.max() {
            Some(day) => day.to_string().parse()?,
            None => continue,
        };
        if day <= last {
            events.push((day.max(founded), Event::Text(document)));
        }
    }
    // After the texts, since only what stands in the record can be taken on.
    for accession in &accessions {
        events.push((accession.from.max(founded), Event::Accession(accession)));
    }
    for report in &reports {
        events.push((report.happened.max(founded), Event::Report(report)));
    }
    for request in &requests {
        events.push((request.happened, Event::Help(request)));
        if request.helped {
            let over = request.happened.start().plus_seconds(super::aid::KEPT_S);
            events.push((over.day(), Event::Purge));
        }
    }
    for script in &scripts {
        let stages = script.stages.iter().enumerate();
        events.extend(stages.map(|(n, s)| (s.cutoff, Event::Stage(script, n))));
    }
    // Stable: what falls on one day keeps the order above.
    events.sort_by_key(|(day, _)| *day);

    let mut desk = RecordDesk::new(record);
    let mut p = Procedure::new(cast, &mut desk, time);
    p.go_to(time.plus_seconds(60))?;
    p.enrol_all()?;
    let mut help = HelpDesk::found(&mut p, keys)?;
    let progress = Progress::start("playing");
    let total = events.len() as u64;
    for (done, (day, event)) in (0..).zip(events) {
        progress.at(done, total);
        p.go_to(day.start().plus_seconds(120))?;
        match event {
            Event::Money => p.book(&ledger)?,
            Event::Text(document) => p.register_texts([document])?,
            Event::Accession(accession) => p.accede(accession)?,
            Event::Report(report) => file(&mut p, report)?,
            Event::Help(request) => help.asked(&mut p, request)?,
            Event::Purge => help.purge(&mut p)?,
            Event::Stage(script, stage) => {
                play_stage(&mut p, script, stage)?;
            }
        }
    }
    Ok(p.desk.flush()?)
}

/// A report without a case, and its reporter's consent: private.
fn file(
    p: &mut Procedure<'_, RecordDesk<'_>>,
    report: &ReportScript,
) -> Result<(), RehearsalError> {
    let sources: Vec<_> = report.sources.iter().map(|s| format!("- {s}\n")).collect();
    let account = format!(
        "{}\n\n{}\n\nSources:\n{}\nLabel: {}\n",
        report.title,
        report.summary.trim(),
        sources.concat(),
        report.label
    );
    // The reporter's key goes by the report's short name.
    let name = record::ids::CaseId::try_from(report.id.to_string())?;
    let happened = report.happened.to_string();
    let filed = p.report_from(
        report.region,
        &name,
        &report.kind,
        report.sector.as_str(),
        &happened,
        &account,
    )?;
    p.consent(&filed, "private")?;
    Ok(())
}

/// Everyone's keys, present and next, so that a person can go on where the script ends.
fn write_keys(dir: &Path, cast: &Cast) -> Outcome<()> {
    let folder = dir.join(KEYS);
    files::create_folder(&folder, Mode::Secret)?;
    for player in &cast.players {
        let id = &player.spec.id;
        keys::write(&folder.join(format!("{id}.key")), &player.key)?;
        keys::write(&folder.join(format!("{id}.key.next")), &player.next)?;
    }
    Ok(())
}

fn write_bundles(dir: &Path, record: &Record) -> Outcome<()> {
    let folder = dir.join(BUNDLES);
    files::create_folder(&folder, Mode::Public)?;
    let findings: Vec<_> = {
        let state = record.state();
        let cases = state.cases.values();
        cases
            .flat_map(|c| {
                c.findings
                    .iter()
                    .map(|f| (c.id.clone(), f.finding.proposal.round, f.statement))
            })
            .collect()
    };
    if findings.is_empty() {
        return Err(Problem::new("the demonstration published no finding"));
    }
    let progress = Progress::start("bundling");
    let total = findings.len() as u64;
    for (done, (case, round, finding)) in (0..).zip(findings) {
        progress.at(done, total);
        let bundle = record.bundle(&case, finding, true)?;
        files::replace(
            &folder.join(format!("{case}-{round}.bundle")),
            bundle.to_string().as_bytes(),
        )?;
    }
    Ok(())
}
