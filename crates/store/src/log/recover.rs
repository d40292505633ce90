//! Opening a log: the same steps after a crash as on any morning.

use record::audit::Auditor;
use record::state::State;
use tlog::{Checkpoint, SigningKey, VerifierKey, open_checkpoint};

use super::effects;
use super::rows::{Rows, SEGMENT_ROWS, row_is_all};
use super::staged::{self, Staged};
use super::{Head, SharedTree, checkpoint_object, entries};
use crate::cell::Cell;
use crate::error::StoreError;
use crate::objects::{ObjectPath, Objects};

/// A log brought to the state its cell names.
pub(super) struct Recovered {
    pub(super) head: Head,
    pub(super) state: State,
    /// The published note; empty if there is none yet.
    pub(super) checkpoint: Vec<u8>,
}

/// Finishes the batch that the cell names and drops the one it does not, then folds all entries.
pub(super) fn recover(
    objects: &dyn Objects,
    cell: &dyn Cell,
    key: &SigningKey,
    rows: Option<&Rows>,
    progress: &dyn Fn(u64, u64),
) -> Result<Recovered, StoreError> {
    let signed_note = cell.load()?;
    let mut published_note = objects.get(&checkpoint_object()?)?;
    let signed = open(key, "log.cell", signed_note.as_deref())?;
    let published = open(key, "log/checkpoint", published_note.as_deref())?;
    let taken_over = match rows {
        Some(rows) => take_over(objects, &published, rows, &key.verifier_key())?,
        None => Auditor::default(),
    };
    let begun = taken_over.size();
    let folded = fold(objects, &published, taken_over, signed.size, progress);
    let (mut auditor, tail) = match folded {
        // Rows of another history: everything is judged.
        Err(_) if begun > 0 => fold(
            objects,
            &published,
            Auditor::default(),
            signed.size,
            progress,
        ),
        other => other,
    }?;
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
    if signed.size > published.size {
        let batch = signed_batch(objects, &published, &signed)?;
        let note = signed_note.clone().unwrap_or_default();
        let mut state = std::mem::take(&mut auditor.state);
        for (at, entry) in batch.entries.iter().enumerate() {
            let index = head.tree.size();
            judge_again(&mut state, index, entry)
                .map_err(|problem| StoreError::damaged(format!("staged entry {at}"), problem))?;
            head.tree.extend(std::iter::once(tlog::leaf_hash(entry)));
        }
        if head.tree.root() != signed.root {
            let place = format!("log/{}", staged::path(published.size)?);
            return Err(StoreError::damaged(
                place,
                "it does not lead to the signed root",
            ));
        }
        let policy = effects::policy_of(&state)?;
        effects::publish(objects, &head, &batch, &note, &policy)?;
        published_note = objects.get(&checkpoint_object()?)?;
        head.extend(batch.entries, note);
        auditor.state = state;
    }
    // Unsigned batches were never acknowledged; signed ones are published by now.
    effects::clear_away(objects, signed.size)?;
    head.signed = signed_note;
    progress(signed.size, signed.size);
    Ok(Recovered {
        head,
        state: auditor.state,
        checkpoint: published_note.unwrap_or_default(),
    })
}

/// Reads a note of this log; the empty log where there is none.
fn open(key: &SigningKey, place: &str, note: Option<&[u8]>) -> Result<Checkpoint, StoreError> {
    let verifier = key.verifier_key();
    let Some(note) = note else {
        return Ok(Checkpoint {
            origin: verifier.name().to_owned(),
            size: 0,
            root: tlog::empty_root(),
        });
    };
    let (checkpoint, _) =
        open_checkpoint(note, &verifier).map_err(|error| StoreError::damaged_by(place, &error))?;
    Ok(checkpoint)
}

/// Takes over the rows of all whole segments from the first on; entries of which the state keeps
/// more than a row are judged as ever. Stops where a segment is missing or does not fit.
fn take_over(
    objects: &dyn Objects,
    published: &Checkpoint,
    rows: &Rows,
    log: &VerifierKey,
) -> Result<Auditor, StoreError> {
    let mut auditor = Auditor::default();
    for segment in 0..published.size / SEGMENT_ROWS {
        let Some(held) = rows.read(segment, log) else {
            break;
        };
        let mut open: Option<(u64, Vec<Vec<u8>>)> = None;
        for (id, words, entry) in held {
            let index = auditor.size();
            if entry.index != index {
                return Ok(Auditor::default());
            }
            if row_is_all(entry.kind) {
                auditor.state.restore(id, words, &entry);
                auditor.tree.push(id.0);
                continue;
            }
            let bundle = entries::bundle_of(index, published.size);
            let entries = match open.take() {
                Some((same, entries)) if same == bundle.index => entries,
                _ => entries::read_bundle(objects, &bundle)?,
            };
            let at = (index % u64::from(tlog::TILE_WIDTH)) as usize;
            let judged = entries.get(at).map(|entry| auditor.entry(entry));
            if !matches!(judged, Some(Ok(()))) {
                return Ok(Auditor::default());
            }
            open = Some((bundle.index, entries));
        }
    }
    Ok(auditor)
}

/// Judges the published entries that the auditor has not taken yet; gives also those of the last
/// bundle, if it is not full.
fn fold(
    objects: &dyn Objects,
    published: &Checkpoint,
    mut auditor: Auditor,
    total: u64,
    progress: &dyn Fn(u64, u64),
) -> Result<(Auditor, Vec<Vec<u8>>), StoreError> {
    let mut tail = Vec::new();
    let first = auditor.size();
    entries::for_each_bundle(objects, first, published.size, |bundle, held| {
        let bytes: Vec<&[u8]> = held.iter().map(Vec::as_slice).collect();
        for (entry, verified) in held.iter().zip(entries::verify_all(&bytes)) {
            let taken = match verified {
                Ok(statement) => auditor.verified(&statement),
                Err(_) => auditor.entry(entry),
            };
            taken
                .map_err(|fault| StoreError::damaged(format!("log/{bundle}"), fault.to_string()))?;
        }
        progress(auditor.size(), total);
        tail = if bundle.is_full() { Vec::new() } else { held };
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
fn judge_again(state: &mut State, index: u64, entry: &[u8]) -> Result<(), String> {
    let statement = record::statement::Verified::parse(entry).map_err(|error| error.to_string())?;
    record::rules::admit(state, index, &statement).map_err(|refusal| refusal.to_string())
}
