//! `solferino bench log --opening N`: a record of N entries, opened and audited.

use std::path::Path;

use rehearsal::Flood;
use store::Record;
use store::measure::{self, Limits, Reopened};

use super::{measured, reports, show};
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Openings, of which the middle one counts.
const OPENINGS: usize = 3;
/// Reports that are signed and submitted at a time, to bound the memory.
const AT_A_TIME: u64 = 65_536;

/// Makes the record in `home`, opens it, audits it; fails if opening it takes longer than promised.
pub(super) fn run(home: &Path, flood: &Flood, entries: u64) -> Outcome {
    let dir = home.join("record");
    let genesis = flood.genesis().map_err(|e| Problem::new(e.to_string()))?;
    let record = Record::create(&dir, flood.log_key(), &genesis)?;
    let mut signed_bytes = 0;
    for first in (0..entries).step_by(AT_A_TIME as usize) {
        let part = reports(flood, first, AT_A_TIME.min(entries - first))?;
        // What is signed is the payload, and base64 is most of an envelope.
        signed_bytes = part.first().map_or(0, Vec::len) / 2;
        measure::intake(&record, part).map_err(measured)?;
    }
    record.stop();
    drop(record);
    let limits = measure::limits(home, signed_bytes).map_err(measured)?;
    show(&limits.lines());
    let mut openings = Vec::new();
    for _ in 0..OPENINGS {
        let (record, reopened) = measure::reopened(&dir).map_err(measured)?;
        drop(record);
        show(&Limits::reopened(&reopened));
        openings.push(reopened);
    }
    show(&limits.audited(&measure::audited(&dir).map_err(measured)?));
    openings.sort_by(|a, b| a.spent.wall_s.total_cmp(&b.spent.wall_s));
    Ok(openings.get(OPENINGS / 2).map_or(Exit::Failed, verdict))
}

fn verdict(middle: &Reopened) -> Exit {
    let aim = middle.aim();
    ui::line(aim.line());
    if aim.is_met() { Exit::Ok } else { Exit::Failed }
}
