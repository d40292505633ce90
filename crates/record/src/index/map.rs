//! The authenticated map: a prefix tree over 256-bit keys (docs/suppression.md, section 1).

use sha2::{Digest as _, Sha256};
use tlog::Hash;

use super::proof::{End, KeyProof};

/// Bits of a key, and the longest path.
pub const KEY_BITS: usize = 256;

const CHAIN: &[u8] = b"solferino.org/index-chain@v1\n";
const LEAF: &[u8] = b"solferino.org/index-leaf@v1\n";
const NODE: &[u8] = b"solferino.org/index-node@v1\n";
const EMPTY: &[u8] = b"solferino.org/index-empty@v1\n";

/// Hash of the parts, one after the other.
pub(super) fn digest(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash::from_bytes(hasher.finalize().into())
}

/// Chain value of a list that is followed by one more index.
pub(super) fn chain(before: &Hash, index: u64) -> Hash {
    digest(&[CHAIN, before.as_bytes(), &index.to_be_bytes()])
}

/// Chain value of the empty list.
pub(super) fn chain_start() -> Hash {
    Hash::from_bytes([0; 32])
}

pub(super) fn leaf(key: &Hash, count: u64, chain: &Hash) -> Hash {
    digest(&[LEAF, key.as_bytes(), &count.to_be_bytes(), chain.as_bytes()])
}

pub(super) fn node(left: &Hash, right: &Hash) -> Hash {
    digest(&[NODE, left.as_bytes(), right.as_bytes()])
}

/// Hash of a subtree without keys.
pub(super) fn empty() -> Hash {
    digest(&[EMPTY])
}

/// Bit `depth` of a key, most significant first; false beyond the last.
pub(super) fn bit(key: &Hash, depth: usize) -> bool {
    let byte = key.as_bytes().get(depth / 8).copied().unwrap_or(0);
    byte >> (7 - depth % 8) & 1 == 1
}

/// The map from keys to ascending entry indexes, with the hashes of its tree as far as they are
/// known. About 150 bytes for each key, and 8 for each further index.
#[derive(Clone, Debug, Default)]
pub struct IndexMap {
    top: Child,
    branches: Vec<Branch>,
    /// Those of the branches, where they are known.
    hashes: Vec<Hash>,
    leaves: Vec<Leaf>,
}

/// What hangs in one place of the tree. Ways through it are most of what an index costs, so it is
/// kept in 32 bits: memory ends long before two thousand million leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Child(u32);

enum Found {
    Empty,
    Leaf(usize),
    Branch(usize),
}

impl Child {
    /// Zero is nothing; leaves are even, branches odd.
    fn of(at: usize, branch: bool) -> Self {
        let number = u32::try_from(2 * (at + 1) + usize::from(branch));
        Self(number.unwrap_or(u32::MAX))
    }

    fn found(self) -> Found {
        let at = |number: u32| (number / 2) as usize - 1;
        match self.0 {
            0 | 1 => Found::Empty,
            leaf if leaf.is_multiple_of(2) => Found::Leaf(at(leaf)),
            branch => Found::Branch(at(branch)),
        }
    }
}

#[derive(Clone, Debug)]
struct Branch {
    halves: [Child; 2],
    /// False where something below changed since it was hashed.
    hashed: bool,
}

#[derive(Clone, Debug)]
struct Leaf {
    key: Hash,
    chain: Hash,
    first: u64,
    rest: Vec<u64>,
}

impl Leaf {
    fn count(&self) -> u64 {
        self.rest.len() as u64 + 1
    }

    fn append(&mut self, index: u64) {
        if self.rest.last().copied().unwrap_or(self.first) < index {
            self.rest.push(index);
            self.chain = chain(&self.chain, index);
        }
    }
}

impl IndexMap {
    /// The map without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// The entries that bear a key, ascending; empty if none does.
    #[must_use]
    pub fn entries(&self, key: &Hash) -> Vec<u64> {
        let leaf = self.leaf(key);
        leaf.map_or_else(Vec::new, |leaf| {
            std::iter::once(leaf.first)
                .chain(leaf.rest.iter().copied())
                .collect()
        })
    }

    /// The leaf of a key: the tree leads to it.
    fn leaf(&self, key: &Hash) -> Option<&Leaf> {
        let (mut here, mut depth) = (self.top, 0);
        loop {
            match here.found() {
                Found::Empty => return None,
                Found::Leaf(at) => return self.leaves.get(at).filter(|leaf| leaf.key == *key),
                Found::Branch(at) => {
                    here = self.branches.get(at)?.halves[usize::from(bit(key, depth))];
                    depth += 1;
                }
            }
        }
    }

    /// Makes room for so many more keys.
    pub fn reserve(&mut self, keys: usize) {
        self.leaves.reserve(keys);
        self.branches.reserve(keys);
        self.hashes.reserve(keys);
    }

    /// Notes that an entry bears a key. Indexes come in ascending order; one that is not above
    /// the key's last is ignored. A new leaf hangs where its path ends; a leaf found there moves down
    /// to where the two part.
    pub fn insert(&mut self, key: &Hash, index: u64) {
        // The branch whose half is looked at, and which half; none for the top.
        let mut parent: Option<(usize, usize)> = None;
        let mut here = self.top;
        let mut depth = 0;
        loop {
            match here.found() {
                Found::Empty => {
                    let leaf = Child::of(self.leaves.len(), false);
                    self.leaves.push(Leaf {
                        key: *key,
                        chain: chain(&chain_start(), index),
                        first: index,
                        rest: Vec::new(),
                    });
                    return self.hang(parent, leaf);
                }
                Found::Branch(branch) => {
                    let half = usize::from(bit(key, depth));
                    let Some(found) = self.branches.get_mut(branch) else {
                        return;
                    };
                    found.hashed = false;
                    parent = Some((branch, half));
                    here = found.halves[half];
                    depth += 1;
                }
                Found::Leaf(other) => {
                    let Some(found) = self.leaves.get_mut(other) else {
                        return;
                    };
                    if found.key == *key {
                        return found.append(index);
                    }
                    // A new branch with the old leaf on its side; then on as before.
                    let mut halves = [Child::default(); 2];
                    halves[usize::from(bit(&found.key, depth))] = here;
                    here = Child::of(self.branches.len(), true);
                    self.branches.push(Branch {
                        halves,
                        hashed: false,
                    });
                    self.hashes.push(chain_start());
                    self.hang(parent, here);
                }
            }
        }
    }

    fn hang(&mut self, parent: Option<(usize, usize)>, child: Child) {
        match parent {
            None => self.top = child,
            Some((branch, half)) => {
                if let Some(branch) = self.branches.get_mut(branch) {
                    branch.halves[half] = child;
                }
            }
        }
    }

    /// Hash of the whole tree. Costs what changed since it was asked for last.
    pub fn top(&mut self) -> Hash {
        self.hash(self.top)
    }

    /// At most [`KEY_BITS`] deep: different keys part by then.
    fn hash(&mut self, child: Child) -> Hash {
        match child.found() {
            Found::Empty => empty(),
            Found::Leaf(at) => self
                .leaves
                .get(at)
                .map_or_else(empty, |held| leaf(&held.key, held.count(), &held.chain)),
            Found::Branch(at) => {
                let Some(branch) = self.branches.get(at) else {
                    return empty();
                };
                if let Some(known) = self.hashes.get(at).filter(|_| branch.hashed) {
                    return *known;
                }
                let [left, right] = branch.halves;
                let hash = node(&self.hash(left), &self.hash(right));
                if let (Some(branch), Some(place)) =
                    (self.branches.get_mut(at), self.hashes.get_mut(at))
                {
                    (*place, branch.hashed) = (hash, true);
                }
                hash
            }
        }
    }

    /// What shows whether and where a key is.
    pub fn prove(&mut self, key: &Hash) -> KeyProof {
        let mut siblings = Vec::new();
        let mut here = self.top;
        while let Found::Branch(at) = here.found() {
            let Some(branch) = self.branches.get(at) else {
                break;
            };
            let half = usize::from(bit(key, siblings.len()));
            let (mine, other) = (branch.halves[half], branch.halves[1 - half]);
            siblings.push(self.hash(other));
            here = mine;
        }
        let held = match here.found() {
            Found::Leaf(at) => self.leaves.get(at),
            _ => None,
        };
        let end = match held {
            None => End::Empty,
            Some(held) if held.key == *key => End::Entries(self.entries(key)),
            Some(held) => End::Other {
                key: held.key,
                count: held.count(),
                chain: held.chain,
            },
        };
        KeyProof { siblings, end }
    }
}
