//! Taking entries from those who bring them: C2SP tlog-mirror, `add-checkpoint` and `add-entries`
//! (docs/witness.md, section 7).
//!
//! Every package is authenticated against a pending checkpoint and judged by the rules before any of
//! it is kept, so any number of clients may bring the same entries at once, and one that lies or
//! stops halfway harms nobody.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use record::trust::with_sources;
use tlog::{
    AddEntries, Checkpoint, Hash, MIRROR_INFO_CONTENT_TYPE, MirrorInfo, NodeReader as _, Note,
    NoteSignature, VerifierKey, signature_lines_body,
};

use super::{Mirror, MirrorError};
use crate::decide::{self, Logs};
use crate::http::Answer;
use crate::keeper::{Keeper, KeeperError, Verdict};

/// Longest body of `add-entries`, in bytes, as sent and as unpacked (20 MiB); others have the same.
pub const MAX_UPLOAD_BYTES: usize = 20 * 1024 * 1024;
/// Pending checkpoints that entries are taken for: the latest and those shortly before it.
pub const MAX_PENDING: usize = 16;
/// How many entries that are here already an upload may begin with.
pub const MAX_OVERLAP: u64 = 8_192;

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
    mirror: Arc<Mutex<Mirror>>,
    log: VerifierKey,
    logs: Logs,
    /// Remembers the pending checkpoint as a witness does, and signs nothing.
    keeper: Keeper,
    pending: Mutex<VecDeque<Pending>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uploads {
    /// Takes uploads into a mirror.
    ///
    /// # Errors
    /// [`KeeperError`] if the state of the pending checkpoint cannot be opened.
    pub fn start(mirror: Arc<Mutex<Mirror>>) -> Result<Self, KeeperError> {
        let (log, path) = {
            let mirror = lock(&mirror);
            (mirror.log.clone(), mirror.dir.join("pending.sqlite"))
        };
        Ok(Self(Arc::new(Parts {
            mirror,
            logs: Logs::new([log.clone()]),
            log,
            keeper: Keeper::start(path, Vec::new())?,
            pending: Mutex::default(),
        })))
    }

    /// Answers `add-checkpoint`: as a witness, but the mirror signs nothing here. 403 also for a
    /// checkpoint without the quorum that the mirror pins.
    pub async fn add_checkpoint(&self, body: &[u8]) -> Answer {
        let asked = match decide::read(&self.0.logs, body) {
            Ok(asked) => asked,
            Err(refused) => return Answer::refused(&refused),
        };
        // The whole note: the cosignatures are what readers of the mirror see.
        let note = match tlog::AddCheckpoint::parse(body) {
            Ok(request) => request.note,
            Err(error) => return sentence(400, &with_sources(&error)),
        };
        let trusted = lock(&self.0.mirror).trust.check(&note, &self.0.log);
        if let Err(problem) = trusted {
            return sentence(403, &problem);
        }
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

    /// Answers `add-entries`; blocks while entries are judged.
    #[must_use]
    pub fn add_entries(&self, body: &[u8]) -> Answer {
        let (request, packages) = match AddEntries::parse(body) {
            Ok(parsed) => parsed,
            Err(error) => return sentence(400, &with_sources(&error)),
        };
        if request.origin != self.0.log.name() {
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
        let mut mirror = lock(&self.0.mirror);
        let next = mirror.next();
        let stale = request.end < mirror.size();
        let gap = request.start > next || request.start.saturating_add(MAX_OVERLAP) < next;
        let Some(target) = found.filter(|_| !stale && !gap) else {
            let size = found.filter(|_| !stale).unwrap_or(latest).checkpoint.size;
            return info(409, size, next);
        };
        let taken = match take(&mut mirror, &request, target, packages) {
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

/// Takes the packages that arrived whole; gives how many.
fn take(
    mirror: &mut Mirror,
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
        let before: Option<Vec<Hash>> = (span.subtree.start()..span.first)
            .map(|index| mirror.auditor.tree.node(0, index).ok())
            .collect();
        let before = before.ok_or_else(|| info(409, size, mirror.next()))?;
        if let Err(error) = span.verify(&package, &before, size, &root) {
            return Err(sentence(422, &with_sources(&error)));
        }
        mirror
            .append(span.first, &package.entries)
            .map_err(|error| refused(&error))?;
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
    pub(super) fn next(&self) -> u64 {
        self.auditor.size()
    }

    /// Takes authenticated entries; those that are here already are passed over. A bundle that
    /// becomes full is kept at once.
    fn append(&mut self, first: u64, held: &[Vec<u8>]) -> Result<(), MirrorError> {
        let skipped = usize::try_from(self.next().saturating_sub(first)).unwrap_or(usize::MAX);
        self.judge(held.get(skipped..).unwrap_or_default())
    }

    /// Everything up to this checkpoint is here: it becomes the mirror's. Gives the cosignature.
    fn accept(
        &mut self,
        checkpoint: &Checkpoint,
        note: &Note,
    ) -> Result<NoteSignature, MirrorError> {
        if checkpoint.size < self.size() {
            let (ours, theirs) = (self.size(), checkpoint.size);
            return Err(MirrorError::Behind { ours, theirs });
        }
        self.compare(checkpoint, note.to_string().as_bytes())?;
        let note = self.vouched(checkpoint, note)?;
        self.publish(checkpoint, note)
    }

    /// The note with those lines only that verify here, and with those that this mirror shows already for the same
    /// checkpoint. A line under a known name that does not verify would make readers refuse the whole note, and one
    /// left out would take a witness away from them; whoever uploads decides neither.
    fn vouched(&self, checkpoint: &Checkpoint, note: &Note) -> Result<Note, MirrorError> {
        let mut known = self.trust.policy.witness_keys();
        known.push(self.log.clone());
        let charter = self.auditor.state.global.charter_in_force();
        if let Some(second) = charter.and_then(|c| c.log_mldsa.as_ref()) {
            let unread = |e: tlog::KeyError| MirrorError::Checkpoint(with_sources(&e));
            known.push(second.verifier().map_err(unread)?);
        }
        let verified = note.verify(&known);
        let verified = verified.map_err(|e| MirrorError::Checkpoint(with_sources(&e)))?;
        let places: BTreeSet<usize> = verified.iter().map(|line| line.position).collect();
        let lines = note.signatures.iter().enumerate();
        let lines = lines.filter(|(place, _)| places.contains(place));
        let mut kept = Note {
            text: note.text.clone(),
            signatures: lines.map(|(_, line)| line.clone()).collect(),
        };
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        if shown.size == checkpoint.size {
            let ours = Note::parse(&shown.checkpoint).ok();
            let ours = ours.filter(|ours| ours.text == kept.text);
            for line in ours.into_iter().flat_map(|ours| ours.signatures) {
                let same = |l: &NoteSignature| l.name == line.name && l.key_id == line.key_id;
                if !kept.signatures.iter().any(same) {
                    kept.signatures.push(line);
                }
            }
        }
        Ok(kept)
    }
}
