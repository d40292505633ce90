//! Where signed statements go: a record on disk, or one in memory.

use std::collections::BTreeMap;

use record::audit::Auditor;
use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Refusal;
use record::rules;
use record::seal::Opening;
use record::state::State;
use record::statement::{Draft, Statement};
use record::time::Timestamp;
use serde_json::json;
use tlog::{Hash, SigningKey};

/// Why a desk did not take something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// The rules refused a statement.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The record could not be written or read.
    #[error("{0}")]
    Store(String),
}

/// What storing an exhibit gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the content.
    pub sha256: Hash,
    /// SHA-256 of the ciphertext.
    pub ciphertext_sha256: Hash,
}

/// Takes signed statements under a clock that is set from outside.
pub trait Desk {
    /// Submits entries in order; stops at the first refusal.
    ///
    /// # Errors
    /// [`DeskError`].
    fn submit(&mut self, entries: Vec<Vec<u8>>) -> Result<Vec<StatementId>, DeskError>;
    /// Sets the time of the next tick; never earlier than the last.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    fn set_time(&mut self, time: Timestamp) -> Result<(), DeskError>;
    /// Looks at the published state.
    fn look<R>(&self, at: impl FnOnce(&State) -> R) -> R;
    /// Stores an exhibit's content.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    fn store(&mut self, content: &[u8]) -> Result<Stored, DeskError>;
    /// Keeps what opens a statement's content.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    fn keep(&mut self, id: StatementId, opening: &Opening) -> Result<(), DeskError>;
    /// What opens a statement's content, if this desk keeps it.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    fn opening(&self, id: &StatementId) -> Result<Option<Opening>, DeskError>;
}

/// A record in memory, for tests: the same rules, the same ticks, no files.
#[derive(Clone, Debug)]
pub struct MemoryDesk {
    /// Tree and state.
    pub auditor: Auditor,
    /// Every entry.
    pub entries: Vec<Vec<u8>>,
    /// Exhibit contents, by hash.
    pub exhibits: BTreeMap<Hash, Vec<u8>>,
    /// Openings kept.
    pub openings: BTreeMap<StatementId, Opening>,
    time: Timestamp,
    log: SigningKey,
}

impl MemoryDesk {
    /// A record from its genesis entries.
    ///
    /// # Errors
    /// [`Refusal`] of a genesis entry.
    pub fn create(log: SigningKey, genesis: &[Vec<u8>], time: Timestamp) -> Result<Self, Refusal> {
        let mut desk = Self {
            auditor: Auditor::default(),
            entries: Vec::new(),
            exhibits: BTreeMap::new(),
            openings: BTreeMap::new(),
            time,
            log,
        };
        for entry in genesis {
            desk.append(entry.clone())?;
        }
        Ok(desk)
    }

    /// Judges and appends one entry, after a tick if time has moved.
    ///
    /// # Errors
    /// [`Refusal`]; nothing but perhaps a tick is then appended.
    pub fn submit_one(&mut self, entry: Vec<u8>) -> Result<StatementId, Refusal> {
        if self
            .auditor
            .state
            .global
            .time
            .is_some_and(|t| t < self.time)
        {
            let tick = self.tick()?;
            self.append(tick)?;
        }
        self.append(entry)
    }

    fn tick(&self) -> Result<Vec<u8>, Refusal> {
        let draft = Draft {
            record: self.log.verifier_key().name().to_string(),
            issued: self.time,
            case: None,
            kind: Kind::Tick,
            body: json!({"time": self.time, "size": self.auditor.size()}),
        };
        Ok(draft.sign(&self.log, &[0; 32], self.time)?.entry)
    }

    fn append(&mut self, entry: Vec<u8>) -> Result<StatementId, Refusal> {
        let verified = Statement::parse(&entry)?
            .verify()
            .map_err(record::statement::StatementError::from)?;
        let index = self.auditor.size();
        rules::admit(&mut self.auditor.state, index, &verified)?;
        self.auditor.tree.push(tlog::leaf_hash(&entry));
        self.entries.push(entry);
        Ok(verified.id)
    }

    /// The signed checkpoint of the present tree.
    ///
    /// # Errors
    /// [`DeskError::Store`] where the origin cannot stand in a checkpoint.
    pub fn checkpoint(&self) -> Result<Vec<u8>, DeskError> {
        let store = |e: &dyn std::error::Error| DeskError::Store(e.to_string());
        let origin = self.log.verifier_key().name().to_string();
        let checkpoint = tlog::Checkpoint::new(&origin, self.auditor.size(), self.auditor.root())
            .map_err(|e| store(&e))?;
        let note = tlog::sign_checkpoint(&checkpoint, &self.log).map_err(|e| store(&e))?;
        Ok(note.to_string().into_bytes())
    }
}

impl record::bundle::Source for MemoryDesk {
    type Error = DeskError;
    fn entry(&self, index: u64) -> Result<Vec<u8>, DeskError> {
        let entry = usize::try_from(index)
            .ok()
            .and_then(|i| self.entries.get(i));
        entry
            .cloned()
            .ok_or_else(|| DeskError::Store(format!("no entry {index}")))
    }
    fn path(&self, index: u64) -> Result<Vec<Hash>, DeskError> {
        tlog::inclusion_proof(&self.auditor.tree, index, self.auditor.size())
            .map_err(|e| DeskError::Store(e.to_string()))
    }
    fn checkpoint(&self) -> Result<Vec<u8>, DeskError> {
        MemoryDesk::checkpoint(self)
    }
}

impl Desk for MemoryDesk {
    fn submit(&mut self, entries: Vec<Vec<u8>>) -> Result<Vec<StatementId>, DeskError> {
        entries
            .into_iter()
            .map(|e| self.submit_one(e).map_err(DeskError::from))
            .collect()
    }
    fn set_time(&mut self, time: Timestamp) -> Result<(), DeskError> {
        self.time = self.time.max(time);
        Ok(())
    }
    fn look<R>(&self, at: impl FnOnce(&State) -> R) -> R {
        at(&self.auditor.state)
    }
    fn store(&mut self, content: &[u8]) -> Result<Stored, DeskError> {
        let sha256 = tlog::sha256(content);
        self.exhibits.insert(sha256, content.to_vec());
        Ok(Stored {
            sha256,
            ciphertext_sha256: sha256,
        })
    }
    fn keep(&mut self, id: StatementId, opening: &Opening) -> Result<(), DeskError> {
        self.openings.insert(id, opening.clone());
        Ok(())
    }
    fn opening(&self, id: &StatementId) -> Result<Option<Opening>, DeskError> {
        Ok(self.openings.get(id).cloned())
    }
}
