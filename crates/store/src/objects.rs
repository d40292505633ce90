//! What the log asks of a place that keeps its files: seven operations and their duties.
//!
//! One file per backend ([`crate::folder`], [`crate::memory`]); one contract suite
//! (`tests/contract`) runs the same functions against each of them. The wall between write-once
//! and replaceable objects stands here, in the path, so that no caller can overwrite history by
//! choosing the wrong operation.

use tlog::{Hash, sha256};

use crate::disk::IoError;
pub use crate::object_path::{
    CHECKPOINT, MAX_OBJECT_PATH_BYTES, ObjectPath, ObjectPathError, STAGED_PREFIX,
};

/// When a written object must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Before the call returns (staged records).
    Synced,
    /// After the next [`Objects::flush`], and so before the next `replace` or `remove` (tiles,
    /// which can be made again from the staged record until then).
    Lazy,
}

/// Keeps the objects of one log.
///
/// # Duties of every backend
///
/// * **Whole or absent.** A reader, whether in this process, in another one, or after a crash,
///   sees an object's complete bytes or no object; never a part.
/// * **Durability.** When a put with [`Durability::Synced`], a `replace`, a `remove` or a
///   `flush` has returned `Ok`, its effect survives a power cut. After the last three, so does
///   every lazy object put before. A lazy object not yet flushed is lost with the handle.
/// * **Order.** No effect of `replace` or `remove` becomes durable before the lazy objects put
///   earlier through the same handle: a checkpoint never outlives its tiles, and a staged record
///   is not dropped before what was made from it.
/// * **Consistency.** What one call wrote, the next `get` and `list` of the same handle see.
///   Other handles and processes see synced objects at once, and lazy ones at the latest after
///   the flush. There is one writer at a time (see [`crate::lock::RecordLock`]).
/// * **Retry.** A backend may repeat a step that failed before any effect; it never reports `Ok`
///   for an effect it is unsure of. Every operation may be repeated by the caller with the same
///   arguments and has then the same effect as once.
///
/// # Duties of the caller
///
/// * After [`ObjectError::Io`] the effect may or may not be there. Repeat the same call, or
///   abandon the handle and replay from the staged record.
/// * After [`ObjectError::Abandoned`] open a new handle and replay; nothing more is written
///   through this one.
/// * No object's path is the folder of another's (`a` and `a/b`).
pub trait Objects: Send + Sync {
    /// Writes a write-once object. The same bytes already there: `Ok`, and as durable as asked.
    /// Other bytes already there: [`ObjectError::Conflict`], and what was there stays.
    fn put_if_absent(
        &self,
        path: &ObjectPath,
        bytes: &[u8],
        durability: Durability,
    ) -> Result<(), ObjectError>;

    /// Puts new bytes in the place of the checkpoint, whatever is there, in one atomic step;
    /// flushes before, durable after. Any other path: [`ObjectError::WriteOnce`].
    fn replace(&self, path: &ObjectPath, bytes: &[u8]) -> Result<(), ObjectError>;

    /// The object's bytes, or `None` if there is none.
    fn get(&self, path: &ObjectPath) -> Result<Option<Vec<u8>>, ObjectError>;

    /// All objects whose path starts with `prefix` as text, in ascending byte order; the empty
    /// prefix lists all. Files that are not objects (hidden names, leftovers) do not show.
    fn list(&self, prefix: &str) -> Result<Vec<ObjectPath>, ObjectError>;

    /// Removes a staged record, if it is there; flushes before, durable after. Any path outside
    /// [`STAGED_PREFIX`]: [`ObjectError::WriteOnce`].
    fn remove(&self, path: &ObjectPath) -> Result<(), ObjectError>;

    /// Removes the partial versions (`PATH.p/...`) of a full tile or entry bundle; flushes before.
    /// Without the full one nothing is removed. Need not be durable after: what comes back after
    /// a power cut is what was there before. Any other path: [`ObjectError::WriteOnce`].
    fn discard_partials(&self, full: &ObjectPath) -> Result<(), ObjectError>;

    /// Makes every lazy object durable and visible to all. If it fails, the objects not yet
    /// durable are forgotten and the handle is abandoned.
    fn flush(&self) -> Result<(), ObjectError>;
}

/// Why an object was not written, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// A write-once object holds other bytes. The log has two versions of one thing: this is
    /// never repaired by software.
    #[error(
        "the object {path} is write-once and holds other bytes: SHA-256 {held} is kept, {offered} was refused"
    )]
    Conflict {
        /// The object.
        path: ObjectPath,
        /// SHA-256 of the bytes that stay.
        held: Hash,
        /// SHA-256 of the bytes refused.
        offered: Hash,
    },
    /// This path may not be put, replaced or removed in this way.
    #[error("the object {path} may not be {refused}")]
    WriteOnce {
        /// The object.
        path: ObjectPath,
        /// What was asked: "replaced", "removed", "put once", "cleared of partial versions".
        refused: &'static str,
    },
    /// The path is a folder of other objects, or one of its folders is an object.
    #[error("the path {path} cannot be an object: it is a folder, or leads through an object")]
    Obstructed {
        /// The path.
        path: ObjectPath,
    },
    /// The handle was opened for reading.
    #[error("the folder of objects was opened for reading only; {path} was not written")]
    ReadOnly {
        /// The object that was to be written or removed.
        path: ObjectPath,
    },
    /// An earlier flush failed: objects put lazily are lost, so nothing more may rest on them.
    #[error("an earlier flush failed; open the objects again and replay the staged record")]
    Abandoned,
    /// The storage failed; the effect may or may not be there.
    #[error(transparent)]
    Io(#[from] IoError),
}

impl ObjectError {
    /// A conflict with its evidence.
    pub(crate) fn conflict(path: &ObjectPath, held: &[u8], offered: &[u8]) -> Self {
        Self::Conflict {
            path: path.clone(),
            held: sha256(held),
            offered: sha256(offered),
        }
    }
}

/// Refuses `put_if_absent` of the one object that is replaced.
pub(crate) fn require_write_once(path: &ObjectPath) -> Result<(), ObjectError> {
    if path.is_checkpoint() {
        Err(refused(path, "put once"))
    } else {
        Ok(())
    }
}

/// Refuses `replace` of anything but the checkpoint.
pub(crate) fn require_replaceable(path: &ObjectPath) -> Result<(), ObjectError> {
    if path.is_checkpoint() {
        Ok(())
    } else {
        Err(refused(path, "replaced"))
    }
}

/// Refuses `remove` of anything but a staged record.
pub(crate) fn require_removable(path: &ObjectPath) -> Result<(), ObjectError> {
    if path.is_staged() {
        Ok(())
    } else {
        Err(refused(path, "removed"))
    }
}

/// Refuses `discard_partials` of anything but a full tile or bundle.
pub(crate) fn require_full_tile(path: &ObjectPath) -> Result<(), ObjectError> {
    if path.is_full_tile() {
        Ok(())
    } else {
        Err(refused(path, "cleared of partial versions"))
    }
}

fn refused(path: &ObjectPath, refused: &'static str) -> ObjectError {
    ObjectError::WriteOnce {
        path: path.clone(),
        refused,
    }
}
