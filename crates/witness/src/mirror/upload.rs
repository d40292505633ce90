//! Taking entries from those who bring them: C2SP tlog-mirror, `add-checkpoint` and `add-entries`
//! (docs/witness.md, section 7).
//!
//! Every package is authenticated against a pending checkpoint and judged by the rules before any of
//! it is kept, so any number of clients may bring the same entries at once, and one that lies or
//! stops halfway harms nobody.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use record::trust::with_sources;
use server::rate::Rate;
use tlog::{
    AddEntries, Checkpoint, Hash, MIRROR_INFO_CONTENT_TYPE, MirrorInfo, NodeReader as _, Note,
    NoteSignature, signature_lines_body,
};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::lines::Unknown;
use super::places::{Place, Places};
use super::{Mirror, MirrorError};
use crate::decide::{self, Asked, Logs};
use crate::guard::Guard;
use crate::http::Answer;
use crate::keeper::{Keeper, KeeperError, Verdict};

/// Longest body of `add-entries`, in bytes, as sent and as unpacked (20 MiB); others have the same.
pub const MAX_UPLOAD_BYTES: usize = 20 * 1024 * 1024;
/// Pending checkpoints that entries are taken for: the latest and those shortly before it.
pub const MAX_PENDING: usize = 16;
/// How many entries that are here already an upload may begin with.
pub const MAX_OVERLAP: u64 = 8_192;

/// Uploads that are unpacked and judged at once; each may hold [`MAX_UPLOAD_BYTES`] more than its body.
pub const MAX_JUDGED_AT_ONCE: usize = 2;

/// What an operator decides about uploads.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Requests per client address.
    pub client: Rate,
    /// Requests of all clients together.
    pub all: Rate,
    /// Whether a proxy stands in front, whose last `X-Forwarded-For` entry is the client address. Only with a proxy
    /// that sets it: otherwise a client chooses its own address.
    pub behind_proxy: bool,
}

impl Default for Config {
    /// Room for a few that bring at once: a request holds up to 32 packages.
    fn default() -> Self {
        Self {
            client: Rate::new(60, 5),
            all: Rate::new(300, 50),
            behind_proxy: false,
        }
    }
}

/// A pending checkpoint: signed by the log, cosigned by the quorum, consistent with all before it.
#[derive(Clone, Debug)]
struct Pending {
    checkpoint: Checkpoint,
    note: Note,
}

/// A mirror that takes uploads; cheap to clone.
#[derive(Clone)]
pub struct Uploads(Arc<Parts>);

struct Parts {
    mirror: Arc<Mirror>,
    logs: Logs,
    /// Remembers the pending checkpoint as a witness does, and signs nothing.
    keeper: Keeper,
    pending: Mutex<VecDeque<Pending>>,
    guard: Guard,
    places: Arc<Places>,
    turns: Arc<Semaphore>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uploads {
    /// Takes uploads into a mirror.
    ///
    /// # Errors
    /// [`KeeperError`] if the state of the pending checkpoint cannot be opened.
    pub fn start(mirror: Arc<Mirror>, config: Config) -> Result<Self, KeeperError> {
        Ok(Self(Arc::new(Parts {
            logs: Logs::new([mirror.log.clone()]),
            keeper: Keeper::start(mirror.dir.join("pending.sqlite"), Vec::new())?,
            mirror,
            pending: Mutex::default(),
            guard: Guard::new(config.client, config.all, config.behind_proxy),
            places: Arc::default(),
            turns: Arc::new(Semaphore::new(MAX_JUDGED_AT_ONCE)),
        })))
    }

    pub(super) fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// A place for an upload of this client, if there is one.
    pub(super) fn place(&self, client: IpAddr) -> Option<Place> {
        self.0.places.take(client)
    }

    /// The turn to be unpacked and judged, as soon as there is one.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.0.turns).acquire_owned().await
    }

    pub(super) fn answered(&self, call: &'static str, status: u16) {
        self.0.mirror.status.answered(call, status);
    }

    /// Answers `add-checkpoint`: as a witness, but the mirror signs nothing here. 403 also for a
    /// checkpoint without the quorum that the mirror pins.
    pub async fn add_checkpoint(&self, body: &[u8]) -> Answer {
        let (uploads, body) = (self.clone(), body.to_vec());
        let read = tokio::task::spawn_blocking(move || uploads.read(&body)).await;
        let (asked, note) = match read {
            Ok(Ok(read)) => read,
            Ok(Err(answer)) => return answer,
            Err(error) => return Answer::failed(&error),
        };
        let checkpoint = asked.checkpoint.clone();
        match self.0.keeper.judge(asked).await {
            Ok(Verdict::Cosigned(_)) => {
                let mut pending = lock(&self.0.pending);
                pending.retain(|earlier| earlier.checkpoint.size != checkpoint.size);
                pending.push_back(Pending { checkpoint, note });
                while pending.len() > MAX_PENDING {
                    pending.pop_front();
                }
                Answer::text(200, String::new())
            }
            Ok(Verdict::Refused(refused, _)) => Answer::refused(&refused),
            Ok(Verdict::Unsigned(error)) => Answer::failed(&error),
            Err(error) => Answer::failed(&error),
        }
    }

    /// What an `add-checkpoint` asks, and its whole note, whose cosignatures readers of the mirror see. Its
    /// signatures are checked here.
    fn read(&self, body: &[u8]) -> Result<(Asked, Note), Answer> {
        let asked = decide::read(&self.0.logs, body).map_err(|e| Answer::refused(&e))?;
        let request = tlog::AddCheckpoint::parse(body);
        let note = request.map_err(|e| sentence(400, &with_sources(&e)))?.note;
        let mirror = &self.0.mirror;
        let trusted = mirror.trust.check(&note, &mirror.log);
        trusted.map_err(|problem| sentence(403, &problem))?;
        Ok((asked, note))
    }

    /// Answers `add-entries`; blocks while entries are judged.
    #[must_use]
    pub fn add_entries(&self, body: &[u8]) -> Answer {
        let (request, packages) = match AddEntries::parse(body) {
            Ok(parsed) => parsed,
            Err(error) => return sentence(400, &with_sources(&error)),
        };
        if request.origin != self.0.mirror.log.name() {
            return sentence(404, "this mirror does not mirror that log");
        }
        let pending = lock(&self.0.pending).clone();
        let Some(latest) = pending.back() else {
            return sentence(
                422,
                "there is no pending checkpoint; send add-checkpoint first",
            );
        };
        let found = pending.iter().find(|p| p.checkpoint.size == request.end);
        let mirror = &*self.0.mirror;
        let next = mirror.next();
        let stale = request.end < mirror.size();
        let gap = request.start > next || request.start.saturating_add(MAX_OVERLAP) < next;
        let Some(target) = found.filter(|_| !stale && !gap) else {
            let size = found.filter(|_| !stale).unwrap_or(latest).checkpoint.size;
            return info(409, size, next);
        };
        let taken = match take(mirror, &request, target, packages) {
            Ok(taken) => taken,
            Err(answer) => return answer,
        };
        if mirror.next() < request.end {
            return if taken == 0 {
                sentence(
                    400,
                    "the body ends inside its first package; nothing of it was kept",
                )
            } else {
                info(202, request.end, mirror.next())
            };
        }
        match mirror.accept(&target.checkpoint, &target.note) {
            Ok(signature) => Answer::text(200, signature_lines_body(&[signature])),
            // Somebody brought a later checkpoint meanwhile.
            Err(MirrorError::Behind { .. }) => info(409, latest.checkpoint.size, mirror.next()),
            Err(error) => refused(&error),
        }
    }
}

/// Takes the packages that arrived whole, one by one; gives how many.
fn take(
    mirror: &Mirror,
    request: &AddEntries,
    target: &Pending,
    mut rest: &[u8],
) -> Result<usize, Answer> {
    let (size, root) = (target.checkpoint.size, target.checkpoint.root);
    let mut taken = 0;
    for span in request.spans() {
        let Ok((package, tail)) = span.parse(rest) else {
            // What follows the last whole package is dropped; the client goes on from there.
            break;
        };
        rest = tail;
        let before = mirror.leaves(span.subtree.start()..span.first);
        let before = before.ok_or_else(|| info(409, size, mirror.next()))?;
        if let Err(error) = span.verify(&package, &before, size, &root) {
            return Err(sentence(422, &with_sources(&error)));
        }
        let mut held = mirror.held();
        let appended = if held.begin(span.first, &package.entries) {
            mirror.append(&mut held, span.first, &package.entries)
        } else {
            // The log signed both: what is here, and what is brought.
            let problem = format!("of size {size} and of size {}", mirror.size());
            let shown = target.note.to_string();
            let forked = mirror.forked(&held, problem, &target.checkpoint, shown.as_bytes());
            forked.and_then(Err)
        };
        appended.map_err(|error| refused(&error))?;
        taken += 1;
    }
    Ok(taken)
}

fn sentence(status: u16, text: &str) -> Answer {
    Answer::text(status, format!("{text}\n"))
}

fn info(status: u16, size: u64, next: u64) -> Answer {
    let ticket = Vec::new();
    Answer {
        status,
        content_type: MIRROR_INFO_CONTENT_TYPE,
        body: MirrorInfo { size, next, ticket }.to_string(),
    }
}

/// What is not in order about the entries themselves is 422, what is not about the mirror 503.
fn refused(error: &MirrorError) -> Answer {
    match error {
        MirrorError::Store(_) | MirrorError::Folder(_) | MirrorError::Sign(_) => {
            Answer::failed(error)
        }
        _ => sentence(422, &with_sources(error)),
    }
}

impl Mirror {
    /// Index of the first entry that is not here.
    fn next(&self) -> u64 {
        self.held().auditor.size()
    }

    /// Hashes of these leaves; nothing if one of them is not here.
    fn leaves(&self, of: std::ops::Range<u64>) -> Option<Vec<Hash>> {
        let held = self.held();
        of.map(|index| held.auditor.tree.node(0, index).ok())
            .collect()
    }

    /// Everything up to this checkpoint is here: it becomes the mirror's. Gives the cosignature.
    fn accept(&self, checkpoint: &Checkpoint, note: &Note) -> Result<NoteSignature, MirrorError> {
        let held = self.held();
        // Below what is shown, or below what others brought meanwhile.
        let ours = self.size().max(held.auditor.size());
        if checkpoint.size < ours {
            let theirs = checkpoint.size;
            return Err(MirrorError::Behind { ours, theirs });
        }
        self.compare(&held, checkpoint, note.to_string().as_bytes())?;
        self.publish(&held, checkpoint, note, Unknown::Dropped)
    }
}
