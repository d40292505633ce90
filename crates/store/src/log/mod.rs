//! The log: entries in, signed checkpoints out, in a stated order of effects.
//!
//! [`Log`] is the sequencer without its thread, over any [`Place`] with the two storage traits;
//! so tests can fail any single effect. A batch goes through these effects, in this order, and
//! each is finished before the next begins:
//!
//! | effect | failed | failed, but persisted | what recovery does |
//! |---|---|---|---|
//! | 1 judge the batch, check signatures, dedup | no effect | - | nothing was written |
//! | 2 write `staged/<old size>`, synced | batch not recorded | staged, unsigned | drops it: the cell does not name it, so nobody was told |
//! | 3 read it back, compute the root by a second path | batch not recorded | - | drops the staged record |
//! | 4 sign, swap the cell | outcome unknown; was not swapped: dropped | outcome unknown; was swapped: recorded | looks what the cell holds: this is the one point where a batch becomes history |
//! | 5 write tiles and entry bundles, flush | recorded, not yet published | as before; equal bytes are put again | writes them again from the staged record, by the same function |
//! | 6 collect cosignatures until the policy is met | recorded, not published: asked again until it is, nothing else is taken meanwhile | - | asks once; goes on asking where the sequencer runs |
//! | 7 replace `checkpoint` | recorded, not published | published | replaces it, or finds it replaced |
//! | 8 move the published state, answer the submitters | in memory only | - | the fold over all entries makes it again |
//! | 9 drop the partial tiles that are full now, remove the staged record | left over | removed | the same, for every staged record |
//!
//! A submitter is answered after effect 7, so what was acknowledged is in a published checkpoint
//! whose tiles are durable. After any failure the handles are abandoned, storage is opened again
//! and recovered from scratch; only then is the next batch taken. Recovery is also how a record
//! is opened, so it is run every time, not only after accidents. A missing quorum (effect 6) is no
//! failure of the storage: the batch stays pending, and its submitters wait.
//!
//! In memory a log keeps one tree, of which the published state sees a part, and two states
//! (working and published) that share the table of all statements. What a statement takes up is
//! measured by `solferino bench log`.

mod clock;
mod effects;
pub mod entries;
mod judge;
mod keys;
pub(crate) mod own;
mod pipeline;
mod recent;
mod recover;
mod second_path;
pub(crate) mod staged;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Instant;

use record::refusal::Refusal;
use record::state::State;
use record::statement::Verified;
use record::time::Timestamp;
use tlog::{Edge, Hash};

use self::clock::Believed;
pub(crate) use self::clock::ClockWord;
pub use self::clock::MAX_CLOCK_LEAP_S;
use self::judge::Admitted;
pub use self::judge::{
    MAX_PROMISED_REFUSALS_PER_WINDOW, MAX_REFUSALS_PER_WINDOW, REFUSAL_WINDOW_S,
};
pub use self::keys::LogKeys;
pub(crate) use self::own::SharedTree;
pub(crate) use self::recent::Recent;
use self::staged::Staged;
use crate::cell::Cell;
use crate::cosigning::{Cosigners, Patience};
use crate::error::{StoreError, SubmitError, Submitted};
use crate::indexing::NextIndex;
use crate::objects::{CHECKPOINT, ObjectPath, Objects};

/// Where a log is kept. Opened once for each recovery; the handles of an earlier opening are
/// dropped before.
pub trait Place: Send + Sync {
    /// Opens the log's objects for writing, and its cell.
    ///
    /// # Errors
    /// Where the storage cannot be opened.
    fn open(&self) -> Result<Handles, StoreError>;
}

/// The two handles of an opened place.
pub type Handles = (Box<dyn Objects>, Box<dyn Cell>);

/// What somebody wants in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The exact bytes of an entry.
    Entry(Vec<u8>),
    /// That the refusal of these bytes be recorded, by hash and code.
    Refusal {
        /// The bytes refused.
        of: Vec<u8>,
        /// Whether the log promised it: then it has a limit of its own.
        promised: bool,
    },
    /// The same of bytes that name what is not held; the rules, which hold nothing, would admit them.
    NotHeld {
        /// The bytes refused.
        of: Vec<u8>,
        /// Why.
        refusal: Refusal,
        /// Whether the log promised it.
        promised: bool,
    },
}

impl Submission {
    /// The bytes submitted.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Entry(bytes)
            | Self::Refusal { of: bytes, .. }
            | Self::NotHeld { of: bytes, .. } => bytes,
        }
    }
}

/// How one submission came out.
pub type Answer = Result<Submitted, SubmitError>;

/// The record as of the published checkpoint; never ahead of it.
#[derive(Debug)]
pub struct Published {
    pub(crate) state: State,
    /// Holds the published leaves, and perhaps more.
    pub(crate) tree: SharedTree,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) checkpoint: Vec<u8>,
    /// Why a signed batch is not published yet.
    pub(crate) quorum_problem: Option<String>,
    /// What was published last.
    pub(crate) recent: Recent,
    /// What the proofs of this size have in common.
    pub(crate) edge: Option<Edge>,
}

impl Default for Published {
    fn default() -> Self {
        Self {
            state: State::default(),
            tree: SharedTree::default(),
            size: 0,
            root: tlog::empty_root(),
            checkpoint: Vec::new(),
            quorum_problem: None,
            recent: Recent::default(),
            edge: None,
        }
    }
}

impl Published {
    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }
    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.size
    }
    /// Root of the tree.
    pub fn root(&self) -> Hash {
        self.root
    }
    /// The checkpoint note; empty before genesis.
    pub fn checkpoint(&self) -> &[u8] {
        &self.checkpoint
    }
}

/// What readers share with the one writer.
pub(crate) type Shared = Arc<RwLock<Published>>;

/// Reads what is published. A writer that panicked left it whole: it is moved in one step.
pub(crate) fn read(shared: &Shared) -> RwLockReadGuard<'_, Published> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}

/// A log with its one writer.
pub struct Log {
    place: Box<dyn Place>,
    keys: LogKeys,
    /// Absent only while storage is opened again.
    storage: Option<Handles>,
    head: Head,
    working: State,
    published: Shared,
    cosigners: Cosigners,
    /// The batch that is signed and not published yet, for want of cosignatures.
    pending: Option<Pending>,
    /// A batch failed, and recovery has not succeeded since.
    broken: bool,
    /// What the next tick states of the index.
    next_index: NextIndex,
    /// When refusals were logged lately.
    refusals: VecDeque<Instant>,
    promised_refusals: VecDeque<Instant>,
    /// The clock, when it was last believed, and the word that it is right.
    believed: Believed,
    clock_word: ClockWord,
}

/// A batch that is history and not published yet. The head's tree holds it, its tail does not.
pub(crate) struct Pending {
    batch: Vec<Admitted>,
    staged: Staged,
    /// The checkpoint in the cell.
    note: Vec<u8>,
    /// Whether its tiles are durable.
    written: bool,
    /// Whom to answer, by position in what was submitted.
    waiting: Vec<(usize, Submitted)>,
}

/// The end of the log, as signed.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// All leaves.
    pub(crate) tree: SharedTree,
    /// Entries of the last bundle, if it is not full.
    pub(crate) tail: Vec<Vec<u8>>,
    /// The note in the cell.
    pub(crate) signed: Option<Vec<u8>>,
}

impl Log {
    /// Opens the log and recovers it, asking no witnesses. `progress` hears of entries replayed
    /// and their number.
    ///
    /// # Errors
    /// Damage, another log's key, or a failure of the storage.
    pub fn open(
        place: Box<dyn Place>,
        keys: impl Into<LogKeys>,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Self, StoreError> {
        Self::open_asking(place, keys, Cosigners::nobody(), progress)
    }

    /// As [`Self::open`], with witnesses to ask. A batch that finds no quorum does not stop the
    /// opening: it stays pending.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_asking(
        place: Box<dyn Place>,
        keys: impl Into<LogKeys>,
        cosigners: Cosigners,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Self, StoreError> {
        let mut log = Self {
            cosigners,
            pending: None,
            place,
            keys: keys.into(),
            storage: None,
            head: Head::default(),
            working: State::default(),
            published: Shared::default(),
            broken: true,
            next_index: NextIndex::default(),
            refusals: VecDeque::new(),
            promised_refusals: VecDeque::new(),
            believed: Believed::default(),
            clock_word: ClockWord::default(),
        };
        log.recover(progress)?;
        Ok(log)
    }

    /// What is published, shared with readers.
    pub fn published(&self) -> Arc<RwLock<Published>> {
        Arc::clone(&self.published)
    }

    /// Where the index for the next tick is left.
    pub(crate) fn next_index(&self) -> NextIndex {
        self.next_index.clone()
    }

    /// Whether the last batch failed and was not recovered yet; the next one recovers first.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether a signed batch waits for the witnesses. Nothing is taken until it is published.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// What waiting for witnesses takes.
    pub(crate) fn patience(&self) -> Patience {
        self.cosigners.patience()
    }

    /// Asks the witnesses again for the batch that is pending, and answers its submitters if it
    /// was published.
    ///
    /// # Errors
    /// [`StoreError::QuorumMissing`]: it is still pending. Other failures have been answered, and
    /// are recovered from with the next batch.
    pub fn settle(&mut self, answer: &mut dyn FnMut(usize, Answer)) -> Result<(), StoreError> {
        let waiting = self.pending.as_ref().map_or(&[][..], |p| &p.waiting);
        let positions: Vec<usize> = waiting.iter().map(|(at, _)| *at).collect();
        match self.publish_pending() {
            Ok(waiting) => {
                for (at, submitted) in waiting {
                    answer(at, Ok(submitted));
                }
                // Left over at worst; recovery removes it before the next batch.
                self.broken = self.clear_away().is_err();
                Ok(())
            }
            Err(missing @ StoreError::QuorumMissing { .. }) => {
                self.tell_problem(&missing);
                Err(missing)
            }
            Err(error) => {
                self.broken = true;
                answer_all(positions, effects::unknown(error), answer);
                // A failure here is met again, and answered, with the next batch.
                self.recover(&|_, _| {})
            }
        }
    }

    /// Takes a batch at a time: judges each submission in order, and answers each once, by its
    /// position. Refusals are answered at once, the others when they are published; without a
    /// quorum they stay unanswered and the batch pending. Without `now`, or if it is earlier, the
    /// time in force goes on.
    pub fn process(
        &mut self,
        submissions: &[Submission],
        now: Option<Timestamp>,
        answer: &mut dyn FnMut(usize, Answer),
    ) {
        self.process_checked(
            submissions,
            check(&mut entries::Checker::default(), submissions),
            now,
            answer,
        );
    }

    /// As [`Self::process`], with the signatures checked already.
    pub(crate) fn process_checked(
        &mut self,
        submissions: &[Submission],
        verified: Vec<Result<Verified, Refusal>>,
        now: Option<Timestamp>,
        answer: &mut dyn FnMut(usize, Answer),
    ) {
        if self.broken
            && let Err(error) = self.recover(&|_, _| {})
        {
            return answer_all(0..submissions.len(), error, answer);
        }
        if self.is_pending()
            && let Err(error) = self.settle(answer)
        {
            return answer_all(0..submissions.len(), error, answer);
        }
        if let Err(error) = self.check_clock(now) {
            return answer_all(0..submissions.len(), error, answer);
        }
        let judged = self.judge(submissions, verified, now, answer);
        if judged.batch.is_empty() {
            return;
        }
        let positions: Vec<usize> = judged.waiting.iter().map(|(at, _)| *at).collect();
        if let Err(error) = self.commit(judged.batch, judged.waiting) {
            self.broken = true;
            answer_all(positions, error, answer);
            // A failure here is met again, and answered, with the next batch.
            let _ = self.recover(&|_, _| {});
            return;
        }
        // Without a quorum the batch stays pending, and whoever runs the log settles it.
        let _ = self.settle(answer);
    }

    /// Puts in the first entries: the charter and its founders' signatures.
    ///
    /// # Errors
    /// [`StoreError::Genesis`] if the log is not empty, the rules refuse an entry, or the charter
    /// is not in force after them.
    pub fn found(&mut self, genesis: &[Vec<u8>]) -> Result<(), StoreError> {
        let batch = self.judge_genesis(genesis)?;
        let committed = self.commit(batch, Vec::new());
        let published = committed.and_then(|()| self.publish_pending());
        match published {
            Ok(_) => self.clear_away(),
            Err(missing @ StoreError::QuorumMissing { .. }) => Err(missing),
            Err(error) => {
                self.broken = true;
                Err(error)
            }
        }
    }

    /// Asks the witnesses to cosign the published checkpoint anew. Without a quorum the one that
    /// is published stays.
    ///
    /// # Errors
    /// [`StoreError::QuorumMissing`], or a failure of the storage.
    pub fn heartbeat(&mut self) -> Result<(), StoreError> {
        if self.broken || self.pending.is_some() || self.head.tree.size() == 0 {
            return Ok(());
        }
        let policy = effects::policy_of(&self.working)?;
        let (Some(note), Some((objects, _))) = (&self.head.signed, &self.storage) else {
            return Ok(());
        };
        if policy.is_satisfied_by(&[]) {
            return Ok(());
        }
        let log = self.keys.verifier_key();
        let cosigned = self
            .cosigners
            .collect(note, &log, &self.head.tree.read(), &policy)?;
        objects.replace(&checkpoint_object()?, &cosigned)?;
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        published.checkpoint = cosigned;
        Ok(())
    }

    /// Lets readers know why nothing is published.
    fn tell_problem(&self, missing: &StoreError) {
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        published.quorum_problem = Some(missing.to_string());
    }

    fn recover(&mut self, progress: &dyn Fn(u64, u64)) -> Result<(), StoreError> {
        self.broken = true;
        self.storage = None;
        self.pending = None;
        let (objects, cell) = self.place.open()?;
        let recovered = recover::recover(&*objects, &*cell, &self.keys, progress)?;
        if let Some(charter) = recovered.working.global.charter_in_force() {
            self.keys.check_named_by(charter)?;
        }
        self.storage = Some((objects, cell));
        self.head = recovered.head;
        self.working = recovered.working;
        self.pending = recovered.pending;
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *published = recovered.published;
        drop(published);
        match self.publish_pending() {
            // Unsigned batches were never acknowledged; signed ones are published by now.
            Ok(_) => self.clear_away()?,
            Err(missing @ StoreError::QuorumMissing { .. }) => self.tell_problem(&missing),
            Err(error) => return Err(error),
        }
        self.broken = false;
        Ok(())
    }
}

/// Parses submissions and checks their signatures, on all cores where that pays.
pub(crate) fn check(
    checker: &mut entries::Checker,
    submissions: &[Submission],
) -> Vec<Result<Verified, Refusal>> {
    let bytes: Vec<&[u8]> = submissions.iter().map(Submission::bytes).collect();
    checker.verify_all(&bytes)
}

/// Gives every waiting submission the one error that stopped the batch.
fn answer_all(
    positions: impl IntoIterator<Item = usize>,
    error: StoreError,
    answer: &mut dyn FnMut(usize, Answer),
) {
    let error = SubmitError::from(error);
    for at in positions {
        answer(at, Err(error.clone()));
    }
}

/// A path of the log's own making; it is always an object's.
pub(crate) fn object(path: &str) -> Result<ObjectPath, StoreError> {
    path.parse()
        .map_err(|error| StoreError::damaged_by(format!("log/{path}"), &error))
}

/// The object of the published checkpoint.
pub(crate) fn checkpoint_object() -> Result<ObjectPath, StoreError> {
    object(CHECKPOINT)
}
