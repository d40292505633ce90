//! What a checkpoint commits to, bundle by bundle.
//!
//! The hashes of all full bundles (level 1 of the tiles) and of the leaves after them (level 0)
//! together give the root. Once they do, each bundle can be checked by itself, before it is kept.

use tlog::{
    Checkpoint, EntryBundleId, Hash, NodeReader as _, TILE_WIDTH, TileId, Tree, node_hash,
    parse_entry_bundle, parse_tile, root_of_leaves,
};

use super::source::{self, Source};
use super::{MirrorError, leaves};

const WIDTH: u64 = TILE_WIDTH as u64;
/// Level of the tree whose nodes are full bundles.
const BUNDLE_LEVEL: u8 = 8;

/// The hashes that lead to a checkpoint's root.
pub(super) struct Growth {
    size: u64,
    /// Hash of each full bundle.
    bundles: Vec<Hash>,
    /// Leaves after the last full bundle.
    tail: Vec<Hash>,
}

impl Growth {
    /// Reads the tiles and checks that they lead to the root.
    pub(super) fn read(source: &dyn Source, checkpoint: &Checkpoint) -> Result<Self, MirrorError> {
        let size = checkpoint.size;
        let growth = Self {
            size,
            bundles: hashes(source, 1, 0, size / WIDTH)?,
            tail: hashes(source, 0, size / WIDTH, size)?,
        };
        if growth.root() == checkpoint.root {
            return Ok(growth);
        }
        Err(MirrorError::NotCommitted(format!(
            "its tiles lead to the root {}, the checkpoint of {size} entries has {}",
            growth.root(),
            checkpoint.root
        )))
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The complete subtrees from the right: first the leaves after the full bundles, then the
    /// subtrees over full bundles.
    fn root(&self) -> Hash {
        let full = Tree::from_leaves(self.bundles.iter().copied());
        if self.tail.is_empty() {
            return full.root();
        }
        let (mut root, mut end) = (root_of_leaves(&self.tail), full.size());
        for level in 0..u64::BITS as u8 {
            if full.size() >> level & 1 == 1 {
                end -= 1 << level;
                let Ok(peak) = full.node(level, end >> level) else {
                    break;
                };
                root = node_hash(&peak, &root);
            }
        }
        root
    }

    /// Whether the full bundles of a tree are these, as far as both have them. What comes after them is compared
    /// leaf by leaf, or by the root where the tree is larger.
    pub(super) fn extends(&self, tree: &Tree) -> bool {
        let held = |index: u64| tree.node(BUNDLE_LEVEL, index).ok();
        let both = (0..tree.size() / WIDTH).zip(&self.bundles);
        both.into_iter()
            .all(|(index, bundle)| held(index) == Some(*bundle))
    }

    /// The entries of a bundle, if they are the ones the checkpoint commits to.
    pub(super) fn check(
        &self,
        bundle: &EntryBundleId,
        bytes: &[u8],
    ) -> Result<Vec<Vec<u8>>, MirrorError> {
        let wrong = |problem: &str| MirrorError::NotCommitted(format!("{bundle}: {problem}"));
        let held =
            parse_entry_bundle(bytes, bundle.width).map_err(|error| wrong(&error.to_string()))?;
        let leaves = leaves(&held);
        let committed = if bundle.is_full() {
            self.bundles.get(bundle.index as usize) == Some(&root_of_leaves(&leaves))
        } else {
            bundle.index == self.size / WIDTH && self.tail == leaves
        };
        if committed {
            Ok(held)
        } else {
            Err(wrong("its entries do not lead to the checkpoint's root"))
        }
    }
}

/// The hashes of a level, from tile `first` on, `count` of the whole level.
fn hashes(
    source: &dyn Source,
    level: u8,
    first: u64,
    count: u64,
) -> Result<Vec<Hash>, MirrorError> {
    let mut hashes = Vec::new();
    let mut index = first;
    while index * WIDTH < count {
        // At most 256.
        let width = (count - index * WIDTH).min(WIDTH) as u16;
        let tile = TileId::new(level, index, width)
            .map_err(|error| MirrorError::Source(error.to_string()))?;
        let bytes = source::tile(source, &tile)?;
        let read = parse_tile(&bytes, &tile)
            .map_err(|error| MirrorError::NotCommitted(format!("{tile}: {error}")))?;
        hashes.extend(read);
        index += 1;
    }
    Ok(hashes)
}
