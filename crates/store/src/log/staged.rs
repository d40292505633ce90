//! The staged record: one batch, whole and durable before anything is signed.
//!
//! ```text
//! solferino.org/staged@v1
//! <size before> <size after>
//! <base64 root after>
//!
//! (length in two bytes, big-endian; entry) for each new entry
//! ```

use tlog::{Hash, MAX_ENTRY_BYTES};

use crate::error::StoreError;
use crate::objects::{ObjectPath, STAGED_PREFIX};

const HEADER: &str = "solferino.org/staged@v1";

/// A batch on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Staged {
    /// Entries before it.
    pub(crate) old_size: u64,
    /// Root of the tree with it.
    pub(crate) root: Hash,
    /// The new entries.
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Staged {
    /// Entries with it.
    pub(crate) fn new_size(&self) -> u64 {
        self.old_size + self.entries.len() as u64
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let (old, new) = (self.old_size, self.new_size());
        let head = format!("{HEADER}\n{old} {new}\n{}\n\n", self.root.to_base64());
        let mut bytes = head.into_bytes();
        for entry in &self.entries {
            // The rules refuse longer entries before they get here.
            let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        bytes
    }

    /// Reads what [`Self::encode`] wrote; `place` names it in errors.
    pub(crate) fn parse(place: &str, bytes: &[u8]) -> Result<Self, StoreError> {
        let wrong = |problem: &str| StoreError::damaged(place, problem);
        let end = bytes
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .ok_or_else(|| wrong("the staged record has no head"))?;
        let (head, rest) = bytes.split_at(end);
        let head = std::str::from_utf8(head).map_err(|_| wrong("its head is not text"))?;
        let lines: Vec<&str> = head.split('\n').collect();
        let [HEADER, sizes, root] = lines.as_slice() else {
            return Err(wrong("its head is not that of a staged record"));
        };
        let root = Hash::from_base64(root).map_err(|_| wrong("its root is not a hash"))?;
        let sizes: Vec<Option<u64>> = sizes.split(' ').map(|text| text.parse().ok()).collect();
        let [Some(old_size), Some(new_size)] = sizes.as_slice() else {
            return Err(wrong("its sizes are not numbers"));
        };
        let entries = parse_entries(rest.get(2..).unwrap_or_default())
            .ok_or_else(|| wrong("it ends inside an entry"))?;
        let staged = Self {
            old_size: *old_size,
            root,
            entries,
        };
        if staged.old_size.checked_add(staged.entries.len() as u64) != Some(*new_size) {
            return Err(wrong("it holds another number of entries than it says"));
        }
        Ok(staged)
    }
}

fn parse_entries(mut rest: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (length, tail) = rest.split_first_chunk::<2>()?;
        let (entry, tail) = tail.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        debug_assert!(entry.len() <= MAX_ENTRY_BYTES);
        entries.push(entry.to_vec());
        rest = tail;
    }
    Some(entries)
}

/// The object of the batch that follows `old_size` entries.
pub(crate) fn path(old_size: u64) -> Result<ObjectPath, StoreError> {
    super::object(&format!("{STAGED_PREFIX}{old_size}"))
}
