//! A disk that loses power: what was not made durable survives in part, in any order.
//!
//! Bytes of a file are kept page by page since its last sync, names of a folder as a list of
//! changes since its last sync. A power cut keeps any subset of both; a killed process keeps all
//! of it, still not durable. Single calls fail on demand.

use std::any::Any;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use solferino_store::filesystem::{FileSystem, Listed, ListedKind, Written};

use super::image::{FileId, Image};
use super::random::Random;
use super::stage::Stage;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The power is cut: from this call on nothing is done.
    PowerCut,
    /// The process is killed: from this call on nothing is done, what was done stays.
    Killed,
    /// The call fails without effect.
    Failed,
    /// The call takes effect and is reported as failed.
    FailedButPersisted,
    /// A write or a new name finds no room; a part of the bytes is written.
    Full,
    /// A read fails.
    ReadError,
    /// One bit of what is written to a staged record is another.
    FlippedInWriting,
    /// One bit of what is read from a staged record is another.
    FlippedInReading,
}

/// What happened to the fault that was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing is planned, or it was met.
    None,
    /// So many more calls that the fault fits pass before it.
    Due(Fault, u64),
}

#[derive(Debug)]
struct Inside {
    image: Image,
    plan: Plan,
    met: Option<(Fault, Stage)>,
    /// Whether a record is being opened.
    opening: bool,
    dead: bool,
    random: Random,
}

/// The disk; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    inside: Arc<Mutex<Inside>>,
}

/// What a call does, which decides the faults that fit it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Read,
    Write,
    Name,
    Other,
}

fn refused(what: &'static str) -> io::Error {
    io::Error::other(what)
}

impl Disk {
    pub(crate) fn new(image: Image, seed: u64) -> Self {
        let inside = Inside {
            image,
            plan: Plan::None,
            met: None,
            opening: false,
            dead: false,
            random: Random::new(seed),
        };
        Self {
            inside: Arc::new(Mutex::new(inside)),
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    /// Plans a fault after so many calls that it fits.
    pub(crate) fn plan(&self, fault: Fault, after: u64) {
        let mut inside = self.inside();
        (inside.plan, inside.met) = (Plan::Due(fault, after), None);
    }

    /// A record is being opened from now on, or it is open.
    pub(crate) fn set_opening(&self, opening: bool) {
        self.inside().opening = opening;
    }

    /// Ends the plan; the fault that was met, if it was, and where.
    pub(crate) fn unplan(&self) -> Option<(Fault, Stage)> {
        let mut inside = self.inside();
        inside.plan = Plan::None;
        inside.met.take()
    }

    /// Whether the process or the power is gone.
    pub(crate) fn is_dead(&self) -> bool {
        self.inside().dead
    }

    /// The machine starts again after the power was cut.
    pub(crate) fn power_on(&self) {
        let mut inside = self.inside();
        let Inside { image, random, .. } = &mut *inside;
        image.cut(random);
        inside.dead = false;
    }

    /// Another process starts after one was killed.
    pub(crate) fn start_again(&self) {
        self.inside().dead = false;
    }

    /// What is on the disk now, as processes see it.
    pub(crate) fn image(&self) -> Image {
        self.inside().image.clone()
    }
}

/// How a call goes on.
enum Go {
    Do,
    DoAndFail,
    Flip,
    Fail(io::Error),
    Partly,
}

impl Inside {
    fn call(&mut self, call: Call, staged: bool) -> Go {
        if self.dead {
            return Go::Fail(refused("the machine is down"));
        }
        let Plan::Due(fault, after) = self.plan else {
            return Go::Do;
        };
        let fits = match fault {
            Fault::PowerCut | Fault::Killed | Fault::Failed => true,
            Fault::FailedButPersisted => call != Call::Read,
            Fault::Full => matches!(call, Call::Write | Call::Name),
            Fault::ReadError => call == Call::Read,
            Fault::FlippedInWriting => call == Call::Write && staged,
            Fault::FlippedInReading => call == Call::Read && staged,
        };
        if !fits {
            return Go::Do;
        }
        if after > 0 {
            self.plan = Plan::Due(fault, after - 1);
            return Go::Do;
        }
        let stage = match self.opening {
            true => Stage::Opening,
            false => Stage::of(&self.image),
        };
        (self.plan, self.met) = (Plan::None, Some((fault, stage)));
        match fault {
            Fault::PowerCut | Fault::Killed => {
                self.dead = true;
                Go::Fail(refused("the machine went down"))
            }
            Fault::Failed => Go::Fail(refused("a planned fault")),
            Fault::FailedButPersisted => Go::DoAndFail,
            Fault::Full if call == Call::Write => Go::Partly,
            Fault::Full => Go::Fail(io::ErrorKind::StorageFull.into()),
            Fault::ReadError => Go::Fail(refused("a planned read error")),
            Fault::FlippedInWriting | Fault::FlippedInReading => Go::Flip,
        }
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        if !bytes.is_empty() {
            let bit = self.random.below(bytes.len() as u64 * 8) as usize;
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }

    /// A call that changes names.
    fn changing(
        &mut self,
        call: Call,
        effect: impl FnOnce(&mut Image) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.call(call, false) {
            Go::Do => effect(&mut self.image),
            Go::DoAndFail => effect(&mut self.image).and(Err(refused("a planned fault"))),
            Go::Fail(error) => Err(error),
            Go::Flip | Go::Partly => unreachable!("these fit reads and writes only"),
        }
    }
}

/// Whether these are the bytes of a staged record, which get their name only later.
fn is_staged(bytes: &[u8]) -> bool {
    bytes.starts_with(b"solferino.org/staged")
}

impl FileSystem for Disk {
    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        let mut inside = self.inside();
        let bytes = inside.image.read(file);
        let staged = bytes.as_ref().is_ok_and(|bytes| is_staged(bytes));
        match inside.call(Call::Read, staged) {
            Go::Fail(error) => Err(error),
            Go::Flip => bytes.map(|mut bytes| {
                inside.flip(&mut bytes);
                bytes
            }),
            _ => bytes,
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        let mut inside = self.inside();
        if let Go::Fail(error) = inside.call(Call::Read, false) {
            return Err(error);
        }
        let (folders, files) = inside.image.names(folder)?;
        let listed = |kind| move |name| Listed { name, kind };
        let folders = folders.into_iter().map(listed(ListedKind::Folder));
        Ok(folders
            .chain(files.into_iter().map(listed(ListedKind::File)))
            .collect())
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.inside()
            .changing(Call::Name, |image| image.make_folder(folder))
    }

    fn is_folder(&self, folder: &Path) -> bool {
        self.inside().image.folder(folder).is_ok()
    }

    fn write(&self, file: &Path, bytes: &[u8], _: Option<u32>) -> io::Result<Box<dyn Written>> {
        let mut inside = self.inside();
        let mut bytes = bytes.to_vec();
        let told = match inside.call(Call::Write, is_staged(&bytes)) {
            Go::Do => Ok(()),
            Go::DoAndFail => Err(refused("a planned fault")),
            Go::Fail(error) => return Err(error),
            Go::Flip => {
                inside.flip(&mut bytes);
                Ok(())
            }
            Go::Partly => {
                let part = inside.random.below(bytes.len() as u64 + 1);
                bytes.truncate(part as usize);
                Err(io::ErrorKind::StorageFull.into())
            }
        };
        let id = inside.image.write(file, bytes)?;
        told.map(|()| Box::new(WrittenFile(self.clone(), id)) as Box<dyn Written>)
    }

    fn name(&self, file: &Path, to: &Path) -> io::Result<()> {
        self.inside()
            .changing(Call::Name, |image| image.move_to(file, to, false))
    }

    fn replace(&self, file: &Path, to: &Path) -> io::Result<()> {
        self.inside()
            .changing(Call::Name, |image| image.move_to(file, to, true))
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.inside()
            .changing(Call::Other, |image| image.remove(file))
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.inside()
            .changing(Call::Other, |image| image.remove_folder(folder))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.inside()
            .changing(Call::Other, |image| image.sync_folder(folder))
    }

    fn lock(&self, _: &Path) -> io::Result<Box<dyn Any + Send>> {
        Ok(Box::new(()))
    }
}

struct WrittenFile(Disk, FileId);

impl Written for WrittenFile {
    fn sync(&self) -> io::Result<()> {
        let id = self.1;
        self.0.inside().changing(Call::Other, |image| {
            image.sync_file(id);
            Ok(())
        })
    }
}
