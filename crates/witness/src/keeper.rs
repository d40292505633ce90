//! The one thread that records and cosigns. Requests that come in while a transaction is being
//! made durable share the next: so thousands a second need only as many disk writes as the disk
//! can do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use tlog::{NoteSignature, SignError, SigningKey, cosign};
use tokio::sync::{mpsc, oneshot};

use crate::decide::{self, Asked, Refused};
use crate::state::{Held, State, StateError};

/// Requests in one transaction, at most.
pub const MAX_GROUP: usize = 512;
/// Requests that may wait for the thread.
pub const MAX_QUEUE: usize = 4_096;

/// A cosigned checkpoint, or why not, with the note held before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Recorded; the witness's signatures.
    Cosigned(Vec<NoteSignature>),
    /// Not cosigned; what the witness cosigned last, for evidence.
    Refused(Refused, Option<String>),
    /// One of the witness's keys cannot sign this checkpoint; nothing was recorded.
    Unsigned(SignError),
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The state failed; nothing was cosigned.
    #[error("the witness could not record the checkpoint, so it did not cosign it")]
    State(#[source] StateError),
    /// Too many requests wait.
    #[error("{MAX_QUEUE} requests are waiting already")]
    Overloaded,
    /// The witness is stopping.
    #[error("the witness is stopping")]
    Stopped,
    /// The thread could not be started.
    #[error("a thread could not be started")]
    Thread(#[source] std::io::Error),
}

enum Job {
    Judge(Box<Asked>, oneshot::Sender<Result<Verdict, ()>>),
    Look(String, oneshot::Sender<Result<Option<String>, ()>>),
}

/// The running thread.
#[derive(Debug)]
pub struct Keeper {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Keeper {
    /// Opens the state and starts the thread.
    ///
    /// # Errors
    /// [`KeeperError::State`] if the state cannot be opened, [`KeeperError::Thread`].
    pub fn start(path: PathBuf, keys: Vec<SigningKey>) -> Result<Self, KeeperError> {
        let (sender, jobs) = mpsc::channel(MAX_QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(KeeperError::Thread)?;
        let state = runtime
            .block_on(State::open(&path))
            .map_err(KeeperError::State)?;
        let thread = std::thread::Builder::new()
            .name("keeper".into())
            .spawn(move || runtime.block_on(run(path, state, &keys, jobs)))
            .map_err(KeeperError::Thread)?;
        Ok(Self {
            jobs: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Has a signed request judged, and cosigned if it holds.
    ///
    /// # Errors
    /// [`KeeperError`]; nothing was cosigned then.
    pub async fn judge(&self, asked: Asked) -> Result<Verdict, KeeperError> {
        let (reply, verdict) = oneshot::channel();
        self.send(Job::Judge(Box::new(asked), reply))?;
        answered(verdict.await)
    }

    /// The cosigned checkpoint of a log, if there is one.
    ///
    /// # Errors
    /// [`KeeperError`].
    pub async fn cosigned(&self, origin: &str) -> Result<Option<String>, KeeperError> {
        let (reply, note) = oneshot::channel();
        self.send(Job::Look(origin.to_owned(), reply))?;
        answered(note.await)
    }

    fn send(&self, job: Job) -> Result<(), KeeperError> {
        let sender = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(KeeperError::Stopped)?;
        sender.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => KeeperError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => KeeperError::Stopped,
        })
    }

    /// Finishes what waits and ends the thread.
    pub fn stop(&self) {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // A thread that panicked has dropped its askers' replies: they see `Stopped`.
            let _ = thread.join();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A reply that was dropped came from a thread that is gone; an empty error from a state that
/// failed, which the thread has written to the log.
fn answered<T>(reply: Result<Result<T, ()>, oneshot::error::RecvError>) -> Result<T, KeeperError> {
    match reply {
        Ok(Ok(told)) => Ok(told),
        Ok(Err(())) => Err(KeeperError::State(StateError::Database(
            sqlx::Error::WorkerCrashed,
        ))),
        Err(_) => Err(KeeperError::Stopped),
    }
}

async fn run(path: PathBuf, state: State, keys: &[SigningKey], mut jobs: mpsc::Receiver<Job>) {
    let mut state = Some(state);
    let mut group = Vec::with_capacity(MAX_GROUP);
    while jobs.recv_many(&mut group, MAX_GROUP).await > 0 {
        let done = match &mut state {
            Some(state) => settle(state, keys, &mut group).await,
            None => match State::open(&path).await {
                Ok(opened) => settle(state.insert(opened), keys, &mut group).await,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = done {
            tracing::error!(error = %record::trust::with_sources(&error), "the state failed");
            // Opened anew the next time: what an unfinished transaction left is not relied on.
            state = None;
            group.drain(..).for_each(fail);
        }
    }
    if let Some(state) = state {
        // What was recorded is durable whether it closes well or not.
        let _ = state.close().await;
    }
}

fn fail(job: Job) {
    // Whoever asked may have gone.
    match job {
        Job::Judge(_, reply) => drop(reply.send(Err(()))),
        Job::Look(_, reply) => drop(reply.send(Err(()))),
    }
}

/// One transaction for all that wait, then the answers.
async fn settle(
    state: &mut State,
    keys: &[SigningKey],
    group: &mut Vec<Job>,
) -> Result<(), StateError> {
    let origins: BTreeSet<&str> = group
        .iter()
        .map(|job| match job {
            Job::Judge(asked, _) => asked.checkpoint.origin.as_str(),
            Job::Look(origin, _) => origin.as_str(),
        })
        .collect();
    let now = now();
    let told = state
        .transact(&origins, |held| {
            let answers = group.iter().map(|job| match job {
                Job::Judge(asked, _) => Told::Verdict(judge(held, asked, keys, now)),
                Job::Look(origin, _) => {
                    Told::Note(held.get(origin).and_then(|held| held.note.clone()))
                }
            });
            answers.collect::<Vec<_>>()
        })
        .await?;
    for (job, told) in group.drain(..).zip(told) {
        match (job, told) {
            (Job::Judge(_, reply), Told::Verdict(verdict)) => drop(reply.send(Ok(verdict))),
            (Job::Look(_, reply), Told::Note(note)) => drop(reply.send(Ok(note))),
            (job, _) => fail(job),
        }
    }
    Ok(())
}

enum Told {
    Verdict(Verdict),
    Note(Option<String>),
}

/// Judges one request and signs it. The signature leaves only after the transaction.
fn judge(
    held: &mut BTreeMap<String, Held>,
    asked: &Asked,
    keys: &[SigningKey],
    now: u64,
) -> Verdict {
    let origin = &asked.checkpoint.origin;
    let before = held.get(origin).cloned().unwrap_or_default();
    let seen = match decide::judge(&before.seen, asked) {
        Ok(seen) => seen,
        Err(refused) => return Verdict::Refused(refused, before.note),
    };
    // A clock that was set back must not make a later tree look earlier.
    let time = now.max(before.time);
    let mut note = asked.note.clone();
    let signed: Result<Vec<_>, _> = keys
        .iter()
        .map(|key| cosign(&note.text, key, time))
        .collect();
    let signatures = match signed {
        Ok(signatures) => signatures,
        Err(error) => return Verdict::Unsigned(error),
    };
    note.signatures.extend(signatures.iter().cloned());
    let note = Some(note.to_string());
    held.insert(origin.clone(), Held { seen, time, note });
    Verdict::Cosigned(signatures)
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // Before 1970 a cosignature's time would be 0, which it must not be.
    since.map_or(1, |since| since.as_secs().max(1))
}
