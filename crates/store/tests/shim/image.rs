//! What is on a disk: bytes and names, each as durable and as seen.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path};
use std::sync::Arc;

use super::random::Random;

/// Bytes that a disk writes or loses together.
const PAGE_BYTES: usize = 4096;

pub(super) type FileId = usize;

#[derive(Clone, Debug, Default)]
struct Content {
    durable: Arc<Vec<u8>>,
    /// What processes see; the same as `durable` when synced.
    seen: Arc<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    File(FileId),
    Folder(usize),
}

/// A change of the names in a folder.
#[derive(Clone, Debug)]
enum Change {
    Put(OsString, Node),
    Removed(OsString),
}

#[derive(Clone, Debug, Default)]
struct Names {
    durable: BTreeMap<OsString, Node>,
    changes: Vec<Change>,
}

impl Names {
    fn after<'a>(&self, changes: impl Iterator<Item = &'a Change>) -> BTreeMap<OsString, Node> {
        let mut names = self.durable.clone();
        for change in changes {
            match change {
                Change::Put(name, node) => drop(names.insert(name.clone(), *node)),
                Change::Removed(name) => drop(names.remove(name)),
            }
        }
        names
    }
    fn seen(&self) -> BTreeMap<OsString, Node> {
        self.after(self.changes.iter())
    }
}

/// The disk's contents. Folder 0 is the root.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    files: Vec<Content>,
    folders: Vec<Names>,
}

impl Image {
    pub(crate) fn empty() -> Self {
        Self {
            files: Vec::new(),
            folders: vec![Names::default()],
        }
    }

    /// Every file with its path and bytes.
    pub(crate) fn files(&self) -> Vec<(String, Arc<Vec<u8>>)> {
        let mut found = Vec::new();
        let mut open = vec![(String::new(), 0)];
        while let Some((prefix, folder)) = open.pop() {
            for (name, node) in self.folders[folder].seen() {
                let path = format!("{prefix}{}", name.to_string_lossy());
                match node {
                    Node::File(id) => found.push((path, Arc::clone(&self.files[id].seen))),
                    Node::Folder(id) => open.push((format!("{path}/"), id)),
                }
            }
        }
        found
    }

    /// Keeps a random part of what is not durable.
    pub(super) fn cut(&mut self, random: &mut Random) {
        for file in &mut self.files {
            if !Arc::ptr_eq(&file.durable, &file.seen) {
                file.seen = Arc::new(torn(&file.durable, &file.seen, random));
                file.durable = Arc::clone(&file.seen);
            }
        }
        for folder in &mut self.folders {
            // All, none or any: the extremes are as likely as what lies between.
            let share = [0, 1, 2][random.below(3) as usize];
            let changes = std::mem::take(&mut folder.changes);
            let kept = changes.iter().filter(|_| random.below(2) < share);
            folder.durable = folder.after(kept);
        }
    }

    pub(super) fn folder(&self, path: &Path) -> io::Result<usize> {
        let mut at = 0;
        for part in path.components() {
            let Component::Normal(name) = part else {
                continue;
            };
            at = match self.folders[at].seen().get(name) {
                Some(Node::Folder(id)) => *id,
                Some(Node::File(_)) => return Err(io::ErrorKind::NotADirectory.into()),
                None => return Err(io::ErrorKind::NotFound.into()),
            };
        }
        Ok(at)
    }

    /// The folder and the name of a path, and what stands there.
    fn look(&self, path: &Path) -> io::Result<(usize, OsString, Option<Node>)> {
        let folder = self.folder(path.parent().unwrap())?;
        let name = path.file_name().unwrap().to_owned();
        let node = self.folders[folder].seen().get(&name).copied();
        Ok((folder, name, node))
    }

    /// The folders and the files in a folder.
    pub(super) fn names(&self, folder: &Path) -> io::Result<(Vec<OsString>, Vec<OsString>)> {
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for (name, node) in self.folders[self.folder(folder)?].seen() {
            match node {
                Node::File(_) => files.push(name),
                Node::Folder(_) => folders.push(name),
            }
        }
        Ok((folders, files))
    }

    pub(super) fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        Ok(Vec::clone(&self.files[self.file(file)?].seen))
    }

    pub(super) fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        let (above, name, there) = self.look(folder)?;
        if there.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.folders.push(Names::default());
        let id = self.folders.len() - 1;
        self.change(above, Change::Put(name, Node::Folder(id)));
        Ok(())
    }

    pub(super) fn remove(&mut self, file: &Path) -> io::Result<()> {
        self.file(file)?;
        let (folder, name, _) = self.look(file)?;
        self.change(folder, Change::Removed(name));
        Ok(())
    }

    pub(super) fn remove_folder(&mut self, folder: &Path) -> io::Result<()> {
        let inside = self.folder(folder)?;
        if !self.folders[inside].seen().is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let (above, name, _) = self.look(folder)?;
        self.change(above, Change::Removed(name));
        Ok(())
    }

    pub(super) fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        let folder = self.folder(folder)?;
        let names = &mut self.folders[folder];
        names.durable = names.seen();
        names.changes.clear();
        Ok(())
    }

    pub(super) fn sync_file(&mut self, id: FileId) {
        let file = &mut self.files[id];
        file.durable = Arc::clone(&file.seen);
    }

    fn file(&self, path: &Path) -> io::Result<FileId> {
        match self.look(path)?.2 {
            Some(Node::File(id)) => Ok(id),
            Some(Node::Folder(_)) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn change(&mut self, folder: usize, change: Change) {
        self.folders[folder].changes.push(change);
    }

    pub(super) fn write(&mut self, path: &Path, bytes: Vec<u8>) -> io::Result<FileId> {
        let (folder, name, node) = self.look(path)?;
        let id = match node {
            Some(Node::File(id)) => id,
            Some(Node::Folder(_)) => return Err(io::ErrorKind::IsADirectory.into()),
            None => {
                self.files.push(Content::default());
                let id = self.files.len() - 1;
                self.change(folder, Change::Put(name, Node::File(id)));
                id
            }
        };
        self.files[id].seen = Arc::new(bytes);
        Ok(id)
    }

    pub(super) fn move_to(&mut self, from: &Path, to: &Path, over: bool) -> io::Result<()> {
        let id = self.file(from)?;
        let (folder, name, there) = self.look(to)?;
        match there {
            Some(Node::Folder(_)) => return Err(io::ErrorKind::IsADirectory.into()),
            Some(Node::File(_)) if !over => return Err(io::ErrorKind::AlreadyExists.into()),
            _ => {}
        }
        let (old_folder, old_name, _) = self.look(from)?;
        self.change(folder, Change::Put(name, Node::File(id)));
        self.change(old_folder, Change::Removed(old_name));
        Ok(())
    }
}

/// Some pages of what was written, some of what was there before, some never written.
fn torn(durable: &[u8], seen: &[u8], random: &mut Random) -> Vec<u8> {
    let mut kept = match random.below(3) {
        0 => seen.to_vec(),
        1 => durable.to_vec(),
        _ => vec![0; seen.len()],
    };
    for (page, bytes) in seen.chunks(PAGE_BYTES).enumerate() {
        let start = page * PAGE_BYTES;
        if random.below(2) == 0 && kept.len() >= start + bytes.len() {
            kept[start..start + bytes.len()].copy_from_slice(bytes);
        }
    }
    if random.below(4) == 0 {
        kept.truncate(random.below(kept.len() as u64 + 1) as usize);
    }
    kept
}
