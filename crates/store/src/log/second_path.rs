//! The root once more, by other code: the guard against a bit that flips in memory.
//!
//! In 2022 one flipped bit ended a public log: it signed a root that no entries lead to. So the
//! batch is read back from storage and its root computed by recursion from the definition, from
//! the old tree's peaks and the entries as stored, not from anything the first computation made.

use tlog::{Hash, NodeReader, Tree, leaf_hash, node_hash, root_of_leaves};

/// Complete subtrees that make up the old tree, largest first: start, leaves, hash.
fn peaks(tree: &Tree, size: u64) -> Option<Vec<(u64, u64, Hash)>> {
    let (mut peaks, mut start) = (Vec::new(), 0);
    while start < size {
        let level = (size - start).ilog2();
        let hash = tree.node(u8::try_from(level).ok()?, start >> level).ok()?;
        peaks.push((start, 1_u64 << level, hash));
        start += 1 << level;
    }
    Some(peaks)
}

/// Root of the first `old` leaves of a tree followed by `entries`; `None` if the peaks over these
/// leaves do not lead to `old_root`, which was signed, or if the recursion does not come out.
pub(crate) fn root(tree: &Tree, old: u64, old_root: &Hash, entries: &[Vec<u8>]) -> Option<Hash> {
    let peaks = peaks(tree, old)?;
    let folded = peaks
        .iter()
        .rev()
        .map(|(_, _, hash)| *hash)
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(tlog::empty_root);
    if folded != *old_root {
        return None;
    }
    if entries.is_empty() {
        return Some(folded);
    }
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let end = old + leaves.len() as u64;
    subtree(&peaks, old, &leaves, 0, end)
}

/// Merkle tree hash of the leaves `start..end` (RFC 6962 section 2.1).
fn subtree(
    peaks: &[(u64, u64, Hash)],
    old: u64,
    leaves: &[Hash],
    start: u64,
    end: u64,
) -> Option<Hash> {
    if start >= old {
        let from = usize::try_from(start - old).ok()?;
        let to = usize::try_from(end - old).ok()?;
        return Some(root_of_leaves(leaves.get(from..to)?));
    }
    if end <= old {
        let peak = peaks
            .iter()
            .find(|(first, count, _)| *first == start && *count == end - start);
        return peak.map(|(_, _, hash)| *hash);
    }
    let middle = start + ((end - start).div_ceil(2)).next_power_of_two();
    let left = subtree(peaks, old, leaves, start, middle)?;
    let right = subtree(peaks, old, leaves, middle, end)?;
    Some(node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: u64) -> Vec<Vec<u8>> {
        (0..count).map(|n| n.to_be_bytes().to_vec()).collect()
    }

    #[test]
    fn agrees_with_the_tree_at_every_pair_of_sizes() {
        let all = entries(70);
        for old in 0..70_u64 {
            let before = Tree::from_leaves(all.iter().take(old as usize).map(|e| leaf_hash(e)));
            for new in old..=70 {
                let added = &all[old as usize..new as usize];
                let after = Tree::from_leaves(all.iter().take(new as usize).map(|e| leaf_hash(e)));
                assert_eq!(
                    root(&after, old, &before.root(), added),
                    Some(after.root()),
                    "{old} -> {new}"
                );
            }
        }
    }

    #[test]
    fn a_flipped_bit_gives_another_root_or_none() {
        let all = entries(21);
        let tree = Tree::from_leaves(all.iter().take(13).map(|e| leaf_hash(e)));
        let good = root(&tree, 13, &tree.root(), &all[13..]);
        let mut flipped = all.clone();
        flipped[17][3] ^= 0x10;
        assert_ne!(good, root(&tree, 13, &tree.root(), &flipped[13..]));
        assert_eq!(
            None,
            root(&tree, 13, &tlog::sha256(b"another root"), &all[13..])
        );
    }
}
