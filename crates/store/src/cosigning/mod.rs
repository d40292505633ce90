//! Asking witnesses for cosignatures (C2SP tlog-witness, the log's side).
//!
//! All witnesses of the policy are asked at once, each by a thread of its own that sends one
//! request after the other. As soon as the answers make the quorum the rest have a short grace, so
//! that a checkpoint carries more cosignatures than it needs. No answer is believed: signatures
//! are verified over the very checkpoint, under the very key of the policy, with a time near ours.

mod round;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tlog::{Policy, Tree, VerifierKey};

use self::worker::Worker;
use crate::error::StoreError;

/// Longest time that one request to a witness may take. A [`Transport`] keeps to it.
pub const WITNESS_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the witnesses beyond the quorum are waited for once it is met.
pub const COSIGNATURE_GRACE: Duration = Duration::from_millis(150);
/// How long the log waits before it asks again when the quorum was not met.
pub const COSIGNATURE_RETRY: Duration = Duration::from_secs(1);
/// How long after the last checkpoint the witnesses are asked to cosign it anew, so that readers
/// see that the log is alive and that this is still its latest tree.
pub const HEARTBEAT: Duration = Duration::from_secs(10 * 60);
/// How far the time of a cosignature may be from this machine's, in seconds. A witness whose clock
/// is wrong, or that replays, vouches for another moment.
pub const MAX_COSIGNATURE_SKEW_S: u64 = 60 * 60;
/// Longest answer of a witness or mirror that is read, in bytes (96 KiB): sixteen signature lines of
/// the longest kind, and the longest ticket,
/// fit.
pub const MAX_ANSWER_BYTES: usize = 96 * 1024;

/// How a request reaches a witness. Tests put witnesses of their own behind it.
pub trait Transport: Send + Sync {
    /// Posts a body and gives the answer. Ends within [`WITNESS_TIMEOUT`], reads at most
    /// [`MAX_ANSWER_BYTES`], and neither repeats a request nor follows a redirection.
    ///
    /// # Errors
    /// A sentence saying why there is no answer.
    fn post(&self, url: &str, body: &[u8]) -> Result<Reply, String>;
}

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// What the waiting takes; tests are less patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one round of requests.
    pub round: Duration,
    /// For those beyond the quorum.
    pub grace: Duration,
    /// Between two rounds when the quorum was not met.
    pub retry: Duration,
    /// Between two cosignings of a checkpoint while nothing is submitted.
    pub heartbeat: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            round: WITNESS_TIMEOUT,
            grace: COSIGNATURE_GRACE,
            retry: COSIGNATURE_RETRY,
            heartbeat: HEARTBEAT,
        }
    }
}

/// The witnesses a log asks, and what it knows of each.
pub struct Cosigners {
    transport: Option<Arc<dyn Transport>>,
    patience: Patience,
    workers: BTreeMap<VerifierKey, Worker>,
}

impl std::fmt::Debug for Cosigners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cosigners")
            .field("asks", &self.transport.is_some())
            .field("workers", &self.workers.len())
            .finish_non_exhaustive()
    }
}

impl Cosigners {
    /// Asks nobody: a policy that wants cosignatures is never met.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            transport: None,
            patience: Patience::default(),
            workers: BTreeMap::new(),
        }
    }

    /// Asks by a transport.
    #[must_use]
    pub fn over(transport: Arc<dyn Transport>, patience: Patience) -> Self {
        Self {
            transport: Some(transport),
            patience,
            workers: BTreeMap::new(),
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// Refuses a policy that this log could never meet, before anything is written.
    pub(crate) fn require_askable(&self, policy: &Policy) -> Result<(), StoreError> {
        let askable: Vec<VerifierKey> = policy
            .witnesses()
            .iter()
            .filter(|witness| self.transport.is_some() && witness.url.is_some())
            .map(|witness| witness.key.clone())
            .collect();
        if policy.is_satisfied_by(&askable) {
            return Ok(());
        }
        let problem = if self.transport.is_none() {
            "this command asks no witnesses"
        } else {
            "too few witnesses of the policy have an address to ask them at"
        };
        Err(missing(policy, problem.to_owned()))
    }

    /// One round of asking: the note with the cosignatures that came in, if they make the quorum.
    /// Without a quorum in the policy the note stays as it is. `tree` holds the note's tree.
    pub(crate) fn collect(
        &mut self,
        note: &[u8],
        log: &VerifierKey,
        tree: &Tree,
        policy: &Policy,
    ) -> Result<Vec<u8>, StoreError> {
        if policy.is_satisfied_by(&[]) {
            return Ok(note.to_vec());
        }
        self.require_askable(policy)?;
        round::run(self, note, log, tree, policy)
    }
}

/// The quorum is not met, and why.
fn missing(policy: &Policy, problem: String) -> StoreError {
    StoreError::QuorumMissing {
        quorum: policy.quorum().unwrap_or_default().to_owned(),
        problem,
    }
}
