//! What appending and proving cost as the log grows, with simulated entries.

use tlog::{
    NodeMissing, ProveError, Tree, inclusion_proof, tile_bytes, tiles_to_write, verify_consistency,
};

use super::{MeasureError, Spent, resident_bytes};

/// Entries appended between two rounds of tiles, as in a full batch.
const BATCH: u64 = 4096;
/// Appends and proofs that each figure is the mean of.
const SAMPLES: u64 = 4096;

/// The costs at one size of the log.
#[derive(Clone, Copy, Debug)]
pub struct Decade {
    /// Entries in the log.
    pub entries: u64,
    /// One more entry: leaf, inner hashes and its share of the tiles, in microseconds.
    pub append_us: f64,
    /// Making an inclusion proof, in microseconds.
    pub inclusion_us: f64,
    /// Hashes in it.
    pub inclusion_hashes: usize,
    /// Making and verifying a consistency proof from the half to the whole, in microseconds.
    pub consistency_us: f64,
    /// Memory of the tree, in bytes for each entry.
    pub tree_bytes_per_entry: f64,
}

/// Grows a tree of simulated entries (their leaf hashes are the hashes of their numbers) through
/// the decades up to `entries`.
///
/// # Errors
/// A proof does not come out.
pub fn growth(entries: u64, mut each: impl FnMut(Decade)) -> Result<(), MeasureError> {
    let (mut tree, before) = (Tree::default(), resident_bytes());
    let mut next = 10_000;
    while next <= entries {
        while tree.size() < next {
            tree.push(tlog::leaf_hash(&tree.size().to_be_bytes()));
        }
        let grown = resident_bytes().saturating_sub(before) as f64;
        let mut decade = measure(&mut tree)?;
        decade.tree_bytes_per_entry = grown / decade.entries as f64;
        each(decade);
        next *= 10;
    }
    Ok(())
}

fn measure(tree: &mut Tree) -> Result<Decade, MeasureError> {
    let wrong = |error: &dyn std::fmt::Display| MeasureError::Wrong(error.to_string());
    let entries = tree.size();
    let each = |spent: Spent| spent.wall_s * 1e6 / SAMPLES as f64;
    let mut hashes = 0;
    let (made, inclusion) = Spent::by(|| {
        for n in 0..SAMPLES {
            let index = n.wrapping_mul(2_654_435_761) % entries;
            hashes = inclusion_proof(&*tree, index, entries)?.len();
        }
        Ok(())
    });
    made.map_err(|error: ProveError<NodeMissing>| wrong(&error))?;
    let half = entries / 2;
    let old_root = tlog::root(&*tree, half).map_err(|error| wrong(&error))?;
    let root = tree.root();
    let (proved, consistency) = Spent::by(|| {
        for _ in 0..SAMPLES {
            let proof =
                tlog::consistency_proof(&*tree, half, entries).map_err(|error| wrong(&error))?;
            verify_consistency(half, entries, &proof, &old_root, &root)
                .map_err(|error| wrong(&error))?;
        }
        Ok::<_, MeasureError>(())
    });
    proved?;
    let (appended, append) = Spent::by(|| {
        for n in entries..entries + SAMPLES {
            tree.push(tlog::leaf_hash(&n.to_be_bytes()));
            if (n + 1) % BATCH == 0 || n + 1 == entries + SAMPLES {
                for tile in tiles_to_write((n + 1).saturating_sub(BATCH), n + 1) {
                    std::hint::black_box(tile_bytes(&*tree, &tile)).map_err(|e| wrong(&e))?;
                }
            }
        }
        Ok::<_, MeasureError>(())
    });
    appended?;
    Ok(Decade {
        entries,
        append_us: each(append),
        inclusion_us: each(inclusion),
        inclusion_hashes: hashes,
        consistency_us: each(consistency),
        tree_bytes_per_entry: 0.0,
    })
}
