//! Submissions that wait for the witnesses: kept durably, and answered with a signed promise.
//!
//! A submitter is told "recorded" only once its statement is in a checkpoint that the witnesses
//! cosigned. While they are not to be had it gets an *intake receipt* instead (docs/format.md,
//! section 17; `record::intake`): by `merge-by` the log holds this entry, or a `refusal` with its hash. The entry's
//! bytes are durable before the receipt is made, so the promise survives a crash. A thread of its
//! own keeps it: it submits what is kept until that is recorded, or its refusal logged.

mod waiting;

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use record::ids::StatementId;
use record::refusal::Refusal;
use record::statement::Verified;
use tlog::SigningKey;

use crate::error::{StoreError, SubmitError};
use crate::log::{Answer, Submission};
use crate::record_folder::Holdings;
use crate::sequencer::{Group, MAX_BATCH, Reply};

pub use self::waiting::{IntakeReceipt, MAX_INTAKE, Waiting, now};

/// How long the thread waits before it submits again what was not recorded, in milliseconds.
const TRY_AGAIN_MS: u64 = 1_000;

/// The way into the sequencer.
type Queue = SyncSender<Group>;

/// The log's own waiting entries, and the thread to be woken for them.
pub(crate) struct Intake {
    waiting: Arc<Waiting>,
    wake: Mutex<Option<Sender<()>>>,
}

impl Intake {
    /// Opens the folder. The receiver is for [`run`].
    pub(crate) fn open(folder: &Path, key: SigningKey) -> Result<(Self, Receiver<()>), StoreError> {
        let (wake, woken) = channel();
        let intake = Self {
            waiting: Arc::new(Waiting::open(folder, key)?),
            wake: Mutex::new(Some(wake)),
        };
        Ok((intake, woken))
    }

    /// Keeps an entry and signs the receipt for it. What is no statement of this record is refused
    /// here: it could never be recorded. The rules judge later.
    pub(crate) fn take(&self, entry: &[u8]) -> Result<IntakeReceipt, SubmitError> {
        let statement = Verified::parse(entry).map_err(Refusal::from)?;
        let signer = self.waiting.signer();
        let receipt = self
            .waiting
            .take(&statement, entry, signer.name(), now()?)?;
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            // A thread that has ended looks at the folder at the next opening.
            let _ = wake.send(());
        }
        Ok(receipt)
    }

    /// What waits.
    pub(crate) fn waiting(&self) -> Arc<Waiting> {
        Arc::clone(&self.waiting)
    }

    /// Lets the thread end.
    pub(crate) fn stop(&self) {
        drop(
            self.wake
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}

/// Keeps the promises until nobody can wake it any more. `look` gives what waits and the way into
/// the sequencer; nothing once the record is gone.
pub(crate) fn run(
    woken: &Receiver<()>,
    look: impl Fn() -> Option<(Arc<Waiting>, Queue)>,
    held: &Holdings,
) {
    loop {
        let Some((waiting, queue)) = look() else {
            return;
        };
        // What fails is tried again below.
        let ids = waiting.ids().unwrap_or_default();
        for ids in ids.chunks(MAX_BATCH) {
            let _ = merge(&queue, &waiting, held, ids);
        }
        let empty = ids.is_empty();
        drop(queue);
        let woken = if empty {
            woken.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            woken.recv_timeout(Duration::from_millis(TRY_AGAIN_MS))
        };
        if woken == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

/// Has entries recorded together, or their refusals logged, and forgets those. As with any submission, what
/// an entry names is held before it is recorded, and what it purges is gone before it is forgotten here.
fn merge(
    queue: &Queue,
    waiting: &Waiting,
    held: &Holdings,
    ids: &[StatementId],
) -> Result<(), StoreError> {
    let (mut asked, mut not_held) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(entry) = waiting.read(id)? else {
            continue;
        };
        match held.check(&entry) {
            Ok(()) => asked.push((id, entry)),
            Err(SubmitError::Refused(refusal)) => not_held.push((id, entry, refusal)),
            // The storage failed; it is tried again.
            Err(_) => {}
        }
    }
    let entries = asked.iter().map(|(_, entry)| entry.clone());
    let answers = ask(queue, entries.map(Submission::Entry).collect());
    for ((id, entry), answer) in asked.into_iter().zip(answers) {
        let settled = match answer {
            Ok(_) => held.purge_after(&entry).is_ok(),
            Err(SubmitError::Refused(_)) => {
                let (of, promised) = (entry, true);
                is_logged(queue, Submission::Refusal { of, promised })
            }
            Err(_) => false,
        };
        if settled {
            waiting.forget(id)?;
        }
    }
    for (id, entry, refusal) in not_held {
        if is_logged(queue, Submission::NotHeld(entry, refusal)) {
            waiting.forget(id)?;
        }
    }
    Ok(())
}

/// Whether a refusal is in the log now.
fn is_logged(queue: &Queue, refusal: Submission) -> bool {
    ask(queue, vec![refusal])
        .pop()
        .is_some_and(|answer| answer.is_ok())
}

/// Submits together, and waits for all answers.
fn ask(queue: &Queue, submissions: Vec<Submission>) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(submissions.len());
    let group = submissions.into_iter().map(|submission| {
        let (sender, answer) = channel();
        answers.push(answer);
        let reply: Reply = Box::new(move |answer| drop(sender.send(answer)));
        (submission, reply)
    });
    // If the sequencer has stopped, the replies are dropped with the group.
    let _ = queue.send(group.collect());
    let answers = answers.into_iter();
    answers
        .map(|answer| answer.recv().unwrap_or(Err(SubmitError::Stopped)))
        .collect()
}
