//! The log over storage in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use record::refusal::Code;
use solferino_store::log::{Answer, Handles, Log, MAX_REFUSALS_PER_WINDOW, Place, Submission};
use solferino_store::memory::{MemoryCell, MemoryObjects};
use solferino_store::{StoreError, SubmitError};

use crate::support::{cast, founded_at, genesis, report, report_at};

/// Storage in memory that is there for a number of openings.
#[derive(Clone)]
pub(crate) struct MemoryPlace {
    pub(crate) objects: MemoryObjects,
    pub(crate) cell: MemoryCell,
    /// Openings until it is gone, as when the process dies.
    pub(crate) openings: Arc<AtomicUsize>,
}

impl MemoryPlace {
    pub(crate) fn new() -> Self {
        Self {
            objects: MemoryObjects::new(),
            cell: MemoryCell::new(),
            openings: Arc::new(AtomicUsize::new(usize::MAX)),
        }
    }

    /// The log in this place, as a process that starts sees it.
    pub(crate) fn log(&self) -> Log {
        self.openings.store(usize::MAX, Ordering::SeqCst);
        Log::open(Box::new(self.clone()), cast().log, &|_, _| {}).unwrap()
    }
}

impl Place for MemoryPlace {
    fn open(&self) -> Result<Handles, StoreError> {
        if self.openings.fetch_sub(1, Ordering::SeqCst) == 0 {
            return Err(StoreError::Damaged {
                place: "memory".into(),
                problem: "gone".into(),
            });
        }
        self.objects.crash();
        Ok((Box::new(self.objects.clone()), Box::new(self.cell.clone())))
    }
}

pub(crate) fn founded(place: &MemoryPlace) -> Log {
    let mut log = place.log();
    log.found(&genesis()).unwrap();
    log
}

/// Submits entries in one batch.
pub(crate) fn submit(log: &mut Log, entries: &[Vec<u8>]) -> Vec<Answer> {
    let batch: Vec<_> = entries.iter().cloned().map(Submission::Entry).collect();
    let mut answers: Vec<Option<Answer>> = batch.iter().map(|_| None).collect();
    log.process(&batch, Some(founded_at()), &mut |at, answer| {
        assert!(answers[at].replace(answer).is_none(), "answered twice");
    });
    answers.into_iter().map(Option::unwrap).collect()
}

#[test]
fn an_empty_log_takes_nothing_but_a_genesis() {
    let place = MemoryPlace::new();
    let mut log = place.log();
    let refused = submit(&mut log, &[report(1)]);
    assert!(matches!(&refused[0], Err(SubmitError::Refused(r)) if r.code == Code::NotFounded));
    log.found(&genesis()).unwrap();
    assert!(matches!(
        log.found(&genesis()),
        Err(StoreError::Genesis { .. })
    ));
    assert!(submit(&mut log, &[report(1)])[0].is_ok());
}

#[test]
fn the_whole_log_is_the_same_in_memory_and_by_its_tiles() {
    let place = MemoryPlace::new();
    let mut log = founded(&place);
    for batch in 0..30_u64 {
        let reports: Vec<_> = (0..=batch).map(|n| report(100 * batch + n)).collect();
        assert!(submit(&mut log, &reports).iter().all(Result::is_ok));
    }
    let published = log.published();
    let (size, root) = {
        let published = published.read().unwrap();
        (published.size(), published.root())
    };
    let again = place.log();
    let again = again.published();
    let again = again.read().unwrap();
    assert_eq!((again.size(), again.root()), (size, root));
}

#[test]
fn two_sequencers_cannot_fork_the_log() {
    let place = MemoryPlace::new();
    let mut one = founded(&place);
    let mut two = place.log();
    assert!(submit(&mut one, &[report(1)])[0].is_ok());
    // The second knows nothing of the first: its swap loses, and it publishes nothing.
    let lost = submit(&mut two, &[report(2)]);
    assert!(matches!(lost[0], Err(SubmitError::Store(_))), "{lost:?}");
    // It has replayed, and goes on where the first left off.
    let next = submit(&mut two, &[report(1), report(2)]);
    assert!(!next[0].as_ref().unwrap().fresh);
    assert!(next[1].as_ref().unwrap().fresh);
}

#[test]
fn what_the_log_promised_to_log_as_refused_has_a_limit_of_its_own() {
    let place = MemoryPlace::new();
    let mut log = founded(&place);
    let old = founded_at().plus_seconds(-400 * 86_400);
    let refused = |n: usize, promised| {
        let of = report_at(u64::try_from(n).unwrap(), old);
        Submission::Refusal { of, promised }
    };
    let mut ask = |batch: &[Submission]| {
        let mut answers: Vec<Option<Answer>> = batch.iter().map(|_| None).collect();
        log.process(batch, Some(founded_at()), &mut |at, answer| {
            answers[at] = Some(answer);
        });
        answers.into_iter().map(Option::unwrap).collect::<Vec<_>>()
    };
    let wishes: Vec<_> = (0..=MAX_REFUSALS_PER_WINDOW)
        .map(|n| refused(n, false))
        .collect();
    let mut answers = ask(&wishes);
    let last = answers.pop().unwrap();
    assert!(answers.iter().all(Result::is_ok));
    assert!(
        matches!(last, Err(SubmitError::TooManyRefusals { .. })),
        "{last:?}"
    );
    let promised = ask(&[refused(MAX_REFUSALS_PER_WINDOW + 1, true)]);
    assert!(promised[0].is_ok(), "{promised:?}");
    // What is no signed statement is never logged, whoever wishes it.
    let (of, promised) = (b"{}".to_vec(), true);
    let garbage = ask(&[Submission::Refusal { of, promised }]);
    assert!(
        matches!(garbage[0], Err(SubmitError::Refused(_))),
        "{garbage:?}"
    );
}
