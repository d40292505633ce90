//! Every effect of a batch fails in every way; what was acknowledged is never lost, and nothing
//! is recorded twice.

use std::sync::atomic::Ordering;

use solferino_store::log::{Answer, Log};
use solferino_store::memory::Fault;
use solferino_store::objects::Objects as _;

use crate::log::{MemoryPlace, founded, submit};
use crate::support::report;

/// Writes of one batch, at most: staged record, tiles, bundles, flush, checkpoint, removal.
const WRITES: usize = 12;

/// After a fault: what was acknowledged is there, and everything submitted again is there once.
fn check(place: &MemoryPlace, log: &mut Log, answers: &[Answer], reports: &[Vec<u8>], what: &str) {
    let published = log.published();
    for (answer, report) in answers.iter().zip(reports) {
        let Ok(submitted) = answer else { continue };
        let published = published.read().unwrap();
        let id = record::ids::StatementId::of_entry(report);
        let index = published.state().statements.index_of(&id);
        assert_eq!(index, Some(submitted.index), "{what}");
    }
    let again = submit(log, reports);
    assert!(again.iter().all(Result::is_ok), "{what}: {again:?}");
    let reopened = place.log();
    let reopened = reopened.published();
    let reopened = reopened.read().unwrap();
    assert_eq!(reopened.root(), published.read().unwrap().root(), "{what}");
    let kinds = reopened.state().statements.kinds();
    let reports_in = kinds
        .filter(|(_, kind)| *kind == record::kind::Kind::Report)
        .count();
    assert_eq!(reports_in, 3 + reports.len(), "{what}: each is there once");
    assert!(place.objects.list("staged/").unwrap().is_empty(), "{what}");
}

fn run(what: &str, dies: bool, plan: impl FnOnce(&MemoryPlace)) -> bool {
    let place = MemoryPlace::new();
    let mut log = founded(&place);
    let before: Vec<_> = (0..3).map(report).collect();
    assert!(submit(&mut log, &before).iter().all(Result::is_ok));
    plan(&place);
    if dies {
        // No recovery in this process: it ends with the fault.
        place.openings.store(0, Ordering::SeqCst);
    }
    let reports: Vec<_> = (10..14).map(report).collect();
    let answers = submit(&mut log, &reports);
    let failed = answers.iter().any(Result::is_err);
    if dies {
        log = place.log();
    }
    check(&place, &mut log, &answers, &reports, what);
    failed
}

#[test]
fn every_write_of_a_batch_fails_in_every_way() {
    let mut failures = 0;
    for dies in [false, true] {
        for fault in [Fault::Failed, Fault::FailedButPersisted] {
            for skipped in 0..WRITES {
                let what = format!("write {skipped}, {fault:?}, dies: {dies}");
                failures += usize::from(run(&what, dies, |place| {
                    place.objects.plan_fault(skipped, fault);
                }));
            }
        }
    }
    assert!(failures >= 20, "the faults were met: {failures}");
}

#[test]
fn a_doubtful_swap_is_settled_by_the_cell() {
    for dies in [false, true] {
        for fault in [Fault::Failed, Fault::FailedButPersisted] {
            let what = format!("swap, {fault:?}, dies: {dies}");
            let failed = run(&what, dies, |place| place.cell.plan_fault(0, fault));
            assert!(
                failed,
                "the submitters were told that the outcome is unknown"
            );
        }
    }
}

#[test]
fn a_genesis_cut_short_is_finished_by_the_next_opening() {
    for fault in [Fault::Failed, Fault::FailedButPersisted] {
        for skipped in 0..WRITES {
            let place = MemoryPlace::new();
            let mut log = place.log();
            place.objects.plan_fault(skipped, fault);
            let founded = log.found(&crate::support::genesis());
            let mut log = place.log();
            let size = log.published().read().unwrap().size();
            if size == 0 {
                assert!(founded.is_err());
                log.found(&crate::support::genesis()).unwrap();
            }
            let size = log.published().read().unwrap().size();
            assert_eq!(size, crate::support::genesis().len() as u64);
        }
    }
}
