//! Bringing a log's entries to a mirror: the asking side of C2SP tlog-mirror (docs/witness.md,
//! section 7).
//!
//! Whoever can read a log can bring it to any mirror, so no mirror depends on the log reaching it.
//! Nothing is believed on the way: the mirror authenticates every package against the checkpoint.

use store::cosigning::{Reply, Transport};
use tlog::{
    AddCheckpoint, AddEntries, Checkpoint, EntryPackage, MAX_PACKAGES_PER_REQUEST, MirrorBodyError,
    MirrorInfo, Note, NoteSignature, PackageSpan, ProveError, TILE_WIDTH, consistency_proof,
    parse_signature_lines, parse_size_body, subtree_consistency_proof,
};

use super::published::Published;
use super::source::Source;
use super::{MirrorError, required};

/// Times a mirror may name another size, or a next entry that is not beyond all it named before and beyond the first
/// package of what it was sent. They are counted over all requests.
const MAX_DETOURS: usize = 8;
/// A request is closed once it is longer, in bytes (3 MiB): one more package of the longest kind, 256
/// entries of 64 KiB, still fits into what mirrors take.
const FULL_BYTES: usize = 3 * 1024 * 1024;
/// How much of a refusal is shown, in characters.
const MAX_QUOTED_CHARS: usize = 300;

/// Why entries could not be brought.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// The log, or the copy of it, cannot be read.
    #[error(transparent)]
    Log(#[from] MirrorError),
    /// The mirror does not answer.
    #[error("the mirror cannot be reached: {0}")]
    Unreachable(String),
    /// The mirror refuses.
    #[error("{url}: the mirror answers {status}: {text}")]
    Refused {
        /// What was asked.
        url: String,
        /// Status of HTTP.
        status: u16,
        /// What it says, shortened.
        text: String,
    },
    /// The mirror's answer is none of tlog-mirror.
    #[error("{url}: the mirror's answer cannot be read: {problem}")]
    Answer {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The mirror names sizes in turn and takes nothing.
    #[error("the mirror takes nothing, whatever it is brought")]
    Stuck,
    /// The log does not hold what its checkpoint says.
    #[error("nothing can be proved about the log")]
    Prove(#[from] ProveError<MirrorError>),
    /// What the wire format cannot hold.
    #[error("the log cannot be sent")]
    Body(#[from] MirrorBodyError),
}

/// What a mirror has taken.
#[derive(Clone, Debug)]
pub struct Brought {
    /// Size of the checkpoint that was brought.
    pub size: u64,
    /// Entries sent; 0 where all were there.
    pub sent: u64,
    /// The mirror's cosignatures, as it gave them: under which key to verify them is the reader's
    /// to know.
    pub cosignatures: Vec<NoteSignature>,
}

/// Brings what `source` holds to the mirror at `url`, from whatever it lacks.
///
/// # Errors
/// [`BringError`]. What a mirror has taken it keeps: bringing again goes on from there.
pub fn bring(
    source: &dyn Source,
    url: &str,
    transport: &dyn Transport,
) -> Result<Brought, BringError> {
    let bytes = required(source, store::objects::CHECKPOINT)?;
    let unread = |error: &dyn std::error::Error| MirrorError::Checkpoint(error.to_string());
    let note = Note::parse(&bytes).map_err(|error| unread(&error))?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|error| unread(&error))?;
    let to = Destination {
        url: url.trim_end_matches('/'),
        transport,
        log: Published::new(source, checkpoint.size),
    };
    to.propose(&note, &checkpoint)?;
    to.send_all(&checkpoint)
}

/// A request: its body, its first entry, and where its first package ends.
struct Sent {
    body: Vec<u8>,
    start: u64,
    first_end: u64,
}

struct Destination<'a> {
    url: &'a str,
    transport: &'a dyn Transport,
    log: Published<'a>,
}

impl Destination<'_> {
    fn post(&self, path: &str, body: &[u8]) -> Result<(String, Reply), BringError> {
        let url = format!("{}/{path}", self.url);
        let reply = self.transport.post(&url, body);
        let reply = reply.map_err(BringError::Unreachable)?;
        Ok((url, reply))
    }

    /// Makes the checkpoint the mirror's pending one.
    fn propose(&self, note: &Note, checkpoint: &Checkpoint) -> Result<(), BringError> {
        let mut old = 0;
        for _ in 0..MAX_DETOURS {
            let proof = consistency_proof(&self.log, old, checkpoint.size)?;
            let request = AddCheckpoint {
                old,
                proof,
                note: note.clone(),
                checkpoint: checkpoint.clone(),
            };
            let (url, reply) = self.post("add-checkpoint", request.to_string().as_bytes())?;
            match reply.status {
                200 => return Ok(()),
                409 => {
                    let known = parse_size_body(&reply.body);
                    old = known.map_err(|error| unreadable(&url, &error))?;
                    if old > checkpoint.size {
                        return Err(refused(url, &reply));
                    }
                }
                _ => return Err(refused(url, &reply)),
            }
        }
        Err(BringError::Stuck)
    }

    /// Sends what the mirror lacks, request after request. The first is empty: its answer says
    /// where to begin. Each answer but [`MAX_DETOURS`] has to be further on than all before, so there are at most as
    /// many requests as packages, and those; and one that takes little is sent little.
    fn send_all(&self, checkpoint: &Checkpoint) -> Result<Brought, BringError> {
        let mut sent = Sent {
            body: AddEntries::new(&checkpoint.origin, 0, 0, &[])?.to_bytes()?,
            start: 0,
            first_end: 0,
        };
        let (mut began, mut reached, mut detours) = (None, None, 0);
        let mut packages = MAX_PACKAGES_PER_REQUEST;
        while detours < MAX_DETOURS {
            let (url, reply) = self.post("add-entries", &sent.body)?;
            if reply.status == 200 {
                let lines = parse_signature_lines(&reply.body);
                return Ok(Brought {
                    size: checkpoint.size,
                    sent: checkpoint.size - began.unwrap_or(checkpoint.size),
                    cosignatures: lines.map_err(|error| unreadable(&url, &error))?,
                });
            }
            if !matches!(reply.status, 202 | 409) {
                return Err(refused(url, &reply));
            }
            let info = MirrorInfo::parse(&reply.body).map_err(|error| unreadable(&url, &error))?;
            if info.next > checkpoint.size {
                return Err(refused(url, &reply));
            }
            let on = info.next >= sent.first_end && reached < Some(info.next);
            detours += usize::from(!on);
            if began.is_some() {
                let taken = info.next.saturating_sub(sent.start) / u64::from(TILE_WIDTH);
                let taken = usize::try_from(taken).unwrap_or(MAX_PACKAGES_PER_REQUEST);
                packages = taken.saturating_mul(2).clamp(1, MAX_PACKAGES_PER_REQUEST);
            }
            began = began.or(Some(info.next));
            reached = reached.max(Some(info.next));
            sent = self.request(checkpoint, info.next, &info.ticket, packages)?;
        }
        Err(BringError::Stuck)
    }

    /// A request with as many packages as one may hold, and this mirror is to be sent.
    fn request(
        &self,
        checkpoint: &Checkpoint,
        start: u64,
        ticket: &[u8],
        packages: usize,
    ) -> Result<Sent, BringError> {
        let request = AddEntries::new(&checkpoint.origin, start, checkpoint.size, ticket)?;
        let mut body = request.to_bytes()?;
        for span in request.spans().take(packages) {
            body.extend(self.package(&span, checkpoint.size)?.to_bytes()?);
            if body.len() > FULL_BYTES {
                break;
            }
        }
        let first = request.spans().next();
        Ok(Sent {
            body,
            start,
            first_end: first.map_or(start, |span| span.subtree.end()),
        })
    }

    fn package(&self, span: &PackageSpan, size: u64) -> Result<EntryPackage, BringError> {
        Ok(EntryPackage {
            entries: self.log.entries(span)?,
            proof: subtree_consistency_proof(&self.log, &span.subtree, size)?,
        })
    }
}

fn refused(url: String, reply: &Reply) -> BringError {
    let text = String::from_utf8_lossy(&reply.body);
    let text = text.trim().chars().take(MAX_QUOTED_CHARS).collect();
    BringError::Refused {
        url,
        status: reply.status,
        text,
    }
}

fn unreadable(url: &str, error: &dyn std::error::Error) -> BringError {
    BringError::Answer {
        url: url.to_owned(),
        problem: error.to_string(),
    }
}
