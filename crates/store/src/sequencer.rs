//! The sequencer's threads: one gathers a batch and checks its signatures, one judges and writes.
//!
//! While a batch waits for the disk, the next one is checked. Judging and writing stay with one
//! thread, in the order of the queue.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use record::refusal::Refusal;
use record::statement::Verified;
use record::time::Timestamp;

use crate::error::StoreError;
use crate::log::entries::Checker;
use crate::log::{self, Answer, Log, Submission};

/// Submissions in one batch, at most. A group submitted together may be the last to fit. What a
/// batch costs beside its entries (about twenty syncs) is then a hundredth of checking them.
pub const MAX_BATCH: usize = 4096;
/// Bytes of submissions after which a batch takes no more (16 MiB).
pub const MAX_BATCH_BYTES: usize = 16 << 20;
/// How long a batch with company waits for more, in milliseconds; a lone submission does not wait,
/// unless those just before it had company: then their submitters are likely to be back at once.
pub const MAX_BATCH_WAIT_MS: u64 = 3;
/// Groups of submissions that may wait for the sequencer.
pub const MAX_QUEUE: usize = 4096;

/// What to do with the answer to one submission.
pub(crate) type Reply = Box<dyn FnOnce(Answer) + Send>;
/// Submissions to be judged in this order, in one batch.
pub(crate) type Group = Vec<(Submission, Reply)>;

/// Time given by hand, where the charter allows it.
pub(crate) type GivenTime = Arc<Mutex<Option<Timestamp>>>;

/// The running threads.
pub(crate) struct Sequencer {
    queue: Mutex<Option<SyncSender<Group>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Told to end, also while the witnesses are waited for.
    stopping: Arc<AtomicBool>,
}

/// A batch whose signatures were checked.
struct Checked {
    submissions: Vec<Submission>,
    verified: Vec<Result<Verified, Refusal>>,
    replies: Vec<Option<Reply>>,
}

impl Sequencer {
    /// Starts the threads. `published` is called after each batch.
    pub(crate) fn start(
        log: Log,
        given_time: Option<GivenTime>,
        published: impl Fn() + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (queue, jobs) = sync_channel(MAX_QUEUE);
        // One batch under way, one ready behind it.
        let (checked, batches) = sync_channel(0);
        let checker = std::thread::Builder::new()
            .name("checker".into())
            .spawn(move || check(&jobs, &checked))
            .map_err(StoreError::Thread)?;
        let stopping = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopping);
        let sequencer = std::thread::Builder::new()
            .name("sequencer".into())
            .spawn(move || run(log, &batches, given_time.as_ref(), &told, &published))
            .map_err(StoreError::Thread)?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            threads: Mutex::new(vec![checker, sequencer]),
            stopping,
        })
    }

    /// The way in; `None` once stopped.
    pub(crate) fn queue(&self) -> Option<SyncSender<Group>> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes nothing more in, finishes what waits, and ends. A batch without a quorum is not waited
    /// for: it is history, and published at the next opening.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            thread.thread().unpark();
            // A thread that panicked has dropped its submitters' replies: they see `Stopped`.
            let _ = thread.join();
        }
    }
}

/// Gathers batches and checks them, one ahead of what is being written.
fn check(jobs: &Receiver<Group>, checked: &SyncSender<Checked>) {
    let (mut checker, mut crowded) = (Checker::default(), false);
    while let Ok(first) = jobs.recv() {
        let batch = collect(first, jobs, crowded);
        crowded = batch.len() > 1;
        let (submissions, replies): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let batch = Checked {
            verified: log::check(&mut checker, &submissions),
            submissions,
            replies: replies.into_iter().map(Some).collect(),
        };
        if checked.send(batch).is_err() {
            // The sequencer has ended; dropping the replies tells the submitters.
            return;
        }
    }
}

fn run(
    mut log: Log,
    batches: &Receiver<Checked>,
    given_time: Option<&GivenTime>,
    stopping: &AtomicBool,
    published: &dyn Fn(),
) {
    // What was found pending at the opening has nobody waiting for it here.
    settle(&mut log, stopping, &mut |_, _| {});
    published();
    let heartbeat = log.patience().heartbeat;
    // A batch left pending by a stop is published at the next opening.
    while !log.is_pending() {
        let mut batch = match batches.recv_timeout(heartbeat) {
            Ok(batch) => batch,
            Err(RecvTimeoutError::Timeout) => {
                // What is published stays as it is, and readers see how old its cosignatures are.
                let _ = log.heartbeat();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let now = now(given_time);
        let replies = &mut batch.replies;
        let mut answer = |at: usize, answer: Answer| {
            if let Some(reply) = replies.get_mut(at).and_then(Option::take) {
                reply(answer);
            }
        };
        log.process_checked(&batch.submissions, batch.verified, now, &mut answer);
        settle(&mut log, stopping, &mut answer);
        published();
    }
}

/// Asks the witnesses again and again until the pending batch is published, or the record stops:
/// its submitters are not answered then, and find the batch published after the next opening.
fn settle(log: &mut Log, stopping: &AtomicBool, answer: &mut dyn FnMut(usize, Answer)) {
    while log.is_pending() && !stopping.load(Ordering::SeqCst) {
        std::thread::park_timeout(log.patience().retry);
        // Whether it still is pending is asked above; other failures are answered and recovered.
        let _ = log.settle(answer);
    }
}

/// Gathers a batch. Waits only if somebody else is in the queue, or was with the batch before, and
/// then only briefly: who is alone is served at once, and while one batch is written the next
/// gathers by itself.
fn collect(first: Group, jobs: &Receiver<Group>, crowded: bool) -> Group {
    let mut batch = first;
    let mut bytes = bytes_of(&batch);
    match jobs.try_recv() {
        Ok(second) => {
            bytes += bytes_of(&second);
            batch.extend(second);
        }
        Err(_) if crowded => {}
        Err(_) => return batch,
    }
    let until = Instant::now() + Duration::from_millis(MAX_BATCH_WAIT_MS);
    while batch.len() < MAX_BATCH && bytes < MAX_BATCH_BYTES {
        match jobs.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(more) => {
                bytes += bytes_of(&more);
                batch.extend(more);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    batch
}

fn bytes_of(group: &Group) -> usize {
    let bytes = group.iter().map(|(submission, _)| submission.bytes().len());
    bytes.sum()
}

/// The given time, or the system's; nothing, which means the time in force, where none was given
/// yet or the clock is out of range. Time never decreases anyway.
pub(crate) fn now(given_time: Option<&GivenTime>) -> Option<Timestamp> {
    if let Some(given) = given_time {
        return *given.lock().unwrap_or_else(PoisonError::into_inner);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since.as_secs()).ok()?;
    Timestamp::from_unix_seconds(seconds).ok()
}
