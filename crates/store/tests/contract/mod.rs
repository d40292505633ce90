//! One contract, every backend: each case is a function that knows only the traits.

mod cell;
mod objects;

use solferino_store::cell::{Cell, FileCell};
use solferino_store::folder::FolderObjects;
use solferino_store::lock::RecordLock;
use solferino_store::memory::{MemoryCell, MemoryObjects};
use solferino_store::objects::{ObjectPath, Objects};
use tempfile::TempDir;

/// A place that can be opened again after its handle was dropped, as after a restart.
pub(crate) trait Place: Sync {
    fn new() -> Self;
    fn objects(&self) -> Box<dyn Objects>;
    fn cell(&self) -> Box<dyn Cell>;
}

pub(crate) struct Folder {
    folder: TempDir,
    lock: RecordLock,
}

impl Place for Folder {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let lock = RecordLock::hold(folder.path()).unwrap();
        Self { folder, lock }
    }

    fn objects(&self) -> Box<dyn Objects> {
        Box::new(FolderObjects::open(&self.folder.path().join("log"), &self.lock).unwrap())
    }

    fn cell(&self) -> Box<dyn Cell> {
        Box::new(FileCell::open(&self.folder.path().join("cell")).unwrap())
    }
}

pub(crate) struct Memory {
    objects: MemoryObjects,
    cell: MemoryCell,
}

impl Place for Memory {
    fn new() -> Self {
        Self {
            objects: MemoryObjects::new(),
            cell: MemoryCell::new(),
        }
    }

    fn objects(&self) -> Box<dyn Objects> {
        self.objects.crash();
        Box::new(self.objects.clone())
    }

    fn cell(&self) -> Box<dyn Cell> {
        Box::new(self.cell.clone())
    }
}

pub(crate) fn path(text: &str) -> ObjectPath {
    text.parse().unwrap()
}

/// Runs the named cases against each backend, one test each.
macro_rules! contract {
    ($($case:ident),* $(,)?) => {
        mod folder {
            $(#[test] fn $case() { super::$case(&<crate::contract::Folder as crate::contract::Place>::new()); })*
        }
        mod memory {
            $(#[test] fn $case() { super::$case(&<crate::contract::Memory as crate::contract::Place>::new()); })*
        }
    };
}
pub(crate) use contract;
