//! Submissions that wait for the witnesses: kept durably, and answered with a signed promise.
//!
//! A submitter is told "recorded" only once its statement is in a checkpoint that the witnesses
//! cosigned. While they are not to be had it gets an *intake receipt* instead (docs/format.md,
//! section 17; `record::intake`): by `merge-by` the log holds this entry, or a `refusal` with its hash. The entry's
//! bytes are durable before the receipt is made, so the promise survives a crash. A thread of its
//! own keeps it: it submits what is kept until that is recorded, or its refusal logged.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use record::ids::StatementId;
use record::intake::Promise;
use record::refusal::Refusal;
use record::statement::Verified;
use record::time::Timestamp;
use tlog::SigningKey;

use crate::disk::{self, IoError};
use crate::error::{StoreError, SubmitError};
use crate::layout::Layout;
use crate::log::{Answer, Submission};
use crate::sequencer::{Group, MAX_BATCH, Reply};

/// Entries that may wait in the intake, at most.
pub const MAX_INTAKE: usize = 4_096;
/// How long the thread waits before it submits again what was not recorded, in milliseconds.
const TRY_AGAIN_MS: u64 = 1_000;

/// The log's signed promise to record an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeReceipt {
    /// The statement.
    pub id: StatementId,
    /// By when it is recorded, or its refusal logged.
    pub merge_by: Timestamp,
    /// The receipt: a note signed by the log's key.
    pub note: String,
}

/// The way into the sequencer.
type Queue = SyncSender<Group>;

/// The folder of waiting entries, and who signs for them.
pub(crate) struct Intake {
    layout: Layout,
    key: SigningKey,
    wake: Mutex<Option<Sender<()>>>,
}

impl Intake {
    /// Opens the folder. The receiver is for [`run`].
    pub(crate) fn open(
        layout: &Layout,
        key: SigningKey,
    ) -> Result<(Self, Receiver<()>), StoreError> {
        let folder = layout.intake();
        disk::create_folder(&folder)?;
        disk::set_path_mode(&folder, disk::PRIVATE_FOLDER_MODE)
            .map_err(IoError::at("make private", &folder))?;
        let (wake, woken) = channel();
        let intake = Self {
            layout: layout.clone(),
            key,
            wake: Mutex::new(Some(wake)),
        };
        Ok((intake, woken))
    }

    /// Keeps an entry and signs the receipt for it. What is no statement of this record is refused
    /// here: it could never be recorded. The rules judge later.
    pub(crate) fn take(&self, entry: &[u8]) -> Result<IntakeReceipt, SubmitError> {
        let statement = Verified::parse(entry).map_err(Refusal::from)?;
        let id = statement.id;
        let path = self.layout.intake().join(id.to_string());
        let kept = disk::read_if_there(&path).map_err(StoreError::from)?;
        if kept.is_none() {
            if self.waiting()?.len() >= MAX_INTAKE {
                return Err(SubmitError::Overloaded { limit: MAX_INTAKE });
            }
            disk::write_once(&path, entry, disk::SECRET_MODE).map_err(StoreError::from)?;
        }
        let receipt = self.receipt(id)?;
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            // A thread that has ended looks at the folder at the next opening.
            let _ = wake.send(());
        }
        Ok(receipt)
    }

    fn receipt(&self, id: StatementId) -> Result<IntakeReceipt, StoreError> {
        let wrong = |problem: String| StoreError::damaged("the intake receipt", problem);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.ok().and_then(|s| i64::try_from(s.as_secs()).ok());
        let received = seconds.and_then(|s| Timestamp::from_unix_seconds(s).ok());
        let received = received.ok_or_else(|| wrong("the clock is out of range".into()))?;
        let promise = Promise::new(self.key.verifier_key().name(), id, received);
        let merge_by = promise.merge_by;
        let note = promise
            .sign(&self.key)
            .map_err(|error| wrong(error.to_string()))?;
        Ok(IntakeReceipt {
            id,
            merge_by,
            note: note.to_string(),
        })
    }

    /// Paths of what waits.
    pub(crate) fn waiting(&self) -> Result<Vec<PathBuf>, StoreError> {
        let folder = self.layout.intake();
        let entries = fs::read_dir(&folder).map_err(IoError::at("list", &folder))?;
        let mut paths = Vec::new();
        for entry in entries {
            let entry = entry.map_err(IoError::at("list", &folder))?;
            let name = entry.file_name();
            if name.to_string_lossy().parse::<StatementId>().is_ok() {
                paths.push(entry.path());
            }
        }
        paths.sort();
        Ok(paths)
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
pub(crate) fn run(woken: &Receiver<()>, look: impl Fn() -> Option<(Vec<PathBuf>, Queue)>) {
    loop {
        let Some((paths, queue)) = look() else { return };
        let empty = paths.is_empty();
        for paths in paths.chunks(MAX_BATCH) {
            // What fails is tried again below.
            let _ = merge(&queue, paths);
        }
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

/// Has entries recorded together, or their refusals logged, and forgets those.
fn merge(queue: &Queue, paths: &[PathBuf]) -> Result<(), StoreError> {
    let mut asked = Vec::new();
    for path in paths {
        if let Some(entry) = disk::read_if_there(path)? {
            asked.push((path, entry));
        }
    }
    let entries = asked.iter().map(|(_, entry)| entry.clone());
    let answers = ask(queue, entries.map(Submission::Entry).collect());
    for ((path, entry), answer) in asked.into_iter().zip(answers) {
        let recorded = match answer {
            Err(SubmitError::Refused(_)) => ask(queue, vec![Submission::Refusal(entry)]).pop(),
            answer => Some(answer),
        };
        if recorded.is_some_and(|answer| answer.is_ok()) {
            fs::remove_file(path).map_err(IoError::at("remove", path))?;
        }
    }
    Ok(())
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
