//! The tree of one's own log, and entries held against it.
//!
//! An entry of one's own log, read from its files again by a thread beside the sequencer.
//!
//! Its signature is not checked again, and one bit that the disk or the memory gets wrong while it is
//! read may still leave a statement: another one. So it is held against its leaf, which was
//! computed from the bytes that were checked and signed; what differs is reported, never used.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use record::envelope::KnownKeys;
use record::statement::Statement;
use tlog::{EntryBundleId, Hash, NodeReader as _, Tree};

use crate::error::StoreError;

/// The one tree of a log in memory. The writer appends; who reads looks at the leaves of a size it
/// knows, and a complete subtree of these never changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedTree(Arc<RwLock<Tree>>);

impl SharedTree {
    pub(crate) fn new(tree: Tree) -> Self {
        Self(Arc::new(RwLock::new(tree)))
    }
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tree> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn size(&self) -> u64 {
        self.read().size()
    }
    pub(crate) fn root(&self) -> Hash {
        self.read().root()
    }
    /// Appends leaves.
    pub(crate) fn extend(&self, leaves: impl Iterator<Item = Hash>) {
        let mut tree = self.0.write().unwrap_or_else(PoisonError::into_inner);
        leaves.for_each(|leaf| tree.push(leaf));
    }
}

/// Reads the entry that stands at `index`, from the bytes of this bundle.
///
/// # Errors
/// [`StoreError::Damaged`] where the bytes are not those of the leaf.
pub(crate) fn statement(
    tree: &SharedTree,
    bundle: &EntryBundleId,
    index: u64,
    entry: &[u8],
    known: &mut KnownKeys,
) -> Result<Statement, StoreError> {
    let place = || format!("log/{bundle}, entry {index}");
    let statement = Statement::parse_known(entry, known)
        .map_err(|error| StoreError::damaged_by(place(), &error))?;
    let leaf = tree.read().node(0, index);
    if !leaf.is_ok_and(|leaf| leaf == statement.id.0) {
        let problem = "what was read is not what the log holds there; it is read again later, and `solferino audit` tells whether the file is damaged";
        return Err(StoreError::damaged(place(), problem));
    }
    Ok(statement)
}
