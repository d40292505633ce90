//! Who can open what is told, shown by signed statements (docs/aid-statements.md, section 3).
//!
//! Whoever asks is about to seal a story. To whom is not for a server to say: here it follows from statements of
//! the log, each shown to be in it, down from the charter that a trust file pins.

use serde::{Deserialize, Serialize};
use tlog::{Hash, VerifierKey};

use super::shown::Log;
use crate::body::aid::{Desk, Offer, Request, Step};
use crate::body::charter::{CharterText, SeatRole};
use crate::body::members::Rotate;
use crate::ids::{AgeRecipient, StatementId, Vkey};
use crate::kind::Body;
use crate::rules::Admission;
use crate::state::{MemberRole, State};
use crate::statement::Verified;
use crate::time::Timestamp;
use crate::trust::{TrustFile, check_second};

/// Most entries that are read.
pub const MAX_SHOWN: usize = 512;
/// Bytes of a recipient's digest that people compare.
const DIGEST_BYTES: usize = 8;

/// An entry, and what shows that it is in the tree of the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownEntry {
    /// Its place in the log.
    pub index: u64,
    /// Its inclusion path (RFC 6962).
    pub path: Vec<Hash>,
    /// Its exact text.
    pub envelope: String,
}

/// What shows who can open something; nothing in it is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// A checkpoint, signed and cosigned.
    pub checkpoint: String,
    /// Entries in the order of the log, the charter first.
    pub entries: Vec<ShownEntry>,
}

/// One who can open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// In which capacity.
    pub role: aid::Role,
    /// What is sealed to.
    pub recipient: AgeRecipient,
}

/// Everybody who can open what is told, as signed statements say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    /// Version of the desk.
    pub desk: u32,
    /// The statement that names it.
    pub named_by: StatementId,
    /// The officers; with a request, whoever else reads it.
    pub readers: Vec<Reader>,
    /// Entries of the log that was looked at: what was recorded later is not in it.
    pub size: u64,
    /// The latest moment by which the pinned quorum had cosigned that log; nothing where it asks for no witness.
    pub cosigned: Option<Timestamp>,
}

/// Why it is not shown who reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadersError {
    /// The checkpoint is not the pinned log's, or not cosigned as the trust file asks.
    #[error("the log's checkpoint does not hold: {0}")]
    Checkpoint(String),
    /// The first entry is not the pinned charter.
    #[error("the charter is not the one the trust file pins")]
    Charter,
    /// An entry is out of order, or there are too many.
    #[error("the entries are not given in the order of the log, each once, at most {MAX_SHOWN}")]
    Order,
    /// An entry is not a signed statement of this record, or not in the log.
    #[error("entry {index}: {problem}")]
    Entry {
        /// Its place as given.
        index: u64,
        /// What does not hold.
        problem: String,
    },
    /// No statement names a desk.
    #[error("no desk is shown to be named")]
    NoDesk,
    /// The request is not shown, or not what was asked for.
    #[error("the request {0} is not shown")]
    Request(StatementId),
    /// The round is not shown, or not what was asked for, or something else is shown as its outcome.
    #[error("the round {0} is not shown")]
    Round(StatementId),
    /// The entries from the round to the next tick are not all shown.
    #[error(
        "what stands between the round {0} and the next tick is not shown entry by entry, so nothing shows which tick fixes its seed"
    )]
    NoTick(StatementId),
}

impl Reader {
    /// What people compare: the first bytes of the SHA-256 of the recipient's text, in groups of four digits.
    #[must_use]
    pub fn digest(&self) -> String {
        recipient_digest(self.recipient.as_str())
    }
}

/// As [`Reader::digest`].
#[must_use]
pub fn recipient_digest(recipient: &str) -> String {
    let digest = tlog::sha256(recipient.as_bytes());
    let pairs = digest.as_bytes().chunks_exact(2).take(DIGEST_BYTES / 2);
    let groups = pairs.map(|pair| pair.iter().map(|b| format!("{b:02x}")).collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

/// Who reads what is told to the desk; with a request, what is told in it.
///
/// # Errors
/// [`ReadersError`] for the first that does not hold. Then nothing is sealed.
pub fn readers(
    evidence: &Evidence,
    trust: &TrustFile,
    request: Option<StatementId>,
) -> Result<Readers, ReadersError> {
    let log = Log::of(evidence, trust)?;
    let mut reading = Reading::new(request);
    for entry in &evidence.entries {
        let wrong = |problem: String| ReadersError::Entry {
            index: entry.index,
            problem,
        };
        let statement = log.statement(entry)?;
        match (&statement.body, entry.index) {
            (Body::Charter(charter), 0) if charter.text.digest() == trust.charter => {
                check_second(&charter.text, &log.note).map_err(ReadersError::Checkpoint)?;
            }
            (_, 0) => return Err(ReadersError::Charter),
            _ if reading.state.global.charter.is_none() => return Err(ReadersError::Charter),
            _ => {}
        }
        reading.take(entry.index, &statement).map_err(wrong)?;
    }
    let (desk, named_by) = reading.desk.as_ref().ok_or(ReadersError::NoDesk)?;
    Ok(Readers {
        desk: desk.version,
        named_by: *named_by,
        readers: reading.all(desk)?,
        size: log.seen.size,
        cosigned: cosigned(trust, log.key, &log.signatures),
    })
}

/// The latest moment by which a quorum had cosigned.
fn cosigned(
    trust: &TrustFile,
    log: &VerifierKey,
    signatures: &[tlog::VerifiedSignature],
) -> Option<Timestamp> {
    trust.policy.quorum()?;
    let mut times: Vec<_> = signatures.iter().filter_map(|s| s.timestamp).collect();
    times.sort_unstable();
    let enough = |since: &u64| {
        let later = signatures
            .iter()
            .filter(|s| s.timestamp.is_some_and(|t| t >= *since));
        let keys: Vec<_> = later.map(|s| s.key.clone()).filter(|k| k != log).collect();
        trust.policy.is_satisfied_by(&keys)
    };
    let since = times.into_iter().rev().find(enough)?;
    Timestamp::from_unix_seconds(i64::try_from(since).ok()?).ok()
}

/// What the entries said so far.
struct Reading {
    /// Charter and seats, as the record itself keeps them.
    state: State,
    desk: Option<(Desk, StatementId)>,
    wanted: Option<StatementId>,
    request: Option<(Vkey, Request)>,
    offer: Option<Offer>,
    taken: bool,
    enlisted: Vec<(StatementId, AgeRecipient)>,
}

impl Reading {
    fn new(wanted: Option<StatementId>) -> Self {
        Self {
            state: State::default(),
            desk: None,
            wanted,
            request: None,
            offer: None,
            taken: false,
            enlisted: Vec::new(),
        }
    }

    /// Takes a statement that may say this. Another is an error: whoever gives it means something by it.
    fn take(&mut self, index: u64, s: &Verified) -> Result<(), String> {
        let governs = match &s.body {
            Body::Charter(_) => index == 0,
            Body::CharterFound(_) => self.charter()?.founders.contains(&s.signer),
            Body::CharterAmend(a) => {
                let charter = self.charter()?;
                let next = a.text.version == charter.version.saturating_add(1);
                next && a.text.log == charter.log && self.seat(&s.signer).is_some()
            }
            Body::CharterVote(_) => self.seat(&s.signer).is_some(),
            Body::MemberRotate(r) => self.rotates(r, &s.signer),
            Body::MemberRevoke(r) => {
                let own = self.state.global.member_of(&s.signer);
                own.is_some_and(|(id, _)| *id == r.member)
            }
            Body::AidDesk(d) if self.seat(&s.signer) == Some(SeatRole::Registrar) => {
                self.desk = Some((d.clone(), s.id));
                return Ok(());
            }
            _ => return self.take_of_request(s),
        };
        if !governs {
            return Err(format!("a {} that its signer cannot say", s.kind));
        }
        self.state.apply(index, s, Admission::default());
        Ok(())
    }

    fn charter(&self) -> Result<&CharterText, String> {
        let charter = self.state.global.charter.as_ref();
        charter.ok_or_else(|| "no charter stands before it".to_owned())
    }

    /// The seat of a key in force.
    fn seat(&self, key: &Vkey) -> Option<SeatRole> {
        let (_, member) = self.state.global.member_of(key)?;
        match member.role {
            MemberRole::Seated(role) if member.seated && !member.revoked => Some(role),
            _ => None,
        }
    }

    fn rotates(&self, r: &Rotate, next: &Vkey) -> bool {
        let member = self.state.global.members.get(&r.member);
        member.is_some_and(|m| !m.revoked && m.next_key_sha256 == next.digest())
    }

    fn take_of_request(&mut self, s: &Verified) -> Result<(), String> {
        let of_it = |id: &StatementId| Some(*id) == self.wanted;
        match &s.body {
            Body::AidRequest(r) if of_it(&s.id) => {
                self.request = Some((s.signer.clone(), r.clone()))
            }
            Body::AidStep(step) if of_it(&step.request) => self.take_step(&s.signer, step)?,
            Body::AidEnlist(e) => {
                self.enlisted.push((s.id, e.recipient.clone()));
            }
            other => return Err(format!("a {} says nothing of who reads", other.kind())),
        }
        Ok(())
    }

    /// An offer by an officer; then that its requester takes it.
    fn take_step(&mut self, signer: &Vkey, step: &Step) -> Result<(), String> {
        let officer =
            |(desk, _): &(Desk, StatementId)| desk.officers.iter().any(|o| o.key == *signer);
        let own = |(key, r): &(Vkey, Request)| {
            key == signer || r.proxy.as_ref().is_some_and(|p| p.key == *signer)
        };
        match (&step.offer, step.to) {
            (Some(offer), aid::Stage::Offered) if self.desk.as_ref().is_some_and(officer) => {
                (self.offer, self.taken) = (Some(offer.clone()), false);
            }
            (None, aid::Stage::Agreed)
                if self.request.as_ref().is_some_and(own) && self.offer.is_some() =>
            {
                self.taken = true;
            }
            _ => return Err("a step that names no team, or by somebody who cannot".to_owned()),
        }
        Ok(())
    }

    fn all(&self, desk: &Desk) -> Result<Vec<Reader>, ReadersError> {
        let reader = |role, recipient: &AgeRecipient| Reader {
            role,
            recipient: recipient.clone(),
        };
        let officers = desk
            .officers
            .iter()
            .map(|o| reader(aid::Role::Triage, &o.recipient));
        let mut all: Vec<_> = officers.collect();
        let Some(wanted) = self.wanted else {
            return Ok(all);
        };
        let (_, request) = self.request.as_ref().ok_or(ReadersError::Request(wanted))?;
        all.push(reader(aid::Role::Requester, &request.recipient));
        all.extend(
            request
                .proxy
                .iter()
                .map(|p| reader(aid::Role::Proxy, &p.recipient)),
        );
        // Only whom the requester took: an enlistment beside the offer adds nobody.
        let team = self
            .offer
            .iter()
            .filter(|_| self.taken)
            .flat_map(|o| &o.responders);
        let recipients = team.filter_map(|id| self.enlisted.iter().find(|(e, _)| e == id));
        all.extend(recipients.map(|(_, recipient)| reader(aid::Role::Responder, recipient)));
        Ok(all)
    }
}
