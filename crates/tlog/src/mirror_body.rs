//! Bodies of the mirror protocol (tlog-mirror, which is not tagged yet and may move): entries sent
//! in packages, each with its own proof, so that a mirror checks and keeps them one by one.

use std::fmt;

use crate::bundle::MAX_ENTRY_BYTES;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::{HASH_BYTES, Hash, empty_root, leaf_hash};
use crate::mirror_error::{MirrorBodyError, PackageError};
use crate::subtree::Subtree;
use crate::subtree_verify::verify_subtree_consistency;
use crate::text::{from_base64, parse_decimal, to_base64};
use crate::tile::TILE_WIDTH;
use crate::tree::Tree;
use crate::verify::MAX_PROOF_HASHES;

/// Most packages that a client sends in one request (tlog-mirror recommends it): 8192 entries.
pub const MAX_PACKAGES_PER_REQUEST: usize = 32;
/// Longest ticket in bytes: its length is written in 16 bits.
pub const MAX_TICKET_BYTES: usize = 65_535;
/// Longest `text/x.tlog.mirror-info` body that is read, in bytes: the longest ticket in base64, and
/// two numbers.
pub const MAX_MIRROR_INFO_BYTES: usize = 88 * 1024;
/// `Content-Type` of [`MirrorInfo`].
pub const MIRROR_INFO_CONTENT_TYPE: &str = "text/x.tlog.mirror-info";

/// What a request `add-entries` begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddEntries {
    /// Origin of the log.
    pub origin: String,
    /// Index of the first entry that is sent.
    pub start: u64,
    /// Size of the pending checkpoint that the proofs lead to. Not below `start`.
    pub end: u64,
    /// What the mirror handed out to recognise that checkpoint by; may be empty.
    pub ticket: Vec<u8>,
}

/// Which entries one package of a request holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageSpan {
    /// The leaves that the package's proof is about: from a multiple of 256 on.
    pub subtree: Subtree,
    /// Index of the first entry in the package; within the subtree.
    pub first: u64,
}

/// One package: entries, and the proof of their subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPackage {
    /// The entries, 1 to 256, in order.
    pub entries: Vec<Vec<u8>>,
    /// Subtree consistency proof to the tree of the request's `end`; at most 63 hashes.
    pub proof: Vec<Hash>,
}

/// Answer 202 or 409 of a mirror: where to go on. Displays as the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorInfo {
    /// Size of a pending checkpoint that the mirror takes entries for.
    pub size: u64,
    /// Index of the first entry that the mirror lacks.
    pub next: u64,
    /// To be sent back; may be empty.
    pub ticket: Vec<u8>,
}

impl AddEntries {
    /// Checks what the wire format cannot hold.
    ///
    /// # Errors
    /// [`MirrorBodyError::Origin`], [`MirrorBodyError::Reversed`],
    /// [`MirrorBodyError::TicketTooLong`].
    pub fn new(origin: &str, start: u64, end: u64, ticket: &[u8]) -> Result<Self, MirrorBodyError> {
        Checkpoint::new(origin, end, empty_root()).map_err(MirrorBodyError::Origin)?;
        if origin.len() > usize::from(u16::MAX) {
            return Err(MirrorBodyError::OriginTooLong {
                length: origin.len(),
            });
        }
        if start > end {
            return Err(MirrorBodyError::Reversed { start, end });
        }
        if ticket.len() > MAX_TICKET_BYTES {
            return Err(MirrorBodyError::TicketTooLong {
                length: ticket.len(),
            });
        }
        Ok(Self {
            origin: origin.to_owned(),
            start,
            end,
            ticket: ticket.to_vec(),
        })
    }

    /// Reads the beginning of a request; gives it and what follows it, the packages.
    ///
    /// # Errors
    /// [`MirrorBodyError::Truncated`] where more bytes have to arrive first; else
    /// [`MirrorBodyError`].
    pub fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), MirrorBodyError> {
        let (origin, rest) = take_counted(bytes, "the origin")?;
        let origin = std::str::from_utf8(origin)
            .map_err(|_| MirrorBodyError::Origin(CheckpointError::OriginCharacter))?;
        let (start, rest) = take::<8>(rest, "the start")?;
        let (end, rest) = take::<8>(rest, "the end")?;
        let (ticket, rest) = take_counted(rest, "the ticket")?;
        let (start, end) = (u64::from_be_bytes(start), u64::from_be_bytes(end));
        Ok((Self::new(origin, start, end, ticket)?, rest))
    }

    /// The bytes that [`AddEntries::parse`] reads.
    ///
    /// # Errors
    /// As [`AddEntries::new`], since the fields can be set.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MirrorBodyError> {
        Self::new(&self.origin, self.start, self.end, &self.ticket)?;
        let mut bytes = (self.origin.len() as u16).to_be_bytes().to_vec();
        bytes.extend_from_slice(self.origin.as_bytes());
        bytes.extend_from_slice(&self.start.to_be_bytes());
        bytes.extend_from_slice(&self.end.to_be_bytes());
        bytes.extend_from_slice(&(self.ticket.len() as u16).to_be_bytes());
        bytes.extend_from_slice(&self.ticket);
        Ok(bytes)
    }

    /// The packages of the request, in order: from each multiple of 256 to the next.
    pub fn spans(&self) -> impl Iterator<Item = PackageSpan> + use<> {
        let width = u64::from(TILE_WIDTH);
        let (start, end) = (self.start, self.end);
        let count = if start == end {
            0
        } else {
            (end - 1) / width - start / width + 1
        };
        (0..count).filter_map(move |number| {
            let from = (start / width + number) * width;
            let to = end.min(from.saturating_add(width));
            let subtree = Subtree::new(from, to).ok()?;
            let first = from.max(start);
            Some(PackageSpan { subtree, first })
        })
    }
}

impl PackageSpan {
    /// Number of entries in the package.
    pub fn count(&self) -> usize {
        (self.subtree.end() - self.first) as usize
    }

    /// Reads this package; gives it and what follows it.
    ///
    /// # Errors
    /// [`MirrorBodyError::Truncated`] where more bytes have to arrive first,
    /// [`MirrorBodyError::ProofTooLong`].
    pub fn parse<'a>(&self, bytes: &'a [u8]) -> Result<(EntryPackage, &'a [u8]), MirrorBodyError> {
        let mut entries = Vec::new();
        let mut rest = bytes;
        for _ in 0..self.count() {
            let (entry, tail) = take_counted(rest, "an entry")?;
            entries.push(entry.to_vec());
            rest = tail;
        }
        let ([hashes], mut rest) = take::<1>(rest, "the number of hashes")?;
        let length = usize::from(hashes);
        if length > MAX_PROOF_HASHES {
            return Err(MirrorBodyError::ProofTooLong { length });
        }
        let mut proof = Vec::with_capacity(length);
        for _ in 0..length {
            let (hash, tail) = take::<HASH_BYTES>(rest, "a hash")?;
            proof.push(Hash::from_bytes(hash));
            rest = tail;
        }
        Ok((EntryPackage { entries, proof }, rest))
    }

    /// Checks the package's entries against the `root` of the tree of `size` leaves, which is the
    /// request's `end`. `before` are the leaf hashes of the subtree in front of the package: those
    /// from [`Subtree::start`] up to `first`, which the mirror already has.
    ///
    /// # Errors
    /// [`PackageError`]: nothing of the package may be kept.
    pub fn verify(
        &self,
        package: &EntryPackage,
        before: &[Hash],
        size: u64,
        root: &Hash,
    ) -> Result<(), PackageError> {
        let found = (before.len(), package.entries.len());
        let expected = ((self.first - self.subtree.start()) as usize, self.count());
        if found != expected {
            return Err(PackageError::Count { found, expected });
        }
        let sent = package.entries.iter().map(|entry| leaf_hash(entry));
        let hash = Tree::from_leaves(before.iter().copied().chain(sent)).root();
        verify_subtree_consistency(&self.subtree, size, &package.proof, &hash, root)
            .map_err(PackageError::Proof)
    }
}

impl EntryPackage {
    /// The bytes that [`PackageSpan::parse`] reads.
    ///
    /// # Errors
    /// [`MirrorBodyError::EntryTooLong`], [`MirrorBodyError::ProofTooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, MirrorBodyError> {
        let mut bytes = Vec::new();
        for entry in &self.entries {
            let length = entry.len();
            if length > MAX_ENTRY_BYTES {
                return Err(MirrorBodyError::EntryTooLong { length });
            }
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        let length = self.proof.len();
        if length > MAX_PROOF_HASHES {
            return Err(MirrorBodyError::ProofTooLong { length });
        }
        bytes.push(length as u8);
        for hash in &self.proof {
            bytes.extend_from_slice(hash.as_bytes());
        }
        Ok(bytes)
    }
}

impl MirrorInfo {
    /// Reads an answer in its one spelling.
    ///
    /// # Errors
    /// [`MirrorBodyError::Info`] naming the line, [`MirrorBodyError::InfoTooLong`].
    pub fn parse(body: &[u8]) -> Result<Self, MirrorBodyError> {
        let length = body.len();
        if length > MAX_MIRROR_INFO_BYTES {
            return Err(MirrorBodyError::InfoTooLong { length });
        }
        let wrong = |line| MirrorBodyError::Info { line };
        let text = std::str::from_utf8(body).map_err(|_| wrong(1))?;
        let text = text.strip_suffix('\n').ok_or(wrong(3))?;
        let mut lines = text.split('\n');
        let mut number = |line| {
            let text = lines.next().unwrap_or_default();
            parse_decimal(text).map_err(|_| wrong(line))
        };
        let (size, next) = (number(1)?, number(2)?);
        let ticket = lines.next().ok_or(wrong(3))?;
        let ticket = from_base64(ticket).map_err(|_| wrong(3))?;
        if lines.next().is_some() {
            return Err(wrong(4));
        }
        if ticket.len() > MAX_TICKET_BYTES {
            return Err(MirrorBodyError::TicketTooLong {
                length: ticket.len(),
            });
        }
        Ok(Self { size, next, ticket })
    }
}

impl fmt::Display for MirrorInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticket = to_base64(&self.ticket);
        write!(f, "{}\n{}\n{ticket}\n", self.size, self.next)
    }
}

fn take<'a, const N: usize>(
    bytes: &'a [u8],
    part: &'static str,
) -> Result<([u8; N], &'a [u8]), MirrorBodyError> {
    let (taken, rest) = bytes
        .split_first_chunk::<N>()
        .ok_or(MirrorBodyError::Truncated { part })?;
    Ok((*taken, rest))
}

/// Two bytes of length, and as many bytes.
fn take_counted<'a>(
    bytes: &'a [u8],
    part: &'static str,
) -> Result<(&'a [u8], &'a [u8]), MirrorBodyError> {
    let (length, rest) = take::<2>(bytes, part)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(length)))
        .ok_or(MirrorBodyError::Truncated { part })
}
