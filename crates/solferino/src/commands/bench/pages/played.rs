//! A record to measure pages with: played cases with findings, and many that were only opened.

use std::path::Path;

use record::ids::{CaseId, StatementId};
use record::kind::Kind;
use record::statement::Signed;
use record::time::Timestamp;
use rehearsal::{Cast, Procedure, SeatSpecRole, corpus, genesis, play_stage};
use serde_json::json;
use store::Record;

use crate::commands::demo::desk::RecordDesk;
use crate::problem::{Outcome, Problem};

const ORIGIN: &str = "record.example/bench";
const FOUNDED: &str = "2014-01-01T00:00:00Z";
/// Cases that are opened in one go.
const AT_ONCE: u32 = 500;

pub(super) struct Played {
    pub(super) record: Record,
    /// The finding with the most items.
    pub(super) finding: StatementId,
}

/// Plays two historical cases, and opens so many more.
pub(super) fn play(dir: &Path, more: u32) -> Outcome<Played> {
    let time: Timestamp = FOUNDED.parse()?;
    let cast = Cast::new([13; 32], ORIGIN, &corpus::panel()?)?;
    let record = Record::create(dir, &cast.log, &genesis(&cast, time)?)?;
    let mut desk = RecordDesk::new(&record);
    let mut procedure = Procedure::new(&cast, &mut desk, time);
    procedure.enrol_all()?;
    procedure.register_texts(norms::SHIPPED.iter().map(|(_, text)| *text))?;
    let mut finding = None;
    for script in corpus::cases()?.iter().take(2) {
        for stage in 0..script.stages.len() {
            finding = Some(play_stage(&mut procedure, script, stage)?.finding);
        }
    }
    for first in (0..more).step_by(AT_ONCE as usize) {
        open(&mut procedure, &cast, first, AT_ONCE.min(more - first))?;
    }
    desk.flush()?;
    let finding = finding.ok_or_else(|| Problem::new("the corpus has no case"))?;
    Ok(Played { record, finding })
}

/// Reports and opens so many cases.
fn open(
    procedure: &mut Procedure<'_, RecordDesk<'_>>,
    cast: &Cast,
    first: u32,
    count: u32,
) -> Outcome<()> {
    let registrar = procedure.player(SeatSpecRole::Registrar)?;
    let rule = procedure.charter(|c| c.selection_rule_sha256)?;
    let (mut reports, mut opens) = (Vec::new(), Vec::<Signed>::new());
    for n in first..first + count {
        let key = cast.key(&format!("crowd-{n}"))?;
        let sectors = ["health", "energy", "media", "government"];
        let account = tlog::sha256(&n.to_be_bytes());
        let body = json!({
            "incident": "disruption", "sector": sectors[n as usize % sectors.len()],
            "happened": "2013-12-24", "account_sha256": account,
        });
        let report = procedure.sign(&key, Kind::Report, None, body)?;
        let case: CaseId = format!("crowd-{n}").parse()?;
        let body = json!({
            "reports": [StatementId::of_entry(&report.entry)], "question": {"kind": "who"}, "selection_rule_sha256": rule,
        });
        opens.push(procedure.sign(&registrar.key, Kind::CaseOpen, Some(&case), body)?);
        reports.push(report);
    }
    procedure.submit(reports)?;
    procedure.submit(opens)?;
    Ok(())
}
