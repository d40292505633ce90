//! One thread per witness, so that a slow one holds up nobody else.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, sync_channel};

use tlog::VerifierKey;

use super::{Reply, Transport};
use crate::error::StoreError;

/// A request to one witness.
pub(super) struct Job {
    pub(super) body: Vec<u8>,
    /// Where the answer goes; whoever waited for it may have gone.
    pub(super) answer: Sender<Answered>,
}

/// The answer of one witness to one request.
pub(super) struct Answered {
    pub(super) by: VerifierKey,
    pub(super) reply: Result<Reply, String>,
}

/// What the log knows of a witness, and the thread that asks it.
pub(super) struct Worker {
    pub(super) url: String,
    jobs: SyncSender<Job>,
    /// Size that the witness cosigned last, as far as the log knows.
    pub(super) size: Option<u64>,
}

impl Worker {
    pub(super) fn start(
        transport: &Arc<dyn Transport>,
        key: &VerifierKey,
        url: &str,
    ) -> Result<Self, StoreError> {
        // One may wait while one is under way: what comes after both is asked in the next round.
        let (jobs, waiting) = sync_channel(1);
        let (transport, key) = (Arc::clone(transport), key.clone());
        let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
        std::thread::Builder::new()
            .name("cosigner".into())
            .spawn(move || run(&*transport, &key, &address, &waiting))
            .map_err(StoreError::Thread)?;
        Ok(Self {
            url: url.to_owned(),
            jobs,
            size: None,
        })
    }

    /// Hands over a request; `false` if the witness still has earlier ones to answer.
    pub(super) fn ask(&self, job: Job) -> bool {
        match self.jobs.try_send(job) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

/// Ends when the worker is dropped.
fn run(transport: &dyn Transport, key: &VerifierKey, address: &str, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        let reply = transport.post(address, &job.body);
        let answered = Answered {
            by: key.clone(),
            reply,
        };
        // Whoever asked may have the quorum already, or have given up.
        let _ = job.answer.send(answered);
    }
}
