//! Reading an open record: entries, receipts, tiles, bundles.

use std::collections::BTreeMap;

use record::bundle::{self, BuildError, Bundle};
use record::ids::{CaseId, StatementId};
use record::state::{Case, State, is_public};
use tlog::{
    EntryBundleId, Hash, TILE_WIDTH, TileId, TlogProof, encode_entry_bundle, inclusion_proof,
};

use super::Record;
use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::log::{self, Published, entries, object};
use crate::objects::{CHECKPOINT, Objects};

/// Exhibits carried along in one bundle, in bytes at most (32 MiB).
pub const MAX_BUNDLED_EXHIBIT_BYTES: u64 = 32 << 20;

/// Bits between two tile levels.
const TILE_HEIGHT: u32 = 8;

/// An entry, and where it is in the tree of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its place in the log.
    pub index: u64,
    /// Its inclusion path.
    pub path: Vec<Hash>,
    /// Its exact bytes.
    pub entry: Vec<u8>,
}

impl Record {
    /// The published checkpoint note.
    pub fn checkpoint(&self) -> Vec<u8> {
        log::read(&self.inner.published).checkpoint.clone()
    }

    /// Number of published entries.
    pub fn size(&self) -> u64 {
        log::read(&self.inner.published).size()
    }

    /// The exact bytes of a published entry.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`], or the storage fails.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, StoreError> {
        entry(&self.inner.files, index, self.size())
    }

    /// The proof that an entry is in the published log.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    pub fn receipt(&self, index: u64) -> Result<TlogProof, StoreError> {
        let published = log::read(&self.inner.published);
        Ok(TlogProof {
            extra: None,
            index,
            path: path(&published, index)?,
            checkpoint: String::from_utf8_lossy(&published.checkpoint).into_owned(),
        })
    }

    /// Entries with their inclusion paths, and the one checkpoint that all of them are for.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`], or the storage fails.
    pub fn shown(&self, indexes: &[u64]) -> Result<(Vec<u8>, Vec<Shown>), StoreError> {
        let published = log::read(&self.inner.published);
        let shown = |index: &u64| {
            Ok(Shown {
                index: *index,
                path: path(&published, *index)?,
                entry: entry(&self.inner.files, *index, published.size())?,
            })
        };
        let all = indexes
            .iter()
            .map(shown)
            .collect::<Result<_, StoreError>>()?;
        Ok((published.checkpoint.clone(), all))
    }

    /// A published resource of the log by its path: `checkpoint`, `tile/0/000`,
    /// `tile/entries/x001/234.p/5`. `None` for any other path, another spelling, or a tile that no
    /// published size has; a client that misses a partial tile asks for the full one.
    ///
    /// # Errors
    /// The storage fails.
    pub fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if path == CHECKPOINT {
            return Ok(Some(self.checkpoint()));
        }
        let size = self.size();
        let published = if let Ok(bundle) = EntryBundleId::parse_path(path) {
            covered(bundle.index, bundle.width, size)
        } else if let Ok(tile) = TileId::parse_path(path) {
            let hashes = size.checked_shr(u32::from(tile.level) * TILE_HEIGHT);
            covered(tile.index, tile.width, hashes.unwrap_or(0))
        } else {
            false
        };
        if !published {
            return Ok(None);
        }
        match self.inner.files.get(&object(path)?)? {
            Some(bytes) => Ok(Some(bytes)),
            None => self.part_of_full(path),
        }
    }

    /// A partial tile that went when its full one came, cut from that.
    fn part_of_full(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if let Ok(bundle) = EntryBundleId::parse_path(path) {
            let entries = entries::read_bundle(&self.inner.files, &bundle)?;
            let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
            let bytes = encode_entry_bundle(&entries)
                .map_err(|error| StoreError::damaged_by(format!("log/{bundle}"), &error))?;
            return Ok(Some(bytes));
        }
        let Some((full, _)) = path.split_once(".p/") else {
            return Ok(None);
        };
        let Ok(tile) = TileId::parse_path(path) else {
            return Ok(None);
        };
        let mut bytes = self.inner.files.get(&object(full)?)?;
        if let Some(bytes) = &mut bytes {
            bytes.truncate(usize::from(tile.width) * tlog::HASH_BYTES);
        }
        Ok(bytes)
    }

    /// The bundle of a finding: one file that verifies and replays it with no network. Of the
    /// exhibits it carries those anyone may have that are in the vault, in the order of their
    /// hashes, as long as they fit [`MAX_BUNDLED_EXHIBIT_BYTES`].
    ///
    /// # Errors
    /// [`StoreError::NoFinding`], or the storage fails.
    pub fn bundle(
        &self,
        case: &CaseId,
        finding: StatementId,
        with_exhibits: bool,
    ) -> Result<Bundle, StoreError> {
        let published = log::read(&self.inner.published);
        let Some(case) = published.state.cases.get(case) else {
            return Err(StoreError::NoFinding(format!("there is no case {case}")));
        };
        let exhibits = if with_exhibits {
            self.public_exhibits(&published.state, case)?
        } else {
            Vec::new()
        };
        let source = Source::read(self, &published, case)?;
        bundle::build(&published.state, case, finding, &source, exhibits).map_err(|error| {
            match error {
                BuildError::Read(error) => error,
                no_finding => StoreError::NoFinding(no_finding.to_string()),
            }
        })
    }

    fn public_exhibits(
        &self,
        state: &State,
        case: &Case,
    ) -> Result<Vec<(Hash, Vec<u8>)>, StoreError> {
        let (mut chosen, mut left) = (Vec::new(), MAX_BUNDLED_EXHIBIT_BYTES);
        for (hash, exhibit) in &case.exhibits {
            let fits = is_public(state, case, exhibit) && exhibit.body.size <= left;
            if fits && self.vault().contains(hash)? {
                let content = self.vault().read_all(hash, left)?;
                left -= content.len() as u64;
                chosen.push((*hash, content));
            }
        }
        Ok(chosen)
    }
}

/// Reads one entry of a log of `size` entries.
pub(crate) fn entry(files: &FolderObjects, index: u64, size: u64) -> Result<Vec<u8>, StoreError> {
    if index >= size {
        return Err(StoreError::NoEntry { index, size });
    }
    let bundle = entries::bundle_of(index, size);
    let at = index % u64::from(TILE_WIDTH);
    let mut held = entries::read_bundle(files, &bundle)?;
    // The bundle is as wide as its name says.
    Ok(held.swap_remove(at as usize))
}

/// Whether `width` items from the start of group `index` are among the first `count`.
fn covered(index: u64, width: u16, count: u64) -> bool {
    let start = index.checked_mul(u64::from(TILE_WIDTH));
    let end = start.and_then(|start| start.checked_add(u64::from(width)));
    end.is_some_and(|end| end <= count)
}

/// The inclusion path of an entry in the published tree.
fn path(published: &Published, index: u64) -> Result<Vec<Hash>, StoreError> {
    let size = published.size();
    if index >= size {
        return Err(StoreError::NoEntry { index, size });
    }
    let tree = published.tree.read();
    let path = match &published.edge {
        Some(edge) if edge.size() == size => edge.inclusion_proof(&*tree, index),
        _ => inclusion_proof(&*tree, index, size),
    };
    path.map_err(|error| StoreError::damaged_by("the tree in memory", &error))
}

/// What a bundle is made from, as of one checkpoint.
struct Source<'a> {
    published: &'a Published,
    entries: BTreeMap<u64, Vec<u8>>,
}

impl<'a> Source<'a> {
    /// Reads the entries a bundle needs, each file once.
    fn read(record: &Record, published: &'a Published, case: &Case) -> Result<Self, StoreError> {
        let mut chosen = BTreeMap::new();
        let mut open: Option<(EntryBundleId, Vec<Vec<u8>>)> = None;
        for index in bundle::select(&published.state, case) {
            let id = entries::bundle_of(index, published.size());
            let held = match open.take() {
                Some((same, held)) if same == id => held,
                _ => entries::read_bundle(&record.inner.files, &id)?,
            };
            let at = (index % u64::from(TILE_WIDTH)) as usize;
            chosen.extend(held.get(at).map(|entry| (index, entry.clone())));
            open = Some((id, held));
        }
        Ok(Self {
            published,
            entries: chosen,
        })
    }
}

impl bundle::Source for Source<'_> {
    type Error = StoreError;

    fn entry(&self, index: u64) -> Result<Vec<u8>, StoreError> {
        let size = self.published.size();
        let entry = self.entries.get(&index).cloned();
        entry.ok_or(StoreError::NoEntry { index, size })
    }

    fn path(&self, index: u64) -> Result<Vec<Hash>, StoreError> {
        path(self.published, index)
    }

    fn checkpoint(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self.published.checkpoint.clone())
    }
}
