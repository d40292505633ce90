//! The right edge of a tree: the hashes that proofs of one size have in common.

use crate::hash::{Hash, node_hash};
use crate::prove::{ProveError, path_by, range_root};
use crate::tree::NodeReader;

/// The hashes of all ranges that end at one size and start where one of its peaks does: every
/// incomplete subtree on the way to a leaf is one of these. Made once for a checkpoint, it saves
/// each inclusion proof from hashing them again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// Start of each range and its hash, starts ascending; at most 64.
    ranges: Vec<(u64, Hash)>,
}

impl Edge {
    /// The edge of the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`ProveError::Reader`] if the reader lacks one of the (at most 64) peaks.
    pub fn of<R: NodeReader>(reader: &R, size: u64) -> Result<Self, ProveError<R::Error>> {
        let mut ranges = Vec::new();
        let mut start = 0;
        while start < size {
            let level = (size - start).ilog2();
            // Below 64.
            let peak = reader.node(level as u8, start >> level);
            ranges.push((start, peak.map_err(ProveError::Reader)?));
            start += 1 << level;
        }
        let mut rest: Option<Hash> = None;
        for (_, hash) in ranges.iter_mut().rev() {
            if let Some(right) = rest {
                *hash = node_hash(hash, &right);
            }
            rest = Some(*hash);
        }
        Ok(Self { size, ranges })
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// As [`crate::inclusion_proof`] in the tree of this size; the same hashes.
    ///
    /// # Errors
    /// As there.
    pub fn inclusion_proof<R: NodeReader>(
        &self,
        reader: &R,
        index: u64,
    ) -> Result<Vec<Hash>, ProveError<R::Error>> {
        let size = self.size;
        if index >= size {
            return Err(ProveError::IndexOutOfRange { index, size });
        }
        path_by(index, 0, size, |start, end| {
            if end == size
                && let Ok(at) = self.ranges.binary_search_by_key(&start, |range| range.0)
                && let Some((_, hash)) = self.ranges.get(at)
            {
                return Ok(*hash);
            }
            range_root(reader, start, end)
        })
    }
}
