//! A log in memory, and a witness in a folder of its own.

use std::path::Path;

use solferino_witness::folder::Folder;
use tempfile::TempDir;
use tlog::{
    AddCheckpoint, Checkpoint, KeyType, SigningKey, Tree, VerifierKey, consistency_proof,
    leaf_hash, sign_checkpoint,
};

pub(crate) const ORIGIN: &str = "log.example/ours";

pub(crate) fn seed(text: &str) -> [u8; 32] {
    *tlog::sha256(text.as_bytes()).as_bytes()
}

pub(crate) fn log_key(origin: &str) -> SigningKey {
    SigningKey::from_seed(origin, seed(origin), KeyType::Ed25519).unwrap()
}

/// A log whose leaves say which history they belong to.
pub(crate) struct Log {
    pub(crate) key: SigningKey,
    history: &'static str,
    pub(crate) tree: Tree,
}

impl Log {
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            key: log_key(origin),
            history: "one",
            tree: Tree::new(),
        }
    }

    /// The same log's other history, which splits off after its present leaves.
    pub(crate) fn other(&self) -> Self {
        Self {
            key: self.key.clone(),
            history: "two",
            tree: self.tree.clone(),
        }
    }

    pub(crate) fn grow(&mut self, to: u64) -> &mut Self {
        for n in self.tree.size()..to {
            let leaf = format!("{} {n}", self.history);
            self.tree.push(leaf_hash(leaf.as_bytes()));
        }
        self
    }

    /// A request from a size to the present one.
    pub(crate) fn request(&self, old: u64) -> AddCheckpoint {
        let (size, origin) = (self.tree.size(), self.key.verifier_key().name().to_owned());
        let checkpoint = Checkpoint::new(&origin, size, self.tree.root()).unwrap();
        AddCheckpoint {
            old,
            proof: consistency_proof(&self.tree, old.min(size), size).unwrap(),
            note: sign_checkpoint(&checkpoint, &self.key).unwrap(),
            checkpoint,
        }
    }

    pub(crate) fn body(&self, old: u64) -> Vec<u8> {
        self.request(old).to_string().into_bytes()
    }
}

/// A witness's folder that watches these logs.
pub(crate) fn witness_in(dir: &Path, name: &str, origins: &[&str]) -> VerifierKey {
    let logs: Vec<_> = origins.iter().map(|o| log_key(o).verifier_key()).collect();
    Folder::init(dir, name, seed(name), &logs)
        .unwrap()
        .remove(0)
}

pub(crate) fn home() -> TempDir {
    TempDir::new().unwrap()
}
