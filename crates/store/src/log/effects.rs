//! The effects of a batch, in their order (the table stands in the module above).

use std::sync::{Arc, PoisonError};

use record::state::State;
use tlog::{
    Checkpoint, Edge, Policy, TILE_WIDTH, Tree, encode_entry_bundle, entry_bundles_to_write,
    tile_bytes, tiles_to_write,
};

use super::judge::Admitted;
use super::staged::{self, Staged};
use super::{Head, Log, LogKeys, Pending, checkpoint_object, object, second_path};
use crate::cell::Cell;
use crate::error::{StoreError, Submitted};
use crate::objects::{Durability, Objects, STAGED_PREFIX};
use crate::views::rows::Stated;

impl Log {
    /// Effects 2 to 4. The batch is pending then: history, and not published yet.
    pub(super) fn commit(
        &mut self,
        batch: Vec<Admitted>,
        waiting: Vec<(usize, Submitted)>,
    ) -> Result<(), StoreError> {
        // Looked at before anything is written: a policy nobody can meet would leave a batch
        // that is history and can never be published.
        self.require_witnesses()?;
        let Some((objects, cell)) = &self.storage else {
            return Err(StoreError::damaged("log", "the storage is not open"));
        };
        let old_size = self.head.tree.size();
        // The identity computed from the bytes whose signature was checked, before anything else
        // touched them: if the entry has changed since, the second path finds it. If anything
        // below fails, recovery makes the head again.
        let leaves = batch.iter().map(|admitted| admitted.statement.id.0);
        self.head.tree.extend(leaves);
        let root = self.head.tree.root();
        let staged = Staged {
            old_size,
            root,
            entries: batch.iter().map(|a| a.entry.clone()).collect(),
        };
        let stored = stage(&**objects, &staged)?;
        let note = sign(&self.keys, &self.head, old_size, &stored)?;
        let expected = self.head.signed.as_deref();
        swap(&**cell, expected, &note)?;
        // From here on the batch is history, whatever happens to this process.
        self.pending = Some(Pending {
            batch,
            staged: stored,
            note,
            written: false,
            waiting,
        });
        Ok(())
    }

    /// The policy in force has to be one that the witnesses at hand can meet. One that this batch
    /// brings into force is tried on what is published: its witnesses may not exist.
    fn require_witnesses(&mut self) -> Result<(), StoreError> {
        let policy = policy_of(&self.working)?;
        self.cosigners.require_askable(&policy)?;
        let published = super::read(&self.published);
        let before = policy_of(&published.state).ok();
        let note = self.head.signed.clone();
        if let (Some(before), Some(note)) = (before, note)
            && before != policy
        {
            let log = self.keys.verifier_key();
            self.cosigners
                .collect(&note, &log, &published.tree.read(), &policy)?;
        }
        Ok(())
    }

    /// Effects 5 to 8 for the pending batch, if there is one. Recovery calls this very function.
    /// Gives whom to answer.
    pub(super) fn publish_pending(&mut self) -> Result<Vec<(usize, Submitted)>, StoreError> {
        let Some(mut pending) = self.pending.take() else {
            return Ok(Vec::new());
        };
        match self.make_public(&mut pending) {
            Ok(cosigned) => {
                self.head.extend(pending.staged.entries, pending.note);
                self.publish_state(pending.batch, cosigned);
                Ok(pending.waiting)
            }
            Err(error) => {
                self.pending = Some(pending);
                Err(error)
            }
        }
    }

    /// Effects 5 to 7: what makes a signed batch public. Gives the published note.
    fn make_public(&mut self, pending: &mut Pending) -> Result<Vec<u8>, StoreError> {
        let Some((objects, _)) = &self.storage else {
            return Err(StoreError::damaged("log", "the storage is not open"));
        };
        if !pending.written {
            let (from, entries) = (pending.staged.old_size, &pending.staged.entries);
            write_tiles(
                &**objects,
                &self.head.tree.read(),
                from,
                &self.head.tail,
                entries,
            )?;
            objects.flush()?;
            pending.written = true;
        }
        let policy = policy_of(&self.working)?;
        let log = self.keys.verifier_key();
        let cosigned =
            self.cosigners
                .collect(&pending.note, &log, &self.head.tree.read(), &policy)?;
        objects.replace(&checkpoint_object()?, &cosigned)?;
        Ok(cosigned)
    }

    /// Effect 8: readers see the batch.
    pub(super) fn publish_state(&mut self, batch: Vec<Admitted>, note: Vec<u8>) {
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        for admitted in batch {
            let (index, statement) = (published.size, &admitted.statement);
            published.state.apply(index, statement, admitted.admission);
            // With the charter there is a time.
            let time = published.state.global.time.unwrap_or(statement.issued);
            published.recent.push(Stated::of(statement, time));
            published.size += 1;
        }
        published.root = self.head.tree.root();
        // Where there is none a proof takes longer.
        published.edge = Edge::of(&*self.head.tree.read(), published.size).ok();
        published.checkpoint = note;
        published.quorum_problem = None;
    }

    /// Effect 9.
    pub(super) fn clear_away(&self) -> Result<(), StoreError> {
        match &self.storage {
            Some((objects, _)) => clear_away(&**objects, self.head.tree.size()),
            None => Ok(()),
        }
    }
}

/// Effect 9: the partial tiles that the published growth has filled, then the staged records.
pub(super) fn clear_away(objects: &dyn Objects, published: u64) -> Result<(), StoreError> {
    for path in objects.list(STAGED_PREFIX)? {
        let from = path.as_str().strip_prefix(STAGED_PREFIX);
        let from = from.and_then(|size| size.parse().ok()).unwrap_or(published);
        let tiles = tiles_to_write(from, published);
        let full = tiles.iter().filter(|tile| tile.is_full());
        let bundles = entry_bundles_to_write(from, published);
        let full = full
            .map(|tile| tile.path())
            .chain(bundles.iter().filter(|b| b.is_full()).map(|b| b.path()));
        for tile in full {
            objects.discard_partials(&object(&tile)?)?;
        }
        objects.remove(&path)?;
    }
    Ok(())
}

impl Head {
    /// Notes that the batch whose leaves are in the tree is signed.
    pub(super) fn extend(&mut self, entries: Vec<Vec<u8>>, signed: Vec<u8>) {
        self.tail.extend(entries);
        let full = self.tail.len() - self.tail.len() % usize::from(TILE_WIDTH);
        self.tail.drain(..full);
        self.signed = Some(signed);
    }
}

/// Effects 2 and 3: the batch is durable, and what was read back is what counts from here on.
fn stage(objects: &dyn Objects, staged: &Staged) -> Result<Staged, StoreError> {
    let path = staged::path(staged.old_size)?;
    objects.put_if_absent(&path, &staged.encode(), Durability::Synced)?;
    let place = format!("log/{path}");
    let bytes = objects
        .get(&path)?
        .ok_or_else(|| StoreError::damaged(&place, "the staged record is gone"))?;
    Staged::parse(&place, &bytes)
}

/// Effect 4, first half: the root by the second path, the signature, and a look at it.
fn sign(
    keys: &LogKeys,
    head: &Head,
    old_size: u64,
    stored: &Staged,
) -> Result<Vec<u8>, StoreError> {
    let problem = |problem: String| StoreError::damaged("log/staged", problem);
    let old_root = match &head.signed {
        None => tlog::empty_root(),
        Some(note) => keys.open("log.cell", note)?.root,
    };
    let second = second_path::root(&head.tree.read(), old_size, &old_root, &stored.entries);
    if stored.old_size != old_size || second != Some(stored.root) {
        let (first, second) = (stored.root, second.map(|hash| hash.to_string()));
        return Err(problem(format!(
            "two ways of computing the root differ: {first} and {}; nothing was signed",
            second.unwrap_or_else(|| "none".into())
        )));
    }
    let checkpoint = Checkpoint::new(keys.verifier_key().name(), stored.new_size(), stored.root)
        .map_err(|error| problem(error.to_string()))?;
    let note = keys
        .sign(&checkpoint)
        .map_err(|error| problem(error.to_string()))?
        .to_string()
        .into_bytes();
    match keys.open("log/staged", &note) {
        Ok(read) if read == checkpoint => Ok(note),
        _ => Err(problem("the checkpoint just signed does not verify".into())),
    }
}

/// Effect 4, second half.
fn swap(cell: &dyn Cell, expected: Option<&[u8]>, note: &[u8]) -> Result<(), StoreError> {
    use crate::cell::CellError;
    match cell.compare_and_swap(expected, note) {
        Ok(()) => Ok(()),
        Err(mismatch @ CellError::Mismatch { .. }) => Err(mismatch.into()),
        Err(doubt) => Err(unknown(doubt.into())),
    }
}

/// Effect 5: every tile and entry bundle that the growth needs.
fn write_tiles(
    objects: &dyn Objects,
    tree: &Tree,
    from: u64,
    tail: &[Vec<u8>],
    entries: &[Vec<u8>],
) -> Result<(), StoreError> {
    let to = tree.size();
    for tile in tiles_to_write(from, to) {
        let path = tile.path();
        let bytes = tile_bytes(tree, &tile)
            .map_err(|error| StoreError::damaged_by(format!("log/{path}"), &error))?;
        objects.put_if_absent(&object(&path)?, &bytes, Durability::Lazy)?;
    }
    let first = from - tail.len() as u64;
    let recent: Vec<&[u8]> = tail.iter().chain(entries).map(Vec::as_slice).collect();
    for bundle in entry_bundles_to_write(from, to) {
        let path = bundle.path();
        // Both are below the batch's length plus 256.
        let start = (bundle.index * u64::from(TILE_WIDTH) - first) as usize;
        let held = recent
            .get(start..start + usize::from(bundle.width))
            .unwrap_or_default();
        let bytes = encode_entry_bundle(held)
            .map_err(|error| StoreError::damaged_by(format!("log/{path}"), &error))?;
        objects.put_if_absent(&object(&path)?, &bytes, Durability::Lazy)?;
    }
    Ok(())
}

/// The witness policy of the charter in force.
pub(super) fn policy_of(state: &State) -> Result<Policy, StoreError> {
    let charter = state.global.charter.as_ref();
    let charter = charter.ok_or_else(|| StoreError::Genesis {
        problem: "the record has no charter".into(),
    })?;
    let trust = record::trust::of_charter(charter)
        .map_err(|error| StoreError::damaged_by("the charter", &error))?;
    Ok(trust.policy)
}

pub(super) fn unknown(error: StoreError) -> StoreError {
    StoreError::OutcomeUnknown {
        source: Arc::new(error),
    }
}
