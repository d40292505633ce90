//! A record on disk as the place where a rehearsal's statements go.

use std::cell::RefCell;

use record::ids::StatementId;
use record::seal::Opening;
use record::state::State;
use record::time::Timestamp;
use rehearsal::{Desk, DeskError, Stored};
use store::vault::MAX_EXHIBIT_BYTES;
use store::{Record, SubmitError};

/// Hands statements on in batches: they wait until somebody looks at the state or moves the time.
/// One published checkpoint then stands for many statements.
pub(crate) struct RecordDesk<'a> {
    record: &'a Record,
    waiting: RefCell<Vec<Vec<u8>>>,
    /// The first thing that went wrong; looking cannot report it, so the next step does.
    failed: RefCell<Option<DeskError>>,
}

impl<'a> RecordDesk<'a> {
    pub(crate) fn new(record: &'a Record) -> Self {
        Self {
            record,
            waiting: RefCell::default(),
            failed: RefCell::default(),
        }
    }

    /// Hands on a statement with the sealed items it names.
    pub(crate) fn hand_over(
        &self,
        entry: Vec<u8>,
        sealed: Vec<Vec<u8>>,
    ) -> Result<StatementId, DeskError> {
        self.flush()?;
        let taken = self.record.submit_with_items_blocking(entry, sealed);
        taken.map(|s| s.id).map_err(|e| match e {
            SubmitError::Refused(refusal) => DeskError::Refused(refusal),
            other => store(&other),
        })
    }

    /// Hands on what waits.
    pub(crate) fn flush(&self) -> Result<(), DeskError> {
        let waiting = self.waiting.take();
        if !waiting.is_empty() && self.failed.borrow().is_none() {
            let answers = self.record.submit_all_blocking(waiting);
            let problem = answers.into_iter().find_map(Result::err).map(|e| match e {
                SubmitError::Refused(refusal) => DeskError::Refused(refusal),
                other => store(&other),
            });
            *self.failed.borrow_mut() = problem;
        }
        match &*self.failed.borrow() {
            Some(problem) => Err(problem.clone()),
            None => Ok(()),
        }
    }
}

fn store(error: &dyn std::error::Error) -> DeskError {
    DeskError::Store(record::trust::with_sources(error))
}

impl Desk for RecordDesk<'_> {
    fn submit(&mut self, entries: Vec<Vec<u8>>) -> Result<Vec<StatementId>, DeskError> {
        let ids = entries.iter().map(|e| StatementId::of_entry(e)).collect();
        self.waiting.borrow_mut().extend(entries);
        match &*self.failed.borrow() {
            Some(problem) => Err(problem.clone()),
            None => Ok(ids),
        }
    }

    fn set_time(&mut self, time: Timestamp) -> Result<(), DeskError> {
        self.flush()?;
        self.record.set_time(time).map_err(|e| store(&e))
    }

    fn look<R>(&self, at: impl FnOnce(&State) -> R) -> R {
        // A failure is kept and reported by the next step that can.
        let _ = self.flush();
        at(&self.record.state())
    }

    fn store(&mut self, content: &[u8]) -> Result<Stored, DeskError> {
        let stored = self.record.vault().put(content, MAX_EXHIBIT_BYTES);
        let stored = stored.map_err(|e| store(&e))?;
        Ok(Stored {
            sha256: stored.sha256,
            ciphertext_sha256: stored.ciphertext_sha256,
        })
    }

    fn keep(&mut self, id: StatementId, opening: &Opening) -> Result<(), DeskError> {
        self.record
            .keep_opening(&id, opening)
            .map_err(|e| store(&e))
    }

    fn opening(&self, id: &StatementId) -> Result<Option<Opening>, DeskError> {
        self.record.opening(id).map_err(|e| store(&e))
    }
}
