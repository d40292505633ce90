//! Opening a log: the same steps after a crash as on any morning.

use record::audit::Auditor;
use record::state::State;
use record::statement::Verified;
use tlog::Checkpoint;

use super::entries::Reader;
use super::judge::Admitted;
use super::recent::Recent;
use super::staged::{self, Staged};
use super::{Head, LogKeys, Pending, Published, SharedTree, checkpoint_object, entries};
use crate::cell::Cell;
use crate::error::StoreError;
use crate::objects::{ObjectPath, Objects};

/// A log brought to the state its cell names.
pub(super) struct Recovered {
    pub(super) head: Head,
    pub(super) working: State,
    pub(super) published: Published,
    /// The batch that the cell names and no published checkpoint holds.
    pub(super) pending: Option<Pending>,
}

/// Folds all published entries, and judges again the batch that the cell names beyond them.
pub(super) fn recover(
    objects: &dyn Objects,
    cell: &dyn Cell,
    keys: &LogKeys,
    progress: &dyn Fn(u64, u64),
) -> Result<Recovered, StoreError> {
    let signed_note = cell.load()?;
    let published_note = objects.get(&checkpoint_object()?)?;
    let signed = open(keys, "log.cell", signed_note.as_deref())?;
    let published = open(keys, "log/checkpoint", published_note.as_deref())?;
    let (mut auditor, tail) = fold(objects, &published, signed.size, progress)?;
    let mut head = Head {
        tree: SharedTree::new(std::mem::take(&mut auditor.tree)),
        tail,
        signed: published_note.clone(),
    };
    if signed.size < published.size || (signed.size == published.size && signed != published) {
        let problem = format!(
            "it names {} entries with root {}, log/checkpoint {} with root {}",
            signed.size, signed.root, published.size, published.root
        );
        return Err(StoreError::damaged("log.cell", problem));
    }
    let mut working = auditor.state;
    let shown = Published {
        state: working.clone(),
        tree: head.tree.clone(),
        size: published.size,
        root: published.root,
        checkpoint: published_note.unwrap_or_default(),
        quorum_problem: None,
        recent: Recent::after(published.size),
        edge: tlog::Edge::of(&*head.tree.read(), published.size).ok(),
    };
    let mut pending = None;
    if signed.size > published.size {
        let staged = signed_batch(objects, &published, &signed)?;
        let mut batch = Vec::with_capacity(staged.entries.len());
        for (at, entry) in staged.entries.iter().enumerate() {
            let index = head.tree.size();
            let admitted = judge_again(&mut working, index, entry)
                .map_err(|problem| StoreError::damaged(format!("staged entry {at}"), problem))?;
            head.tree.extend(std::iter::once(tlog::leaf_hash(entry)));
            batch.push(admitted);
        }
        if head.tree.root() != signed.root {
            let place = format!("log/{}", staged::path(published.size)?);
            return Err(StoreError::damaged(
                place,
                "it does not lead to the signed root",
            ));
        }
        pending = Some(Pending {
            batch,
            staged,
            note: signed_note.clone().unwrap_or_default(),
            written: false,
            waiting: Vec::new(),
        });
    } else {
        head.signed = signed_note;
    }
    progress(signed.size, signed.size);
    Ok(Recovered {
        head,
        working,
        published: shown,
        pending,
    })
}

/// Reads a note of this log; the empty log where there is none.
fn open(keys: &LogKeys, place: &str, note: Option<&[u8]>) -> Result<Checkpoint, StoreError> {
    match note {
        Some(note) => keys.open(place, note),
        None => Ok(Checkpoint {
            origin: keys.verifier_key().name().to_owned(),
            size: 0,
            root: tlog::empty_root(),
        }),
    }
}

/// Re-judges all published entries; gives also those of the last bundle, if it is not full.
///
/// Their signatures were checked before the log signed its checkpoint, and that signature, by its
/// own key, covers them: whatever leads to the signed root is what was checked (docs/log.md,
/// section 7). If something does not hold, all of it is gone through again with every signature,
/// so that the error names the place.
fn fold(
    objects: &dyn Objects,
    published: &Checkpoint,
    total: u64,
    progress: &dyn Fn(u64, u64),
) -> Result<(Auditor, Vec<Vec<u8>>), StoreError> {
    match fold_by(Verified::of_own_log, objects, published, total, progress) {
        Err(StoreError::Damaged { .. }) => {
            fold_by(Verified::parse_with, objects, published, total, progress)
        }
        folded => folded,
    }
}

fn fold_by(
    reader: Reader,
    objects: &dyn Objects,
    published: &Checkpoint,
    total: u64,
    progress: &dyn Fn(u64, u64),
) -> Result<(Auditor, Vec<Vec<u8>>), StoreError> {
    let mut auditor = Auditor::of_own_log();
    auditor.reserve(published.size);
    let mut tail = Vec::new();
    entries::for_each_read(objects, published.size, reader, |read| {
        read.judge(&mut auditor).map_err(|fault| {
            StoreError::damaged(format!("log/{}", read.bundle), fault.to_string())
        })?;
        progress(auditor.size(), total);
        tail = read.tail();
        Ok(())
    })?;
    if auditor.root() == published.root {
        return Ok((auditor, tail));
    }
    let problem = format!(
        "its root is {}, the entries lead to {}",
        published.root,
        auditor.root()
    );
    Err(StoreError::damaged("log/checkpoint", problem))
}

/// The staged batch that the cell names.
fn signed_batch(
    objects: &dyn Objects,
    published: &Checkpoint,
    signed: &Checkpoint,
) -> Result<Staged, StoreError> {
    let path: ObjectPath = staged::path(published.size)?;
    let place = format!("log/{path}");
    let bytes = objects.get(&path)?.ok_or_else(|| {
        let problem = format!(
            "log.cell names {} entries, {} are published, and the batch between is missing",
            signed.size, published.size
        );
        StoreError::damaged(&place, problem)
    })?;
    let batch = Staged::parse(&place, &bytes)?;
    if batch.new_size() == signed.size && batch.root == signed.root {
        return Ok(batch);
    }
    Err(StoreError::damaged(
        place,
        "it is another batch than the one log.cell names",
    ))
}

/// Admits an entry of a batch that was admitted before.
fn judge_again(state: &mut State, index: u64, entry: &[u8]) -> Result<Admitted, String> {
    let statement = Verified::parse(entry).map_err(|error| error.to_string())?;
    let admission =
        record::rules::judge(state, index, &statement).map_err(|refusal| refusal.to_string())?;
    state.apply(index, &statement, admission.clone());
    Ok(Admitted {
        entry: entry.to_vec(),
        statement,
        admission,
    })
}
