//! An entry of one's own log, read from its files again by a thread beside the sequencer.
//!
//! Its signature is not checked again, and one bit that the disk or the memory gets wrong while it is
//! read may still leave a statement: another one. So it is held against its leaf, which was
//! computed from the bytes that were checked and signed; what differs is reported, never used.

use record::statement::Statement;
use tlog::{EntryBundleId, NodeReader as _};

use super::SharedTree;
use crate::error::StoreError;

/// Reads the entry that stands at `index`, from the bytes of this bundle.
///
/// # Errors
/// [`StoreError::Damaged`] where the bytes are not those of the leaf.
pub(crate) fn statement(
    tree: &SharedTree,
    bundle: &EntryBundleId,
    index: u64,
    entry: &[u8],
) -> Result<Statement, StoreError> {
    let place = || format!("log/{bundle}, entry {index}");
    let statement =
        Statement::parse_known(entry).map_err(|error| StoreError::damaged_by(place(), &error))?;
    let leaf = tree.read().node(0, index);
    if !leaf.is_ok_and(|leaf| leaf == statement.id.0) {
        let problem = "what was read is not what the log holds there; it is read again later, and `solferino audit` tells whether the file is damaged";
        return Err(StoreError::damaged(place(), problem));
    }
    Ok(statement)
}
