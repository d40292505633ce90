//! Objects and a cell in memory, for tests: same contract, and failures on demand.
//!
//! Clones share their contents, so a test can "open again" what it dropped.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cell::{Cell, CellError};
use crate::disk::IoError;
use crate::objects::{self, Durability, ObjectError, ObjectPath, Objects};

/// How a write fails on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The caller is told it failed, and it had no effect.
    Failed,
    /// The caller is told it failed, but it persisted.
    FailedButPersisted,
}

/// A fault to come, after so many more writes.
type Planned = Option<(usize, Fault)>;

/// Objects in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryObjects {
    shared: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    durable: BTreeMap<ObjectPath, Vec<u8>>,
    lazy: BTreeMap<ObjectPath, Vec<u8>>,
    abandoned: bool,
    planned: Planned,
}

impl MemoryObjects {
    /// An empty place.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a power cut and a new start do: lazy objects not yet flushed are gone, and a handle
    /// that was abandoned is usable again.
    pub fn crash(&self) {
        let mut kept = self.kept();
        kept.lazy.clear();
        kept.abandoned = false;
    }

    /// The write after `skipped` more writes fails in this way; reads are not counted.
    pub fn plan_fault(&self, skipped: usize, fault: Fault) {
        self.kept().planned = Some((skipped, fault));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn get(&self, path: &ObjectPath) -> Option<&Vec<u8>> {
        self.durable.get(path).or_else(|| self.lazy.get(path))
    }

    fn paths(&self) -> impl Iterator<Item = &ObjectPath> {
        self.durable.keys().chain(self.lazy.keys())
    }

    fn flush(&mut self) {
        self.durable.append(&mut self.lazy);
    }

    fn obstructs(&self, path: &ObjectPath) -> bool {
        let below = format!("{path}/");
        self.paths().any(|held| {
            held.as_str().starts_with(&below) || path.folders().any(|f| f == held.as_str())
        })
    }

    /// Runs one write, failing it if that was planned.
    fn write(&mut self, path: &str, effect: impl FnOnce(&mut Self)) -> Result<(), ObjectError> {
        if self.abandoned {
            return Err(ObjectError::Abandoned);
        }
        let fault = due(&mut self.planned);
        if fault != Some(Fault::Failed) {
            effect(self);
        }
        fault.map_or(Ok(()), |_| Err(planned_error(path).into()))
    }
}

impl Objects for MemoryObjects {
    fn put_if_absent(
        &self,
        path: &ObjectPath,
        bytes: &[u8],
        durability: Durability,
    ) -> Result<(), ObjectError> {
        objects::require_write_once(path)?;
        let mut kept = self.kept();
        match kept.get(path) {
            Some(held) if held != bytes => return Err(ObjectError::conflict(path, held, bytes)),
            None if kept.obstructs(path) => {
                return Err(ObjectError::Obstructed { path: path.clone() });
            }
            _ => {}
        }
        kept.write(path.as_str(), |kept| {
            if durability == Durability::Synced {
                kept.lazy.remove(path);
                kept.durable.insert(path.clone(), bytes.to_vec());
            } else if !kept.durable.contains_key(path) {
                kept.lazy.insert(path.clone(), bytes.to_vec());
            }
        })
    }

    fn replace(&self, path: &ObjectPath, bytes: &[u8]) -> Result<(), ObjectError> {
        objects::require_replaceable(path)?;
        self.kept().write(path.as_str(), |kept| {
            kept.flush();
            kept.durable.insert(path.clone(), bytes.to_vec());
        })
    }

    fn get(&self, path: &ObjectPath) -> Result<Option<Vec<u8>>, ObjectError> {
        Ok(self.kept().get(path).cloned())
    }

    fn list(&self, prefix: &str) -> Result<Vec<ObjectPath>, ObjectError> {
        let kept = self.kept();
        let mut found: Vec<_> = kept
            .paths()
            .filter(|path| path.as_str().starts_with(prefix))
            .cloned()
            .collect();
        found.sort();
        Ok(found)
    }

    fn remove(&self, path: &ObjectPath) -> Result<(), ObjectError> {
        objects::require_removable(path)?;
        self.kept().write(path.as_str(), |kept| {
            kept.flush();
            kept.durable.remove(path);
        })
    }

    fn discard_partials(&self, full: &ObjectPath) -> Result<(), ObjectError> {
        objects::require_full_tile(full)?;
        self.kept().write(full.as_str(), |kept| {
            kept.flush();
            if kept.durable.contains_key(full) {
                let partials = full.partials();
                let keep = |path: &ObjectPath| !path.as_str().starts_with(&partials);
                kept.durable.retain(|path, _| keep(path));
            }
        })
    }

    fn flush(&self) -> Result<(), ObjectError> {
        let mut kept = self.kept();
        let outcome = kept.write("the lazy objects", Kept::flush);
        if outcome.is_err() {
            kept.lazy.clear();
            kept.abandoned = true;
        }
        outcome
    }
}

/// A cell in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryCell {
    shared: Arc<Mutex<(Option<Vec<u8>>, Planned)>>,
}

impl MemoryCell {
    /// An empty cell.
    pub fn new() -> Self {
        Self::default()
    }

    /// The matching swap after `skipped` more matching swaps answers
    /// [`CellError::Ambiguous`], with or without effect.
    pub fn plan_fault(&self, skipped: usize, fault: Fault) {
        self.held().1 = Some((skipped, fault));
    }

    fn held(&self) -> MutexGuard<'_, (Option<Vec<u8>>, Planned)> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cell for MemoryCell {
    fn load(&self) -> Result<Option<Vec<u8>>, CellError> {
        Ok(self.held().0.clone())
    }

    fn compare_and_swap(&self, expected: Option<&[u8]>, new: &[u8]) -> Result<(), CellError> {
        let mut held = self.held();
        if held.0.as_deref() != expected {
            return Err(CellError::Mismatch {
                found: held.0.clone(),
            });
        }
        let fault = due(&mut held.1);
        if fault != Some(Fault::Failed) {
            held.0 = Some(new.to_vec());
        }
        fault.map_or(Ok(()), |_| Err(CellError::Ambiguous(planned_error("cell"))))
    }
}

/// Counts one write; the fault if it is due now.
fn due(planned: &mut Planned) -> Option<Fault> {
    match planned.take() {
        Some((0, fault)) => Some(fault),
        Some((more, fault)) => {
            *planned = Some((more - 1, fault));
            None
        }
        None => None,
    }
}

fn planned_error(place: &str) -> IoError {
    IoError::at("write (a planned fault)", Path::new(place))(io::Error::other("planned fault"))
}
